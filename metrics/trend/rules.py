"""The standard rules: which points, alone or together, are evidence of a special cause.

R1 one point beyond a three-sigma limit; R2 eight in a row on one side of the centre line; R3 two of
three in a row beyond two sigma, all three on that side. A point on the centre line neither breaks
nor extends a run. Runs and windows continue over one period without a value and are broken by two.
"""

from __future__ import annotations

import polars as pl

from metrics.trend.ladder import FIRM_FROM, PROVISIONAL_FROM, TRIAL_FROM
from metrics.trend.limits import slack

RUN_LENGTH = 8
"""Eight on one side: seven would double the false alarms of a stable series."""

RULE_WORDS = {
    "R1": "One point {beyond} limit",
    "R2": "Run of 8 or more {side} the centre line",
    "R3": "Two of three in a row near the {edge} limit or beyond it",
}
"""What each rule says on screen; the side fills in."""

_PATTERN = {"rule": pl.String, "key": pl.Int64, "unit": pl.Int64, "side": pl.Int8}


def rule_text(code: str, side: int) -> str:
    """Return what the rule says of a point on that side."""
    up = side > 0
    return RULE_WORDS[code].format(
        beyond="above the upper" if up else "below the lower",
        side="above" if up else "below",
        edge="upper" if up else "lower",
    )


