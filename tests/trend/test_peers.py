"""Other programs' limits and signals on generated series, and every difference explained.

They run in an environment of their own, which `make bench WHAT=peers` makes; without it these
tests are skipped. Each difference has a name here, and docs/trend-engine.md says what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from math import ceil, exp, inf, lgamma, log, log2, pi, sqrt
from typing import Any

import polars as pl
import pytest

from benchmarks.peer_charts import ENVIRONMENT, Columns, answers, generated
from metrics.trend import ChartKind, ChartWish, LimitOptions, Preset, chart_of
from tests.support.source_tree import REPOSITORY

COUNT = 36
"""Series of each kind."""

Point = dict[str, Any]
Lines = tuple[float | None, float | None, float | None]
"""Centre, lower and upper limit; a run chart has no limits."""

pytestmark = pytest.mark.skipif(
    not (REPOSITORY / ENVIRONMENT / "bin" / "python").exists(),
    reason="no .venv-chart-peers: `make bench WHAT=peers` makes it",
)


PLAIN = LimitOptions(ladder=False, floors_spread=False)


def same(point: Point, _: Sequence[Point]) -> Lines:
    return point["cl"], point["lcl"], point["ucl"]


def same_marks(ours: set[int], theirs: set[int], _: Sequence[Point]) -> bool:
    return ours == theirs


def completing(ours: set[int], theirs: set[int], _: Sequence[Point]) -> bool:
    """They mark the point that completes a pattern and those after, we all of its points."""
    return theirs <= ours and bool(theirs) == bool(ours)


def on_one_side_too(ours: set[int], theirs: set[int], _: Sequence[Point]) -> bool:
    """They take eight points beyond one sigma on one side as well, we only on both."""
    return ours <= theirs


@dataclass(frozen=True)
class Comparison:
    """What a peer is asked, how we are asked the same, and what it then says differently."""

    peer: str
    chart: str
    difference: str = "none"
    lines: Callable[[Point, Sequence[Point]], Lines] = same
    rules: Mapping[str, Preset] = field(default_factory=lambda: {"R1": "nelson"})
    marks: Callable[[set[int], set[int], Sequence[Point]], bool] = same_marks
    options: LimitOptions = PLAIN
    within: float = 0.0

    @property
    def kind(self) -> ChartKind:
        """Return our name of the chart."""
        return self.chart.partition(" ")[0]  # type: ignore[return-value]


def with_k(k: str) -> LimitOptions:
    return LimitOptions(k=k, ladder=False, floors_spread=False)  # type: ignore[arg-type]


EXACT, TABLE = with_k("exact"), with_k("table")
BY_CHANCE = LimitOptions(ladder=False, probability_limits=True)

NELSON: Mapping[str, Preset] = dict.fromkeys(["R1", "R2", "R3", "R4", "R5", "R6", "R7"], "nelson")
ATTRIBUTE: Mapping[str, Preset] = dict.fromkeys(["R1", "R2", "R4", "R6"], "nelson")
OUTSIDE: Mapping[str, Preset] = {"R1": "nelson"}
LIKE_ABSPC: Mapping[str, Preset] = {"R1": "mdc", "R2": "standard", "R3": "mdc", "R4": "nelson"}
LIKE_QI: Mapping[str, Preset] = {"R1": "mdc", "R2": "standard", "R3": "mdc2023", "R4": "mdc"}


THREE_SIGMA = 0.9986501019683699
"""Of a normal curve, all below three sigma."""


def c4(n: float) -> float:
    return float(sqrt(2 / (n - 1)) * exp(lgamma(n / 2) - lgamma((n - 1) / 2)))


def scaled(point: Point, by: float, low: float = 0.0, high: float = inf) -> Lines:
    """Return the lines with limits `by` as far away, on the natural bound where beyond it."""
    width = 3 * point["sigma"] * by
    return point["cl"], max(low, point["cl"] - width), min(high, point["cl"] + width)


def laney_exact(point: Point, _: Sequence[Point]) -> Lines:
    """The spread of neighbours over 1.128379, where we take the 1.128 of the tables."""
    return scaled(point, 1.128 / (2 / sqrt(pi)))


def moving_exact(point: Point, _: Sequence[Point]) -> Lines:
    # 1 + 3 d3 / d2 of two values: d3 is sqrt(2 - 4 / pi), d2 is 2 / sqrt(pi).
    return point["cl"], 0.0, point["cl"] * (1 + 3 * sqrt(2 - 4 / pi) * sqrt(pi) / 2)


def mean_centre(_: Point, points: Sequence[Point]) -> Lines:
    """The same limits of a g chart around the mean, which is their centre line."""
    mean = sum(p["value"] for p in points) / len(points)
    return mean, 0.0, mean + 3 * sqrt(mean * (mean + 1))


def by_logarithm(_: Point, points: Sequence[Point]) -> Lines:
    """Geometric limits by the logarithm alone, and p = 1 / (mean + 1)."""
    mean = sum(p["value"] for p in points) / len(points)
    stays = log(1 - 1 / (mean + 1))
    low, high = (max(0.0, log(q) / stays - 1) for q in (0.99865, 0.00135))
    return mean, low, high


def uncorrected(_: Point, points: Sequence[Point]) -> Lines:
    """Geometric quantiles of p = 1 / (mean + 1), without (n - 1) / n, and no lower limit."""
    p = 1 / (sum(point["value"] for point in points) / len(points) + 1)

    def quantile(q: float) -> float:
        upper = max(1, ceil(log(1 - q) / log(1 - p)))
        before, after = 1 - float((1 - p) ** (upper - 1)), 1 - float((1 - p) ** upper)
        return upper - 1 + (q - before) / (after - before) - 1

    return quantile(0.5), 0.0, quantile(THREE_SIGMA)


def exponential(point: Point, points: Sequence[Point]) -> Lines:
    """Quantiles at what three sigma leave, where we take 0.00135 as it is written."""
    mean = sum(p["value"] for p in points) / len(points)
    return point["cl"], -mean * log(THREE_SIGMA), -mean * log(1 - THREE_SIGMA)


def exponential_mean(point: Point, points: Sequence[Point]) -> Lines:
    mean = sum(p["value"] for p in points) / len(points)
    return mean, point["lcl"], point["ucl"]


def sigma_corrected(point: Point, points: Sequence[Point]) -> Lines:
    """Pooled spread over c4 of all its degrees of freedom, where we take c4 of each size."""
    free = sum(p["n"] - 1 for p in points)
    return scaled(point, c4(point["n"]) / c4(free + 1), low=-float("inf"))


def spread_corrected(point: Point, points: Sequence[Point]) -> Lines:
    free, n = sum(p["n"] - 1 for p in points), point["n"]
    pooled = point["cl"] / c4(free + 1)
    centre, width = pooled * c4(n), 3 * pooled * sqrt(1 - c4(n) ** 2)
    return centre, max(0.0, centre - width), centre + width


def rounded_factor(point: Point, _: Sequence[Point]) -> Lines:
    """A3 with the three decimals of the tables."""
    n = point["n"]
    a3 = 3 / (c4(n) * sqrt(n))
    return scaled(point, round(a3, 3) / a3, low=-float("inf"))


def rounded_spread(point: Point, _: Sequence[Point]) -> Lines:
    n, centre = point["n"], point["cl"]
    wide = 3 * sqrt(1 - c4(n) ** 2) / c4(n)
    return centre, round(max(0.0, 1 - wide), 3) * centre, round(1 + wide, 3) * centre


def wider_thresholds(ours: set[int], theirs: set[int], points: Sequence[Point]) -> bool:
    """A longest run of ceil(log2 n + 3), not round; a crossing less than the 5 % quantile."""
    useful = sum(p["side"] != 0 for p in points)
    sides = [p["side"] for p in points if p["side"] != 0]
    turns = [at for at in range(1, useful) if sides[at] != sides[at - 1]]
    edges = [0, *turns, useful]
    longest = max(b - a for a, b in pairwise(edges))
    few = max(k for k in range(useful) if k == 0 or _chance(k, useful - 1) <= 0.05)
    expected = longest > ceil(log2(useful) + 3) or len(turns) < few
    return bool(theirs) == expected and bool(ours) >= bool(theirs)


def _chance(k: int, throws: int) -> float:
    total = 0.0
    for at in range(k + 1):
        total += exp(lgamma(throws + 1) - lgamma(at + 1) - lgamma(throws - at + 1))
    return total / float(2**throws)


def whole_windows(ours: set[int], theirs: set[int], points: Sequence[Point]) -> bool:
    """They mark all four points, and one far out on the other side takes one away."""
    if not points or points[0].get("_rule") != "R3":
        return ours == theirs
    far = [(p["z"] > 1.5) - (p["z"] < -1.5) for p in points]
    expected: set[int] = set()
    for last in range(3, len(far)):
        if abs(sum(far[last - 3 : last + 1])) >= 3:
            expected |= set(range(last - 3, last + 1))
    return theirs == expected and bool(ours) >= bool(theirs)


COMPARISONS = [
    Comparison("shewhart", "xmr", rules=NELSON, options=EXACT),
    Comparison(
        "shewhart", "xmr", "one side", rules={"R8": "nelson"}, options=EXACT, marks=on_one_side_too
    ),
    Comparison("shewhart", "p", rules=ATTRIBUTE),
    Comparison("shewhart", "u", rules=ATTRIBUTE),
    Comparison("shewhart", "c", rules=ATTRIBUTE),
    Comparison("shewhart", "p-prime", "exact d2", laney_exact),
    Comparison("shewhart", "u-prime", "exact d2", laney_exact),
    Comparison("shewhart", "xbar", rules=NELSON),
    Comparison("shewhart", "s"),
    Comparison("pyqicharts", "xmr", rules=LIKE_QI, options=TABLE),
    Comparison("pyqicharts", "mr"),
    Comparison("pyqicharts", "p"),
    Comparison("pyqicharts", "u"),
    Comparison("pyqicharts", "c"),
    Comparison("pyqicharts", "xbar"),
    Comparison("pyqicharts", "s"),
    Comparison("pyqicharts", "t", "mean as centre", exponential_mean, options=BY_CHANCE),
    Comparison("pyqicharts", "g", "p of rare events", by_logarithm, options=BY_CHANCE, rules={}),
    Comparison(
        "pyqicharts", "run", "wider thresholds", rules={"A": "anhoej"}, marks=wider_thresholds
    ),
    Comparison("pccpy", "xmr", "completing point", rules=NELSON, options=EXACT, marks=completing),
    Comparison(
        "pccpy", "xmr with gaps", "completing point", rules=OUTSIDE, options=EXACT, marks=completing
    ),
    Comparison("pccpy", "mr", "exact d2", moving_exact),
    Comparison("pccpy", "p", "completing point", rules=ATTRIBUTE, marks=completing),
    Comparison("pccpy", "u", "completing point", rules=ATTRIBUTE, marks=completing),
    Comparison("pccpy", "c", "completing point", rules=ATTRIBUTE, marks=completing),
    Comparison("pccpy", "p-prime", "exact d2", laney_exact),
    Comparison("pccpy", "u-prime", "exact d2", laney_exact),
    Comparison("pccpy", "t", "three sigma or 0.00135", exponential, options=BY_CHANCE),
    Comparison("pccpy", "g", "p of rare events", uncorrected, options=BY_CHANCE, rules={}),
    Comparison("pccpy", "xbar", "completing point", rules=NELSON, marks=completing),
    Comparison("pccpy", "s"),
    Comparison("pccpy", "xbar of unequal", "pooled spread", sigma_corrected, rules={}),
    Comparison("pccpy", "s of unequal", "pooled spread", spread_corrected, rules={}),
    Comparison("abspc", "xmr", rules=LIKE_ABSPC, options=TABLE),
    Comparison("abspc", "xmr with gaps", rules={"R1": "mdc", "R4": "nelson"}, options=TABLE),
    Comparison("abspc", "p", rules={"R1": "mdc"}),
    Comparison("abspc", "u", rules={"R1": "mdc"}),
    Comparison("abspc", "c", rules={"R1": "mdc"}),
    Comparison("abspc", "t", rules={"R1": "mdc"}),
    Comparison("abspc", "g", "mean as centre", mean_centre, rules={"R1": "mdc"}),
    Comparison("abspc", "run", rules={}),
    Comparison("pycontrolcharts", "xmr", rules={"R1": "nelson", "R2": "nelson"}, options=TABLE),
    Comparison("pycontrolcharts", "p", rules={"R1": "nelson", "R2": "nelson"}),
    Comparison("pycontrolcharts", "u", rules={"R1": "nelson", "R2": "nelson"}),
    Comparison("pycontrolcharts", "c", rules={"R1": "nelson", "R2": "nelson"}),
    Comparison("pycontrolcharts", "xbar", "factors of the tables", rounded_factor),
    Comparison("pycontrolcharts", "s", "factors of the tables", rounded_spread, rules={}),
    Comparison(
        "statprocon", "xmr", "three decimals", within=0.0025,
        rules={"R1": "wheeler", "R2": "wheeler"},
    ),
    Comparison(
        "statprocon", "xmr", "whole windows", within=0.0025, rules={"R3": "wheeler"},
        marks=whole_windows,
    ),
    Comparison(
        "statprocon", "xmr by median", "three decimals", within=0.003,
        options=LimitOptions("median", "median", ladder=False), rules={"R1": "wheeler"},
    ),
]  # fmt: skip


@cache
def asked() -> dict[str, Any]:
    """Return every answer of every peer: they are started once."""
    wanted: dict[str, dict[str, list[Columns]]] = {}
    for comparison in COMPARISONS:
        series = generated(comparison.chart, COUNT)
        wanted.setdefault(comparison.peer, {})[comparison.chart] = series
    return answers(wanted)


@cache
def ours(chart: str, kind: ChartKind, options: LimitOptions, preset: Preset) -> list[list[Point]]:
    """Return our points of the same series, a list a series."""
    texts = []
    for name, columns in enumerate(generated(chart, COUNT)):
        rows = columns
        if "groups" in columns:
            pairs = [(at, value) for at, group in enumerate(columns["groups"]) for value in group]
            rows = {"subgroup": [at for at, _ in pairs], "value": [value for _, value in pairs]}
        frame = pl.DataFrame({key: [_text(cell) for cell in cells] for key, cells in rows.items()})
        texts.append(frame.with_columns(facet=pl.lit(f"{name:03}")))
    chart_ = chart_of(pl.concat(texts), ChartWish(kind=kind, options=options, preset=preset))
    found: dict[str, list[Point]] = {}
    for point in chart_.points:
        found.setdefault(point["facet"], []).append(point)
    if kind == "run":
        for facet, summary in chart_.summaries.items():
            for point in found[facet]:
                point["rules"] = list(summary["rules"])
    return list(found.values())


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def name_of(comparison: Comparison) -> str:
    return f"{comparison.peer} {comparison.chart}: {comparison.difference}"


@pytest.mark.parametrize("comparison", COMPARISONS, ids=name_of)
def test_limits_are_theirs_but_for_the_named_difference(comparison: Comparison) -> None:
    theirs = asked()[comparison.peer][comparison.chart]
    for_limits = ours(comparison.chart, comparison.kind, comparison.options, "nelson")
    for points, answer in zip(for_limits, theirs, strict=True):
        assert "refused" not in answer, answer
        for at, point in enumerate(points):
            expected = comparison.lines(point, points)
            for name, line in zip(("cl", "lcl", "ucl"), expected, strict=True):
                drawn = answer[name][at]
                near = (
                    line if line is None else pytest.approx(line, rel=1e-9, abs=comparison.within)
                )
                assert drawn == near, (name, at)


@pytest.mark.parametrize("comparison", COMPARISONS, ids=name_of)
def test_signals_are_theirs_but_for_the_named_difference(comparison: Comparison) -> None:
    theirs = asked()[comparison.peer][comparison.chart]
    for rule, preset in comparison.rules.items():
        every = ours(comparison.chart, comparison.kind, comparison.options, preset)
        for series, (points, answer) in enumerate(zip(every, theirs, strict=True)):
            marked = {at for at, point in enumerate(points) if rule in point["rules"]}
            told = set(answer["rules"].get(rule, []))
            shown = [{**point, "_rule": rule} for point in points]
            assert comparison.marks(marked, told, shown), (rule, series, marked, told)


@pytest.mark.parametrize("rule", ["R1", "R2", "R3", "R5"])
def test_the_generated_series_have_signals_to_compare(rule: str) -> None:
    every = ours("xmr", "xmr", EXACT, "nelson")
    assert sum(any(rule in point["rules"] for point in points) for points in every) >= 2


def test_every_difference_is_explained_on_the_page() -> None:
    page = (REPOSITORY / "docs" / "trend-engine.md").read_text(encoding="utf-8")
    named = {comparison.difference for comparison in COMPARISONS} - {"none"}
    assert {name for name in named if f"| *{name}* |" not in page} == set()
