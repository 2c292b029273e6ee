from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import pytest

from dashboard.charts.inks import DARK, LIGHT, Inks
from dashboard.charts.render import chart_svg
from dashboard.charts.verdict import Change, change_of, verdict_chart
from metrics.trend import TrendSpec
from metrics.trend.claim import Judgement, Method
from metrics.trend.intervals import Interval

FEWER = Change(-31, -39, -22, planned=-20, unit="%", better="lower", decimals=0, least=-100)


def rows_of(change: Change) -> list[dict[str, Any]]:
    spec = verdict_chart(change, LIGHT).to_dict()
    return [row for rows in spec["datasets"].values() for row in rows]


def drawn_interval(change: Change) -> dict[str, Any]:
    return next(row for row in rows_of(change) if "low" in row)


@pytest.mark.parametrize(
    ("change", "meaning"),
    [
        (FEWER, "improvement"),
        (Change(-31, -39, -22, planned=None, unit="%", better="higher"), "concern"),
        (Change(2.0, 0.5, 3.5, planned=None, unit="days", better="lower"), "concern"),
        (Change(2.0, 0.5, 3.5, planned=None, unit="days", better="higher"), "improvement"),
        (Change(2.0, -0.5, 4.5, planned=1.0, unit="days", better="higher"), "open"),
        (Change(0.0, 0.0, 0.0, planned=1.0, unit="days", better="higher"), "open"),
    ],
)
def test_only_an_interval_without_no_change_has_a_colour(change: Change, meaning: str) -> None:
    assert change.meaning == meaning
    for ink in (LIGHT, DARK):
        svg = chart_svg(verdict_chart(change, ink))
        hues = {name for name in ("improvement", "concern") if getattr(ink, name) in svg}
        assert hues == ({meaning} - {"open"})


def test_the_dot_is_hollow_where_no_change_is_in_the_interval() -> None:
    def fill(change: Change, ink: Inks) -> bool:
        return f'fill="{ink.paper}"' in chart_svg(verdict_chart(change, ink))

    within = Change(2.0, -0.5, 4.5, planned=1.0, unit="days", better="higher")
    assert (fill(FEWER, LIGHT), fill(within, LIGHT), fill(within, DARK)) == (False, True, True)


def test_it_is_set_against_no_change_and_the_planned_one() -> None:
    words = {row["text"]: row["at"] for row in rows_of(FEWER) if "text" in row}
    assert words == {"no change": 0, "planned": -20}
    unplanned = Change(-31, -39, -22, planned=None, unit="%", better="lower")
    assert [row["text"] for row in rows_of(unplanned) if "text" in row] == ["no change"]


def test_words_that_would_touch_take_a_line_each() -> None:
    def lines(planned: float) -> set[float]:
        change = Change(-31, -39, -22, planned=planned, unit="%", better="lower")
        return {row["line"] for row in rows_of(change) if "text" in row}

    # The axis runs from -40 to 0: 5 of 40 is near, 35 of 40 far.
    assert (len(lines(-5)), len(lines(-35))) == (2, 1)


def test_an_end_without_bound_is_open_and_said_so() -> None:
    change = Change(5, -2, inf, planned=10, unit="%", better="higher", decimals=0)
    row = drawn_interval(change)
    # As far as 1.6 times the largest number known, the planned 10.
    assert (row["low"], row["high"]) == (-2, 16)
    assert row["95 % interval"] == "−2 to no bound"
    shapes = str(verdict_chart(change, LIGHT).to_dict()["layer"])
    assert ("triangle-right" in shapes, "triangle-left" in shapes) == (True, False)


def test_a_share_cannot_fall_below_nothing_left() -> None:
    change = Change(-100, -100, -50, planned=-20, unit="%", better="lower", decimals=0, least=-100)
    assert "−150" not in chart_svg(verdict_chart(change, LIGHT))


def test_the_numbers_are_said_with_their_unit_and_sign() -> None:
    row = drawn_interval(FEWER)
    assert (row["Estimate"], row["95 % interval"], row["Planned"]) == (
        "−31 %",
        "−39 to −22",
        "−20 %",
    )


def judged(effect: Interval, before: float, after: float, method: Method) -> Judgement:
    return Judgement(
        "effective", "", 24, 12, level_before=before, level_after=after, effect=effect,
        method=method, is_ratio=method in {"rates", "gaps"},
    )  # fmt: skip


FALLING = TrendSpec("xmr", better="lower", unit="days", decimals=1)


def test_a_difference_is_drawn_in_the_unit_of_the_metric_a_fall_below_zero() -> None:
    # 2 days better than 10, by 1 to 3: of a metric of which lower is better, a fall.
    change = change_of(judged(Interval(2, 1, 3), 10, 8, "means"), FALLING, -1.5)
    assert change == Change(-2, -3, -1, planned=-1.5, unit="days", better="lower", decimals=2)


def test_a_ratio_is_drawn_in_percent_of_before_and_so_is_its_plan() -> None:
    # 10 before, 8 after: 10 / 8 = 1.25 times better, which is 20 % less; planned 1 of 10 less.
    change = change_of(judged(Interval(1.25, 1.0, 2.0), 10, 8, "rates"), FALLING, -1)
    assert change is not None
    assert (change.estimate, change.low, change.high) == pytest.approx((-20, -50, 0))
    assert (change.planned, change.unit, change.least) == (-10, "%", -100)


def test_a_plan_in_the_metrics_unit_is_not_drawn_beside_gaps_between_events() -> None:
    change = change_of(
        judged(Interval(2, 1, 3), 10, 20, "gaps"), replace(FALLING, better="higher"), 5
    )
    assert change is not None
    assert change.estimate == pytest.approx(100)
    assert change.planned is None


def test_nothing_is_drawn_where_nothing_was_measured() -> None:
    assert change_of(Judgement("too_early", "", 24, 1), FALLING, -1) is None
    no_event_after = judged(Interval(inf, 2, inf), 10, 0, "rates")
    change = change_of(no_event_after, FALLING, -1)
    assert change is not None
    assert change.estimate == -100
