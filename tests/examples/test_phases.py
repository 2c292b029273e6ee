"""Real series: the engine finds what happened, and reads on once people have said what it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import polars as pl
import pytest

from dashboard.company import figures, phases
from dashboard.company.figures import MetricView
from dashboard.company.opened import Company
from tests.support.command_line import Site

NEVER = date(2015, 1, 1)
"""A day on which nothing was recorded: charts as they are before anybody said a cause."""


def opened(site: Site) -> Company:
    return Company.open(site.root, today=date(2026, 11, 26), now=datetime(2026, 11, 26, tzinfo=UTC))


@pytest.fixture(scope="module")
def company(airports: Site) -> Iterator[Company]:
    with (found := opened(airports)).records:
        yield found


def shown(company: Company, name: str, known_on: date | None = None) -> MetricView:
    metric = figures.find_metric(company, name)
    with company.warehouse.read() as reader:
        found = figures.views(company, reader, [(metric, {})], known_on=known_on)
    return next(iter(found.values()))


def first_known(view: MetricView, rule: str, side: int, after: date) -> tuple[date, date]:
    """Return the first point of the first such pattern from a day on, and when it was known."""
    found = view.signals.filter(pl.col("first") >= after, rule=rule, side=side).sort("first")
    row = found.row(0, named=True)
    return row["first"], row["known_on"]


def test_the_collapse_of_spring_2020_is_found_in_complaints_and_flights(company: Company) -> None:
    complaints = shown(company, "complaints", NEVER)
    assert set(complaints.points["phase_label"]) == {""}
    march = date(2020, 3, 1)
    assert first_known(complaints, "R1", -1, date(2019, 1, 1)) == (march, march)
    flights = shown(company, "flights", NEVER)
    assert first_known(flights, "R1", -1, date(2019, 1, 1))[0] == date(2020, 4, 1)


def test_the_step_of_the_web_form_in_2021_is_found(company: Company) -> None:
    complaints = shown(company, "complaints", NEVER)
    # The run above begins in August 2021; its eighth point is that of March 2022.
    assert first_known(complaints, "R2", 1, date(2021, 1, 1)) == (
        date(2021, 8, 1), date(2022, 3, 1),
    )  # fmt: skip
    assert first_known(complaints, "R1", 1, date(2021, 1, 1))[1] == date(2021, 11, 1)
    rate = shown(company, "complaint_rate", NEVER)
    assert date(2021, 6, 1) <= first_known(rate, "R1", 1, date(2021, 1, 1))[1] < date(2022, 1, 1)


def test_the_recovery_is_found_in_flights(company: Company) -> None:
    flights = shown(company, "flights", NEVER)
    assert first_known(flights, "R2", 1, date(2020, 4, 1))[0] == date(2021, 6, 1)


def test_phases_carry_the_causes_of_the_documentation(company: Company) -> None:
    for name in ("complaints", "complaint_rate"):
        view = shown(company, name)
        begun = view.points.group_by("phase_label", maintain_order=True).agg(
            pl.col("period").first()
        )
        assert begun["phase_label"].to_list() == ["", "Collapse", "Web form"]
        assert begun["period"].to_list()[1:] == [date(2020, 3, 1), date(2021, 6, 1)]
        assert "spike from 2021 due to a new web form" in str(view.known.phases[1].evidence)
        assert [line.warning for line in phases.phase_lines(view)] == ["", ""]


def test_in_their_phases_the_charts_read_as_people_would(company: Company) -> None:
    flights = shown(company, "flights").points.filter(phase_label="Recovery", status="ok")
    assert flights.height == 36
    assert 340_000 < flights["lcl"][-1] < flights["ucl"][-1] < 430_000
    share = shown(company, "on_time_share")
    assert share.summary.state == "common_cause"
    # The level from before the accepted worsening stays on the chart.
    recovered = share.points.filter(phase_label="Recovery", status="ok")
    assert recovered["old_cl"].null_count() == 0
    # What came on top in March 2022 has no recorded cause: it stays a pattern of its own.
    rate = shown(company, "complaint_rate")
    assert first_known(rate, "R2", 1, date(2021, 6, 1))[0] == date(2022, 3, 1)


def test_a_month_without_a_timetable_is_excluded_from_the_share_of_cancellations(
    company: Company,
) -> None:
    before, after = shown(company, "cancelled_share", NEVER), shown(company, "cancelled_share")
    ghosts = after.points.filter("ghost")
    assert ghosts["period"].to_list() == [date(2020, 3, 1), date(2020, 4, 1), date(2020, 5, 1)]
    assert ghosts["value"].null_count() == 0
    assert (before.summary.upper_limit or 0) > 10  # of 100 flights; 40 were cancelled in April
    assert (after.summary.upper_limit or 100) < 4


def test_a_second_step_without_a_cause_is_no_phase(company: Company) -> None:
    view = shown(company, "complaint_rate")
    due = phases.suggestion(view, phases.causes(company, "complaint_rate", {}))
    assert due is not None
    run, _, cause, _ = due.conditions
    assert (run.is_met, cause.is_met, due.is_suggested) == (True, False, False)
    assert (due.is_worse, due.first_on) == (True, date(2022, 3, 1))


def test_days_to_correct_are_a_trend_by_inspector(food_safety: Site) -> None:
    with (company := opened(food_safety)).records:
        inspectors = figures.dimension_values(company, "days_to_correct", "inspector")
        parts = [("days_to_correct", {"inspector": name}) for name in inspectors]
        views = {v.slice["inspector"]: v for v in figures.metric_views(company, parts).values()}
    assert len(views) == 23
    states = {name: view.summary.state for name, view in views.items()}
    assert {name for name, state in states.items() if state == "concern"} >= {"114", "127"}
    first = views["114"].summary
    assert (first.state, first.since) == ("concern", date(2018, 12, 1))
    assert (first.level or 0) > 5 * (first.previous_level or 100)  # from 11 days to 80 and more
    few = views["142"].summary  # six months of figures
    assert (few.state, few.limits_kind) == ("too_few_points", "none")
    assert states["121"] == "stale"
