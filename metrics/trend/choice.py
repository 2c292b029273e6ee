"""Which chart reads a series, and why."""

from __future__ import annotations

import polars as pl
from scipy import special

from metrics.trend.constants import D2
from metrics.trend.ladder import TRIAL_FROM
from metrics.trend.spec import ChartKind
from metrics.trend.spread import chance_variance

_DEFAULT: dict[str, ChartKind] = {"proportion": "p", "rate": "u", "count": "c"}

DISPERSION_LIMIT = 1.25
"""A spread this many times what chance gives makes p, u and c limits too narrow to use."""

DISPERSION_P = 0.05
"""Chance of a dispersion test this high in a series that varies by chance alone."""

LARGE_MEAN_COUNT = 50
"""Above this mean a count behaves like any measured value."""

WHY = {
    "default_xmr": "XmR chart: one value a period, its limits from the change between neighbours.",
    "default_p": "p-chart: a share of counted items that varies no more than chance explains.",
    "default_u": "u-chart: events over exposure that vary no more than chance explains.",
    "default_c": "c-chart: counts that vary no more than chance explains.",
    "fixed": "{chart} chart: fixed in the definition.",
    "few": "{chart} chart by kind of metric; too few points to test it.",
    "no_counts": "XmR chart on the value: the counts behind it are not known for every period.",
    "not_whole": "XmR chart on the rate: the numerator is an amount, not a count.",
    "dispersion": (
        "XmR chart on the {value}: periods differ {ratio:.1f} times as much as chance explains,"
        " so {kind}-chart limits would be too narrow."
    ),
    "growth": "XmR chart around a line: growth is expected, by the definition.",
    "large": "XmR chart: {mean:,.0f} a period is well above 50, where counts act like values.",
}
"""The reason for each choice, in words for the reader of the chart."""


def chart_for(measure_kind: str) -> ChartKind:
    """Return the chart a measure kind asks for by default; the data may overrule it."""
    return _DEFAULT.get(measure_kind, "xmr")


def chosen(cells: pl.DataFrame) -> pl.DataFrame:
    """Return one row per series: chart, why (a key of WHY), dispersion, mean_count.

    Decided on the baseline of the current phase. `dispersion` is the ratio of the observed to the
    expected spread, null for an xmr series; `mean_count` the mean numerator of the baseline.
    """
    stats = _stats(cells)
    enough = pl.col("n") >= TRIAL_FROM
    over = (pl.col("chi2") > pl.col("critical")) | (pl.col("sigma_z") > DISPERSION_LIMIT)
    why = (
        pl.when(pl.col("kind") == "xmr")
        .then(pl.lit("default_xmr"))
        .when(pl.col("fixed"))
        .then(pl.lit("fixed"))
        .when((pl.col("n") > 0) & (pl.col("counted") < pl.col("n")))
        .then(pl.lit("no_counts"))
        .when(pl.col("broken") > 0)
        .then(pl.lit("not_whole"))
        .when(~enough)
        .then(pl.lit("few"))
        .when((pl.col("kind") == "c") & (pl.col("mean_count") > LARGE_MEAN_COUNT))
        .then(pl.lit("large"))
        .when(over)
        .then(pl.lit("dispersion"))
        .otherwise(pl.lit("default_") + pl.col("kind"))
    )
    falls_back = pl.col("why").is_in(["no_counts", "not_whole", "large", "dispersion"])
    chart = pl.when(falls_back).then(pl.lit("xmr")).otherwise(pl.col("kind"))
    return stats.with_columns(why=why).select(
        "series", "why", "dispersion", "mean_count", chart=chart
    )


def reason(why: str, kind: str, dispersion: float | None, mean_count: float | None) -> str:
    """Return the sentence that says why this chart was chosen."""
    value = "count" if kind == "c" else "rate"
    return WHY[why].format(
        chart="XmR" if kind == "xmr" else kind,
        kind=kind,
        value=value,
        ratio=dispersion or 0.0,
        mean=mean_count or 0.0,
    )


def _stats(cells: pl.DataFrame) -> pl.DataFrame:
    """Return n, counted, broken, mean_count, chi2, critical, sigma_z and dispersion per series."""
    current = cells.filter(pl.col("unit") == pl.col("unit").max().over("series"))
    size = pl.when(pl.col("kind") == "c").then(1.0).otherwise(pl.col("denominator"))
    count = pl.coalesce("numerator", pl.when(pl.col("kind") == "c").then(pl.col("value")))
    # What a season explains is no dispersion: it is compared with what the season expects.
    factor = pl.col("factor") if "factor" in cells.columns else pl.lit(1.0)
    base = current.filter("baseline").select(
        "series", "kind", "fixed", "cell", count=count, size=size, factor=factor
    )
    expected = (pl.col("size") * pl.col("factor")).sum().over("series")
    mean = pl.col("count").sum().over("series") / expected * pl.col("factor")
    base = base.with_columns(mean=mean).with_columns(variance=chance_variance("mean"))
    z = (pl.col("count") / pl.col("size") - pl.col("mean")) / (
        pl.col("variance") / pl.col("size")
    ).sqrt()
    base = base.with_columns(z=pl.when(pl.col("variance") > 0).then(z))
    neighbours = (pl.col("series") == pl.col("series").shift()) & (
        pl.col("cell") - pl.col("cell").shift() == 1
    )
    base = base.with_columns(
        step=pl.when(neighbours).then((pl.col("z") - pl.col("z").shift()).abs())
    )
    tested = base.group_by("series").agg(
        n=pl.len(),
        counted=(pl.col("count").is_not_null() & pl.col("size").is_not_null()).sum(),
        broken=((pl.col("count") - pl.col("count").round()).abs() > 1e-6).sum(),
        mean_count=pl.col("count").mean(),
        chi2=(pl.col("z") ** 2).sum(),
        sigma_z=pl.col("step").mean() / D2,
    )
    every = current.group_by("series", maintain_order=True).agg(pl.col("kind", "fixed").first())
    stats = every.join(tested, on="series", how="left").with_columns(pl.col("n").fill_null(0))
    critical = {n: float(special.chdtri(n - 1, DISPERSION_P)) for n in set(stats["n"]) if n > 1}
    return stats.with_columns(
        critical=pl.col("n").replace_strict(critical, default=None, return_dtype=pl.Float64),
        dispersion=pl.when((pl.col("kind") != "xmr") & (pl.col("n") > 1)).then(
            pl.max_horizontal((pl.col("chi2") / (pl.col("n") - 1)).sqrt(), "sigma_z")
        ),
    )
