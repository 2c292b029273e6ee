"""A table anybody has, as a series the engine reads: row by row, in the order of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite

import polars as pl

from data.errors import RefusedInputError, UsageError, near_miss
from metrics.trend.spec import ChartKind

FACET = "facet"
SUBGROUPED: frozenset[ChartKind] = frozenset({"xbar", "s"})
COUNTED: frozenset[ChartKind] = frozenset({"p", "u", "p-prime", "u-prime"})

_N: Mapping[ChartKind, str] = dict.fromkeys(("xmr", "mr", "i-prime", "xbar", "s"), "n")
"""An xmr chart, a p chart."""

_NUMBERS = ("value", "numerator", "denominator", "n")
_NO_DAY = date(1970, 1, 1)
"""Rows have an order, not days: the engine is given one day a row, and never shows it."""

MOST_PROBLEMS = 20
"""Problems told at once; a file with more has one cause, and the rest would hide it."""


@dataclass(frozen=True)
class Marks:
    """What is said of rows by their label: where a phase starts, and which are left out."""

    phases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


def points_of(rows: pl.DataFrame, kind: ChartKind, marks: Marks) -> pl.DataFrame:
    """Return the points of `rows` (all text) as `analyse` reads them; `series` is the facet.

    `rows` has period (any label) and value, or numerator and denominator, or value and n; for xbar
    and s one row a measurement with subgroup and value. An empty value is a missing point. Raises
    UsageError for an absent column or an unknown label, RefusedInputError with every number that
    cannot be.
    """
    rows = _named(rows, kind)
    problems: list[str] = []
    numbers = {name: _number(rows, name, problems) for name in _NUMBERS if name in rows.columns}
    rows = _told(rows.with_columns(**numbers).with_row_index("row", offset=2))
    _tell(problems)
    points = _subgroups(rows) if kind in SUBGROUPED else _singles(rows, kind)
    _tell(_impossible(points, kind))
    return _marked(points, marks)


def _named(rows: pl.DataFrame, kind: ChartKind) -> pl.DataFrame:
    """Return the rows with `facet` and `period`; raise UsageError for a column they need."""
    has = set(rows.columns)
    if kind in SUBGROUPED:
        wanted: Sequence[tuple[str, ...]] = [("subgroup", "value")]
    elif kind in COUNTED:
        wanted = [("numerator", "denominator")]
    elif kind == "i-prime":
        wanted = [("value", "n"), ("numerator", "denominator")]
    else:
        wanted = [("value",), ("numerator", "denominator")]
    if not any(has.issuperset(names) for names in wanted):
        ways = " or ".join(",".join(names) for names in wanted)
        raise UsageError(
            f"A{_N.get(kind, '')} {kind} chart needs the columns {ways}; "
            f"the file has {', '.join(rows.columns)}."
        )
    if FACET not in has:
        rows = rows.with_columns(pl.lit("").alias(FACET))
    label = "subgroup" if kind in SUBGROUPED else "period"
    if label not in has:
        rows = rows.with_columns(pl.int_range(1, pl.len() + 1).cast(pl.String).alias(label))
    return rows.with_columns(label=pl.col(label).fill_null(""), facet=pl.col(FACET).fill_null(""))


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows without empty lines: a point is missing only where its period is named."""
    if not {"period", "subgroup"} & set(rows.columns):
        return rows
    numbers = [name for name in _NUMBERS if name in rows.columns]
    given = pl.any_horizontal(pl.col(numbers).is_not_null())
    return rows.filter(given | (pl.col("label") != ""))


def _number(rows: pl.DataFrame, name: str, problems: list[str]) -> pl.Series:
    text = rows[name].cast(pl.String).str.strip_chars()
    text = text.set(text == "", None)
    found = text.cast(pl.Float64, strict=False)
    for at, (was, is_) in enumerate(zip(text, found, strict=True)):
        if was is not None and (is_ is None or not isfinite(is_)):
            problems.append(
                f"row {at + 2}, {name}: '{was}' is not a number like 12.5. Leave it empty if it is "
                "not known."
            )
    return found


def _singles(rows: pl.DataFrame, kind: ChartKind) -> pl.DataFrame:
    ratio = pl.col("numerator") / pl.col("denominator")
    columns = set(rows.columns)
    if {"numerator", "denominator"} <= columns and kind not in COUNTED and "value" not in columns:
        rows = rows.with_columns(value=pl.when(pl.col("denominator") != 0).then(ratio))
        if kind == "i-prime" and "n" not in columns:
            rows = rows.with_columns(n=pl.col("denominator"))
    if kind in COUNTED:
        known = pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null()
    else:
        known = pl.col("value").is_not_null()
    if kind == "i-prime":
        known &= pl.col("n").is_not_null()
    status = pl.when(_nothing_behind(rows)).then(pl.lit("no_opportunity"))
    return _points(rows.with_columns(status=status.when(known).then(pl.lit("ok"))), kind)


