"""Where each kind of chart has its centre, and how far from it chance alone reaches.

Every function takes the cells of one kind of chart and adds `judged` (the value as it is judged),
`centre` and `sigma` in the same terms, `variance` of one item where the limits follow the
denominator, `beyond` (the upper limit of the moving range), and the lines as drawn: `line`, `low`,
`high`, `low2`, `high2`, before any is clipped. What is unknown is null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import log, pi, sqrt

import polars as pl

from metrics.trend.constants import D2, D2_MEDIAN, D4, D4_WEIGHTED, TRANSFORMED, c4
from metrics.trend.exact import BEYOND_HIGH, BEYOND_LOW, with_exact_limits
from metrics.trend.spec import ChartKind

_NOTHING = pl.lit(None, dtype=pl.Float64)


def with_spread(chart: ChartKind, cells: pl.DataFrame) -> pl.DataFrame:
    """Return `cells`, all of one kind of chart, with what is said above."""
    return _SPREADS[chart](cells)


def steps(name: str) -> pl.Expr:
    """Return how far a column moved since the neighbour before; null where either is not known.

    Neighbours are consecutive cells of one phase, both ok and neither a ghost.
    """
    neighbours = pl.col("ok") & pl.col("ok").shift() & (pl.col("unit") == pl.col("unit").shift())
    return pl.when(neighbours).then((pl.col(name) - pl.col(name).shift()).abs())


def chance_variance(mean: str) -> pl.Expr:
    """Return the variance of one item: p(1 - p) for a share, the mean itself for a count."""
    share = pl.col(mean) * (1 - pl.col(mean))
    return pl.when(pl.col("kind").is_in(["p", "p-prime"])).then(share).otherwise(pl.col(mean))


def weight() -> pl.Expr:
    """Return what stands behind a value: records of a mean, else what the value is held against."""
    means = pl.col("kind") == "i-prime"
    return pl.when(means).then(pl.coalesce("n", "denominator")).otherwise(pl.col("denominator"))


def _individuals(cells: pl.DataFrame) -> pl.DataFrame:
    """Return an XmR chart: mean (or median) ± 2.66 usual moving ranges.

    Source: Wheeler and Chambers, Understanding Statistical Process Control, 2nd ed., 1992.
    """
    cells = _with(cells, _middle(cells, "value"), _usual(cells, "mr", D4))
    sigma = pl.col("usual") * pl.col("range_width") / 3
    return _lines(cells, sigma).with_columns(beyond=pl.col("usual") * pl.col("range_beyond"))


def _moving_ranges(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the chart of the moving ranges themselves: usual range, 3.267 of it above, 0 below."""
    cells = _with(cells, _usual(cells, "mr", D4)).with_columns(
        value=pl.col("mr"), centre=pl.col("usual")
    )
    high = pl.when(pl.col("mean_range")).then(D4).otherwise(pl.col("range_beyond"))
    sigma = pl.col("centre") * (high - 1) / 3
    return _lines(cells, sigma).with_columns(low=pl.when(sigma.is_not_null()).then(0.0))


def _by_chance(cells: pl.DataFrame) -> pl.DataFrame:
    """Return a p, u or c chart: all events over all chances ± three roots of their variance.

    Where there are too few for three sigma, the limits are those of the curve that counts follow.
    Source: Montgomery, Introduction to Statistical Quality Control, chapter 7.
    """
    cells = _lines(_pooled(cells), _sigma_of_items())
    return with_exact_limits(cells) if cells["exact"].any() else cells


