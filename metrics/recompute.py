"""Keeping stored cells true: a publish computes what it touched, `clause9 compute` what changed.

A publish keeps every metric by the definition in force, edited since or not. Only cells that the
touched days lie in are computed, and they are what computing everything would give.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, Protocol

import polars as pl

from data.tables import Table
from data.warehouse import CHANGE_SCHEMA, COMPUTED_SCHEMA
from metrics.catalogue import Catalogue
from metrics.compile import compile_cells
from metrics.evaluate import FactReader, cells_of, definitions_of, last_day
from metrics.external import is_external
from metrics.in_force import DefinitionReader, makes, misfit, pending
from metrics.model import Metric
from metrics.periods import Calendar, Grain, Period
from metrics.stale import Stale, TouchedDays, stale_periods

Scope = Literal["touched", "changed", "all"]
"""What is computed: the cells a publish touched; also metrics whose definition changed, which is
thereby in force; or every cell of every metric."""

_SOME_DAY = date(2000, 1, 31)
"""Stands in for the last day where the query of a metric is to be named, whatever the day."""


class CellWriter(FactReader, DefinitionReader, Protocol):
    """What cells and definitions are stored through: a warehouse writer is one."""

    def touched_days(self) -> pl.DataFrame:
        """Return table_name, figure, column_name and day of what is different in this version."""
        ...

    def computed(self) -> pl.DataFrame:
        """Return metric, definition_hash, making_hash and through of every metric computed."""
        ...

    def replace_cells(
        self,
        metrics: Collection[str],
        cells: pl.DataFrame,
        starts: Collection[date] | None = None,
        since: date | None = None,
    ) -> None:
        """Replace the cells of these metrics: those of some periods, or all of them."""
        ...

    def restate_cells(self, definition_hashes: Mapping[str, str]) -> None:
        """Write another definition's hash on the cells of metrics; the figures stay."""
        ...

    def void_cells(self, metrics: Collection[str]) -> None:
        """Take the figures out of the cells of these metrics: they are invalid."""
        ...

    def keep_cells_of(self, metrics: Collection[str]) -> None:
        """Delete the cells of all other metrics."""
        ...

    def store_definitions(self, definitions: pl.DataFrame) -> None:
        """Keep definitions; known hashes stay as they are."""
        ...

    def store_computed(self, computed: pl.DataFrame) -> None:
        """Keep metric, definition_hash, making_hash and through in place of what was there."""
        ...

    def store_definition_changes(self, changes: pl.DataFrame) -> None:
        """Keep metric, definition_hash, in_force_at, actor after what was there."""
        ...


@dataclass(frozen=True)
class Computation:
    """What was computed: metrics in whole, metrics in part, the periods those parts lie in.

    `pending` names metrics kept by an earlier definition, `void` those it no longer fits, with the
    reason; `removed` those no longer defined.
    """

    cells: int = 0
    whole: tuple[str, ...] = ()
    in_part: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()
    pending: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    void: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _State:
    """What the stored cells of a metric were made by, and up to which day."""

    definition_hash: str
    making_hash: str
    through: date | None


@dataclass(frozen=True)
class _Chosen:
    """The definitions the cells are kept by; `pending` of them are not today's.

    `void` metrics have none: the one in force no longer fits, for the reason given.
    """

    metrics: Mapping[str, Metric]
    pending: tuple[str, ...]
    void: Mapping[str, str]


def compute(
    writer: CellWriter,
    catalogue: Catalogue,
    tables: Mapping[str, Table],
    actor: str,
    at: datetime,
    scope: Scope = "touched",
) -> Computation:
    """Bring the cells of the version being made up to its facts, and say what was computed.

    Cells that rest on rows of an external engine stay: no publish waits for somebody else's
    database (metrics.external brings them up to it).
    """
    touched = TouchedDays(writer.touched_days())
    before = {name: _State(*rest) for name, *rest in writer.computed().iter_rows()}
    chosen = _chosen(writer, catalogue, tables, before, scope)
    metrics = [m for m in chosen.metrics.values() if not is_external(m, tables)]
    last = last_day(writer, metrics, tables, calendar=catalogue.calendar)
    cells = _Cells(writer, tables, last, touched)
    now = {metric.name: cells.state(metric) for metric in metrics}
    # A formula has no cells: its values are made of those of its parts.
    with_cells = [metric for metric in metrics if metric.sources]
    done = cells.recompute(with_cells, {} if scope == "all" else before, now)
    writer.keep_cells_of(list(catalogue.metrics))
    writer.restate_cells({name: state.definition_hash for name, state in now.items()})
    writer.void_cells(list(chosen.void))
    void = {name: replace(before[name], making_hash="") for name in chosen.void}
    _store(writer, [*catalogue.metrics.values(), *metrics], now | void, actor, at)
    removed = tuple(sorted(set(before) - set(catalogue.metrics)))
    return replace(done, pending=chosen.pending, void=chosen.void, removed=removed)


