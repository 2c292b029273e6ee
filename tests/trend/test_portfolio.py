"""How many icons of a page are false by chance, and that the figures are those of the engine."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from benchmarks.false_alarms import analysed, flagged_last
from benchmarks.false_icons import icons
from benchmarks.noise import chance, normal, stable
from metrics.trend import ChartKind, LimitOptions, LimitsKind, Preset, Summary, analyse
from metrics.trend.portfolio import expected_false_icons, false_alarm_rate
from metrics.trend.presets import PRESETS, rules_for
from tests.support.series import ALTERNATING, a_spec, monthly, summary_of

SETTLED = summary_of(monthly([*ALTERNATING, 9.0]))


def a_summary(**given: object) -> Summary:
    return replace(SETTLED, **given)  # type: ignore[arg-type]


def test_forty_metrics_show_a_false_icon_a_month_once_their_limits_are_frozen() -> None:
    frozen = a_summary(chart="xmr", preset="standard", limits_kind="frozen")
    assert expected_false_icons([frozen] * 40) == pytest.approx(40 * 0.031)
    firm = replace(frozen, limits_kind="firm")
    assert expected_false_icons([firm] * 40) == pytest.approx(40 * 0.010)


def test_rates_of_different_metrics_add_up() -> None:
    counts = a_summary(chart="c", preset="mdc", limits_kind="frozen")
    alone = a_summary(chart="s", preset="shewhart", limits_kind="trial")
    assert expected_false_icons([counts, alone]) == pytest.approx(0.032 + 0.005)


@pytest.mark.parametrize("state", ["no_data", "too_few_points", "stale"])
def test_an_icon_that_says_nothing_is_not_false(state: str) -> None:
    assert false_alarm_rate(a_summary(state=state, limits_kind="frozen")) == 0
    assert false_alarm_rate(a_summary(limits_kind="none")) == 0


def test_every_chart_limit_and_preset_has_a_rate() -> None:
    for chart in get_args(ChartKind):
        for limits in get_args(LimitsKind):
            for preset in get_args(Preset):
                summary = a_summary(chart=chart, limits_kind=limits, preset=preset)
                assert 0 <= false_alarm_rate(summary) < 0.13


@pytest.mark.parametrize(
    ("chart", "preset", "limits", "periods"),
    [
        ("xmr", "standard", "trial", 10),
        ("xmr", "standard", "firm", 20),
        ("xmr", "standard", "frozen", 36),
        ("u", "mdc", "frozen", 36),
        ("g", "standard", "frozen", 36),
        ("run", "anhoej", "frozen", 36),
        ("s", "standard", "provisional", 16),
    ],
)
def test_the_rate_is_what_the_engine_does(
    chart: ChartKind, preset: Preset, limits: LimitsKind, periods: int
) -> None:
    # 3,000 series: three standard errors of a share of 0.1 are 0.016, of 0.01 they are 0.006.
    found = icons(stable(chart, chance(), (3000, periods)), chart, preset)
    said = false_alarm_rate(a_summary(chart=chart, preset=preset, limits_kind=limits))
    assert found == pytest.approx(said, abs=0.004 + 0.12 * said)


@pytest.mark.parametrize("preset", ["standard", "mdc", "nelson", "anhoej", "shewhart"])
def test_a_set_of_rules_is_wrong_as_often_as_it_says(preset: Preset) -> None:
    # 4,000 series: three standard errors of a share of 0.02 are 0.0066, of 0.06 they are 0.011.
    share = flagged_last(analysed(normal(chance(), (4000, 36)), preset))
    assert share == pytest.approx(PRESETS[preset].false_alarms, abs=0.011)


@pytest.mark.parametrize("chart", ["run", "t", "g", "mr", "s"])
def test_charts_with_rules_of_their_own_say_how_often_those_are_wrong(chart: ChartKind) -> None:
    points = stable(chart, chance(), (3000, 36))
    spec = a_spec(kind=chart, fixed=True, options=LimitOptions(ladder=False))
    share = flagged_last(analyse(points, dict.fromkeys(points["series"].unique(), spec)))
    assert share == pytest.approx(rules_for("standard", chart).false_alarms, abs=0.012)
