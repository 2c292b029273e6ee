"""The series of a metric on the full grid of periods: what is known, and why something is not.

Cells say what the facts add up to; coverage says for which periods facts came in; what is expected
says when they were due. Together they tell a real zero from a file that never arrived.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import and_, or_

import polars as pl

from metrics.cells import own_cells, roll_up
from metrics.formulas import keys_of, worked_out
from metrics.model import Formula, Metric, slice_key
from metrics.periods import COMMON, Calendar, grid
from metrics.schema import EXACT, WITH_VALUE
from metrics.silent_sites import SITE

EXPECTED_SCHEMA: Mapping[str, pl.DataType] = {
    "mapping": pl.String(),
    "table": pl.String(),
    "cadence": pl.String(),
    "due_days": pl.Int64(),
    "slice": pl.String(),
}
"""What is to come in: from which mapping, for which table, how many days after a period's end."""

SERIES_SCHEMA: Mapping[str, pl.DataType] = {
    "period": pl.Date(),
    "label": pl.String(),
    "slice": pl.String(),
    "numerator": EXACT,
    "denominator": EXACT,
    "n": pl.Int64(),
    "left_out": pl.Int64(),
    "value": pl.Float64(),
    "status": pl.String(),
    "remark": pl.String(),
}
"""`remark` says which part of a formula has no value, or which site handed in no figure; null where
nothing is lacking."""

_NEVER = pl.lit(value=False)


def _of_all(_metric: Metric, uploads: pl.DataFrame) -> pl.DataFrame:
    return uploads


def series(  # noqa: PLR0913 - everything a status is made of
    cells: pl.DataFrame,
    coverage: pl.DataFrame,
    expected: pl.DataFrame,
    metric: Metric,
    *,
    as_of: date,
    by: Sequence[str] = (),
    slice: Mapping[str, str | None] | None = None,  # noqa: A002 - the word of the glossary
    calendar: Calendar = COMMON,
    speaks: Callable[[Metric, pl.DataFrame], pl.DataFrame] = _of_all,
) -> pl.DataFrame:
    """Return SERIES_SCHEMA and the dimensions `by`: every period to the one of `as_of`, each slice.

    `slice` is what is looked at; `speaks` gives the rows of `coverage` and `expected` that speak
    for a metric. A formula is worked out from the series of its parts.
    Status: ok; estimated (it was handed in as such); partial (the period is not over, or one of
    several uploads is not there); no_opportunity; invalid; without facts: not_due before the
    deadline, late after it, missing where none is set. Ordered by slice and period.
    """
    part = slice or {}
    leaves = [
        _Leaf(
            leaf,
            roll_up(cells, leaf, by, part),
            speaks(leaf, coverage).filter(pl.col("table_name").is_in(leaf.tables)),
            speaks(leaf, expected),
        )
        for leaf in metric.leaf_metrics
    ]
    periods = _grid(leaves, metric, as_of, calendar)
    slices = pl.concat([leaf.rolled.select("slice", *by) for leaf in leaves]).unique()
    if not by:
        slices = pl.DataFrame({"slice": [slice_key(part)]})
    full = slices.join(periods, how="cross")
    told = {leaf.metric.name: leaf.told(full, cells, by, part, as_of) for leaf in leaves}
    if isinstance(metric.measure, Formula):
        found = worked_out(metric, told, keys_of(told, by), absent="missing")
        found = found.join(periods.select("period", "label"), on="period", how="left")
    else:
        found = told[metric.name]
    return found.select(*SERIES_SCHEMA, *by).sort("slice", "period")


@dataclass(frozen=True)
class _Leaf:
    """A metric with cells of its own, rolled up, and the uploads that speak for it."""

    metric: Metric
    rolled: pl.DataFrame
    coverage: pl.DataFrame
    expected: pl.DataFrame

    def told(
        self,
        full: pl.DataFrame,
        cells: pl.DataFrame,
        by: Sequence[str],
        part: Mapping[str, str | None],
        as_of: date,
    ) -> pl.DataFrame:
        """Return the values on the grid `full`, each with its status, and null without one."""
        held = ("numerator", "denominator", "n", "left_out", "value", "status", "remark")
        found = full.join(
            self.rolled.select("period", "slice", *held), on=["period", "slice"], how="left"
        )
        found = _since_they_joined(found, _joined(cells, self.coverage, self.metric), part)
        where = _Where(self.coverage, self.expected, tuple(by), part)
        status = _status(self.metric, where, as_of)
        stated = _zeros_filled(found, self.metric).with_columns(status=status)
        has_value = pl.col("status").is_in(WITH_VALUE)
        return stated.with_columns(value=pl.when(has_value).then(pl.col("value")))


