"""What happened on a day stands on the charts it concerns, and on no other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from dashboard.company.events import events_of
from dashboard.company.opened import Company
from data.records.actions import add_action, complete_action
from data.records.cycle_forms import PlanForm
from data.records.cycles import fix_plan, record_do
from data.records.events import save_event
from data.records.forms import EventForm, PhaseForm
from data.records.phases import add_phase
from tests.support.cycles import DONE_AT, DONE_ON, FIXED_AT, a_cycle, a_do
from tests.support.people import NOW, OPERATOR, an_action, with_people
from tests.support.small_company import an_empty_company, open_company

ON = date(2026, 3, 2)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    opened = open_company(an_empty_company(tmp_path / "small"))
    with opened.records:
        with_people(opened.records, "Head of casting")
        yield opened


def note(company: Company, title: str, **given: object) -> None:
    form = EventForm(on=ON, title=title, **given)  # type: ignore[arg-type]
    save_event(company.records, OPERATOR, form, NOW)


def told(company: Company, metric: str = "complaints", **part: str) -> list[tuple[str, str]]:
    return events_of(company, metric, part).select("kind", "label").rows()


def test_a_note_stands_on_the_charts_of_its_metric_its_part_and_what_holds_it(
    company: Company,
) -> None:
    note(company, "New portal", metric="complaints", detail="Complaints are typed in once")
    note(company, "Strike", slice={"site": "Porto"})
    note(company, "Other", metric="on_time_share")
    assert told(company) == [("note", "New portal"), ("note", "Strike (Porto)")]
    assert told(company, site="Porto") == [("note", "New portal"), ("note", "Strike")]
    assert told(company, site="Cork") == [("note", "New portal")]
    assert told(company, category="late") == [("note", "New portal"), ("note", "Strike (Porto)")]
    first = events_of(company, "complaints", {}).row(0, named=True)
    assert first["what"] == "New portal: Complaints are typed in once"


def test_an_action_stands_on_the_chart_of_its_metric_once_it_is_done(company: Company) -> None:
    said = {"title": "Call back within a day", "metric": "complaints"}
    form = an_action(opened_on=ON).model_copy(update=said)
    add_action(company.records, OPERATOR, form, NOW)
    assert told(company) == []
    complete_action(company.records, OPERATOR, "A-1", "Head of casting", date(2026, 4, 1), NOW)
    assert told(company) == [("action", "A-1 Call back within a day")]
    assert told(company, site="Cork") == told(company), "an action names no part"
    assert told(company, "on_time_share") == []


def test_a_cycle_stands_on_the_chart_from_the_day_it_was_carried_out(company: Company) -> None:
    a_cycle(company.records, metric="complaints", slice={"site": "Porto"})
    fix_plan(company.records, OPERATOR, "P-1", PlanForm(), FIXED_AT)
    assert told(company) == []
    record_do(company.records, OPERATOR, "P-1", a_do(), DONE_AT)
    assert told(company, site="Porto") == [("cycle", "P-1 New moulds for line 2")]
    assert told(company) == [("cycle", "P-1 New moulds for line 2 (Porto)")]
    assert told(company, site="Cork") == []


def test_what_a_cycle_carried_out_is_told_once(company: Company) -> None:
    form = an_action(opened_on=ON).model_copy(update={"metric": "complaints"})
    add_action(company.records, OPERATOR, form, NOW)
    complete_action(company.records, OPERATOR, "A-1", "Head of casting", date(2026, 4, 1), NOW)
    a_cycle(company.records, metric="complaints", source_kind="action", source="A-1")
    fix_plan(company.records, OPERATOR, "P-1", PlanForm(), FIXED_AT)
    record_do(company.records, OPERATOR, "P-1", a_do(), DONE_AT)
    same_day = EventForm(on=DONE_ON, title="New moulds for line 2")
    save_event(company.records, OPERATOR, same_day, NOW)
    assert told(company) == [("cycle", "P-1 New moulds for line 2")]


def test_a_phase_begins_on_the_charts_that_have_its_limits(company: Company) -> None:
    form = PhaseForm(
        metric="complaints", slice={"site": "Porto"}, from_on=date(2026, 3, 1),
        label="After the move", cause="Hall 4 took over packing",
    )  # fmt: skip
    add_phase(company.records, OPERATOR, form, NOW)
    assert told(company, site="Porto") == [("phase", "After the move")]
    assert told(company) == []
    begun = events_of(company, "complaints", {"site": "Porto"}).row(0, named=True)
    assert begun["what"] == "After the move: Hall 4 took over packing"


def test_what_is_yet_to_happen_is_on_no_chart(company: Company) -> None:
    form = EventForm(on=date(2027, 1, 1), title="New plant")
    save_event(company.records, OPERATOR, form, NOW)
    assert told(company) == []
