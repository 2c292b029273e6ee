"""PDCA cycles of a company: judged from its figures, checked, acted on, and what has none."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dashboard.company import cycles
from dashboard.company.worked import with_worked, worked_lines
from data.errors import NotFoundError, UsageError
from data.records.actions import add_action
from data.records.cycle_models import Cycle
from data.records.phases import phases
from tests.support.cycle_company import (
    BETTER_FROM,
    HEADER,
    a_cycle_company,
    begun,
    checked,
    done,
    noon,
    on,
    opened,
    outputs,
    outputs_of_a_relapse,
)
from tests.support.people import an_action
from tests.support.small_company import OPERATOR, send


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_cycle_company(tmp_path_factory.mktemp("made") / "company")


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """Give the company to one test."""
    return shutil.copytree(made, tmp_path / "company")


def test_a_change_that_would_take_a_metric_below_zero_is_warned_of(root: Path) -> None:
    company = on(root, date(2026, 1, 12))
    opened(root, expected_change=None, worthwhile=None, check_on=None)
    said = cycles.planned_warnings(company, "P-1", {"expected_change": -101, "worthwhile": 2})
    assert [each.split(":")[0] for each in said] == ["expected_change -101 is more than there is"]
    assert cycles.planned_warnings(company, "P-1", {"expected_change": 4, "worthwhile": 2}) == ()


def test_an_action_that_worked_is_judged_so_with_its_interval(root: Path) -> None:
    begun(root)
    view = cycles.cycle_view(on(root, date(2026, 11, 20)), "P-1")
    assert view.judgement is not None
    assert (view.judgement.verdict, view.judgement.before, view.judgement.after) == (
        "effective",
        16,  # September 2024 to December 2025; January 2026 holds the action
        9,  # February to October 2026
    )
    assert view.judgement.effect is not None
    assert view.judgement.effect.low > 0
    assert "Since 20 Jan 2026 (9 months): 95.0 % of deliveries, was 90." in view.sentence
    assert "effective, sustained, as much as was wanted (2 % of deliveries)" in view.sentence


def test_the_same_cycle_months_earlier_was_too_early_to_judge(root: Path) -> None:
    begun(root)
    view = cycles.cycle_view(on(root, date(2026, 5, 20)), "P-1")
    assert view.judgement is not None
    assert (view.judgement.verdict, view.judgement.after) == ("too_early", 3)


def test_a_check_keeps_what_was_read_and_from_which_version(root: Path) -> None:
    begun(root)
    company = on(root, date(2026, 11, 20))
    check = checked(root)
    assert (check.verdict, check.done_on, check.due_on) == (
        "effective",
        date(2026, 11, 20),
        date(2026, 10, 15),
    )
    assert check.warehouse_version == company.warehouse.version()
    assert check.detail is not None
    assert check.detail["effect"]["low"] > 0
    assert check.detail["before_from"] == "2024-09-01"
    view = cycles.cycle_view(company, "P-1")
    assert view.cycle.state == "act"
    assert [(each.kind, each.due_on) for each in view.checks[1:]] == [
        ("6_months", date(2027, 5, 20)),
        ("12_months", date(2027, 11, 20)),
    ]
    assert view.offers == ("standardise", "adjust", "abandon", "next_cycle")


def test_nothing_is_kept_of_a_check_by_the_doer_or_before_something_was_done(root: Path) -> None:
    opened(root)
    with pytest.raises(UsageError, match="P-1 is in its phase plan"):
        checked(root)
    begun(root)
    with pytest.raises(UsageError, match="cannot check it as well"):
        checked(root, by="Head of logistics")


def test_standardising_begins_a_phase_with_the_cycle_as_evidence(root: Path) -> None:
    begun(root)
    checked(root)
    company = on(root, date(2026, 11, 20))
    values = {"outcome": "standardise", "note": "Both carriers stay."}
    row = cycles.act(company, "P-1", values, actor=OPERATOR, at=noon(company))
    [phase] = phases(company.records)
    assert (row.state, row.phase) == ("closed", phase.id)
    assert (phase.from_on, phase.label, phase.cycle) == (
        BETTER_FROM,
        "Book a second carrier",
        "P-1",
    )
    assert phase.evidence is not None
    assert "effective, sustained" in phase.evidence
    card = cycles.board(company).cards[0]
    assert card.verdict == "effective"
    assert card.sentence == "Made the standard on 20 November 2026. Both carriers stay."


def test_a_level_that_is_worse_is_standardised_only_with_a_reason(root: Path) -> None:
    company = on(root, date(2026, 11, 20))
    worse = outputs(gain=-50)
    send(company, "outputs.csv", HEADER, worse)
    begun(root)
    assert checked(root).verdict == "worse"
    values = {"outcome": "standardise", "note": "The price is half."}
    with pytest.raises(UsageError, match=r"is worse since the action \(85.*Write accepted_reason"):
        cycles.act(company, "P-1", values, actor=OPERATOR, at=noon(company))
    assert phases(company.records) == []
    values["accepted_reason"] = "Customers were asked and prefer the price."
    cycles.act(company, "P-1", values, actor=OPERATOR, at=noon(company))
    assert phases(company.records)[0].accepted_reason == values["accepted_reason"]


def test_a_relapse_reopens_the_cycle_and_the_board_says_so(root: Path) -> None:
    begun(root)
    checked(root)
    company = on(root, date(2026, 11, 20))
    values = {"outcome": "standardise", "note": "Both carriers stay."}
    cycles.act(company, "P-1", values, actor=OPERATOR, at=noon(company))
    later = on(root, date(2027, 5, 21))
    send(later, "outputs.csv", HEADER, outputs_of_a_relapse())
    assert checked(root, later.as_of).verdict == "improved"  # and it did not last
    [card] = cycles.board(later).cards
    assert (card.cycle.state, card.cycle.outcome, card.badge) == ("act", None, "effect gone")


def test_a_check_too_early_is_planned_again(root: Path) -> None:
    begun(root, check_on=date(2026, 4, 1))
    check = checked(root, date(2026, 5, 20))
    assert check.verdict == "too_early"
    view = cycles.cycle_view(on(root, date(2026, 5, 20)), "P-1")
    assert view.cycle.state == "check"
    assert [each.due_on for each in view.checks if each.done_on is None] == [date(2026, 10, 1)]


def test_a_check_date_that_is_too_soon_is_warned_about(root: Path) -> None:
    opened(root, check_on=date(2026, 6, 1))
    view = cycles.cycle_view(on(root, date(2026, 1, 5)), "P-1")
    assert view.warnings == (
        "check_on 2026-06-01 is too early for a verdict: 8 whole periods after the action are "
        "there on 2026-10-01 at the soonest. Write that day, or later.",
    )


def test_the_board_has_cards_with_age_and_checks_over_their_day(root: Path) -> None:
    begun(root)
    opened(root, title="Train the drivers", check_on=None)
    board = cycles.board(on(root, date(2026, 11, 20)))
    first, second = board.cards
    assert (first.owner, first.metric_title) == ("Head of logistics", "Deliveries on time")
    assert (first.age_days, first.overdue_days, first.badge) == (304, 36, "check 36 days over")
    assert first.verdict == "effective"
    assert (second.cycle.state, second.verdict, second.badge) == ("plan", None, "no check date")


def test_a_signal_nobody_took_up_is_on_the_board_until_somebody_does(root: Path) -> None:
    company = on(root, date(2026, 11, 20))
    worse = outputs(gain=-50)
    send(company, "outputs.csv", HEADER, worse)
    [ignored] = cycles.board(company).ignored
    assert (ignored.metric, ignored.owner) == ("on_time_share", "Head of logistics")
    opened(root)
    assert cycles.board(company).ignored == ()


def test_another_action_within_its_periods_is_said_with_the_verdict(root: Path) -> None:
    begun(root)
    begun_later(root, date(2026, 4, 15))
    view = cycles.cycle_view(on(root, date(2026, 11, 20)), "P-1")
    assert "Note: other change in the window: P-2 Train the drivers." in view.sentence


def begun_later(root: Path, day: date) -> None:
    row = opened(root, title="Train the drivers")
    company = on(root, date(2026, 1, 12))
    cycles.fix_plan(company, row.id, {}, actor=OPERATOR, at=noon(company))
    company = on(root, day)
    values = done(day) | {"done_text": "All drivers were trained."}
    cycles.record_do(company, row.id, values, actor=OPERATOR, at=noon(company))


def test_what_was_closed_without_a_cycle_is_counted(root: Path) -> None:
    board = cycles.board(on(root, date(2026, 11, 20)))
    assert (board.unknown_actions, board.unknown_corrective_actions) == ((), 0)


def test_beside_an_action_stands_what_its_cycle_says(root: Path) -> None:
    company = on(root, date(2026, 1, 5))
    form = an_action(owner="Head of logistics", opened_on=company.as_of)
    add_action(company.records, OPERATOR, form, noon(company))
    begun(root, source_kind="action", source="A-1")
    assert worked_lines(company, "action") == {"A-1": "P-1: not checked yet; check on 15 Oct 2026"}
    checked(root)
    line = worked_lines(company, "action")["A-1"]
    assert line.startswith("P-1, checked 20 Nov 2026: effective, sustained. 4.9 higher (95 % int")
    act = {"outcome": "next_cycle", "note": "More of it."}
    cycles.act(on(root, date(2026, 11, 20)), "P-1", act, actor=OPERATOR, at=noon(company))
    assert worked_lines(company, "action")["A-1"].endswith(" Followed by P-2.")


def test_a_corrective_action_has_a_line_where_it_opened_a_cycle(root: Path) -> None:
    company = on(root, date(2026, 11, 20))
    rows = pl.DataFrame({"corrective_action_id": ["CA-1", "CA-2"]})
    frames = {"corrective_actions": rows}
    assert with_worked(company, frames) == frames
    row = begun(root).model_dump() | {"id": "P-9", "source": "CA-2"}
    with company.records.writing(OPERATOR, noon(company)) as change:
        change.added("open_cycle", Cycle(**row | {"source_kind": "corrective_action"}))
    worked = with_worked(company, frames)["corrective_actions"]["worked"].to_list()
    assert worked == [None, "P-9: not checked yet"]


def test_cycles_of_a_part_are_those_of_it_and_of_the_whole(root: Path) -> None:
    company = on(root, date(2026, 11, 20))
    opened(root)
    opened(root, title="Cork only", slice={"site": "Cork"})
    names = [each.id for each in cycles.cycles_of(company, "on_time_share", {"site": "Cork"})]
    assert names == ["P-1", "P-2"]
    assert [each.id for each in cycles.cycles_of(company, "on_time_share", {})] == ["P-1"]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"metric": "on_time_shar"}, "Did you mean 'on_time_share'"),
        ({"slice": {"site": "Corc"}}, "Did you mean 'Cork'"),
        ({"balancing": ("complaint",)}, "Did you mean 'complaints'"),
        (
            {"source_kind": "corrective_action", "source": "CA-1"},
            "there is no corrective action 'CA-1'",
        ),
    ],
)
def test_what_a_cycle_names_and_is_not_there_is_told_with_the_nearest(
    root: Path, values: dict[str, object], told: str
) -> None:
    with pytest.raises(NotFoundError, match=told):
        opened(root, **values)
