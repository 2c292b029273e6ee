"""The season of a series: is there one, and how far does it move each period of the year?

Only series that ask for it are looked at (`TrendSpec.season`). A season is sought on the baseline:
each phase's first three complete cycles, or as many as the freeze needs, so the freeze waits for
them where a season is found. A later phase keeps the season of the phase before until it has three
cycles of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from metrics.periods import Grain
from metrics.trend.season_test import explained, friedman, kruskal
from metrics.trend.spec import TrendSpec

CYCLE: Mapping[Grain, int] = {"day": 7, "week": 52, "month": 12, "quarter": 4}
"""Periods after which a season comes round: a week of days, else a year."""

HINT_FROM, APPLY_FROM = 2, 3
"""Complete cycles from which a season is told, and from which it moves the limits."""

SEASON_P = 0.01
"""Chance of a test as extreme as this in a series without a season; one in a hundred metrics."""

LEAST_SHARE = 0.3
"""A season that explains less of the variance than this is not worth wavy limits."""

LEAST_FACTOR = 0.1
"""A season without events is taken to have a tenth of the usual: dividing needs more than 0."""

MOVES = ("applied", "early", "unconfirmed")
"""Grades of a season that moves the limits."""

_COUNTED = ("p", "u", "c", "p-prime", "u-prime")
_KINDS = ("xmr", "i-prime", *_COUNTED)
"""Kinds of chart a season is sought for: one value a period of the calendar."""


def seasoned(cells: pl.DataFrame, specs: Mapping[str, TrendSpec]) -> pl.DataFrame:
    """Return the cells with season_factor: what the season multiplies by, or adds; null without.

    Where any series asks for a season there are also `factor` and `offset` (1 and 0 without),
    `season_part` (the factor though it is only told of), `season_is_added` and `season_grade`:
    hint (seen in two cycles), applied, early (asked for, from two cycles), unconfirmed (asked for,
    not seen in the figures); null without. `freeze_at` and `baseline` wait for the cycles.

    A factor is the mean of a season over the mean of all, 1 - 1/F of the way from 1, F being that
    of the analysis of variance by season and cycle: what noise makes of it is taken back. Values
    that may be below 0 have differences in place of ratios.
    Source: Makridakis, Wheelwright and Hyndman, Forecasting, 3rd ed., 1998, chapter 3; the
    shrinking after Miller and Williams, International Journal of Forecasting 19, 2003.
    """
    asked = {
        name: (spec.season, CYCLE[spec.grain])
        for name, spec in specs.items()
        if spec.season != "off" and spec.grain in CYCLE and spec.kind in _KINDS
    }
    if not asked:
        return cells.with_columns(season_factor=_NUMBER)
    rows = [(name, *wish) for name, wish in asked.items()]
    wishes = pl.DataFrame(rows, schema=_WISH, orient="row").with_columns(
        pl.col("series").cast(cells.schema["series"])
    )
    own = _placed(cells.select(_READ).join(wishes, on="series", maintain_order="left"))
    return _applied(cells, own, _graded(own, _found(own)))


_READ = (
    "series", "unit", "cell", "ok", "ok_rank", "value", "kind", "baseline", "baseline_rows",
    "ladder", "freeze_at",
)  # fmt: skip
_NUMBER = pl.lit(None, dtype=pl.Float64)
_WISH = {"series": pl.String, "wish": pl.String, "cycle": pl.Int64}


def _placed(own: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with `season`, `candidate`, `cycles` (of the unit) and `until` (a rank).

    Candidates are the ok cells up to the one that completes the third cycle, or up to the freeze
    if that is later; where limits come from given cells, those.
    """
    given = pl.col("baseline_rows").is_not_null() | ~pl.col("ladder")
    own = own.with_columns(
        season=(pl.col("cell") - pl.col("cell").first().over("series")) % pl.col("cycle"),
        candidate=pl.when(given).then("baseline").otherwise("ok"),
    )
    third = pl.col("ok_rank").slice(APPLY_FROM - 1, 1).first()
    by_season = (
        own.filter("candidate")
        .group_by("unit", "season")
        .agg(pl.col("cycle", "freeze_at").first(), n=pl.len(), third=third)
    )
    is_whole = pl.len() == pl.col("cycle").first()
    units = by_season.group_by("unit").agg(
        cycles=pl.when(is_whole).then(pl.col("n").min()).otherwise(0),
        until=pl.when(is_whole & (pl.col("n").min() >= APPLY_FROM)).then(
            pl.max_horizontal(pl.col("third").max(), pl.col("freeze_at").first())
        ),
    )
    own = own.join(units, on="unit", how="left", maintain_order="left")
    inside = (pl.col("ok_rank") <= pl.col("until")).fill_null(value=True)
    return own.with_columns(
        candidate=pl.col("candidate") & (given | inside), cycles=pl.col("cycles").fill_null(0)
    )