def _chosen(
    writer: CellWriter,
    catalogue: Catalogue,
    tables: Mapping[str, Table],
    before: Collection[str],
    scope: Scope,
) -> _Chosen:
    older = pending(writer, catalogue) if scope == "touched" else {}
    reasons = {name: misfit(each.in_force, catalogue, tables) for name, each in older.items()}
    # Without cells there is nothing that a definition which no longer fits could stand behind.
    void = {name: reason for name, reason in reasons.items() if reason and name in before}
    kept = {name: each.in_force for name, each in older.items() if not reasons[name]}
    used = {name: m for name, m in {**catalogue.metrics, **kept}.items() if name not in void}
    return _Chosen(used, tuple(kept), void)


@dataclass(frozen=True)
class _Cells:
    """The cells of a version being made, whose facts are followed up to the day `last`."""

    writer: CellWriter
    tables: Mapping[str, Table]
    last: date | None
    touched: TouchedDays

    def state(self, metric: Metric) -> _State:
        """Return what the cells of a metric are made by now.

        That is its definition but for the words in it, and its queries: these say what the
        contracts of its tables, the calendar and this release make of it.
        """
        queries = compile_cells([metric], self.tables, _SOME_DAY, metric.calendar)
        made = [makes(metric), *((query.sql, dict(query.parameters)) for query in queries)]
        making_hash = hashlib.sha256(repr(made).encode()).hexdigest()
        return _State(metric.definition_hash, making_hash, self.last)

    def recompute(
        self, metrics: Iterable[Metric], before: Mapping[str, _State], now: Mapping[str, _State]
    ) -> Computation:
        """Compute what is stale, metrics of the same periods together, and put it in its place."""
        whole: dict[Calendar, list[Metric]] = {}
        in_part: dict[tuple[Calendar, Grain, Stale], list[Metric]] = {}
        for metric in metrics:
            was = before.get(metric.name)
            if was is None or was.making_hash != now[metric.name].making_hash:
                stale = None
            else:
                stale = self._stale(metric, was)
            if stale is None:
                whole.setdefault(metric.calendar, []).append(metric)
            elif not stale.is_nothing:
                key = (metric.calendar, metric.period, stale)
                in_part.setdefault(key, []).append(metric)
        parts = [self._in_part(group, *key) for key, group in in_part.items()]
        cells = sum(self._whole(group, calendar) for calendar, group in whole.items())
        return Computation(
            cells=cells + sum(cells for cells, _ in parts),
            whole=_names(metric for group in whole.values() for metric in group),
            in_part=_names(metric for group in in_part.values() for metric in group),
            periods=tuple(sorted({period for _, periods in parts for period in periods})),
        )

    def _stale(self, metric: Metric, was: _State) -> Stale | None:
        moved = (was.through, self.last)
        return stale_periods(metric, self.tables, self.touched, moved)

    def _whole(self, metrics: Sequence[Metric], calendar: Calendar) -> int:
        cells = cells_of(self.writer, metrics, self.tables, self.last, calendar)
        self.writer.replace_cells(_names(metrics), cells)
        return cells.height

    def _in_part(
        self, metrics: Sequence[Metric], calendar: Calendar, grain: Grain, stale: Stale
    ) -> tuple[int, tuple[Period, ...]]:
        periods = stale.periods(grain, self.last, calendar)
        cells = cells_of(self.writer, metrics, self.tables, self.last, calendar, periods)
        self.writer.replace_cells(_names(metrics), cells, stale.starts, stale.since)
        return cells.height, periods


def _store(
    writer: CellWriter,
    metrics: Iterable[Metric],
    states: Mapping[str, _State],
    actor: str,
    at: datetime,
) -> None:
    """Keep the definitions seen, what each metric was computed by, and what came into force."""
    writer.store_definitions(definitions_of(metrics, actor, at))
    latest = dict(writer.definition_changes().select("metric", "definition_hash").iter_rows())
    hashes = {name: state.definition_hash for name, state in states.items()}
    changes = [(name, h, at, actor) for name, h in hashes.items() if latest.get(name) != h]
    rows = [(name, s.definition_hash, s.making_hash, s.through) for name, s in states.items()]
    writer.store_computed(pl.DataFrame(rows, schema=COMPUTED_SCHEMA, orient="row"))
    writer.store_definition_changes(pl.DataFrame(changes, schema=CHANGE_SCHEMA, orient="row"))


def _names(metrics: Iterable[Metric]) -> tuple[str, ...]:
    return tuple(metric.name for metric in metrics)
