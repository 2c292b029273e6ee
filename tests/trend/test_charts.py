"""Every kind of chart against plain Python, and against figures others have published."""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import RefusedInputError, UsageError
from metrics.trend import ChartKind, ChartWish, LimitOptions, Marks, chart_of
from metrics.trend.plain import PlainChart
from tests.support import plain_charts as plain

OFF = LimitOptions(ladder=False, floors_spread=False)

WAFERS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15]
WAFERS += [9, 12, 7, 13, 9, 6]
"""Wafers with a defect of 50 each, NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.3.2."""


def table(**columns: Sequence[object]) -> pl.DataFrame:
    """Return columns as the text a CSV file has, with a period where none is given."""
    texts = {
        name: ["" if cell is None else str(cell) for cell in cells]
        for name, cells in columns.items()
    }
    rows = len(next(iter(texts.values())))
    label = (
        {} if {"period", "subgroup"} & set(texts) else {"period": [f"P{i}" for i in range(rows)]}
    )
    return pl.DataFrame(label | texts)


def drawn(kind: ChartKind, options: LimitOptions = OFF, **columns: Sequence[object]) -> PlainChart:
    return chart_of(table(**columns), ChartWish(kind=kind, options=options))


def counted(kind: ChartKind, events: Sequence[int], sizes: Sequence[int]) -> PlainChart:
    return drawn(kind, numerator=events, denominator=sizes)


def expect(
    chart: PlainChart, lines: plain.Lines, lowest: float = 0.0, highest: float = float("inf")
) -> None:
    """Hold that every point has these lines, drawn on the natural bound where beyond it."""
    for point, centre, low, high in zip(
        chart.points, lines.centre, lines.low, lines.high, strict=True
    ):
        assert point["cl"] == pytest.approx(centre)
        assert point["ucl"] == pytest.approx(min(high, highest))
        assert point["lcl"] == pytest.approx(max(low, lowest))


def test_shares_of_wafers_have_the_limits_of_the_handbook() -> None:
    chart = drawn("p", numerator=WAFERS, denominator=[50] * 30)
    last = chart.points[-1]
    assert last["cl"] == pytest.approx(0.2313, abs=5e-5)
    assert last["ucl"] == pytest.approx(0.4102, abs=5e-5)
    assert last["lcl"] == pytest.approx(0.0524, abs=5e-5)
    outside = [point["value"] for point in chart.points if "R1" in point["rules"]]
    assert outside == [22 / 50, 24 / 50]


@pytest.mark.parametrize(
    ("k", "mr", "width", "beyond"),
    [
        ("2.66", "mean", 2.66, 3.268),
        ("2.66", "median", 3.145, 3.865),
        ("table", "mean", 3 / 1.128, 3.267),
        ("table", "median", 3 / 0.954, 3.865),
        ("exact", "mean", 3 / 1.1283791671, 3.2665324),
        ("exact", "median", 3 / 0.9538725524, 3.8641276),
    ],
)
def test_the_constants_of_each_family(k: str, mr: str, width: float, beyond: float) -> None:
    # Moving ranges 2, 4, 2, 6: mean 3.5, median 3.
    options = LimitOptions(mr=mr, k=k, ladder=False)  # type: ignore[arg-type]
    last = drawn("xmr", options, value=[10, 12, 8, 10, 4]).points[-1]
    usual = 3.5 if mr == "mean" else 3.0
    assert last["ucl"] - last["cl"] == pytest.approx(width * usual, rel=1e-6)
    assert last["url"] == pytest.approx(beyond * usual, rel=1e-6)


def test_screening_leaves_one_jump_out_once() -> None:
    # Ranges 1, 1, 1, 1, 1, 1, 20, 1: mean 27/8; 20 is beyond 3.267 of it, the mean is then 1.
    values = [0, 1, 0, 1, 0, 1, 0, 20, 21]
    screened = drawn("xmr", LimitOptions(screen=True, ladder=False), value=values).points[-1]
    assert screened["ucl"] - screened["cl"] == pytest.approx(2.66)
    plainly = drawn("xmr", value=values).points[-1]
    assert plainly["ucl"] - plainly["cl"] == pytest.approx(2.66 * 27 / 8)


def test_moving_ranges_are_a_chart_of_their_own() -> None:
    chart = drawn("mr", value=[10, 12, 8, 10, 4])
    assert [point["value"] for point in chart.points] == [None, 2.0, 4.0, 2.0, 6.0]
    last = chart.points[-1]
    assert (last["cl"], last["lcl"]) == (3.5, 0.0)
    assert last["ucl"] == pytest.approx(3.267 * 3.5)