def _found(own: pl.DataFrame) -> pl.DataFrame:
    """Return each unit and season of two cycles or more: p, share, is_added, part.

    `part` is what the season multiplies the usual level by, or adds to it.
    """
    values = own.filter(pl.col("candidate") & (pl.col("cycles") >= HINT_FROM))
    nth = pl.int_range(pl.len()).over("unit")
    values = _without_drift(values.with_columns(round=nth // pl.col("cycle")))
    facts = explained(values.select("unit", "season", "value", cycle="round"))
    # Ranking is dear, and few series without a season have the share.
    values = values.join(facts, on="unit", maintain_order="left")
    able = values.filter((pl.col("share") >= LEAST_SHARE) | (pl.col("wish") == "on"))
    return _parts(able).join(facts, on="unit").join(_chance(able), on="unit")


def _without_drift(values: pl.DataFrame) -> pl.DataFrame:
    """Return the values less a steady drift: the least that every cycle rose, or fell, by.

    A steady rise runs through every year alike and is no season. A step from one year to the next
    is no drift: the other years did not rise.
    """
    cycles = values.group_by("unit", "round").agg(
        pl.col("value").mean(), pl.col("cycle").first(), n=pl.len()
    )
    whole = cycles.filter(pl.col("n") == pl.col("cycle")).sort("unit", "round")
    moves = whole.with_columns(move=pl.col("value").diff().over("unit")).drop_nulls("move")
    least, most = pl.col("move").min(), pl.col("move").max()
    steady = pl.max_horizontal(least, 0.0) + pl.min_horizontal(most, 0.0)
    drifts = moves.group_by("unit").agg(drift=steady / pl.col("cycle").first())
    values = values.join(drifts, on="unit", how="left", maintain_order="left")
    away = pl.col("cell") - pl.col("cell").mean().over("unit")
    drift = pl.col("drift").fill_null(0.0)
    return values.with_columns(value=pl.col("value") - drift * away, raw="value").drop("drift")


def _chance(values: pl.DataFrame) -> pl.DataFrame:
    """Return `p` per unit: Friedman of complete cycles, Kruskal and Wallis of others."""
    size, first = pl.len().over("unit"), pl.col("cell").first().over("unit")
    unbroken = pl.col("cell").last().over("unit") - first + 1 == size
    tested = values.select(
        "unit",
        "season",
        "value",
        unbroken=unbroken,
        is_whole=pl.col("round") < size // pl.col("cycle"),
        cycle="round",
    )
    complete = tested.filter(pl.col("unbroken") & pl.col("is_whole"))
    found = pl.concat([friedman(complete), kruskal(tested.filter(~pl.col("unbroken")))])
    return found.select("unit", "p")


def _parts(values: pl.DataFrame) -> pl.DataFrame:
    """Return the part of each season before any is shrunk, and whether it is added."""
    parts = values.group_by("unit", "season").agg(
        pl.col("kind").first(), lowest=pl.col("raw").min(), own=pl.col("value").mean()
    )
    usual = pl.col("own").mean().over("unit")
    positive = pl.col("lowest").min().over("unit") > 0
    is_ratio = (pl.col("kind").is_in(_COUNTED) | positive) & (usual > 0)
    return parts.select(
        "unit",
        "season",
        is_added=~is_ratio,
        part=pl.when(is_ratio).then(pl.col("own") / usual).otherwise(pl.col("own") - usual),
    )


def _graded(own: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return `found` shrunk, with `grade`; the grade of a series that has no season is null."""
    wish = own.group_by("unit").agg(pl.col("wish", "cycles").first())
    found = found.join(wish, on="unit")
    seen = (pl.col("p") < SEASON_P) & (pl.col("share") >= LEAST_SHARE)
    enough, asked = pl.col("cycles") >= APPLY_FROM, pl.col("wish") == "on"
    grade = (
        pl.when(enough & seen)
        .then(pl.lit("applied"))
        .when(asked & ~enough)
        .then(pl.lit("early"))
        .when(asked)
        .then(pl.lit("unconfirmed"))
        .when(seen)
        .then(pl.lit("hint"))
    )
    kept = (1 - 1 / pl.col("ratio")).clip(lower_bound=0.0).fill_null(0.0)
    middle = pl.when("is_added").then(0.0).otherwise(1.0)
    shrunk = middle + kept * (pl.col("part") - middle)
    floored = pl.when("is_added").then(shrunk).otherwise(pl.max_horizontal(shrunk, LEAST_FACTOR))
    return found.select("unit", "season", "is_added", grade=grade, part=floored.fill_nan(None))


def _applied(cells: pl.DataFrame, own: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return all cells with what was found of the series that ask, carried to later phases."""
    units = _sources(own, found)
    parts = found.select("unit", "season", season_part="part", season_is_added="is_added")
    place = own.select("cell", "unit", "season").join(units, on="unit", how="left")
    place = place.join(
        parts, left_on=["source", "season"], right_on=["unit", "season"], how="left"
    ).select("cell", "season_grade", "season_part", "season_is_added", "waits_until")
    cells = cells.join(place, on="cell", how="left", maintain_order="left")
    moves = pl.col("season_grade").is_in(MOVES)
    part = pl.when(moves).then("season_part")
    waits = pl.col("waits_until").is_not_null()
    return cells.with_columns(
        season_factor=part,
        factor=pl.when(~pl.col("season_is_added")).then(part).fill_null(1.0),
        offset=pl.when("season_is_added").then(part).fill_null(0.0),
        freeze_at=pl.coalesce("waits_until", "freeze_at"),
        baseline=pl.when(waits)
        .then(pl.col("ok") & (pl.col("ok_rank") <= pl.col("waits_until")))
        .otherwise("baseline"),
    ).drop("waits_until")


def _sources(own: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return season_grade of each unit, the unit its season is of, and what its freeze waits for.

    A unit is on its own once it has the cycles; before that it goes by the one before it.
    """
    grade = found.group_by("unit").agg(pl.col("grade").first())
    given = pl.col("baseline_rows").is_not_null() | ~pl.col("ladder")
    units = own.group_by("unit", maintain_order=True).agg(
        pl.col("series", "wish", "cycles", "cycle", "until").first(), given=given.first()
    )
    units = units.join(grade, on="unit", how="left", maintain_order="left")
    needed = pl.when(pl.col("wish") == "on").then(HINT_FROM).otherwise(APPLY_FROM)
    source = pl.when(pl.col("cycles") >= needed).then("unit").forward_fill().over("series")
    units = units.with_columns(source=source.fill_null(pl.col("unit")))
    grades = grade.select(source="unit", season_grade="grade")
    units = units.join(grades, on="source", how="left", maintain_order="left")
    waits = (pl.col("source") == pl.col("unit")) & pl.col("season_grade").is_in(MOVES)
    until = pl.coalesce("until", APPLY_FROM * pl.col("cycle"))
    return units.select(
        "unit", "source", "season_grade", waits_until=pl.when(waits & ~pl.col("given")).then(until)
    )