def _laney(cells: pl.DataFrame) -> pl.DataFrame:
    """Return a p' or u' chart: limits as much wider as neighbours differ more than by chance.

    Source: Laney, Improved control charts for attributes, Quality Engineering 14(4), 2002.
    """
    cells = _lines(_pooled(cells), _sigma_of_items())
    away = pl.when(pl.col("sigma") > 0).then((pl.col("value") - pl.col("centre")) / pl.col("sigma"))
    cells = cells.with_columns(_away=away)
    cells = cells.with_columns(_step=steps("_away"))
    cells = _with(cells, _usual(cells, "_step", D4)).drop("_away", "_step")
    # Nothing varies where all or none of the items count: chance alone says so.
    wider = pl.when(pl.col("variance") == 0).then(1.0).otherwise(_as_mean() / D2)
    floored = pl.when(pl.col("floors_spread") & (wider < 1)).then(1.0).otherwise(wider)
    cells = cells.with_columns(variance=pl.col("variance") * floored.pow(2))
    return _lines(cells.drop("usual"), _sigma_of_items())


def _weighted(cells: pl.DataFrame) -> pl.DataFrame:
    """Return an I' chart: the weighted mean, limits that narrow where more stands behind a value.

    Source: Taylor, Normalized Individuals Control Chart, 2017.
    """
    cells = cells.with_columns(_weight=pl.when(weight() > 0).then(weight()))
    both = (1 / pl.col("_weight") + 1 / pl.col("_weight").shift()).sqrt()
    cells = cells.with_columns(_step=sqrt(pi / 2) * pl.col("mr") / both)
    mean = (pl.col("value") * pl.col("_weight")).sum() / pl.col("_weight").sum()
    cells = _with(cells, _base(cells).agg(centre=mean), _usual(cells, "_step", D4_WEIGHTED))
    cells = cells.with_columns(variance=(_as_mean() / pl.col("per")).pow(2))
    sigma = _as_mean() / pl.col("_weight").sqrt()
    return _lines(cells, sigma).drop("_weight", "_step")


def _times(cells: pl.DataFrame) -> pl.DataFrame:
    """Return a t chart: individuals of the times to the power of 1 / 3.6, turned back.

    By probability, limits and centre are quantiles of the exponential curve of their mean.
    Source: Nelson, A control chart for parts-per-million nonconforming items, JQT 26(3), 1994.
    """
    given = pl.col("value")
    turned = pl.when(given > 0).then(given.pow(1 / TRANSFORMED))
    cells = cells.with_columns(judged=turned)
    cells = cells.with_columns(_step=steps("judged"))
    middle = _middle(cells, "judged").join(_base(cells).agg(_mean=given.mean()), on="unit")
    cells = _with(cells, middle, _usual(cells, "_step", D4))
    cells = _lines(cells, _as_mean() / D2).drop("_step")
    drawn = ("line", "low", "high", "low2", "high2")
    back = {name: pl.max_horizontal(name, pl.lit(0.0)).pow(TRANSFORMED) for name in drawn}
    back = {name: pl.when(pl.col(name).is_not_null()).then(line) for name, line in back.items()}
    cells = cells.with_columns(**back)
    quantile = {q: -pl.col("_mean") * log(1 - q) for q in (BEYOND_LOW, 0.5, BEYOND_HIGH)}
    return _by_quantiles(cells, quantile).drop("_mean")


def _gaps(cells: pl.DataFrame) -> pl.DataFrame:
    """Return a g chart: opportunities between events, the median line, 3 sigma around the mean.

    By probability, limits and centre are quantiles of the geometric curve, between whole numbers
    drawn straight. Source: Benneyan, Statistical quality control methods in infection control and
    hospital epidemiology, ICHE 19, 1998; p = ((n - 1) / n) / (mean + 1) as Minitab has it.
    """
    value = pl.col("value")
    base = _base(cells).agg(centre=value.mean(), _median=value.median(), _n=pl.len())
    share = (pl.col("_n") - 1) / pl.col("_n") / (pl.col("centre") + 1)
    cells = _with(cells, base.with_columns(_share=share))
    cells = _lines(cells, (pl.col("centre") * (pl.col("centre") + 1)).sqrt())
    cells = cells.with_columns(line=pl.col("_median"))
    quantile = {q: _geometric(q) for q in (BEYOND_LOW, 0.5, BEYOND_HIGH)}
    return _by_quantiles(cells, quantile).drop("_median", "_n", "_share")


