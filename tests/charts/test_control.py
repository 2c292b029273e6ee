from __future__ import annotations

import itertools
import re
from datetime import date, timedelta

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
from dashboard.charts.control import begun
from dashboard.charts.flags import bands, flags
from dashboard.charts.marks import drawn
from dashboard.charts.scales import apart, half_step, tick_days, value_scale
from metrics.trend import TrendSpec, TrendTarget, analyse, gaps
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
    assert (last["glyph"], last["meaning"], last["hollow"]) == ("up", "concern", False)
    assert last["tip_reading"] == "Concern: one point above the upper limit"
    assert ink.concern in chart_svg(control_chart(points, a_spec(), ink))


def test_a_falling_lower_is_better_point_is_a_triangle_down_in_blue() -> None:
    points = trend_of(monthly([*ALTERNATING, 1.0]), better="lower").points
    last = drawn(points, a_spec()).row(-1, named=True)
    assert (last["glyph"], last["meaning"]) == ("down", "improvement")


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


def events_of(*rows: tuple[date, str, str, str]) -> pl.DataFrame:
    columns = {"on": pl.Date, "kind": pl.String, "label": pl.String, "what": pl.String}
    return pl.DataFrame(rows, schema=columns, orient="row")


def in_two_phases(values: list[float], start: int) -> pl.DataFrame:
    at = pl.int_range(pl.len())
    return monthly(values).with_columns(
        phase_id=pl.when(at < start).then(0).otherwise(1),
        phase_label=pl.when(at < start).then(pl.lit("Two sites")).otherwise(pl.lit("Three sites")),
    )


def test_events_and_phases_are_named_on_the_chart() -> None:
    points = trend_of(in_two_phases(ALTERNATING, 8)).points
    events = events_of(
        (month(3), "action", "A-1 Training", "A-1 Training of all shifts"),
        (month(4), "note", "New jig", "New jig on line 2"),
        (month(8), "phase", "Three sites", "Three sites: the merger"),
    )
    words = texts(chart_svg(control_chart(points, a_spec(), LIGHT, events=events)))
    for word in ("A-1 Training", "New jig", "Two sites", "Three sites"):
        assert words.count(word) == 1
    assert bands(points, a_spec(), events)["what"].to_list()[1] == "Three sites: the merger"


def test_events_beyond_the_named_rows_keep_their_flag_and_lose_their_name() -> None:
    points = trend_of(monthly(ALTERNATING)).points
    events = events_of(*((month(3), "note", f"Event number {i}", "") for i in range(5)))
    placed = flags(events, points, a_spec())
    assert placed["label"].to_list() == [f"Event number {i}" for i in range(3)] + ["", ""]
    assert placed["row"].to_list() == [0, 1, 2, 2, 2]
    assert flags(events, points, a_spec(), is_small=True)["label"].to_list() == [""] * 5


def test_an_action_whose_name_has_no_room_has_its_number_alone() -> None:
    points = trend_of(monthly(ALTERNATING)).points
    named = [f"A-{i} Train all shifts in the new way of packing" for i in range(4)]
    acted = [(month(at), "action", name, "") for at, name in zip((3, 4, 5, 17), named, strict=True)]
    assert flags(events_of(*acted), points, a_spec())["label"].to_list() == [*named[:3], "A-3"]


def test_first_words_that_touch_on_a_phone_are_left_out_there() -> None:
    points = trend_of(monthly(ALTERNATING)).points
    events = events_of((month(3), "note", "Merger", ""), (month(6), "note", "Carriers changed", ""))
    placed = flags(events, points, a_spec())
    assert placed.select("row", "short").rows() == [(0, "Merger"), (0, "")]


def test_an_event_outside_the_chart_is_left_out() -> None:
    events = events_of((date(1999, 1, 1), "action", "A-9 Old", ""))
    points = trend_of(monthly(ALTERNATING)).points
    assert "A-9" not in texts(chart_svg(control_chart(points, a_spec(), LIGHT, events=events)))


