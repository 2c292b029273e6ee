"""Computing cells on demand: edited definitions come into force, with what that changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import polars as pl

from dashboard.company import calendar_change
from dashboard.company.opened import Company
from dashboard.company.publishing import sweep
from data.errors import NotFoundError
from data.records.access import Actor, require
from data.warehouse import Reader
from metrics import in_force
from metrics.evaluate import last_day
from metrics.history import changed_periods, changes_between, effect
from metrics.model import Metric
from metrics.periods import label_of
from metrics.recompute import Computation, Scope, compute


@dataclass(frozen=True)
class Effect:
    """What an edited definition does to the figures there are: `periods` as metrics.history."""

    before: Metric
    after: Metric
    periods: pl.DataFrame

    def label(self, row: Mapping[str, Any]) -> str:
        """Return a period as the definition calls it that has it: the two may cut time apart."""
        metric = self.before if row["status_after"] is None else self.after
        return label_of(row["period"], metric.period, metric.calendar)

    @property
    def moved(self) -> pl.DataFrame:
        """Return the periods with another figure."""
        return changed_periods(self.periods)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "metric": self.after.name,
            "before_hash": self.before.definition_hash,
            "after_hash": self.after.definition_hash,
            "changes": [asdict(each) for each in changes_between(self.before, self.after)],
            "periods": self.periods.height,
            "different": self.moved.height,
            "effect": self.periods.to_dicts(),
        }

    def sentences(self, most: int = 12) -> Iterator[str]:
        """Yield what changes, for a person; of the periods the newest, up to `most`."""
        yield f"{self.after.name}: {self.after.title}"
        for each in changes_between(self.before, self.after):
            if calendar_change.is_calendar(each.key):
                continue  # the same for every metric: the report says it once
            yield f"  {each.key}: {each.before or 'nothing'} → {each.after or 'nothing'}"
        total, moved = self.periods.height, self.moved.sort("period", descending=True)
        yield f"  {moved.height:,} of {total:,} periods have another figure."
        for row in moved.head(most).iter_rows(named=True):
            was, now = (self._told(row, side) for side in ("before", "after"))
            yield f"  {self.label(row)}: {was} → {now}"
        if moved.height > most:
            yield f"  and {moved.height - most:,} earlier periods (all of them: --json)."

    def _told(self, row: Mapping[str, Any], side: str) -> str:
        metric = self.before if side == "before" else self.after
        if row[side] is not None:
            return f"{row[side]:,.{metric.decimals}f} {metric.unit}"
        return str(row[f"status_{side}"] or "no figure").replace("_", " ")


@dataclass(frozen=True)
class Report:
    """What `clause9 compute` did, or would do: then there is no version."""

    done: Computation
    metrics: int
    effects: tuple[Effect, ...]
    version: int | None

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "cells": self.done.cells,
            "metrics": self.metrics,
            "computed": [*self.done.whole, *self.done.in_part],
            "removed": list(self.done.removed),
            "periods": len(self.done.periods),
            "changed": [each.as_json() for each in self.effects],
            "version": self.version,
        }

    def sentences(self, seconds: float) -> Iterator[str]:
        """Yield what was done, for a person."""
        yield from calendar_change.moved((each.before, each.after) for each in self.effects)
        for each in self.effects:
            yield from each.sentences()
        if self.version is None:
            yield (
                "Nothing was changed. Put it in force: clause9 compute"
                if self.effects
                else ("Every metric is computed by its definition of today.")
            )
            return
        done = self.done
        if done.removed:
            yield f"No longer defined, cells taken out: {', '.join(done.removed)}."
        computed = len(done.whole) + len(done.in_part)
        yield (
            f"{done.cells:,} cells of {computed} of {self.metrics} metrics computed in "
            f"{seconds:.1f} s; version {self.version}."
        )
        if not computed:
            yield "The others were up to date. All of them anew: clause9 compute --full"


def recompute(company: Company, *, everything: bool = False, actor: Actor, at: datetime) -> Report:
    """Put the definitions of today in force and compute what they change, or `everything`."""
    require(actor, "compute")
    with company.warehouse.publish(holder=actor.name) as writer:
        effects = _effects(company, writer)
        scope: Scope = "all" if everything else "changed"
        done = compute(writer, company.defined, company.tables, actor.name, at, scope)
    sweep(company)
    return Report(done, len(company.defined.metrics), effects, company.warehouse.version())


def try_recompute(company: Company, *, actor: Actor) -> Report:
    """Return what putting the definitions of today in force would change; nothing is kept."""
    require(actor, "compute")
    with company.warehouse.rehearse() as writer:
        effects = _effects(company, writer)
    return Report(Computation(), len(company.defined.metrics), effects, None)


def effect_of(company: Company, name: str) -> Effect:
    """Return what the edited definition of a metric would change, on the facts there are.

    Raises NotFoundError where it was not edited, or is in force.
    """
    with company.warehouse.read() as reader:
        found = _effects(company, reader, [name])
    if not found:
        raise NotFoundError(f"The definition of '{name}' that is in force is the one of today.")
    return found[0]


def _effects(
    company: Company, reader: Reader, names: Collection[str] | None = None
) -> tuple[Effect, ...]:
    older = in_force.pending(reader, company.defined)
    metrics, calendar = list(company.defined.metrics.values()), company.defined.calendar
    last = last_day(reader, metrics, company.tables, calendar=calendar)
    return tuple(
        Effect(
            each.in_force,
            each.defined,
            effect(reader, each.in_force, each.defined, company.tables, through=last),
        )
        for name, each in sorted(older.items())
        if names is None or name in names
    )