def _nothing_behind(rows: pl.DataFrame) -> pl.Expr:
    """Return whether a row counts against nothing: a denominator, or a weight, of 0."""
    sizes = [name for name in ("denominator", "n") if name in rows.columns]
    return pl.any_horizontal(pl.lit(value=False), *(pl.col(name) == 0 for name in sizes))


def _subgroups(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a point a subgroup, in the order they first appear: its mean, spread and size."""
    known = pl.col("value").is_not_null()
    found = rows.group_by("facet", "label", maintain_order=True).agg(
        pl.col("row").first(),
        value=pl.col("value").mean(),
        sd=pl.col("value").std(),
        n=known.sum().cast(pl.Float64),
    )
    return _points(found.with_columns(status=pl.when(pl.col("n") > 0).then(pl.lit("ok"))), "xbar")


def _points(rows: pl.DataFrame, kind: ChartKind) -> pl.DataFrame:
    absent = [name for name in (*_NUMBERS, "sd") if name not in rows.columns]
    rows = rows.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in absent)
    if kind == "c":
        rows = rows.with_columns(numerator=pl.col("value"))
    place = pl.int_range(pl.len()).over("facet")
    return rows.select(
        "row",
        "label",
        *_NUMBERS,
        "sd",
        series="facet",
        period=pl.lit(_NO_DAY) + pl.duration(days=place),
        status=pl.col("status").fill_null("missing"),
    )


def _impossible(points: pl.DataFrame, kind: ChartKind) -> list[str]:
    """Return a sentence for every row whose numbers cannot be what the chart counts."""
    twice = pl.struct("series", "label").is_duplicated() & (pl.col("label") != "")
    found = [
        (row, f"'{label}' is there twice. Give each period of a series once.")
        for row, label in points.filter(twice).select("row", "label").rows()
    ]
    for name, kinds, why in _LEAST:
        below = points.filter(pl.col(name) < 0) if kind in kinds else points.clear()
        found += [(row, f"{name} {v:g}: {why}") for row, v in below.select("row", name).rows()]
    if kind in {"p", "p-prime"}:
        more = points.filter(pl.col("numerator") > pl.col("denominator"))
        counts = more.select("row", "numerator", "denominator").rows()
        found += [(row, f"{a:g} of {b:g}: more than all of them.") for row, a, b in counts]
    if kind == "t":
        way = "Record the time of day as well, or use --kind g on days."
        why = f"a time between events is above zero. {way}"
        never = points.filter(pl.col("value") <= 0).select("row", "value").rows()
        found += [(row, f"value {v:g}: {why}") for row, v in never]
    return [f"row {row}: {sentence}" for row, sentence in sorted(found)]


_COUNTS: frozenset[ChartKind] = frozenset({"p", "u", "c", "p-prime", "u-prime", "g"})
_LEAST: Sequence[tuple[str, frozenset[ChartKind], str]] = (
    ("value", frozenset({"c", "g"}), "a count is not below zero."),
    ("numerator", _COUNTS - {"c", "g"}, "a count is not below zero."),
    ("denominator", _COUNTS - {"c", "g"}, "there cannot be fewer than none."),
    ("n", frozenset({"i-prime"}), "a weight is above zero."),
)


def _tell(problems: Sequence[str]) -> None:
    if not problems:
        return
    more = len(problems) - MOST_PROBLEMS
    lines = [*problems[:MOST_PROBLEMS], *([f"and {more} more."] if more > 0 else [])]
    raise RefusedInputError("Nothing was drawn:\n" + "\n".join(lines))


def _marked(points: pl.DataFrame, marks: Marks) -> pl.DataFrame:
    labels = points["label"].unique().to_list()
    options: Mapping[str, Sequence[str]] = {"--phase": marks.phases, "--exclude": marks.excluded}
    for option, wanted in options.items():
        for label in wanted:
            if label not in labels:
                miss = near_miss(label, labels)
                raise UsageError(f"{option} {label}: no row has this period.{miss}")
    begins = pl.col("label").is_in(marks.phases)
    name = pl.when(begins).then("label").forward_fill().over("series").fill_null("")
    return points.with_columns(
        ghost=pl.col("label").is_in(marks.excluded),
        phase_id=begins.cast(pl.Int64).cum_sum().over("series"),
        phase_label=name,
    )