class _Where:
    """Which uploads speak for which periods and slices, as conditions over the grid."""

    def __init__(
        self,
        coverage: pl.DataFrame,
        expected: pl.DataFrame,
        by: tuple[str, ...],
        part: Mapping[str, str | None],
    ) -> None:
        self._coverage, self._by, self._part = coverage, by, part
        self._expected = expected

    def covered(self, table: str) -> pl.Expr:
        """Whether any upload to `table` covers the period, in the slice."""
        return self._any(self._coverage.filter(pl.col("table_name") == table))

    def absent(self, tables: Iterable[str]) -> list[tuple[pl.Expr, int]]:
        """Return, for each expected upload, the condition that it is not there, and its due days.

        An upload is expected from the first period that it ever covered.
        """
        found = []
        for row in self._expected.filter(pl.col("table").is_in(list(tables))).iter_rows(named=True):
            own = self._coverage.filter(pl.col("mapping") == row["mapping"])
            begun = own["covers_from"].min()
            expected = self._speaks_for(row["slice"])
            if begun is not None:
                expected &= pl.col("end") >= begun
            found.append((expected & ~self._any(own), int(row["due_days"])))
        return found

    def _any(self, coverage: pl.DataFrame) -> pl.Expr:
        spans = coverage.select("slice", "covers_from", "covers_to").unique(maintain_order=True)
        conditions = []
        for (text,), rows in spans.group_by("slice", maintain_order=True):
            inside = [
                (pl.col("end") >= first) & (pl.col("period") <= last)
                for first, last in _merged(rows.select("covers_from", "covers_to").rows())
            ]
            conditions.append(self._speaks_for(str(text)) & reduce(or_, inside))
        return reduce(or_, conditions, _NEVER)

    def _speaks_for(self, text: str) -> pl.Expr:
        """Whether an upload whose constant dimensions are `text` says anything about the slice."""
        conditions = []
        for name, value in json.loads(text).items():
            if name in self._part:
                conditions.append(pl.lit(value=self._part[name] == value))
            elif name in self._by:
                conditions.append(pl.col(name).eq_missing(pl.lit(value)))
        return reduce(and_, conditions, pl.lit(value=True))


def _grid(leaves: Iterable[_Leaf], metric: Metric, as_of: date, calendar: Calendar) -> pl.DataFrame:
    """Return period, end and label from the first fact or upload to the period of `as_of`."""
    starts = [
        first
        for leaf in leaves
        for first in (leaf.rolled["period"].min(), leaf.coverage["covers_from"].min())
    ]
    known = [day for day in starts if isinstance(day, date)]
    found = grid(min(known), as_of, metric.period, calendar) if known else ()
    rows = [(period.start, period.end, period.label) for period in found]
    schema = {"period": pl.Date(), "end": pl.Date(), "label": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _joined(cells: pl.DataFrame, coverage: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """Return site (String) and joined (Date): its first row, or the first upload of its own."""
    schema = {SITE: pl.String(), "joined": pl.Date()}
    if SITE not in metric.by:
        return pl.DataFrame(schema=schema)
    own = own_cells(cells, metric, _with_site(metric))
    spoken = [
        (json.loads(text)[SITE], first)
        for text, first in coverage.select("slice", "covers_from").iter_rows()
        if SITE in json.loads(text)
    ]
    uploads = pl.DataFrame(spoken, schema=schema, orient="row")
    both = pl.concat([own.select(SITE, pl.col("period").alias("joined")), uploads])
    return both.group_by(SITE).agg(pl.col("joined").min())


def _with_site(metric: Metric) -> tuple[str, ...]:
    """Return dimensions, the site among them, that the metric has cells by."""
    kept = metric.kept_by if metric.is_holistic else (metric.by,)
    return next((names for names in kept if SITE in names), (SITE,))


def _since_they_joined(
    full: pl.DataFrame, joined: pl.DataFrame, part: Mapping[str, str | None]
) -> pl.DataFrame:
    """Return the grid without the periods before a site joined: it was not there to count.

    A category nobody had yet is a true zero, and stays one.
    """
    if SITE in full.columns:
        dated = full.join(joined, on=SITE, how="left", nulls_equal=True)
        return dated.filter(pl.col("end") >= pl.col("joined")).drop("joined")
    if SITE not in part:
        return full
    first = joined.filter(pl.col(SITE).eq_missing(pl.lit(part[SITE], dtype=pl.String)))["joined"]
    return full.filter(pl.col("end") >= first[0]) if first.len() else full


def _zeros_filled(full: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """Return the grid with what the absence of rows means: none for a count, no chance for a share.

    It is taken back where no upload covers the period.
    """
    absent = pl.col("status").is_null()
    if metric.without_rows == "ok":
        zero = pl.lit(0).cast(EXACT)
        return full.with_columns(
            numerator=pl.when(absent).then(zero).otherwise(pl.col("numerator")),
            value=pl.when(absent).then(0.0).otherwise(pl.col("value")),
            n=pl.col("n").fill_null(0),
            left_out=pl.col("left_out").fill_null(0),
            status=pl.col("status").fill_null("ok"),
        )
    return full.with_columns(
        n=pl.col("n").fill_null(0),
        left_out=pl.col("left_out").fill_null(0),
        status=pl.col("status").fill_null(metric.without_rows),
    )


def _status(metric: Metric, where: _Where, as_of: date) -> pl.Expr:
    covered = reduce(and_, (where.covered(table) for table in metric.tables))
    absences = where.absent(metric.tables)
    is_open = pl.col("end") >= as_of
    some_absent = reduce(or_, (absent for absent, _ in absences), _NEVER)
    overdue = reduce(
        or_,
        (absent & (pl.col("end") < as_of - timedelta(days=due)) for absent, due in absences),
        _NEVER,
    )
    without = (
        pl.when(is_open)
        .then(pl.lit("not_due"))
        .when(overdue)
        .then(pl.lit("late"))
        .when(some_absent)
        .then(pl.lit("not_due"))
        .otherwise(pl.lit("missing"))
    )
    told = pl.col("status")
    lacking = told.is_in(["ok", "estimated"]) & (is_open | some_absent)
    unsaid = ~covered | (told == "missing")
    return pl.when(unsaid).then(without).when(lacking).then(pl.lit("partial")).otherwise(told)


def _merged(spans: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """Return the same days in as few spans as possible."""
    merged: list[tuple[date, date]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + timedelta(days=1):
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