def with_rules(cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the cells with rules, pattern_id and state, and the frame of patterns.

    `rules` lists the codes of every pattern the point belongs to, R1 before R3 before R2, and
    `pattern_id` their patterns; `state` is untested, common, watch or signal. Patterns have series,
    pattern_id (1.. within the series), rule, grade (watch, signal), side, first, last and known_on:
    the period at whose end the pattern could first be known.
    """
    tested = _tested(cells)
    marks = pl.concat([_outside(tested), _runs(tested), _pairs(tested)])
    patterns = _patterns(marks, cells)
    marks = marks.join(patterns.select("rule", "key", "pattern_id", "grade"), on=["rule", "key"])
    found = (
        marks.sort("cell", pl.col("rule").replace_strict({"R1": 0, "R3": 1, "R2": 2}))
        .group_by("cell", maintain_order=True)
        .agg("rule", "pattern_id", is_signal=(pl.col("grade") == "signal").any())
        .rename({"rule": "rules"})
    )
    points = cells.join(found, on="cell", how="left", maintain_order="left").with_columns(
        pl.col("rules").fill_null([]), pl.col("pattern_id").fill_null([])
    )
    state = (
        pl.when(pl.col("is_signal"))
        .then(pl.lit("signal"))
        .when(pl.col("is_signal").is_not_null())
        .then(pl.lit("watch"))
        .when(pl.col("side").is_not_null())
        .then(pl.lit("common"))
        .otherwise(pl.lit("untested"))
    )
    return points.with_columns(state=state).drop("is_signal"), patterns.drop("key", "unit")


def _tested(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the ok points that have limits, with `segment`: a new one after two empty periods."""
    points = cells.filter("ok").select(
        "cell",
        "unit",
        "ok_points",
        "side",
        above=_beyond("value", "test_high"),
        below=_beyond("test_low", "value"),
        above2=_beyond("value", "test_high2"),
        below2=_beyond("test_low2", "value"),
    )
    apart = (pl.col("cell") - pl.col("cell").shift()) > 2
    fresh = (apart | (pl.col("unit") != pl.col("unit").shift())).fill_null(value=True)
    points = points.with_columns(segment=fresh.cast(pl.Int64).cum_sum())
    return points.filter(pl.col("side").is_not_null())


def _beyond(more: str, less: str) -> pl.Expr:
    line = less if more == "value" else more
    return ((pl.col(more) - pl.col(less)) > slack(line)).fill_null(value=False)


def _mark(rule: str, key: pl.Expr, known: pl.Expr) -> list[pl.Expr]:
    """Return the columns of a mark: rule, key of its pattern, unit, side, cell, known cell."""
    return [
        pl.lit(rule).alias("rule"),
        key.cast(pl.Int64).alias("key"),
        pl.col("unit"),
        pl.col("side"),
        pl.col("cell"),
        known.cast(pl.Int64).alias("known"),
        pl.col("ok_points"),
    ]


def _outside(tested: pl.DataFrame) -> pl.DataFrame:
    out = tested.filter((pl.col("above") | pl.col("below")) & (pl.col("ok_points") >= TRIAL_FROM))
    return out.select(_mark("R1", pl.col("cell"), pl.col("cell")))


def _runs(tested: pl.DataFrame) -> pl.DataFrame:
    """Return the points of runs of eight; points on the centre line are left out beforehand."""
    off = tested.filter((pl.col("side") != 0) & (pl.col("ok_points") >= PROVISIONAL_FROM))
    turned = (pl.col("segment") != pl.col("segment").shift()) | (
        pl.col("side") != pl.col("side").shift()
    )
    off = off.with_columns(
        run=turned.fill_null(value=True).cast(pl.Int64).cum_sum(),
        row=pl.int_range(pl.len(), dtype=pl.Int64),
    )
    runs = off.group_by("run").agg(length=pl.len(), start=pl.col("row").first())
    long = runs.filter(pl.col("length") >= RUN_LENGTH)
    long = long.with_columns(known=off["cell"].gather(long["start"] + RUN_LENGTH - 1))
    return off.join(long, on="run").select(_mark("R2", pl.col("run"), pl.col("known")))


def _pairs(tested: pl.DataFrame) -> pl.DataFrame:
    """Return the points of windows of three on one side with two of them beyond two sigma."""
    points = tested.filter(pl.col("ok_points") >= PROVISIONAL_FROM).with_columns(
        far=(pl.col("above2") | pl.col("below2")).cast(pl.Int8)
    )
    together = pl.all_horizontal(
        (pl.col(name) == pl.col(name).shift(back))
        for name in ("segment", "side")
        for back in (1, 2)
    )
    two = (pl.col("far") + pl.col("far").shift(1) + pl.col("far").shift(2)) >= 2
    points = points.with_columns(
        closes=(together & two & (pl.col("side") != 0)).fill_null(value=False)
    )
    closes = pl.col("closes")
    inside = closes | closes.shift(-1, fill_value=False) | closes.shift(-2, fill_value=False)
    marked = points.with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64)).filter(inside)
    turned = (
        (pl.col("row") - pl.col("row").shift() != 1)
        | (pl.col("segment") != pl.col("segment").shift())
        | (pl.col("side") != pl.col("side").shift())
    )
    marked = marked.with_columns(group=turned.fill_null(value=True).cast(pl.Int64).cum_sum())
    known = pl.col("cell").filter("closes").first().over("group")
    return marked.select(_mark("R3", pl.col("group"), known))


def _patterns(marks: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Return one row per pattern, numbered within its series in the order they could be known."""
    found = marks.group_by("rule", "key").agg(
        pl.col("unit", "side", "known", "ok_points").first(),
        first_cell=pl.col("cell").min(),
        last_cell=pl.col("cell").max(),
    )
    is_signal = (pl.col("rule") == "R1") | (pl.col("ok_points") >= FIRM_FROM)
    found = found.with_columns(
        series=cells["series"].gather(found["first_cell"]),
        grade=pl.when(is_signal).then(pl.lit("signal")).otherwise(pl.lit("watch")),
        first=cells["period"].gather(found["first_cell"]),
        last=cells["period"].gather(found["last_cell"]),
        known_on=cells["period"].gather(found["known"]),
    ).sort("series", "known", "rule")
    return found.select(
        "series",
        "rule",
        "grade",
        "side",
        "first",
        "last",
        "known_on",
        "key",
        "unit",
        pattern_id=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("series"),
    )
