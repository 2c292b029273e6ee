"""Centre line and natural process limits of every cell, as far as its points allow."""

from __future__ import annotations

from typing import cast

import polars as pl

from metrics.trend.apart import apart
from metrics.trend.exact import with_intervals
from metrics.trend.ladder import MEDIAN_FROM, TRIAL_FROM, limits_kind
from metrics.trend.levelled import levelled, raised
from metrics.trend.spec import VALUE_CHARTS, ChartKind
from metrics.trend.spread import steps, with_spread

SLACK = 1e-9
"""A value this close to a line, relative to it, lies on the line: sums of decimals in binary."""

LEAST = 2
"""Points that limits need where the ladder is off: fewer have no moving range."""

_SHARED = (
    "judged", "centre", "sigma", "variance", "usual", "beyond", "line", "low", "high", "low2",
    "high2",
)  # fmt: skip


def with_limits(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with mr, url, cl, sigma, lcl, ucl, lcl2, ucl2, z, side and limits_kind.

    `judged`, `centre` and `sigma` are what the rules compare, in the same terms: of a t chart the
    transformed times. A limit beyond a natural bound is drawn on the bound. A partial cell has no
    lines. With 3 to 7 ok points `cl` is the median and there are no limits; without the ladder
    there are limits from two points. The formulas and their sources are in `spread`, `ci_low` and
    `ci_high` in `exact`; where a season or growth bends the lines (`levelled`), mr and url are of
    the values without it.
    """
    is_bent = "factor" in cells.columns
    cells = (levelled(cells) if is_bent else cells).with_columns(mr=steps("value"))
    own = cells.columns
    parts = [
        _with_shared(with_spread(cast("ChartKind", chart), part), own)
        for (chart,), part in apart(cells, "chart")
    ]
    if not parts:
        parts = [_with_shared(with_spread("xmr", cells), own)]
    cells = parts[0] if len(parts) == 1 else pl.concat(parts).sort("cell")
    cells = raised(cells) if is_bent else cells
    return with_intervals(_side(_climbed(_drawn(cells))))


def _with_shared(cells: pl.DataFrame, own: list[str]) -> pl.DataFrame:
    absent = [name for name in _SHARED if name not in cells.columns]
    cells = cells.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in absent)
    return cells.select(*own, *_SHARED)


def _drawn(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with the lines a reader sees: on the natural bound where beyond it."""
    counted = ~pl.col("kind").is_in(VALUE_CHARTS)
    all_of_it = pl.when(pl.col("kind").is_in(["p", "p-prime"])).then(pl.col("per"))
    cells = cells.with_columns(
        bound_low=pl.when(counted).then(0.0).otherwise(pl.col("lower")),
        bound_high=pl.when(counted).then(all_of_it).otherwise(pl.col("upper")),
    )
    bounds = {"bound_low": ("low", "low2"), "bound_high": ("high", "high2")}
    drawn = {"low": "lcl", "low2": "lcl2", "high": "ucl", "high2": "ucl2"}
    clipped = {
        drawn[name]: (pl.max_horizontal if bound == "bound_low" else pl.min_horizontal)(name, bound)
        for bound, names in bounds.items()
        for name in names
    }
    known = {name: pl.when(pl.col(raw).is_not_null()) for raw, name in drawn.items()}
    return cells.with_columns(
        **{name: known[name].then(line) for name, line in clipped.items()},
        # A limit that was clipped cannot signal.
        low=pl.when((pl.col("low") < pl.col("bound_low")).not_().fill_null(value=True)).then("low"),
        high=pl.when((pl.col("high") > pl.col("bound_high")).not_().fill_null(value=True)).then(
            "high"
        ),
        cl=pl.col("line"),
        url=pl.col("beyond"),
        expected=pl.col("line"),
    )


def _climbed(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with what the number of points does not allow yet taken away."""
    points, ladder = pl.col("ok_points"), pl.col("ladder")
    enough = points >= pl.when(ladder).then(TRIAL_FROM).otherwise(LEAST)
    has_lines = pl.col("status") != "partial"
    median = pl.col("value").filter("baseline").median().over("unit")
    middle = (
        pl.when(ladder & ~enough)
        .then(pl.when(points >= MEDIAN_FROM).then(median))
        .otherwise(pl.col("cl"))
    )
    lines = ("sigma", "lcl", "ucl", "lcl2", "ucl2", "url", "low", "high")
    return cells.with_columns(
        *(pl.when(enough & has_lines).then(pl.col(name)).alias(name) for name in lines),
        cl=pl.when(has_lines).then(middle),
        limits_kind=limits_kind(),
    )


def slack(line: pl.Expr) -> pl.Expr:
    """Return how far beyond `line` a value must lie to be beyond it."""
    return SLACK * pl.max_horizontal(line.abs(), pl.col("sigma"))


def _side(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with z, and side: +1 above the centre line, -1 below, 0 on it.

    Null where nothing is tested.
    """
    tested = pl.col("ok") & (pl.col("sigma") > 0)
    away, margin = pl.col("value") - pl.col("cl"), slack(pl.col("cl"))
    side = pl.when(away > margin).then(1).when(away < -margin).then(-1).otherwise(0)
    is_judged = pl.col("ok") & (pl.col("sigma").is_not_null() | (pl.col("chart") == "run"))
    return cells.with_columns(
        z=pl.when(tested).then((pl.col("judged") - pl.col("centre")) / pl.col("sigma")),
        side=pl.when(is_judged & pl.col("value").is_not_null()).then(side).cast(pl.Int8),
    )
