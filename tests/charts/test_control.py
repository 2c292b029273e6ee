from __future__ import annotations

import itertools
from datetime import date

import polars as pl
import pytest

from dashboard.charts import (
    DARK,
    LIGHT,
    AltairChart,
    Inks,
    chart_svg,
    control_chart,
    small_multiples,
)
from dashboard.charts.marks import drawn
from dashboard.charts.scales import apart, tick_days, value_scale
from metrics.trend import TrendSpec, TrendTarget, analyse
from tests.support.series import (
    ALTERNATING,
    a_spec,
    at_most,
    counted,
    counts,
    month,
    monthly,
    trend_of,
)


def chart_of(points: pl.DataFrame, **given: object) -> AltairChart:
    return control_chart(trend_of(points, **given).points, a_spec(**given), LIGHT)


def texts(svg: str) -> str:
    """Return the words of a drawing, one after the other."""
    return " · ".join(part.split("<")[0] for part in svg.split(">") if part.split("<")[0].strip())


@pytest.mark.parametrize("count", [1, 2, 5, 10, 15, 40])
def test_a_chart_draws_with_any_number_of_points(count: int) -> None:
    svg = chart_svg(chart_of(monthly((ALTERNATING * 2)[:count]), targets=(at_most(12.0),)))
    assert svg.startswith("<svg")
    assert "Target ≤ 12" in texts(svg)
    assert ("Upper limit" in texts(svg)) == (count >= 8)
    assert ("Median" in texts(svg)) == (3 <= count < 8)


def test_without_a_value_a_sentence_stands_in_the_place_of_the_chart() -> None:
    assert "No figures to draw yet." in texts(chart_svg(chart_of(monthly([]))))
    assert "No figures to draw yet." in texts(chart_svg(chart_of(monthly([None, None]))))


def test_a_drawing_asks_nothing_of_the_network() -> None:
    svg = chart_svg(chart_of(monthly(ALTERNATING)))
    rest = svg.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xlink", "")
    assert "http" not in rest
    assert "url(" not in rest.replace("url(#", "")


def test_a_narrow_drawing_says_less_and_still_names_its_lines() -> None:
    narrow = texts(chart_svg(chart_of(monthly(ALTERNATING)), width=350))
    assert "Upper 15.3" in narrow
    assert "Upper limit" not in narrow


def test_big_counts_have_thousands_separated() -> None:
    svg = chart_svg(
        chart_of(counts([400_000, 402_000, 395_000] * 7), kind="c", decimals=0, unit="flights")
    )
    assert "400,000" in texts(svg)
    assert "flights" in texts(svg)


def test_a_constant_series_says_so_instead_of_three_lines_on_one() -> None:
    words = texts(chart_svg(chart_of(monthly([5.0] * 20))))
    assert "No variation, 5.0" in words
    assert "Upper" not in words


@pytest.mark.parametrize("ink", [LIGHT, DARK])
def test_signals_differ_by_shape_and_by_the_colour_of_their_meaning(ink: Inks) -> None:
    points = trend_of(monthly([*ALTERNATING, 30.0]), better="lower").points
    last = drawn(points, a_spec()).row(-1, named=True)
    assert (last["glyph"], last["meaning"], last["hollow"]) == ("triangle-up", "concern", False)
    assert last["tip_reading"] == "One point above the upper limit"
    assert ink.concern in chart_svg(control_chart(points, a_spec(), ink))


def test_a_falling_lower_is_better_point_is_a_triangle_down_in_blue() -> None:
    points = trend_of(monthly([*ALTERNATING, 1.0]), better="lower").points
    last = drawn(points, a_spec()).row(-1, named=True)
    assert (last["glyph"], last["meaning"]) == ("triangle-down", "improvement")


def test_the_open_month_is_hollow_and_the_line_does_not_reach_it() -> None:
    points = trend_of(monthly([*ALTERNATING, 30.0], partial=1)).points
    last = drawn(points, a_spec()).row(-1, named=True)
    assert (last["hollow"], last["line"], last["meaning"]) == (True, None, "common")
    assert last["tip_reading"] == "Period still open: drawn hollow, not tested"


def test_a_missing_month_breaks_the_line_and_says_why() -> None:
    rows = drawn(trend_of(monthly([*ALTERNATING, None, 9.0])).points, a_spec())
    gone = rows.row(20, named=True)
    assert (gone["line"], gone["tip_reading"]) == (None, "no figures came")


