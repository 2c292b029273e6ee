"""Every edge on which programs differ, by `clause9 chart` and by `analyse`, and others a reader
who wants to see it break would try. The first eight are the rows of docs/trend-engine.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any, get_args

import polars as pl
import pytest

from data.errors import RefusedInputError
from metrics.trend import ChartKind, ChartWish, LimitOptions, Marks, Preset, chart_of
from metrics.trend.plain import PlainChart
from tests.support.series import ALTERNATING, counted, monthly, rules_of, trend_of

OFF = LimitOptions(ladder=False, floors_spread=False)
KINDS: tuple[ChartKind, ...] = get_args(ChartKind)
Cell = float | str | None
Rows = dict[str, Sequence[Cell]]


def table(**columns: Sequence[Cell]) -> pl.DataFrame:
    texts = {
        name: ["" if cell is None else str(cell) for cell in cells]
        for name, cells in columns.items()
    }
    rows = len(next(iter(texts.values())))
    if not {"period", "subgroup"} & set(texts):
        texts = {"period": [f"P{at}" for at in range(rows)]} | texts
    return pl.DataFrame(texts, schema=dict.fromkeys(texts, pl.String))


def drawn(
    kind: ChartKind,
    rows: Rows | None = None,
    *,
    options: LimitOptions = OFF,
    marks: Marks | None = None,
    preset: Preset = "standard",
    **columns: Sequence[Cell],
) -> PlainChart:
    return chart_of(table(**(rows or columns)), ChartWish(kind, marks or Marks(), options, preset))


def columns_of(kind: ChartKind, values: Sequence[float | None]) -> Rows:
    """Return the columns a kind of chart reads, each value once (three times in a subgroup)."""
    if kind in {"p", "u", "p-prime", "u-prime"}:
        sizes = [None if value is None else 10 for value in values]
        return {"numerator": values, "denominator": sizes}
    if kind == "i-prime":
        return {"value": values, "n": [10] * len(values)}
    if kind in {"xbar", "s"}:
        groups = [f"P{at}" for at in range(len(values)) for _ in range(3)]
        spread = [None if v is None else v + at for v in values for at in range(3)]
        return {"subgroup": groups, "value": spread}
    return {"value": values}


def lines(point: dict[str, Any]) -> tuple[float | None, float | None, float | None]:
    return point["cl"], point["lcl"], point["ucl"]


# The rows of the table.


def test_a_constant_series_has_limits_on_the_centre_no_signal_and_a_note() -> None:
    for count in (5, 15):
        chart = drawn("xmr", value=[5] * count)
        assert {lines(point) for point in chart.points} == {(5.0, 5.0, 5.0)}
        assert all(point["rules"] == [] for point in chart.points)
        note = f"no variation: the same in all {count} periods"
        assert chart.summaries[""]["note"] == note
        assert chart.summaries[""]["headline"] == f"5.0 in P{count - 1}; {note}."
    nelson = drawn("xmr", value=[5] * 25, preset="nelson")
    assert all(point["rules"] == [] for point in nelson.points)
    trends = trend_of(monthly([0.1 + 0.2] * 12 + [0.3] * 13), rules="nelson")
    assert rules_of(trends) == [[]] * 25
    assert trends.summaries["s"].note == "no variation: the same in all 25 periods"


@pytest.mark.parametrize("kind", ["p", "u", "p-prime", "u-prime", "i-prime", "xmr", "run"])
def test_a_denominator_of_zero_is_a_gap_with_its_reason(kind: ChartKind) -> None:
    chart = drawn(kind, numerator=[1, 0, 3, 2, 3], denominator=[10, 0, 10, 10, 10])
    gap = chart.points[1]
    assert (gap["value"], gap["status"], gap["rules"]) == (None, "no_opportunity", [])
    assert chart.summaries[""]["missing"] == ("P1: no opportunity",)
    assert chart.points[0]["cl"] is not None
    json.dumps(chart.points, allow_nan=False)


def test_a_denominator_of_zero_costs_the_metric_one_month() -> None:
    trends = trend_of(counted([(1, 10), (0, 0), (3, 10)] * 4), kind="p", fixed=True)
    assert trends.points["status"].to_list() == ["ok", "no_opportunity", "ok"] * 4
    assert trends.points["ucl"].is_null().to_list() == [False, True, False] * 4
    assert trends.points["cl"][0] == pytest.approx(16 / 80)


def test_a_missing_period_costs_its_moving_ranges_is_listed_and_ends_a_trend() -> None:
    chart = drawn("xmr", value=[10, 12, None, 8, 4])
    assert [point["mr"] for point in chart.points] == [None, 2.0, None, None, 4.0]
    assert chart.summaries[""]["missing"] == ("P2: missing",)
    rising = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    base = [9.0, 11.0] * 6
    whole = drawn("xmr", value=[*base, *rising], preset="mdc")
    parted = drawn("xmr", value=[*base, *rising[:4], None, *rising[4:]], preset="mdc")
    assert [("R4" in p["rules"]) for p in whole.points[12:]] == [True] * 7
    assert not any("R4" in p["rules"] for p in parted.points)


def test_a_run_goes_on_over_one_missing_period_and_ends_at_two() -> None:
    high = 11.5
    over = rules_of(trend_of(monthly([*ALTERNATING, high, high, None, *[high] * 5])))
    assert over[20:] == [["R2"], ["R2"], [], *[["R2"]] * 5]
    ended = rules_of(trend_of(monthly([*ALTERNATING, high, high, None, None, *[high] * 5])))
    assert ended[20:] == [[]] * 9


@pytest.mark.parametrize(("preset", "marked"), [("standard", 8), ("wheeler", 8), ("mdc", 0)])
def test_a_tie_with_the_centre_line_breaks_a_run_of_making_data_count_alone(
    preset: Preset, marked: int
) -> None:
    # Centre 10: five above, one on it, three above; four and four is no run of seven.
    values = [9.0, 11.0] * 6 + [8.5, 11.5, 11.0, 11.2, 11.3, 10.0, 11.0, 11.2, 11.1, 11.4]
    options = LimitOptions(ladder=False, baseline=12)
    points = drawn("xmr", value=values, preset=preset, options=options).points
    assert sum("R2" in point["rules"] for point in points) == marked
    assert points[17]["side"] == 0


@pytest.mark.parametrize("scale", [1.0, 1e12, 1e-12, -1e6])
def test_a_point_on_a_limit_is_no_signal_and_one_a_millionth_beyond_it_is(scale: float) -> None:
    base = [9.0 * scale, 11.0 * scale] * 6
    options = LimitOptions(ladder=False, baseline=12)
    limit = 10 * scale + 2.66 * 2 * abs(scale) * (1 if scale > 0 else -1)
    # Sums of decimals in binary: a ten-billionth beyond is still on it.
    on = drawn("xmr", value=[*base, limit * (1 + 1e-10)], options=options).points[-1]
    beyond = drawn("xmr", value=[*base, limit * (1 + 1e-6)], options=options).points[-1]
    assert on["rules"] == []
    assert beyond["rules"] == ["R1"]


def test_a_time_of_zero_is_refused_with_the_way_out() -> None:
    with pytest.raises(RefusedInputError, match=r"row 3: value 0: a time .* above zero\. Record"):
        drawn("t", value=[3, 0, 5])


@pytest.mark.parametrize("values", [[0] * 9 + [1, 2, 3, 1, 2, 1], [0, 3] * 10, [4] * 12])
def test_a_run_chart_half_on_its_median_refuses_the_run_rules(values: list[float]) -> None:
    by_median = [*values, *[0] * (values.count(0) == 10)]
    chart = drawn("run", value=by_median)
    summary = chart.summaries[""]
    assert summary["rules"] == ()
    assert summary["state"] == "common_cause"
    assert summary["note"].startswith(("no run tests", "no variation"))


# Others.


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "values",
    [
        [],
        [3],
        [3, 4],
        [None] * 5,
        [None, 3, None, 4, None],
        [0] * 12,
        [3] * 25,
        [1e-12, 3e-12, 2e-12, 5e-12],
    ],
    ids=lambda values: f"{len(values)} {set(values)}",
)
def test_every_chart_of_a_degenerate_series_is_drawn_or_refused(
    kind: ChartKind, values: list[float | None]
) -> None:
    # By probability the centre is that of a curve, and a constant series a run beside it.
    by_chance = LimitOptions(probability_limits=True, ladder=False)
    for options in (OFF, LimitOptions(), *([by_chance] if values != [3] * 25 else [])):
        try:
            chart = drawn(kind, columns_of(kind, values), options=options)
        except RefusedInputError:
            assert (kind, set(values)) == ("t", {0})
            continue
        json.dumps([chart.points, list(chart.summaries.values())], allow_nan=False, default=str)
        for summary in chart.summaries.values():
            assert summary["rules"] == ()
            assert "day" not in summary["headline"]


@pytest.mark.parametrize("kind", KINDS)
def test_leaving_all_out_and_a_phase_of_one_point(kind: ChartKind) -> None:
    rows = columns_of(kind, [3, 4, 5, 4, 3])
    every = Marks(excluded=tuple(f"P{at}" for at in range(5)))
    nothing = drawn(kind, rows, marks=every).summaries[""]
    assert nothing["headline"] == "No level is known: every figure is left out."
    alone = drawn(kind, rows, marks=Marks(phases=("P4",)))
    assert lines(alone.points[-1])[1:] == (None, None)
    assert alone.summaries[""]["state"] == "too_few_points"
    assert alone.summaries[""]["headline"].endswith("1 point more until trial limits.")


def test_a_baseline_longer_than_the_series_is_all_of_it_and_says_so() -> None:
    chart = drawn("xmr", value=[3, 4, 5], options=LimitOptions(baseline=99, ladder=False))
    assert lines(chart.points[-1]) == pytest.approx((4.0, 4 - 2.66, 4 + 2.66))
    assert chart.summaries[""]["note"].startswith("limits come from all 3 rows of the phase")


@pytest.mark.parametrize("kind", ["p", "p-prime"])
@pytest.mark.parametrize("share", [0, 10])
def test_none_and_all_of_them_have_limits_on_the_centre(kind: ChartKind, share: int) -> None:
    options = LimitOptions(baseline=4, ladder=False)
    rows: Rows = {"numerator": [*[share] * 4, 5], "denominator": [10] * 5}
    chart = drawn(kind, rows, options=options)
    level = share / 10
    assert {lines(point) for point in chart.points} == {(level, level, level)}
    assert [point["rules"] for point in chart.points] == [[], [], [], [], ["R1"]]


def test_negative_values_and_large_ones_keep_their_limits() -> None:
    small = drawn("xmr", value=[-1, -2, -3, -2, -5]).points[-1]
    large = drawn("xmr", value=[-1e12, -2e12, -3e12, -2e12, -5e12]).points[-1]
    for name in ("cl", "lcl", "ucl", "sigma"):
        assert large[name] == pytest.approx(1e12 * small[name])


@pytest.mark.parametrize("kind", ["xmr", "t", "p-prime", "u-prime", "i-prime"])
def test_screening_leaves_nothing_out_where_nothing_moves(kind: ChartKind) -> None:
    known: dict[str, int] = {"value": 7, "n": 4, "numerator": 7, "denominator": 40}
    ratio = kind in {"p-prime", "u-prime"}
    names = ("numerator", "denominator") if ratio else ("value", "n")
    same: Rows = {name: [known[name]] * 20 for name in names}
    chart = drawn(kind, same, options=LimitOptions(screen=True, ladder=False, floors_spread=False))
    point, summary = chart.points[-1], chart.summaries[""]
    assert lines(point) == pytest.approx((point["value"],) * 3)
    assert (point["side"], point["rules"], summary["state"]) == (0, [], "common_cause")
    assert summary["note"] == "no variation: the same in all 20 periods"


def test_gaps_of_zero_are_gaps_on_a_g_chart() -> None:
    chart = drawn("g", value=[0, 0, 5, 0, 3, 0, 0, 1])
    mean = 9 / 8
    upper = mean + 3 * math.sqrt(mean * (mean + 1))
    assert lines(chart.points[0]) == pytest.approx((0.0, 0.0, upper))
    assert chart.summaries[""]["rules"] == ()


def test_a_subgroup_of_one_has_no_limits_and_gives_no_spread() -> None:
    rows: Rows = {
        "subgroup": ["a", "a", "b", "c", "c", "c"],
        "value": [1, 2, 3, 4, 5, 9],
    }
    means = drawn("xbar", rows)
    # Spreads 0.7071 of 2 and 2.6458 of 3, pooled over 3 degrees of freedom; b counts in the mean.
    pooled = math.sqrt((0.5 + 2 * 7.0) / 3)
    assert [point["cl"] for point in means.points] == [4.0] * 3
    assert lines(means.points[1]) == (4.0, None, None)
    assert means.points[0]["ucl"] == pytest.approx(4 + 3 * pooled / (0.7978846 * math.sqrt(2)))
    spreads = drawn("s", rows)
    assert [point["value"] for point in spreads.points] == [
        pytest.approx(0.5**0.5), None, pytest.approx(7**0.5),
    ]  # fmt: skip
    last = drawn("s", subgroup=["a", "a", "b"], value=[1, 2, 3]).summaries[""]["headline"]
    assert last == "no value in b; no limits, as a subgroup of one has no spread."


def test_a_subgroup_of_one_among_equal_ones_makes_their_spread_the_pooled_one() -> None:
    rows: Rows = {"subgroup": ["a", "a", "b", "b", "c"], "value": [1, 3, 4, 8, 5]}
    # Spreads 1.4142 and 2.8284, of 1 degree of freedom each; equal sizes alone would take the mean.
    pooled = math.sqrt((2 + 8) / 2)
    assert [point["cl"] for point in drawn("s", rows).points] == [pytest.approx(pooled)] * 3
    alone: Rows = {name: column[:4] for name, column in rows.items()}
    mean = pytest.approx((math.sqrt(2) + math.sqrt(8)) / 2)
    assert [point["cl"] for point in drawn("s", alone).points] == [mean] * 2


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("mr", {"period": ["1", "2", "3"], "value": [4, 5, 9]}),
        ("s", {"subgroup": ["a", "b", "b", "c", "c"], "value": [4, 4, 5, 4, 9]}),
    ],
)
def test_a_point_without_a_value_neither_meets_a_target_nor_misses_it(
    kind: ChartKind, rows: Rows
) -> None:
    wish = ChartWish(kind, options=OFF, better="lower", target=(None, 2.0))
    chart = chart_of(table(**rows), wish)
    assert [point["target_met"] for point in chart.points] == [None, True, False]
    summary = chart.summaries[""]
    assert (summary["target_hits"], summary["target_periods"]) == (1, 2)


def test_moving_ranges_of_an_s_chart_are_of_its_spreads() -> None:
    rows: Rows = {"subgroup": ["a", "a", "b", "b", "c", "c"], "value": [1, 3, 14, 18, 5, 5]}
    root = math.sqrt(2)
    # Spreads √2, 2 √2 and 0, though the means jump from 2 to 16 to 5.
    ranges = [None, pytest.approx(root), pytest.approx(2 * root)]
    assert [point["mr"] for point in drawn("s", rows).points] == ranges
    assert [point["mr"] for point in drawn("xbar", rows).points] == [None, 14, 11]


def test_facets_of_other_lengths_and_phases_do_not_touch() -> None:
    rows: Rows = {
        "facet": ["x", "x", "x", "y", "x", "y"],
        "period": ["1", "2", "3", "1", "4", "2"],
        "value": [1, 2, 3, 10, 4, 12],
    }
    chart = drawn("xmr", rows, marks=Marks(phases=("3",)))
    centres = [(p["facet"], p["period"], p["cl"]) for p in chart.points]
    assert centres == [
        ("x", "1", 1.5), ("x", "2", 1.5), ("x", "3", 3.5), ("y", "1", 11.0), ("x", "4", 3.5),
        ("y", "2", 11.0),
    ]  # fmt: skip


def test_an_empty_line_is_no_point_where_periods_are_named() -> None:
    rows = table(period=["a", None, "b", None], value=[1, None, 2, None])
    assert [point["period"] for point in chart_of(rows, ChartWish()).points] == ["a", "b"]
    # Without periods an empty line is a missing point.
    assert len(chart_of(rows.select("value"), ChartWish()).points) == 4


def test_a_range_beside_a_gap_is_no_value_and_is_not_called_nothing() -> None:
    headline = drawn("mr", value=[1, 2, 4, None, 4]).summaries[""]["headline"]
    assert headline == "no value in P4."


def test_sentences_of_small_numbers_tell_them_apart() -> None:
    headline = drawn("p", numerator=[3, 4], denominator=[1000, 1000]).summaries[""]["headline"]
    assert headline == "0.004 in P1, within its usual range of 0.000 to 0.009."
    lower = drawn(
        "p",
        options=LimitOptions(baseline=4, ladder=False),
        numerator=[10] * 4 + [5],
        denominator=[10] * 5,
    )
    assert lower.summaries[""]["headline"].startswith("Lower in P4: 0.5, below the lower limit of")
