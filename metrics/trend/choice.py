"""Which chart reads a series, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from metrics.trend import evidence
from metrics.trend.ladder import TRIAL_FROM, current_phase
from metrics.trend.spec import CHART_WORDS, ChartKind

_DEFAULT: dict[str, ChartKind] = {
    "proportion": "p", "rate": "u", "count": "c", "mean": "i-prime", "elapsed": "i-prime",
}  # fmt: skip

COUNTS: tuple[ChartKind, ...] = ("p", "u", "c", "p-prime", "u-prime")
"""Charts of what is counted, held against what chance gives."""

DISPERSION_LIMIT = 1.25
"""A spread this many times what chance gives makes p, u and c limits too narrow to use."""

LARGE_MEAN_COUNT = 50
"""Above this mean a count behaves like any measured value."""

EXACT_UP_TO = 9
"""Up to this mean of the rarer outcome counts lie askew: three sigma reach below nothing."""

RARE_BELOW = {"p": 3, "u": 2, "c": 2}
"""Below this mean a period without an event is usual, and only the gaps between them tell."""

MOSTLY_ZERO = {"p": 0.5, "u": 0.4, "c": 0.4}
"""The share of periods without an event from which the same holds (of p: above it)."""

UNLIKE_WEIGHTS = 1.5
"""Where one value stands for this many times what another does, one pair of limits fits neither."""

MOSTLY_NOTHING = 0.5
"""Where more of the measured values than this are 0, neighbours do not tell a usual step."""

WHY = {
    "default_xmr": "XmR chart: one value a period, its limits from the change between neighbours.",
    "default_i-prime": (
        "I′-chart: means, each with limits by the number of records that stand behind it."
    ),
    "default_p": "p-chart: a share of counted items that varies no more than chance explains.",
    "default_u": "u-chart: events over exposure that vary no more than chance explains.",
    "default_c": "c-chart: counts that vary no more than chance explains.",
    "fixed": "{Chart}, as asked for.",
    "few": "{Chart} by kind of metric; too few points to test it.",
    "no_counts": "{Chart} on the value: the counts behind it are not known for every period.",
    "not_whole": "{Chart} on the rate: the numerator is an amount, not a count.",
    "weights": (
        "I′-chart: one value stands for up to {widest:.1f} times as much as another, so limits"
        " follow what stands behind each."
    ),
    "dispersion": (
        "{Chart} of the {value}: periods differ {dispersion:.1f} times as much as chance explains,"
        " so {kind}-chart limits would be too narrow; these are as wide as neighbours differ."
    ),
    "exact": (
        "{Chart} with exact limits: {rarer:.1f} {what} a period are too few for three sigma, so"
        " limits are quantiles of the {curve} curve."
    ),
    "rare": (
        "{Chart} with exact limits, and no runs: {mean_count:.1f} events a period, none in"
        " {zeros:.0f} % of periods; a t or g chart of the single events reads better."
    ),
    "scarce": (
        "{Chart} with exact limits, and no runs: {rarer:.1f} {what} a period are too few for"
        " either."
    ),
    "large": (
        "XmR chart: {mean_count:,.0f} a period is well above 50, where counts act like values."
    ),
    "ties": (
        "Run chart: {zeros:.0f} % of the values are 0, so neighbours differ too seldom for limits;"
        " a t or g chart of the single events reads better."
    ),
    "apart": (
        "Run chart: no two neighbouring periods have a value, so nothing tells how much neighbours"
        " differ."
    ),
    "growth": "XmR chart around a line: growth is expected, by the definition.",
}
"""The reason for each choice, in words for the reader of the chart."""

_CHOSEN = {
    "series": pl.String, "chart": pl.String, "why": pl.String, "exact": pl.Boolean,
    "scarce": pl.Boolean, "is_rare": pl.Boolean, "dispersion": pl.Float64,
    "mean_count": pl.Float64, "rarer": pl.Float64, "zeros": pl.Float64, "widest": pl.Float64,
}  # fmt: skip


def chart_for(measure_kind: str) -> ChartKind:
    """Return the chart a measure kind asks for by default; the data may overrule it."""
    return _DEFAULT.get(measure_kind, "xmr")


def chosen(cells: pl.DataFrame) -> pl.DataFrame:
    """Return one row per series: chart, why (a key of WHY), and the figures that decided.

    Decided on the baseline of the last phase with enough points to tell. `exact`: limits by the
    curve of counts; `scarce`: events too few a period for runs to mean anything; `is_rare`: the
    single events say more.
    `dispersion` is the ratio of the observed to the expected spread, null for measured values;
    `mean_count` the mean numerator of the baseline; the rest are in `evidence`.
    """
    current = current_phase(cells, TRIAL_FROM)
    every = current.group_by("series", maintain_order=True).agg(pl.col("kind", "fixed").first())
    base = current.filter("baseline")
    is_count = pl.col("kind").is_in(COUNTS)
    parts = []
    for decide, those in ((_of_values, ~is_count), (_of_counts, is_count)):
        own = every.filter(those)
        if own.height == every.height:
            parts = [decide(own, base)]
        elif own.height:
            parts.append(decide(own, base.filter(those)))
    if not parts:
        return _of_values(every, base)
    return pl.concat(parts)


def _of_values(every: pl.DataFrame, base: pl.DataFrame) -> pl.DataFrame:
    """Return the choice for series of measured values."""
    facts = every.join(evidence.of_values(base), on="series", how="left")
    enough = pl.col("n") >= TRIAL_FROM
    is_weighed = (pl.col("weighed") == pl.col("n")).fill_null(value=False)
    why = (
        pl.when(pl.col("fixed") | ~pl.col("kind").is_in(["xmr", "i-prime"]))
        .then(pl.lit("fixed"))
        .when(enough & (pl.col("beside") == 0))
        .then(pl.lit("apart"))
        .when(enough & pl.col("zeros").is_between(MOSTLY_NOTHING, 1, closed="none"))
        .then(pl.lit("ties"))
        .when(is_weighed & (pl.col("kind") == "i-prime"))
        .then(pl.lit("default_i-prime"))
        .when(is_weighed & (pl.col("widest") > UNLIKE_WEIGHTS))
        .then(pl.lit("weights"))
        .otherwise(pl.lit("default_xmr"))
    )
    chart = (
        pl.when(pl.col("why") == "fixed")
        .then("kind")
        .otherwise(pl.col("why").replace_strict(_CHART_OF, default="xmr", return_dtype=pl.String))
    )
    facts = facts.with_columns(why=why)
    return _stated(facts.with_columns(chart=chart, is_rare=pl.col("why") == "ties"))


_CHART_OF: Mapping[str, ChartKind] = {
    "apart": "run", "ties": "run", "weights": "i-prime", "default_i-prime": "i-prime",
}  # fmt: skip


def _of_counts(every: pl.DataFrame, base: pl.DataFrame) -> pl.DataFrame:
    """Return the choice for series of what is counted."""
    facts = every.join(evidence.of_counts(base), on="series", how="left")
    kind, mean, n = pl.col("kind"), pl.col("mean_count"), pl.col("n").fill_null(0)
    rare_below = kind.replace_strict(RARE_BELOW, default=0, return_dtype=pl.Float64)
    most = kind.replace_strict(MOSTLY_ZERO, default=2.0, return_dtype=pl.Float64)
    reached = pl.when(kind == "p").then(pl.col("zeros") > most).otherwise(pl.col("zeros") >= most)
    is_known = ~pl.col("fixed") & (n >= TRIAL_FROM) & (pl.col("counted") == n)
    facts = facts.with_columns(
        n=n,
        few_events=mean < rare_below,
        few_others=pl.col("rarer") < rare_below,
        is_rare=is_known & ((mean < rare_below) | reached),
        is_over=pl.col("is_over") | (pl.col("sigma_z") > DISPERSION_LIMIT),
    )
    facts = facts.with_columns(why=_why_of_counts())
    unlike = (pl.col("weighed") == n) & (pl.col("widest") > UNLIKE_WEIGHTS) & (kind != "c")
    chart = (
        pl.when((pl.col("why") == "not_whole") & unlike)
        .then(pl.lit("i-prime"))
        .when(pl.col("why").is_in(["no_counts", "not_whole", "large"]))
        .then(pl.lit("xmr"))
        .when(pl.col("why") == "apart")
        .then(pl.lit("run"))
        .when(pl.col("why") == "dispersion")
        .then(pl.when(kind == "p").then(pl.lit("p-prime")).otherwise(pl.lit("u-prime")))
        .otherwise(kind)
    )
    exact, scarce = (pl.col("why").is_in(them) for them in (["rare", "scarce", "exact"], _SCARCE))
    return _stated(facts.with_columns(chart=chart, exact=exact, scarce=scarce))


_SCARCE = ["rare", "scarce"]


def _why_of_counts() -> pl.Expr:
    """Return why: a mean too small for the test of spread comes before it."""
    kind, is_over = pl.col("kind"), pl.col("is_over")
    return (
        pl.when("fixed")
        .then(pl.lit("fixed"))
        .when(pl.col("counted") < pl.col("n"))
        .then(pl.lit("no_counts"))
        .when(pl.col("broken") > 0)
        .then(pl.lit("not_whole"))
        .when(pl.col("n") < TRIAL_FROM)
        .then(pl.lit("few"))
        .when((kind == "c") & (pl.col("mean_count") > LARGE_MEAN_COUNT))
        .then(pl.lit("large"))
        .when("few_events")
        .then(pl.lit("rare"))
        .when(is_over & (pl.col("beside") == 0))
        .then(pl.lit("apart"))
        .when(is_over)
        .then(pl.lit("dispersion"))
        .when("is_rare")
        .then(pl.lit("rare"))
        .when("few_others")
        .then(pl.lit("scarce"))
        .when(pl.col("rarer") <= EXACT_UP_TO)
        .then(pl.lit("exact"))
        .otherwise(pl.lit("default_") + kind)
    )


def _stated(facts: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of a choice, in order; what was not asked is null, or false."""
    for name, kind in _CHOSEN.items():
        if name not in facts.columns:
            facts = facts.with_columns(pl.lit(None, dtype=kind).alias(name))
    flags = ("exact", "scarce", "is_rare")
    return facts.select(*_CHOSEN).with_columns(pl.col(flags).fill_null(value=False))