def test_a_gap_costs_two_moving_ranges_and_a_point_left_out_as_well() -> None:
    # Ranges left: 10-12 and 8-4, mean 3; the excluded 100 counts nowhere.
    with_gap = drawn("xmr", value=[10, 12, None, 8, 4]).points
    assert [point["status"] for point in with_gap] == ["ok", "ok", "missing", "ok", "ok"]
    assert with_gap[-1]["ucl"] == pytest.approx(8.5 + 2.66 * 3)
    rows = table(value=[10, 12, 100, 8, 4])
    wish = ChartWish(options=OFF, marks=Marks(excluded=("P2",)))
    without = chart_of(rows, wish).points
    assert without[-1]["ucl"] == pytest.approx(8.5 + 2.66 * 3)
    assert (without[2]["ghost"], without[2]["value"], without[2]["rules"]) == (True, 100.0, [])


def test_a_baseline_counts_rows_of_each_phase() -> None:
    # P0..P3 and P6..P9 give limits; the empty P1 counts as a row.
    rows = table(value=[10, None, 12, 11, 50, 50, 1, 2, 1, 2, 9])
    wish = ChartWish(options=LimitOptions(baseline=4, ladder=False), marks=Marks(phases=("P6",)))
    points = chart_of(rows, wish).points
    assert [point["cl"] for point in points] == [11.0] * 6 + [1.5] * 5
    assert [point["baseline"] for point in points[:6]] == [True, False, True, True, False, False]
    assert points[6]["mr"] is None
    assert points[4]["limits_kind"] == "frozen"


_SAME = ["1"] * 9
_VALUES = [10, 12, 9, 13, 11, 16, 10, 12, 11]


@pytest.mark.parametrize(
    ("kind", "columns", "sigma"),
    [
        # Moving ranges 2 3 4 2 5 6 2 1: their median is 2.5, 0.954 sigma where values are normal.
        ("i-prime", {"value": _VALUES, "n": _SAME}, 2.5 * math.sqrt(math.pi) / 2 * 1.128 / 0.954),
        ("u-prime", {"numerator": _VALUES, "denominator": _SAME}, 2.5 / 0.954),
        ("t", {"value": [v**3.6 for v in _VALUES]}, 2.5 / 0.954),
    ],
)
def test_the_median_moving_range_is_read_as_a_median_on_every_chart(
    kind: ChartKind, columns: dict[str, Sequence[object]], sigma: float
) -> None:
    last = drawn(kind, LimitOptions(mr="median", ladder=False, floors_spread=False), **columns)
    assert last.points[-1]["sigma"] == pytest.approx(sigma)


@pytest.mark.parametrize(
    ("options", "frozen_on", "kinds"),
    [
        (LimitOptions(), "P19", ["firm"] * 20 + ["frozen"] * 5),
        (LimitOptions(baseline=10), "P9", ["firm"] * 10 + ["frozen"] * 15),
        (LimitOptions(baseline=10, ladder=False), "P9", ["firm"] * 10 + ["frozen"] * 15),
        (LimitOptions(baseline=30, ladder=False), None, ["firm"] * 25),
        (LimitOptions(ladder=False), None, ["firm"] * 25),
    ],
)
def test_limits_freeze_at_the_last_point_they_come_from(
    options: LimitOptions, frozen_on: str | None, kinds: list[str]
) -> None:
    chart = drawn("xmr", options, value=[10 + i % 3 for i in range(25)])
    assert chart.summaries[""]["frozen_on"] == frozen_on
    assert [point["limits_kind"] for point in chart.points] == kinds


def test_limits_from_two_points_where_the_ladder_is_off() -> None:
    two = drawn("xmr", value=[10, 12]).points[-1]
    assert (two["cl"], two["ucl"]) == (11.0, pytest.approx(11 + 2.66 * 2))
    waiting = drawn("xmr", LimitOptions(), value=[10, 12]).points[-1]
    assert (waiting["cl"], waiting["ucl"], waiting["limits_kind"]) == (None, None, "none")


def test_a_constant_series_has_its_limits_on_the_centre_and_no_signal() -> None:
    chart = drawn("xmr", value=[5] * 15)
    assert {(p["lcl"], p["cl"], p["ucl"], tuple(p["rules"])) for p in chart.points} == {
        (5.0, 5.0, 5.0, ())
    }
    assert chart.summaries[""]["note"] == "no variation: the same in all 15 periods"
    assert chart.summaries[""]["false_alarms"] == 0.010


def test_no_denominator_is_a_gap_with_its_reason() -> None:
    chart = drawn("p", numerator=[1, 0, 2], denominator=[10, 0, 10])
    assert [(p["value"], p["status"]) for p in chart.points] == [
        (0.1, "ok"), (None, "no_opportunity"), (0.2, "ok"),
    ]  # fmt: skip
    assert chart.points[0]["cl"] == pytest.approx(3 / 20)


