"""The rows behind the cells of a review, and those cells, as a pack may hold them: masked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from data.expressions import parse
from data.tables.contract import Table
from data.warehouse import Reader
from metrics.cells import read_cells
from metrics.compile import compile_rows
from metrics.model import Elapsed, Metric, Side, Source, Stock, slice_key
from metrics.periods import Period, next_start
from metrics.review.model import Assembly, Figure
from metrics.review.tables import personal_columns
from metrics.review.wording import MASK
from metrics.schema import CELL_SCHEMA
from metrics.stretches import span

IDENTITY = ("_batch", "_mapping", "_sheet", "_row")
"""What names a row wherever it is: the file and the place in it."""

ALL = 1_000_000_000


@dataclass(frozen=True)
class Shown:
    """The days whose cells a review shows, per metric, from its first counted day to its last."""

    windows: Mapping[str, Period]

    @property
    def whole(self) -> Period | None:
        """Return the window around all of them; None when no figure has a value."""
        if not self.windows:
            return None
        first = min(each.start for each in self.windows.values())
        last = max(each.end for each in self.windows.values())
        return Period(first, last, span(first, last))


def shown_windows(assembly: Assembly, metrics: Sequence[Metric] = ()) -> Shown:
    """Return, for each metric with a value, the days from its earliest counted to its latest.

    A formula's days are shown of its parts too: `metrics` tells which those are.
    """
    named = {metric.name: metric for metric in metrics}
    days: dict[str, list[Period]] = {}
    for figure in assembly.figures().values():
        leaves = named[figure.metric].leaves if figure.metric in named else ()
        for name in {figure.metric, *leaves}:
            days.setdefault(name, []).extend(_counted(figure))
    return Shown(
        {
            metric: Period(
                min(each.start for each in periods), max(each.end for each in periods), metric
            )
            for metric, periods in days.items()
            if periods
        }
    )


def sealed_cells(
    reader: Reader, metrics: Sequence[Metric], tables: Mapping[str, Table], shown: Shown
) -> pl.DataFrame:
    """Return the stored cells of the shown days as CELL_SCHEMA, personal slices masked."""
    cells = read_cells(reader, [each.name for each in metrics])
    return masked_cells(within(cells, shown), metrics, tables)


def within(cells: pl.DataFrame, shown: Shown) -> pl.DataFrame:
    """Return the cells of the shown days."""
    parts = [
        cells.filter(
            (pl.col("metric") == metric) & pl.col("period").is_between(window.start, window.end)
        )
        for metric, window in sorted(shown.windows.items())
    ]
    return pl.concat([cells.clear(), *parts])


def masked_cells(
    cells: pl.DataFrame, metrics: Sequence[Metric], tables: Mapping[str, Table]
) -> pl.DataFrame:
    """Return the cells with personal dimension values masked and what then is one slice summed.

    What does not add up cannot be summed: such cells of a holistic metric are left out.
    """
    hidden = {each.name: personal_dimensions(each, tables) for each in metrics}
    if not any(hidden.values()):
        return cells
    cells = _without_personal(cells, metrics, hidden)
    kinds = cells.select("metric", "slice").unique()
    keys = [_masked_slice(text, hidden[metric]) for metric, text in kinds.rows()]
    renamed = kinds.with_columns(masked=pl.Series(keys, dtype=pl.String))
    groups = ("metric", "definition_hash", "period", "slice")
    sums = ("numerator", "denominator", "n", "sum_of_squares", "left_out")
    return (
        cells.join(renamed, on=["metric", "slice"], how="left")
        .with_columns(slice=pl.col("masked"))
        .group_by(groups)
        .agg(*(_sum_or_null(name) for name in sums), pl.col("status").max())
        .match_to_schema(pl.Schema(CELL_SCHEMA))
        .sort("metric", "period", "slice")
    )


def _without_personal(
    cells: pl.DataFrame, metrics: Sequence[Metric], hidden: Mapping[str, frozenset[str]]
) -> pl.DataFrame:
    """Return the cells but those of holistic metrics whose slice names a personal dimension."""
    holistic = {each.name for each in metrics if each.is_holistic}
    kinds = cells.select("metric", "slice").unique()
    personal = [
        (metric, text)
        for metric, text in kinds.rows()
        if metric in holistic and hidden[metric] & json.loads(text).keys()
    ]
    gone = pl.DataFrame(personal, schema=kinds.schema, orient="row")
    return cells.join(gone, on=["metric", "slice"], how="anti")


def sealed_facts(
    reader: Reader, metrics: Sequence[Metric], tables: Mapping[str, Table], shown: Shown
) -> dict[str, pl.DataFrame]:
    """Return, by table, every row that feeds a shown cell, personal columns masked.

    Columns: those of the contract, _batch, _mapping, _sheet, _row, _warnings. Rows that a warning
    leaves out of a measure are held too, so that leaving them out can be recomputed.
    """
    feeds = [
        _Feed(metric, side, source.table, shown.windows[metric.name])
        for metric in metrics
        if metric.name in shown.windows
        for side, source in metric.sources.items()
    ]
    return {
        name: masked_rows(
            _held(reader, tables, [each for each in feeds if each.table == name]), tables[name]
        )
        for name in sorted({each.table for each in feeds})
    }


@dataclass(frozen=True)
class _Feed:
    """One side of one metric and the days of it that a review shows."""

    metric: Metric
    side: Side
    table: str
    window: Period

    def is_plain(self, contract: Table) -> bool:
        """Return whether the table's own date alone says which rows these days hold."""
        return _dates(self.metric, self.metric.sources[self.side], contract) == (contract.dated_by,)

    def periods(self) -> Iterator[Period]:
        """Yield the metric's periods within the window."""
        start = self.window.start
        while start <= self.window.end:
            following = next_start(start, self.metric.period, self.metric.calendar)
            yield Period(start, following - timedelta(days=1), "")
            start = following


