"""The rules of a preset: which points, alone or together, are evidence of a special cause.

A point on the centre line neither breaks nor extends a run (unless the preset says so). Runs and
windows continue over one period without a value and are broken by two.
"""

from __future__ import annotations

from typing import cast

import polars as pl

from metrics.trend.apart import apart
from metrics.trend.ladder import FIRM_FROM, PROVISIONAL_FROM, TRIAL_FROM
from metrics.trend.levelled import without_season
from metrics.trend.limits import SLACK, slack
from metrics.trend.marks import (
    alternating,
    avoiding,
    hugging,
    outside,
    runs,
    trends,
    whole_phases,
    windows,
)
from metrics.trend.presets import PRECEDENCE, PRESETS, RuleSet, rules_for
from metrics.trend.spec import ChartKind, Preset

RULE_WORDS: dict[str, str] = {
    "R1": "One point {beyond} limit",
    "R2": "Run of {run} or more {side} the centre line",
    "R3": "{few} in a row near the {edge} limit or beyond it",
    "R4": "{trend} or more in a row, each {further} than the one before",
    "R5": "Four of five in a row well {side} the centre line",
    "R6": "Up and down in turn, 14 points or more",
    "R7": "15 points or more close to the centre line",
    "R8": "Eight points or more away from the centre line, on both sides",
    "A": "Too long a run, or too few crossings of the centre line",
}
"""What each rule says on screen; the side and the preset fill in."""


def rule_text(code: str, side: int, preset: Preset = "standard") -> str:
    """Return what the rule says of a point on that side."""
    up, rules = side > 0, PRESETS[preset]
    return RULE_WORDS[code].format(
        beyond="above the upper" if up else "below the lower",
        side="above" if up else "below",
        edge="upper" if up else "lower",
        further="higher" if up else "lower",
        run=rules.run,
        trend=rules.trend,
        few="Three of four" if preset == "wheeler" else "Two of three",
    )


