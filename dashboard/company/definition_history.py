"""How a metric was defined, since when and by whose hand; and what is defined and not computed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from dashboard.company.opened import Company
from data.warehouse import Reader
from metrics import in_force
from metrics.history import Change, changes_between
from metrics.model import Metric


@dataclass(frozen=True)
class DefinitionChange:
    """A definition that came into force at an instant, and the one it took the place of.

    `before` is None for the first; either is None where this release cannot read it.
    """

    metric: str
    at: datetime
    actor: str
    definition_hash: str
    before: Metric | None
    after: Metric | None
    is_first: bool

    @property
    def changes(self) -> tuple[Change, ...]:
        """Return what the two say differently."""
        return changes_between(self.before, self.after) if self.before and self.after else ()

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "in_force_at": self.at,
            "actor": self.actor,
            "definition_hash": self.definition_hash,
            "changes_figures": self.changes_figures,
            "changes": [asdict(each) for each in self.changes],
        }

    @property
    def changes_figures(self) -> bool:
        """Whether figures may differ: otherwise only words do."""
        if self.is_first or self.before is None or self.after is None:
            return not self.is_first
        return in_force.makes(self.before) != in_force.makes(self.after)


@dataclass(frozen=True)
class PendingChange:
    """A definition that was edited while the cells are kept by the one before it.

    `misfit` says why they are kept by none: it no longer fits the tables.
    """

    metric: str
    before: Metric
    after: Metric
    misfit: str

    @property
    def changes(self) -> tuple[Change, ...]:
        """Return what the two say differently."""
        return changes_between(self.before, self.after)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "told": self.sentence,
            "definition_hash": self.after.definition_hash,
            "changes": [asdict(each) for each in self.changes],
        }

    @property
    def sentence(self) -> str:
        """Return what that means and what to do, for the person who looks at the figures."""
        if self.misfit:
            return (
                "Definition changed, not recomputed. The definition these figures were made by no "
                f"longer fits the tables ({self.misfit}), so a publish leaves them "
                "without a value. Compute them by the new one: clause9 compute"
            )
        return (
            "Definition changed, not recomputed: these figures are by the definition before. See "
            "what the new one changes: clause9 compute --dry-run. Put it in force: clause9 compute"
        )


def history(company: Company, name: str) -> tuple[DefinitionChange, ...]:
    """Return every definition that was in force for a metric, the newest first."""
    with company.warehouse.read() as reader:
        found = [change for change in _changes(reader) if change.metric == name]
    return tuple(reversed(found))


def changed_since(company: Company, at: datetime) -> tuple[DefinitionChange, ...]:
    """Return the changes of definitions that came into force after `at`, in the order they came.

    The first definition of a metric changes none.
    """
    with company.warehouse.read() as reader:
        return changed_in(reader, at)


def changed_in(reader: Reader, at: datetime) -> tuple[DefinitionChange, ...]:
    """Return the same from one version of the warehouse."""
    return tuple(each for each in _changes(reader) if each.at > at and not each.is_first)


def pending(company: Company) -> dict[str, PendingChange]:
    """Return by name the metrics that are defined differently from how their cells are kept."""
    with company.warehouse.read() as reader:
        return pending_in(company, reader)


def pending_in(company: Company, reader: Reader) -> dict[str, PendingChange]:
    """Return the same from one version of the warehouse."""
    found = in_force.pending(reader, company.defined)
    return {
        name: PendingChange(
            name,
            each.in_force,
            each.defined,
            in_force.misfit(each.in_force, company.defined, company.tables),
        )
        for name, each in found.items()
    }


def _changes(reader: Reader) -> Iterator[DefinitionChange]:
    """Yield the changes of all metrics in the order they came."""
    texts = dict(reader.definitions().select("definition_hash", "canonical_json").iter_rows())
    latest: dict[str, Metric | None] = {}
    for name, definition_hash, at, actor in reader.definition_changes().iter_rows():
        after = in_force.stored_metric(texts.get(definition_hash, ""))
        yield DefinitionChange(
            name, at, actor, definition_hash, latest.get(name), after, name not in latest
        )
        latest[name] = after