def _geometric(chance: float) -> pl.Expr:
    """Return the quantile of the geometric curve of `_share`, straight between whole numbers."""
    stays = 1 - pl.col("_share")
    below = (log(1 - chance) / stays.log()).ceil() - 2
    reached = 1 - stays.pow(below + 1)
    step = stays.pow(below + 1) * pl.col("_share")
    return pl.max_horizontal(below + (chance - reached) / step, pl.lit(0.0))


def _subgroup_means(cells: pl.DataFrame) -> pl.DataFrame:
    """Return an X-bar chart: the mean of all ± A3 times the usual spread within a subgroup."""
    mean = (pl.col("value") * pl.col("n")).sum() / pl.col("n").sum()
    cells = _with(cells, _base(cells).agg(centre=mean), _within(cells))
    sizes = _sizes(cells)
    return _lines(cells, pl.col("within") / (sizes * pl.col("n").sqrt())).drop("within")


def _subgroup_spreads(cells: pl.DataFrame) -> pl.DataFrame:
    """Return an s chart: the usual spread within a subgroup, B3 and B4 times it."""
    cells = _with(cells, _within(cells)).with_columns(value=pl.col("sd"), centre=pl.col("within"))
    cells = cells.with_columns(mr=steps("value"))
    sizes = _sizes(cells)
    sigma = pl.col("within") * (1 - sizes.pow(2)).sqrt() / sizes
    return _lines(cells, sigma).drop("within")


def _within(cells: pl.DataFrame) -> pl.DataFrame:
    """Return `within` per unit: the mean spread of equal subgroups, else the pooled one.

    Subgroups of one measurement have no spread and are left out; beside larger ones sizes differ.
    """
    free = pl.col("n") - 1
    pooled = ((free * pl.col("sd").pow(2)).sum() / free.sum()).sqrt()
    equal = pl.col("n").min() == pl.col("n").max()
    return _base(cells).agg(within=pl.when(equal).then(pl.col("sd").mean()).otherwise(pooled))


def _sizes(cells: pl.DataFrame) -> pl.Expr:
    """Return c4 of each subgroup's size; null for subgroups of one."""
    known = {n: c4(int(n)) for n in cells["n"].drop_nulls().unique() if n >= 2}
    return pl.col("n").replace_strict(known, default=None, return_dtype=pl.Float64)