def test_each_facet_has_its_own_limits() -> None:
    rows = table(facet=["a", "b", "a", "b"], period=["1", "1", "2", "2"], value=[1, 10, 3, 30])
    chart = chart_of(rows, ChartWish(options=OFF))
    assert {(p["facet"], p["cl"]) for p in chart.points} == {("a", 2.0), ("b", 20.0)}
    assert list(chart.summaries) == ["a", "b"]


_number = st.integers(1, 400).map(lambda n: n / 4)
_series = st.lists(_number, min_size=12, max_size=40)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.none(), _number), min_size=12, max_size=40))
def test_individuals_are_as_plain_python_has_them(values: list[float | None]) -> None:
    if len(plain.moving_ranges(values)) < 2:
        return
    expect(drawn("xmr", value=values), plain.individuals(values), -float("inf"))
    by_median = LimitOptions("median", "median", ladder=False)
    expect(
        drawn("xmr", by_median, value=values), plain.individuals_by_median(values), -float("inf")
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(40, 400)), min_size=12, max_size=40))
def test_counted_charts_are_as_plain_python_has_them(pairs: list[tuple[int, int]]) -> None:
    events, sizes = [a for a, _ in pairs], [b for _, b in pairs]
    if sum(events) == 0:
        return
    expect(counted("p", events, sizes), plain.shares(events, sizes), 0.0, 1.0)
    expect(counted("u", events, sizes), plain.rates(events, sizes))
    expect(drawn("c", value=events), plain.counts(events))
    expect(counted("p-prime", events, sizes), plain.laney(events, sizes, share=True), 0.0, 1.0)
    expect(counted("u-prime", events, sizes), plain.laney(events, sizes, share=False))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(_number, st.integers(1, 90)), min_size=12, max_size=40), _series)
def test_weighted_and_rare_events_are_as_plain_python_has_them(
    weighted: list[tuple[float, int]], values: list[float]
) -> None:
    numbers, weights = [v for v, _ in weighted], [w for _, w in weighted]
    expect(
        drawn("i-prime", value=numbers, n=weights), plain.taylor(numbers, weights), -float("inf")
    )
    expect(drawn("t", value=values), plain.times(values))
    expect(drawn("g", value=values), plain.gaps(values))
    by_chance = LimitOptions(ladder=False, probability_limits=True)
    expect(drawn("g", by_chance, value=values), plain.gaps_by_probability(values))
    expect(drawn("t", by_chance, value=values), plain.times_by_probability(values))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(_number, min_size=2, max_size=9), min_size=8, max_size=20))
def test_subgroups_are_as_plain_python_has_them(groups: list[list[float]]) -> None:
    rows = [(f"G{i}", value) for i, group in enumerate(groups) for value in group]
    names, values = zip(*rows, strict=True)
    means = drawn("xbar", subgroup=names, value=values)
    expect(means, plain.subgroup_means(groups), -float("inf"))
    expect(drawn("s", subgroup=names, value=values), plain.subgroup_spreads(groups))


@pytest.mark.parametrize(
    ("kind", "columns", "message"),
    [
        ("xmr", {"value": [1, "n/a", 3]}, "row 3, value: 'n/a' is not a number"),
        ("xmr", {"value": [1, "inf", 3]}, "row 3, value: 'inf' is not a number"),
        ("p", {"numerator": [1, 9], "denominator": [5, 5]}, "row 3: 9 of 5: more than all"),
        ("u", {"numerator": [1, -2], "denominator": [5, 5]}, "row 3: numerator -2: a count is"),
        ("c", {"value": [-1, 2]}, "row 2: value -1: a count is not below zero"),
        ("t", {"value": [3, 0]}, "row 3: value 0: a time between events is above zero"),
        ("xmr", {"period": ["a", "a"], "value": [1, 2]}, "row 2: 'a' is there twice"),
    ],
)
def test_numbers_that_cannot_be_are_named(
    kind: ChartKind, columns: dict[str, list[object]], message: str
) -> None:
    with pytest.raises(RefusedInputError) as told:
        chart_of(table(**columns), ChartWish(kind=kind))
    assert message in str(told.value)


def test_an_absent_column_and_an_unknown_period_are_named() -> None:
    with pytest.raises(UsageError, match="A p chart needs the columns numerator,denominator"):
        drawn("p", value=[1, 2])
    wish = ChartWish(marks=Marks(phases=("P33",)))
    with pytest.raises(
        UsageError, match=r"--phase P33: no row has this period\. Did you mean 'P3'"
    ):
        chart_of(table(value=[1, 2, 3, 4]), wish)
