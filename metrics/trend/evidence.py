"""What the figures of each series say of the chart that fits them: its baseline in numbers."""

from __future__ import annotations

import polars as pl
from scipy import special

from metrics.trend.constants import D2
from metrics.trend.spread import chance_variance, weight

DISPERSION_P = 0.05
"""Chance of a dispersion test this high in a series that varies by chance alone."""

BESIDE = (pl.col("cell") - pl.col("cell").shift() == 1) & (pl.col("unit") == pl.col("unit").shift())
"""Whether a cell of the baseline follows the one before it without a gap."""


def of_values(base: pl.DataFrame) -> pl.DataFrame:
    """Return n, beside, weighed, widest and zeros of each series of measured values.

    `base` holds the cells that limits come from. `beside` counts neighbours, `weighed` the values
    with a weight above zero, `widest` is the greatest weight over the least, `zeros` the share of
    values that are 0.
    """
    has_weights = base.select(pl.col("denominator", "n").is_not_null().any()).row(0)
    known = base.select(
        *("series", "value", "cell"),
        beside=BESIDE,
        weight=weight() if any(has_weights) else pl.lit(None, dtype=pl.Float64),
    )
    return known.group_by("series").agg(
        n=pl.len(),
        beside=pl.col("beside").sum(),
        zeros=(pl.col("value") == 0).mean(),
        weighed=(pl.col("weight") > 0).sum(),
        widest=pl.col("weight").max() / pl.col("weight").min(),
    )


def of_counts(base: pl.DataFrame) -> pl.DataFrame:
    """Return what decides over the chart of each series of counts, a row a series.

    `n`, `beside`, `weighed` and `widest` as of values, whose weights are the denominators;
    `counted` values with both their counts, `broken` numerators that are not whole, `mean_count`
    the mean numerator and `rarer` the mean of the rarer outcome, `zeros` the share of periods
    without an event; `sigma_z` and `dispersion` observed over expected spread, between neighbours
    and the greater of it and the whole; `is_over` where the whole is more than chance explains.
    """
    per_count = pl.col("kind") == "c"
    size = pl.when(per_count).then(1.0).otherwise(pl.col("denominator"))
    count = pl.coalesce("numerator", pl.when(per_count).then(pl.col("value")))
    # What a season explains is no dispersion: it is compared with what the season expects.
    factor = pl.col("factor") if "factor" in base.columns else pl.lit(1.0)
    base = base.select(
        "series", "kind", "cell", beside=BESIDE, count=count, size=size, factor=factor
    )
    expected = (pl.col("size") * pl.col("factor")).sum().over("series")
    mean = pl.col("count").sum().over("series") / expected * pl.col("factor")
    base = base.with_columns(mean=mean).with_columns(variance=chance_variance("mean"))
    away = pl.col("count") / pl.col("size") - pl.col("mean")
    z = away / (pl.col("variance") / pl.col("size")).sqrt()
    base = base.with_columns(z=pl.when(pl.col("variance") > 0).then(z))
    step = pl.when("beside").then((pl.col("z") - pl.col("z").shift()).abs())
    is_share = pl.col("kind").is_in(["p", "p-prime"])
    base = base.with_columns(
        step=step, other=pl.when(is_share).then(pl.col("size") - pl.col("count"))
    )
    facts = base.group_by("series").agg(
        n=pl.len(),
        beside=pl.col("beside").sum(),
        weighed=(pl.col("size") > 0).sum(),
        widest=pl.col("size").max() / pl.col("size").min(),
        counted=(pl.col("count").is_not_null() & pl.col("size").is_not_null()).sum(),
        broken=((pl.col("count") - pl.col("count").round()).abs() > 1e-6).sum(),
        mean_count=pl.col("count").mean(),
        rarer=pl.min_horizontal(pl.col("count").mean(), pl.col("other").mean()),
        zeros=(pl.col("count") == 0).mean(),
        chi2=(pl.col("z") ** 2).sum(),
        sigma_z=pl.col("step").mean() / D2,
    )
    return _dispersed(facts)


def _dispersed(facts: pl.DataFrame) -> pl.DataFrame:
    critical = {n: float(special.chdtri(n - 1, DISPERSION_P)) for n in set(facts["n"]) if n > 1}
    whole = (pl.col("chi2") / (pl.col("n") - 1)).sqrt()
    return facts.with_columns(
        is_over=pl.col("chi2")
        > pl.col("n").replace_strict(critical, default=None, return_dtype=pl.Float64),
        dispersion=pl.when(pl.col("n") > 1).then(pl.max_horizontal(whole, "sigma_z")),
    )