def _pooled(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with `centre` and `variance` of all events over all chances."""
    counted = pl.col("kind") == "c"
    size = pl.when(counted).then(1.0).otherwise(pl.col("denominator"))
    count = pl.when(counted).then(pl.col("value")).otherwise(pl.col("numerator"))
    factor = pl.col("factor") if "factor" in cells.columns else pl.lit(1.0)
    cells = _with(cells, _base(cells).agg(_ratio=count.sum() / (size * factor).sum()))
    if "factor" in cells.columns:
        cells = cells.with_columns(_ratio=_seasonal_ratio(size))
    cells = cells.with_columns(variance=chance_variance("_ratio"))
    scale = pl.when(counted).then(1.0).otherwise(pl.col("per"))
    return cells.with_columns(centre=scale * pl.col("_ratio"), _size=size, _scale=scale)


def _seasonal_ratio(size: pl.Expr) -> pl.Expr:
    """Return what the season expects; of a share no more than all but half an item."""
    expected = pl.col("_ratio") * pl.col("factor")
    most = pl.max_horizontal(1 - 0.5 / size, "_ratio")
    is_share = pl.col("kind").is_in(["p", "p-prime"])
    return pl.when(is_share).then(pl.min_horizontal(expected, most)).otherwise(expected)


def _sigma_of_items() -> pl.Expr:
    chances = pl.when(pl.col("_size") > 0).then(pl.col("_size"))
    return pl.col("_scale") * (pl.col("variance") / chances).sqrt()


def _base(cells: pl.DataFrame) -> pl.dataframe.group_by.GroupBy:
    return cells.filter("baseline").group_by("unit")


def _middle(cells: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return `centre` per unit: the mean of the baseline, or its median."""
    mean, median = pl.col(name).mean(), pl.col(name).median()
    if cells["mean_centre"].all():
        return _base(cells).agg(centre=mean)
    return _base(cells).agg(
        centre=pl.when(pl.col("mean_centre").first()).then(mean).otherwise(median)
    )


def _usual(cells: pl.DataFrame, name: str, screened: float) -> pl.DataFrame:
    """Return `usual` per unit: the mean (or median) moving range of the baseline.

    Where asked for, ranges of `screened` times their mean or more are left out, once; where nothing
    moved there is none to leave out. A range whose later point is in the baseline has its earlier
    point there too.
    """
    base = cells.filter("baseline")
    if base["screen"].any():
        limit = screened * pl.col(name).mean().over("unit")
        base = base.filter(~pl.col("screen") | (pl.col(name) < limit) | (limit == 0))
    mean, median = pl.col(name).mean(), pl.col(name).median()
    if base["mean_range"].all():
        return base.group_by("unit").agg(usual=mean)
    return base.group_by("unit").agg(
        usual=pl.when(pl.col("mean_range").first()).then(mean).otherwise(median)
    )


def _as_mean() -> pl.Expr:
    """Return the mean moving range that `usual` stands for: of normal values a median is less."""
    usual = pl.col("usual")
    return pl.when("mean_range").then(usual).otherwise(usual * D2 / D2_MEDIAN)


def _with(cells: pl.DataFrame, *per_unit: pl.DataFrame) -> pl.DataFrame:
    for frame in per_unit:
        cells = cells.join(frame, on="unit", how="left", maintain_order="left")
    return cells


def _lines(cells: pl.DataFrame, sigma: pl.Expr | None) -> pl.DataFrame:
    """Return the cells with sigma and lines two and three of them away from the centre."""
    if "judged" not in cells.columns:
        cells = cells.with_columns(judged=pl.col("value"))
    cells = cells.with_columns(sigma=_NOTHING if sigma is None else sigma)
    centre, width = pl.col("centre"), pl.col("sigma")
    return cells.with_columns(
        line=centre,
        low=centre - 3 * width,
        high=centre + 3 * width,
        low2=centre - 2 * width,
        high2=centre + 2 * width,
    )


def _by_quantiles(cells: pl.DataFrame, quantile: dict[float, pl.Expr]) -> pl.DataFrame:
    """Return the cells with limits by probability, where that is asked for."""
    asked = pl.col("by_probability")
    return cells.with_columns(
        line=pl.when(asked).then(quantile[0.5]).otherwise(pl.col("line")),
        low=pl.when(asked).then(quantile[BEYOND_LOW]).otherwise(pl.col("low")),
        high=pl.when(asked).then(quantile[BEYOND_HIGH]).otherwise(pl.col("high")),
        low2=pl.when(~asked).then(pl.col("low2")),
        high2=pl.when(~asked).then(pl.col("high2")),
    )


def _middle_alone(cells: pl.DataFrame) -> pl.DataFrame:
    """Return a run chart: the median, and no limits."""
    return _lines(_with(cells, _base(cells).agg(centre=pl.col("value").median())), None)


_SPREADS: Mapping[ChartKind, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "xmr": _individuals,
    "mr": _moving_ranges,
    "p": _by_chance,
    "u": _by_chance,
    "c": _by_chance,
    "p-prime": _laney,
    "u-prime": _laney,
    "i-prime": _weighted,
    "t": _times,
    "g": _gaps,
    "xbar": _subgroup_means,
    "s": _subgroup_spreads,
    "run": _middle_alone,
}
