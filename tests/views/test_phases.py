"""Phases on the page Metric: listed with their causes, suggested in words, recorded by people."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.company import phases
from data.records import phases as kept
from data.records.events import save_event
from data.records.forms import EventForm
from data.records.phase_models import Exclusion, Phase
from metrics.trend.rebase import QUESTIONS
from tests.support.app_pages import open_page, texts
from tests.support.people import an_actor
from tests.support.small_company import NOW, OPERATOR, open_company


@pytest.fixture
def works(small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the app at a small company of the test's own, on 5 October 2026."""
    root = tmp_path / "works"
    shutil.copytree(small_root, root)
    settings = (root / "clause9.toml").read_text(encoding="utf-8")
    (root / "clause9.toml").write_text(settings.replace("2026-11-20", "2026-10-05"), "utf-8")
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(root))
    return root


def recorded(root: Path) -> tuple[list[Phase], list[Exclusion]]:
    company = open_company(root)
    with company.records:
        return kept.phases(company.records), kept.exclusions(company.records)


def press(app: AppTest, label: str) -> AppTest:
    return next(each for each in app.button if each.label == label).click().run()


def a_phase_form() -> None:
    from dashboard import session
    from dashboard.company import figures, phases
    from dashboard.components.phase_form import phase_form

    part = {"site": "Faro"}
    view = session.answer(figures.metric_view, "on_time_share", part)
    phase_form(view, phases.suggestion(view, session.answer(phases.causes, "on_time_share", part)))


def an_exclusion_form() -> None:
    from dashboard import session
    from dashboard.company import figures
    from dashboard.components.phase_form import exclusion_form

    exclusion_form(session.answer(figures.metric_view, "on_time_share", {"site": "Faro"}))


def a_withdrawal_form() -> None:
    from dashboard import session
    from dashboard.components.phase_form import withdrawal_form
    from data.records import phases

    withdrawal_form(phases.phases(session.company().records)[0])


def with_a_phase(root: Path) -> None:
    company = open_company(root)
    values = {
        "metric": "on_time_share",
        "slice": {"site": "Faro"},
        "from_on": date(2025, 11, 1),
        "label": "A second van",
        "cause": "Faro got a second van.",
        "evidence": "contract of 28 October",
    }
    with company.records:
        phases.record_phase(company, values, actor=OPERATOR, at=NOW)


def test_the_page_says_what_speaks_for_a_new_phase_and_what_is_missing(works: Path) -> None:
    said = texts(open_page("metric", metric="on_time_share", site="Faro"))
    assert "Limits for another level?" in said
    assert "11 points in a row above the centre line, since November 2025" in said
    assert "No cause is recorded" in said
    assert "One phase since the first period, and every point counts." in said
    assert recorded(works) == ([], [])  # nothing begins by itself
    whole = texts(open_page("metric", metric="complaints"))
    assert "what speaks for a new phase" not in whole


def test_the_form_records_a_phase_only_after_the_four_questions(works: Path) -> None:
    company = open_company(works)
    with company.records:
        event = EventForm(on=date(2025, 11, 3), title="A second van", slice={"site": "Faro"})
        save_event(company.records, OPERATOR, event, NOW)
    app = AppTest.from_function(a_phase_form, default_timeout=60).run()
    assert not app.exception
    assert app.selectbox[0].value == date(2025, 11, 1)  # the period of the recorded cause
    assert app.text_area[0].value == "A second van"
    app.text_input[0].set_value("A second van")
    press(app, "Begin the phase")
    assert "Not answered with yes" in texts(app)
    assert recorded(works)[0] == []
    assert [box.label for box in app.checkbox] == list(QUESTIONS.values())
    for box in app.checkbox:
        box.check()
    press(app, "Begin the phase")
    assert not app.exception
    [phase] = recorded(works)[0]
    assert (phase.slice, phase.from_on, phase.cause) == (
        '{"site":"Faro"}', date(2025, 11, 1), "A second van",
    )  # fmt: skip


def test_what_is_missing_in_the_form_is_said_beside_it(works: Path) -> None:
    app = AppTest.from_function(a_phase_form, default_timeout=60).run()
    for box in app.checkbox:
        box.check()
    press(app, "Begin the phase")
    said = texts(app)
    assert "Name" in said
    assert "Cause" in said
    assert recorded(works)[0] == []


def test_a_phase_is_listed_with_its_cause_and_taken_back_with_a_reason(works: Path) -> None:
    with_a_phase(works)
    page = open_page("metric", metric="on_time_share", site="Faro")
    assert not page.exception
    said = texts(page)
    assert "**A second van** from November 2025: Faro got a second van" in said
    assert "evidence: contract of 28 October" in said.replace("\\", "")
    assert "Withdraw" in [button.label for button in page.button]
    app = AppTest.from_function(a_withdrawal_form, default_timeout=60).run()
    press(app, "Take it back")
    assert "Say why the phase is taken back" in texts(app)
    app.text_area[0].set_value("It was hired for a month.")
    press(app, "Take it back")
    assert recorded(works)[0][0].withdrawn_reason == "It was hired for a month."
    after = open_page("metric", metric="on_time_share", site="Faro")
    assert "1 entry taken back" in [each.label for each in after.expander]


def test_phases_are_recorded_by_the_period_of_the_metric_alone(works: Path) -> None:
    with_a_phase(works)
    page = open_page("metric", metric="on_time_share", site="Faro", per="quarter")
    assert not page.exception
    assert "Phases are recorded by month" in texts(page)
    labels = [button.label for button in page.button]
    assert "Withdraw" not in labels
    assert "Begin a phase" not in labels


def test_a_point_is_excluded_with_a_reason_and_can_be_included_again(works: Path) -> None:
    app = AppTest.from_function(an_exclusion_form, default_timeout=60).run()
    assert not app.exception
    press(app, "Exclude it")
    assert "Period" in texts(app)
    app.selectbox[0].set_value(date(2026, 9, 1))
    app.text_area[0].set_value("The bridge was closed.")
    press(app, "Exclude it")
    assert not app.exception
    assert [each.reason for each in recorded(works)[1]] == ["The bridge was closed."]
    page = open_page("metric", metric="on_time_share", site="Faro")
    assert "**September 2026** is excluded: The bridge was closed" in texts(page)
    assert "Include" in [button.label for button in page.button]


def test_who_may_not_record_sees_the_phases_and_no_button(
    works: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_phase(works)
    monkeypatch.setattr("dashboard.session.actor", lambda: an_actor("auditor"))
    page = open_page("metric", metric="on_time_share", site="Faro")
    assert "A second van" in texts(page)
    labels = [button.label for button in page.button]
    assert not {"Begin a phase", "Exclude a point", "Withdraw"} & set(labels)
