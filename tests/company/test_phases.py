"""Phases and exclusions on the figures of a company: whom they hold for, since when, what then."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import polars as pl
import pytest

from dashboard.company import evidence, figures, phases
from dashboard.company.figures import MetricView
from dashboard.company.opened import Company
from data.errors import NotFoundError, UsageError
from data.records import reviews
from data.records.events import save_event
from data.records.forms import EventForm
from data.records.phase_models import Phase
from metrics.trend.rebase import QUESTIONS
from tests.support.people import a_review, an_actor
from tests.support.small_company import NOW, OPERATOR, a_small_company, open_company

FARO = {"site": "Faro"}
NOVEMBER = date(2025, 11, 1)
"""From then on every delivery of Faro was on time, until October 2026, when none was."""


@pytest.fixture
def company(tmp_path_factory: pytest.TempPathFactory, small: Company) -> Iterator[Company]:
    root = tmp_path_factory.mktemp("phased") / "works"
    root.parent.mkdir(exist_ok=True)
    shutil.copytree(small.workspace.root, root)
    opened = open_company(root)
    with opened.records:
        yield opened


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    opened = open_company(a_small_company(tmp_path_factory.mktemp("small")))
    with opened.records:
        yield opened


def record(company: Company, part: Mapping[str, str] = FARO, **changed: object) -> Phase:
    values = {
        "metric": "on_time_share",
        "slice": dict(part),
        "from_on": NOVEMBER,
        "label": "A second van",
        "cause": "Faro got a second van.",
    }
    return phases.record_phase(company, values | changed, actor=OPERATOR, at=NOW)


def shown(company: Company, part: Mapping[str, str] = FARO, **asked: object) -> MetricView:
    metric = figures.find_metric(company, "on_time_share")
    with company.warehouse.read() as reader:
        found = figures.views(company, reader, [(metric, part)], **asked)  # type: ignore[arg-type]
    return next(iter(found.values()))


def stretches(view: MetricView) -> dict[str, int]:
    named = view.points.group_by("phase_label", maintain_order=True).len()
    return dict(named.iter_rows())


def test_a_phase_holds_for_its_slice_and_every_narrower_one(company: Company) -> None:
    record(company)
    assert stretches(shown(company)) == {"": 14, "A second van": 13}
    assert stretches(shown(company, {})) == {"": 27}
    assert stretches(shown(company, {"site": "Cork"})) == {"": 27}
    record(company, {}, label="New contract", from_on=date(2025, 1, 1))
    assert stretches(shown(company)) == {"": 4, "New contract": 10, "A second van": 13}
    assert stretches(shown(company, {})) == {"": 4, "New contract": 23}


def test_of_two_phases_from_one_day_the_narrower_names_it(company: Company) -> None:
    record(company)
    record(company, {}, label="New contract")
    assert stretches(shown(company)) == {"": 14, "A second van": 13}


def test_limits_are_those_of_the_phase(company: Company) -> None:
    record(company)
    points = shown(company).points
    first, last = points.row(13, named=True), points.row(14, named=True)
    assert (first["cl"], last["mr"]) == (90.0, None)
    assert shown(company).summary.n == 12


def test_what_was_recorded_later_does_not_count_for_a_day_before(company: Company) -> None:
    phase = record(company)
    yesterday, today = NOW.date() - timedelta(days=1), NOW.date()
    assert stretches(shown(company, known_on=yesterday)) == {"": 27}
    assert stretches(shown(company, known_on=today)) == {"": 14, "A second van": 13}
    tomorrow = NOW + timedelta(days=1)
    phases.take_back(company, phase, "It was hired.", actor=OPERATOR, at=tomorrow)
    assert stretches(shown(company, known_on=today)) == {"": 14, "A second van": 13}
    assert stretches(shown(company)) == {"": 27}
    assert [each.label for each in phases.withdrawn(company, "on_time_share", FARO)[0]] == [
        "A second van"
    ]


def test_a_longer_period_is_of_the_phase_that_held_when_it_began(company: Company) -> None:
    record(company)
    quarters = shown(company, per="quarter").points
    assert quarters.filter(phase_label="A second van")["period"][0] == date(2026, 1, 1)


def test_an_excluded_point_stays_on_the_chart_and_out_of_the_limits(company: Company) -> None:
    october = {"metric": "on_time_share", "slice": FARO, "period_on": date(2026, 10, 1)}
    reason = {"reason": "The bridge was closed."}
    exclusion = phases.exclude_point(company, october | reason, actor=OPERATOR, at=NOW)
    view = shown(company)
    row = view.points.filter(period=date(2026, 10, 1)).row(0, named=True)
    assert (row["ghost"], row["value"], row["state"]) == (True, 0.0, "untested")
    assert view.summary.n == 25
    assert not shown(company, {}).points["ghost"].any()
    assert not shown(company, per="quarter").points["ghost"].any()
    phases.take_back(company, exclusion, "It was late.", actor=OPERATOR, at=NOW)
    assert not shown(company).points["ghost"].any()


@pytest.mark.parametrize(
    ("period_on", "said"),
    [
        (date(2030, 1, 1), r"has no value in the period that begins on 2030-01-01\. There are"),
        (date(2026, 10, 2), "has no value in the period that begins on 2026-10-02"),
        ("soon", "Period: 'soon' is no date"),
        (None, "Period: is missing"),
    ],
)
def test_a_period_without_a_value_cannot_be_excluded(
    company: Company, period_on: object, said: str
) -> None:
    values = {"metric": "on_time_share", "period_on": period_on, "reason": "None."}
    with pytest.raises((NotFoundError, UsageError), match=said):
        phases.exclude_point(company, values, actor=OPERATOR, at=NOW)


def test_a_worse_level_is_no_phase_until_somebody_says_why_it_is_accepted(
    company: Company,
) -> None:
    october = date(2026, 10, 1)
    with pytest.raises(UsageError, match=r"Since 2026-10-01 Deliveries on time has been worse"):
        record(company, from_on=october)
    record(company, from_on=october, accepted_reason="The van is gone and stays gone.")
    view = shown(company)
    assert view.points.filter(period=october)["old_cl"][0] == view.points["cl"][0]
    [line] = phases.phase_lines(view)
    assert (line.label, line.is_own, line.warning) == (
        "October 2026", True, "1 of 8 points: 7 more until trial limits.",
    )  # fmt: skip


def test_an_unknown_part_and_an_unknown_day_are_said(company: Company) -> None:
    with pytest.raises(NotFoundError, match=r"has no site 'Farro'\. Did you mean 'Faro'"):
        record(company, {"site": "Farro"})
    with pytest.raises(UsageError, match="2025-11-02 is not the first day of a period of Deliv"):
        record(company, from_on=date(2025, 11, 2))


def test_a_review_reads_the_phases_too(company: Company) -> None:
    record(company, {}, from_on=NOVEMBER)
    review = reviews.create_review(company.records, OPERATOR, a_review(), NOW)
    with company.warehouse.read() as reader:
        found = evidence.gather(company, reader, review)
    summary = next(m.summary for m in found.metrics if m.metric.name == "on_time_share")
    assert summary is not None
    assert summary.n == 11  # November 2025 to September 2026


def test_a_suggestion_says_what_is_missing(company: Company) -> None:
    view = shown(company, as_of=date(2026, 10, 5))  # before October is over
    found = phases.suggestion(view, phases.causes(company, "on_time_share", FARO))
    assert found is not None
    assert [each.is_met for each in found.conditions] == [True, True, False, False]
    assert (found.first_on, found.is_worse) == (NOVEMBER, False)
    assert phases.suggestion(shown(company, {"site": "Cork"}), []) is None


def test_owners_record_for_their_own_process(company: Company) -> None:
    metric = figures.find_metric(company, "on_time_share")
    assert phases.may_record(an_actor("owner", processes=("logistics",)), metric)
    assert not phases.may_record(an_actor("owner", processes=("sales",)), metric)
    assert not phases.may_record(an_actor("viewer"), metric)


def test_points_after_the_last_value_keep_the_phase(company: Company) -> None:
    record(company)
    assert shown(company).points.filter(pl.col("status") == "not_due")["phase_id"].to_list() == [1]


def test_a_recorded_event_is_a_cause_near_the_run(company: Company) -> None:
    event = EventForm(on=date(2025, 10, 28), title="A second van", slice=FARO)
    save_event(company.records, OPERATOR, event, NOW)
    view = shown(company, as_of=date(2026, 10, 5))
    yes = dict.fromkeys(QUESTIONS, True)
    found = phases.suggestion(view, phases.causes(company, "on_time_share", FARO), yes)
    assert found is not None
    assert (found.is_suggested, found.from_on) == (True, date(2025, 10, 1))
    assert phases.causes(company, "on_time_share", {"site": "Cork"}) == []


@pytest.mark.parametrize(
    ("answers", "reason", "said"),
    [
        ({}, "", "Not answered with yes: Do the figures behave distinctly differently"),
        ({"is_different": True, "is_known": True}, "", r"with yes: Is it intended and expected"),
        (dict.fromkeys(("is_different", "is_known", "is_lasting"), True), " ", "why it is accept"),
    ],
)
def test_a_phase_takes_the_answers_of_a_person(
    answers: dict[str, bool], reason: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        phases.refuse_unanswered(answers, reason, "lower")
    phases.refuse_unanswered(dict.fromkeys(QUESTIONS, True), "", "lower")


def test_whether_a_level_is_wanted_is_not_asked_where_no_side_is_good() -> None:
    asked = phases.questions("neutral")
    assert list(asked) == ["is_different", "is_known", "is_lasting"]
    phases.refuse_unanswered(dict.fromkeys(asked, True), "", "neutral")
    assert list(phases.questions("lower")) == list(QUESTIONS)