def _held(reader: Reader, tables: Mapping[str, Table], feeds: Sequence[_Feed]) -> pl.DataFrame:
    """Return the whole rows that the feeds of one table take, each once, in the order they came."""
    table = tables[feeds[0].table]
    columns = (*table.column_names, *IDENTITY, "_warnings")
    plain = [each.window for each in feeds if each.is_plain(table)]
    followed = [
        reader.frame(query.sql, query.parameters).select(IDENTITY)
        for each in feeds
        if not each.is_plain(table)
        for period in each.periods()
        for query in [compile_rows(each.metric, each.side, period, {}, tables)]
    ]
    first = min((each.start for each in plain), default=None)
    last = max((each.end for each in plain), default=None)
    if not followed:
        rows = reader.browse(table.name, first=first, last=last, limit=ALL).rows
    else:
        # The place alone names no row: one of a wide file may have become several, even alike.
        # So each row is asked whether it is held, and none is held by its content.
        every = reader.facts_frame(table.name)
        places = pl.concat(followed).unique().with_columns(is_followed=True)
        day = pl.col(table.dated_by).cast(pl.Date)
        is_plain = day.is_between(first, last) if plain else pl.lit(value=False)
        rows = every.join(places, on=list(IDENTITY), how="left", nulls_equal=True).filter(
            pl.col("is_followed").fill_null(value=False) | is_plain.fill_null(value=False)
        )
    return rows.select(columns).sort(*IDENTITY, *table.column_names, "_warnings")


def masked_rows(rows: pl.DataFrame, contract: Table) -> pl.DataFrame:
    """Return the rows with personal text as "•••" and other personal values empty."""
    hidden = [name for name in personal_columns(contract) if name in rows.columns]
    return rows.with_columns(
        pl.when(pl.col(name).is_not_null())
        .then(pl.lit(MASK) if rows.schema[name] == pl.String else None)
        .alias(name)
        for name in hidden
    )


def personal_dimensions(metric: Metric, tables: Mapping[str, Table]) -> frozenset[str]:
    """Return the dimensions of a metric that can point to a person."""
    hidden = {name for table in metric.tables for name in personal_columns(tables[table])}
    return frozenset(hidden.intersection(metric.by))


def read_personal(metric: Metric, tables: Mapping[str, Table]) -> tuple[str, ...]:
    """Return the personal columns a metric computes with: masked, it cannot be recomputed."""
    found: set[str] = set()
    for leaf, source in _sources(metric):
        table = tables[source.table]
        read = {
            name
            for text in _expressions(source)
            for name in parse(text, table.column_types).columns
        }
        found |= read | set(_dates(leaf, source, table))
    hidden = {name for table in metric.tables for name in personal_columns(tables[table])}
    return tuple(sorted(found & hidden))


def _sources(metric: Metric) -> Iterator[tuple[Metric, Source]]:
    yield from ((leaf, each) for leaf in metric.leaf_metrics for each in leaf.sources.values())


def _expressions(source: Source) -> Iterator[str]:
    texts = (source.where, source.sum, source.value, source.distinct)
    yield from (each for each in texts if each)


def _dates(metric: Metric, source: Source, table: Table) -> tuple[str, ...]:
    if isinstance(metric.measure, Stock | Elapsed):
        return (metric.measure.from_, metric.measure.to)
    return (source.dated_by or table.dated_by,)


def _counted(figure: Figure) -> Iterable[Period]:
    readings = (figure.whole, figure.latest, figure.previous)
    return [each for reading in readings if reading for each in reading.counted]


def _masked_slice(text: str, hidden: frozenset[str]) -> str:
    values = json.loads(text)
    return slice_key(
        {
            name: MASK if name in hidden and value is not None else value
            for name, value in values.items()
        }
    )


def _sum_or_null(name: str) -> pl.Expr:
    return pl.when(pl.col(name).null_count() == 0).then(pl.col(name).sum()).alias(name)


def through(shown: Shown) -> date | None:
    """Return the last shown day."""
    return shown.whole.end if shown.whole else None