def with_rules(cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the cells with rules, pattern_id and state, and the frame of patterns.

    `rules` lists the codes of every pattern the point belongs to, in the order of PRECEDENCE, and
    `pattern_id` their patterns; `state` is untested, common, watch or signal. Patterns have series,
    pattern_id (1.. within the series), rule, grade (watch, signal), side, first, last and known_on:
    the period at whose end the pattern could first be known. A pattern of rule A is of its phase as
    a whole and marks no point.
    """
    tested = _tested(cells)
    parts = [
        _found(part, rules_for(cast("Preset", preset), cast("ChartKind", chart)))
        for (preset, chart), part in apart(tested, "preset", "chart")
    ]
    found = pl.concat([_found(tested.clear(), RuleSet(0.0)), *parts])
    patterns = _patterns(found, cells)
    own = found.filter(pl.col("rule") != "A").join(
        patterns.select("rule", "key", "unit", "pattern_id", "grade"), on=["rule", "key", "unit"]
    )
    return _stated(cells, own), patterns.drop("key", "unit")


def _stated(cells: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    order = pl.col("rule").replace_strict(PRECEDENCE, return_dtype=pl.Int8)
    by_cell = (
        found.sort("cell", order)
        .group_by("cell", maintain_order=True)
        .agg("rule", "pattern_id", is_signal=(pl.col("grade") == "signal").any())
        .rename({"rule": "rules"})
    )
    points = cells.join(by_cell, on="cell", how="left", maintain_order="left").with_columns(
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
    return points.with_columns(state=state).drop("is_signal")


def _tested(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the ok points that have limits, with `segment`: a new one after two empty periods."""
    zones = {zone for preset in cells["preset"].unique() for zone in PRESETS[preset].zones}
    points = cells.filter("ok").select(
        *("cell", "unit", "ok_points", "ladder", "side", "preset", "chart", "scarce"),
        judged=without_season("judged") if "factor" in cells.columns else pl.col("judged"),
        above=_passed(pl.col("value") - pl.col("high"), pl.col("high")),
        below=_passed(pl.col("low") - pl.col("value"), pl.col("low")),
        # Where nothing varies no point is close to the centre: all are on it.
        varies=pl.col("sigma") > SLACK * pl.col("centre").abs(),
        **{f"above{k:g}": _beyond(k, 1) for k in sorted(zones)},
        **{f"below{k:g}": _beyond(k, -1) for k in sorted(zones)},
    )
    apart = (pl.col("cell") - pl.col("cell").shift()) > 2
    fresh = (apart | (pl.col("unit") != pl.col("unit").shift())).fill_null(value=True)
    points = points.with_columns(segment=fresh.cast(pl.Int64).cum_sum())
    return points.filter(pl.col("side").is_not_null())


def _found(tested: pl.DataFrame, rules: RuleSet) -> pl.DataFrame:
    """Return the marks of every rule of a set, as far as the number of points allows them."""
    climbed = ~pl.col("ladder")
    every = tested
    if tested["scarce"].any():  # where most periods lie on one side by chance, sides say nothing
        tested = tested.filter(~pl.col("scarce"))
    enough = every.filter(climbed | (pl.col("ok_points") >= TRIAL_FROM))
    many = tested.filter(climbed | (pl.col("ok_points") >= PROVISIONAL_FROM))
    marks = [outside(enough if rules.outside else enough.clear())]
    if rules.run is not None:
        marks.append(runs(many, rules.run, ties_break=rules.ties_break))
    marks += [windows(many, window) for window in rules.windows]
    if rules.trend is not None:
        marks.append(trends(many, rules.trend))
    if rules.alternating is not None:
        marks.append(alternating(many, rules.alternating))
    if rules.hugging is not None:
        marks.append(hugging(many, rules.hugging))
    if rules.avoiding is not None:
        marks.append(avoiding(many, rules.avoiding))
    if rules.anhoej:
        marks.append(whole_phases(tested))
    return pl.concat(marks)


def _beyond(sigmas: float, side: int) -> pl.Expr:
    """Return whether a value lies so many sigmas beyond the centre on that side."""
    line = pl.col("centre") + side * sigmas * pl.col("sigma")
    return _passed((pl.col("judged") - line) * side, line)


def _passed(by: pl.Expr, line: pl.Expr) -> pl.Expr:
    return (by > slack(line)).fill_null(value=False)


FAR_OUT = 5
"""Points beyond a limit that keep a pattern a signal where neighbours are alike: runs come by
themselves there, and now and then one that reaches beyond a limit that is too narrow, but seldom so
often."""


def _far_out(marks: pl.DataFrame) -> pl.DataFrame:
    """Return `far_out` per pattern: its points beyond the limit; one by itself is far enough."""
    single = marks.filter(pl.col("rule") == "R1")
    beyond = marks.join(single, on=["unit", "cell", "side"], how="semi")
    counted = beyond.group_by("rule", "key", "unit").agg(far_out=pl.len())
    alone = pl.when(pl.col("rule") == "R1").then(FAR_OUT).otherwise("far_out")
    return counted.with_columns(far_out=alone)


def _patterns(marks: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Return one row per pattern, numbered within its series in the order they could be known."""
    found = marks.group_by("rule", "key", "unit").agg(
        pl.col("side", "known", "ok_points", "ladder").first(),
        first_cell=pl.col("cell").min(),
        last_cell=pl.col("cell").max(),
    )
    is_firm = (pl.col("ok_points") >= FIRM_FROM) | ~pl.col("ladder")
    is_signal = pl.col("rule").is_in(["R1", "A"]) | is_firm
    if "is_dependent" in cells.columns:
        found = found.join(_far_out(marks), on=["rule", "key", "unit"], how="left")
        alike = cells["is_dependent"].gather(found["first_cell"]).fill_null(value=False)
        is_signal &= ~pl.lit(alike) | (pl.col("far_out") >= FAR_OUT)
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