def reason(why: str, kind: ChartKind, chart: ChartKind, figures: Mapping[str, Any]) -> str:
    """Return the sentence that says why this chart was chosen; `figures` are those of `chosen`."""
    known = {name: figures.get(name) or 0.0 for name in _TOLD}
    known["zeros"] *= 100
    name = CHART_WORDS[chart]
    text = WHY[why].format(
        Chart=f"{name[0].upper()}{name[1:]}" if chart in {"run", "mr"} else name,
        kind=kind,
        value="count" if kind == "c" else "rate",
        what="events" if known["rarer"] >= known["mean_count"] else "items without the event",
        curve="binomial" if kind == "p" else "Poisson",
        **known,
    )
    if why == "dispersion" and figures.get("is_rare"):
        return f"{text} {_BY_EVENT}"
    is_narrow = chart in _PRIME and known["dispersion"] > DISPERSION_LIMIT
    if why == "fixed" and is_narrow and figures.get("n", 0) >= TRIAL_FROM:
        return f"{text} {_WIDER.format(prime=CHART_WORDS[_PRIME[chart]], **known)}"
    return text


_TOLD = ("dispersion", "mean_count", "rarer", "zeros", "widest")

_PRIME: Mapping[ChartKind, ChartKind] = {"p": "p-prime", "u": "u-prime", "c": "u-prime"}

_WIDER = (
    "Periods differ {dispersion:.1f} times as much as chance explains: the limits of a {prime}"
    " would be as wide."
)

_BY_EVENT = "Many periods have no event: a t or g chart of the single events reads better."