def test_limits_are_dashed_until_they_are_firm() -> None:
    assert drawn(trend_of(monthly(ALTERNATING[:12])).points, a_spec())["dashed"].all()
    assert not drawn(trend_of(monthly(ALTERNATING)).points, a_spec())["dashed"].any()


def test_a_target_keeps_its_history() -> None:
    targets = (at_most(12.0), at_most(8.0, month(10)))
    spec = chart_of(monthly(ALTERNATING), targets=targets).to_dict()
    stretches = [
        rows
        for rows in spec["datasets"].values()
        if rows and "target" in rows[0] and "start" in rows[0]
    ]
    assert [row["target"] for row in stretches[0]] == [12.0, 8.0]
    band = (TrendTarget(date(2000, 1, 1), "band", 8.0, 12.0),)
    words = texts(chart_svg(chart_of(monthly(ALTERNATING), targets=band)))
    assert "Target ≤ 12" in words
    assert "Target ≥ 8" in words


def test_events_and_phases_are_named_on_the_chart() -> None:
    points, spec = trend_of(monthly(ALTERNATING)).points, a_spec()
    events = pl.DataFrame(
        {"on": [month(3), month(4)], "label": ["A-1 Training", "A-2 Jig"], "what": ["", ""]}
    )
    phases = pl.DataFrame(
        {
            "start": [month(0), month(8)],
            "end": [month(8), month(20)],
            "label": ["Two sites", "Three sites"],
            "shade": [True, False],
        }
    )
    words = texts(chart_svg(control_chart(points, spec, LIGHT, events=events, phases=phases)))
    for word in ("A-1 Training", "A-2 Jig", "Two sites", "Three sites"):
        assert word in words


def test_an_event_outside_the_chart_is_left_out() -> None:
    events = pl.DataFrame({"on": [date(1999, 1, 1)], "label": ["A-9 Old"], "what": [""]})
    points = trend_of(monthly(ALTERNATING)).points
    assert "A-9" not in texts(chart_svg(control_chart(points, a_spec(), LIGHT, events=events)))


def test_slices_side_by_side_share_one_value_axis() -> None:
    each = {"a": monthly([1.0, 2.0, 3.0], "a"), "b": monthly([100.0, 101.0, 99.0], "b")}
    specs = {name: a_spec() for name in each}
    charts = small_multiples(analyse(pl.concat(each.values()), specs).points, specs, LIGHT)
    assert list(charts) == ["a", "b"]
    for chart in charts.values():
        assert "100" in texts(chart_svg(chart))


def test_a_share_axis_stays_within_its_bounds() -> None:
    points = counted([(0, 50), (1, 50), (0, 50), (2, 50)] * 3)
    chart = chart_of(points, kind="p", per=100, unit="% of units")
    assert "-" not in texts(chart_svg(chart)).replace("–", "")


@pytest.mark.parametrize(
    ("values", "low", "ticks"),
    [
        ([96.0, 98.0], 95.5, (95.5, 96.0, 96.5, 97.0, 97.5, 98.0, 98.5)),
        ([1.0, 10.0], 0.0, (0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0)),
    ],
)
def test_ticks_are_round_and_start_at_zero_only_where_zero_is_near(
    values: list[float], low: float, ticks: tuple[float, ...]
) -> None:
    scale = value_scale(values)
    assert scale.low == low
    assert scale.ticks == ticks


def test_labels_of_lines_are_kept_apart_within_the_plot() -> None:
    placed = sorted(apart([10.0, 11.0, 12.0, 318.0, 319.0], 14, 320))
    assert all(b - a >= 14 for a, b in itertools.pairwise(placed))
    assert (placed[0] >= 0, placed[-1] <= 320) == (True, True)


def test_long_series_get_a_tick_at_round_months() -> None:
    days = [month(i) for i in range(43)]
    assert tick_days(days, TrendSpec("", ""))[:3] == [
        date(2023, 1, 1),
        date(2023, 4, 1),
        date(2023, 7, 1),
    ]
    assert tick_days(days[:10], TrendSpec("", "")) == days[:10]


def test_the_lines_are_named_by_the_last_period_with_limits_not_the_open_one() -> None:
    points = counted([(5.0, 100.0), (4.0, 100.0)] * 12)
    open_month = points.tail(1).with_columns(
        period=pl.lit(month(24)), numerator=pl.lit(1.0), status=pl.lit("partial")
    )
    points = pl.concat([points, open_month.select(points.columns)])
    drawing = texts(chart_svg(chart_of(points, kind="p", per=100.0, fixed=True)))
    assert "Upper limit" in drawing
    assert "Median" not in drawing
