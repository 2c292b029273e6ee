"""A metric of rare events is judged by the gaps between its rows, wherever it is shown.

The small company has one complaint a month at Cork, on the same day of each: gaps of 28 to 31 days.
"""

from __future__ import annotations

from dashboard.company import figures
from dashboard.company.opened import Company

CORK = {"site": "Cork"}


def test_one_complaint_a_month_is_read_from_each_to_the_next(company: Company) -> None:
    view = figures.metric_view(company, "complaints", CORK)
    assert view.gaps is not None
    assert view.gaps.points["value"].is_between(18, 31).all()
    assert view.gaps.points.height == 26
    assert view.summary.chart == view.gaps.spec.kind == "t"
    assert view.summary.headline == view.gaps.summary.headline
    assert view.summary.latest_value == 1


def test_the_gap_that_runs_ends_with_the_last_month_there_are_figures_of(company: Company) -> None:
    view = figures.metric_view(company, "complaints", CORK)
    assert view.gaps is not None
    # Nothing is known of November yet: its days without a complaint are not counted.
    assert view.gaps.points["period"].max() == view.summary.latest_period.replace(day=31)  # type: ignore[union-attr]


def test_many_events_a_month_and_longer_periods_are_read_by_period(company: Company) -> None:
    assert figures.metric_view(company, "on_time_share", {}).gaps is None
    assert figures.metric_view(company, "complaints", CORK, per="quarter").gaps is None


def test_the_gaps_are_told_to_a_machine_beside_the_points(company: Company) -> None:
    found = figures.trend(company, "complaints", CORK)
    assert len(found["gaps"]) == len(found["points"]) - 1
    assert [each["status"] for each in found["gaps"][-2:]] == ["ok", "partial"]
    assert figures.trend(company, "on_time_share", {})["gaps"] == []
