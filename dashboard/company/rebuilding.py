"""Making the warehouse again from the archive, and comparing its cells with the former ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from dashboard.company import publishing
from dashboard.company.opened import Company
from data.records.access import Actor
from data.warehouse import DamagedWarehouseError, Writer
from metrics.cells import read_cells
from metrics.model import Metric
from metrics.recompute import compute as compute_cells
from pipelines.publish.again import Definitions
from pipelines.publish.desk import Desk
from pipelines.publish.rebuild import rebuild
from pipelines.readers.raw import Limits

CELL = ("metric", "period", "slice")

CLOSE = 1e-12
"""How near two sums of floats are for the same rows added in another order, relative."""


@dataclass(frozen=True)
class Rebuild:
    """What a rebuild made, and how its cells compare with those of the version before.

    `former_version` is None where that one could not be read. `not_compared` metrics are defined
    differently now, or new; `differing` names those with other cells, `differences` how many.
    """

    version: int
    former_version: int | None
    batches: int
    rows: int
    cells: int
    compared: int
    differences: int
    differing: tuple[str, ...]
    not_compared: tuple[str, ...]
    changed_batches: tuple[dict[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return what was done and found, for a person."""
        done = (
            f"{_count(self.batches, 'batch', 'batches')} read again from the archive as version "
            f"{self.version} of the warehouse: {_count(self.rows, 'row')}, "
            f"{_count(self.cells, 'cell')}."
        )
        changed = (
            f"Batch {each['id']} ({each['file']}) brings {each['accepted']:,} rows as things are "
            f"defined now; it brought {each['accepted_then']:,}."
            for each in self.changed_batches
        )
        return (done, *changed, *self._comparison())

    def _comparison(self) -> Iterable[str]:
        if self.former_version is None:
            yield "The version before could not be read, so there is nothing to compare with."
            return
        if self.not_compared:
            yield f"Defined differently now, not compared: {', '.join(self.not_compared)}."
        if self.differences:
            yield (
                f"{self.differences:,} of {_count(self.compared, 'cell')} differ from version "
                f"{self.former_version}: {', '.join(self.differing)}."
            )
        else:
            compared = _count(self.compared, "cell")
            yield f"{compared} compared with version {self.former_version}: all equal."


@dataclass
class _Before:
    """What the version that is replaced says; nothing, where it cannot be read."""

    version: int | None = None
    cells: pl.DataFrame = field(default_factory=pl.DataFrame)
    hashes: frozenset[str] = frozenset()


@dataclass
class _Check:
    """Computes the cells of a version being made, with a look at those it replaces."""

    company: Company
    actor: Actor
    at: datetime
    before: _Before = field(default_factory=_Before)
    now: pl.DataFrame = field(default_factory=pl.DataFrame)

    def __call__(self, writer: Writer) -> None:
        self.before = _before(self.company)
        compute_cells(writer, self.company.defined, self.company.tables, self.actor.name, self.at)
        self.now = read_cells(writer)


def rebuild_facts(
    company: Company, *, accept_good: bool = False, actor: Actor, at: datetime
) -> Rebuild:
    """Make facts and cells again from the archive, in a version of its own; say what differs.

    The old version stays current until the new one is complete, and where anything fails.
    """
    check = _Check(company, actor, at)
    limits = Limits(**company.workspace.settings.upload.model_dump())
    made = rebuild(
        Desk(company.records, company.warehouse, actor, at),
        Definitions(
            company.archive, company.tables, company.mappings, limits, company.catalogue.calendar
        ),
        check,
        accept_good=accept_good,
    )
    publishing.sweep(company)
    comparable, others = _comparable(company.catalogue.metrics.values(), check.before)
    compared, wrong = differences(check.before.cells, check.now, comparable)
    return Rebuild(
        version=made.version,
        former_version=check.before.version,
        batches=len(made.batches),
        rows=sum(each.accepted for each in made.batches),
        cells=check.now.height,
        compared=compared,
        differences=wrong.height,
        differing=tuple(wrong["metric"].unique().sort()),
        not_compared=others,
        changed_batches=tuple(
            asdict(each) for each in made.batches if each.accepted != each.accepted_then
        ),
    )


def differences(
    before: pl.DataFrame, now: pl.DataFrame, metrics: Iterable[str]
) -> tuple[int, pl.DataFrame]:
    """Return how many cells of `metrics` there are on either side, and those that differ."""
    names = list(metrics)
    if before.is_empty() and not names:
        return 0, pl.DataFrame(schema={"metric": pl.String})
    both = before.filter(pl.col("metric").is_in(names)).join(
        now.filter(pl.col("metric").is_in(names)),
        on=CELL,
        how="full",
        coalesce=True,
        suffix="_now",
    )
    exact = ("numerator", "denominator", "n", "left_out", "status")
    same = [pl.col(name).eq_missing(pl.col(f"{name}_now")) for name in exact]
    squares, squares_now = pl.col("sum_of_squares"), pl.col("sum_of_squares_now")
    near = (squares - squares_now).abs() <= CLOSE * squares.abs()
    same.append(squares.eq_missing(squares_now) | near.fill_null(value=False))
    return both.height, both.filter(~pl.all_horizontal(same))


def _before(company: Company) -> _Before:
    try:
        with company.warehouse.read() as reader:
            hashes = frozenset(reader.definitions()["definition_hash"])
            return _Before(reader.version, read_cells(reader), hashes)
    except DamagedWarehouseError:
        return _Before()


def _comparable(
    metrics: Iterable[Metric], before: _Before
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the metrics defined as when the former cells were computed, and the others."""
    if before.version is None:
        return (), ()
    held = dict(before.cells.select("metric", "definition_hash").unique().iter_rows())
    every = {
        metric.name: metric.definition_hash == held.get(metric.name, metric.definition_hash)
        and metric.definition_hash in before.hashes
        for metric in metrics
    }
    return (
        tuple(name for name, same in every.items() if same),
        tuple(sorted(name for name, same in every.items() if not same)),
    )


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