def test_an_event_late_in_the_last_period_is_on_the_chart() -> None:
    points = trend_of(monthly(ALTERNATING)).points
    events = events_of((date(2024, 8, 29), "note", "Stocktaking", ""))
    assert "Stocktaking" in texts(chart_svg(control_chart(points, a_spec(), LIGHT, events=events)))


def test_a_chart_begins_with_its_first_value_and_keeps_the_gaps_after_it() -> None:
    points = trend_of(monthly([None, None, 9.0, None, 11.0])).points
    assert begun(points)["period"].to_list() == [month(2), month(3), month(4)]
    assert "Jan 2023" not in texts(chart_svg(control_chart(points, a_spec(), LIGHT)))


def test_bands_meet_and_the_present_phase_is_not_shaded() -> None:
    points = trend_of(in_two_phases(ALTERNATING, 8)).points
    found = bands(points, a_spec())
    assert found["shade"].to_list() == [True, False]
    assert found["end"][0] == found["start"][1]
    assert bands(trend_of(monthly(ALTERNATING)).points, a_spec()).is_empty()


def test_the_limits_of_the_phase_before_are_drawn_dotted_until_the_new_ones_are_known() -> None:
    def dotted(values: list[float], start: int) -> int:
        points = trend_of(in_two_phases(values, start)).points
        return chart_svg(control_chart(points, a_spec(), LIGHT)).count('stroke-dasharray="1,3"')

    assert dotted([*ALTERNATING, *[30.0] * 7], 20) == 3
    assert dotted([*ALTERNATING, *[30.0] * 8], 20) == 0


def test_few_counted_points_have_their_exact_interval_as_a_thin_bar() -> None:
    points = trend_of(counted([(1, 50), (2, 50), (0, 50)]), kind="p", per=100).points
    spec = a_spec(kind="p", per=100)
    bare = points.with_columns(
        pl.lit(None, dtype=pl.Float64).alias(n) for n in ("ci_low", "ci_high")
    )
    assert chart_svg(control_chart(points, spec, LIGHT)).count("mark-rule") == (
        chart_svg(control_chart(bare, spec, LIGHT)).count("mark-rule") + 1
    )


def test_a_chart_of_the_last_periods_has_the_limits_of_all() -> None:
    points = trend_of(monthly([*ALTERNATING, *[10.0] * 20])).points
    whole, short = (
        texts(chart_svg(control_chart(shown, a_spec(), LIGHT)))
        for shown in (points, points.tail(18))
    )
    for words in (whole, short):
        assert "Upper limit 15.3 · Centre 10.0 · Lower limit 4.7" in words


def test_a_seasonal_centre_goes_in_steps() -> None:
    points = trend_of(monthly(ALTERNATING)).points
    cl = pl.when(pl.col("period").dt.month() < 7).then(9.0).otherwise(11.0)
    svg = chart_svg(control_chart(points.with_columns(cl=cl), a_spec(), LIGHT))
    centre = re.findall(rf'd="(M[^"]*)"[^>]*stroke="{LIGHT.muted}"', svg)
    heights = [set(re.findall(r",([0-9.]+)", path)) for path in centre]
    assert any(len(found) == 2 for found in heights), "two levels and nothing between"


def test_gaps_between_rare_events_are_drawn_in_their_own_unit_and_dates() -> None:
    days = [date(2026, 1, 5), date(2026, 1, 5), date(2026, 3, 9)]
    events = pl.DataFrame({"day": days[1:], "amount": [2.0, 1.0]})
    found = gaps(events, events.clear(), a_spec(), date(2026, 4, 1))
    assert found is not None
    words = texts(chart_svg(control_chart(found.points, found.spec, LIGHT)))
    assert "days between two" in words
    assert half_step([days[0], days[0]], "day") == timedelta(days=1), "two on one day have a width"


def test_a_chart_says_which_way_is_good() -> None:
    words = texts(chart_svg(chart_of(monthly(ALTERNATING), better="lower")))
    assert "days · lower is better" in words


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
