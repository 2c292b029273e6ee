"""What bears on a verdict beside figures: causes that came back, other changes, side effects."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dashboard.company import computing, cycles
from data.records.forms import PhaseForm
from data.records.phases import add_phase
from metrics.trend.verdict import Judgement
from tests.support.cycle_company import a_cycle_company, begun, done, fixed, noon, on, opened
from tests.support.small_company import (
    COMPLAINT_HEADER,
    MONTHS,
    NOW,
    OPERATOR,
    open_company,
    send,
)

TODAY = date(2026, 11, 20)

CAUSES = """
[nonconformances]
title = "Nonconformances"
table = "nonconformances"
files = "nonconformances*.csv"

[nonconformances.columns]
nonconformance_id = "id"
raised_on = "raised_on"
site = "site"
cause = "cause"

[nonconformances.constants]
process = "logistics"
source = "internal"
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = a_cycle_company(tmp_path_factory.mktemp("made") / "company")
    (folder / "sources" / "causes.toml").write_text(CAUSES, encoding="utf-8")
    return folder


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """Give the company to one test."""
    return shutil.copytree(made, tmp_path / "company")


def judged(root: Path, cycle: str = "P-1") -> Judgement:
    found = cycles.cycle_view(on(root, TODAY), cycle).judgement
    assert found is not None
    return found


def raise_again(root: Path, *days: str) -> None:
    rows = (f"NC-{at},{day},Cork,one carrier only" for at, day in enumerate(days))
    send(open_company(root), "nonconformances.csv", "id,raised_on,site,cause", rows)


def test_where_the_cause_came_back_the_action_did_not_work_whatever_the_figures_say(
    root: Path,
) -> None:
    begun(root)
    raise_again(root, "2025-06-02", "2026-01-19", "2026-05-04")
    found = judged(root)
    assert (found.verdict, found.recurrences) == ("not_effective", 1)  # that of 4 May 2026


def test_a_cause_that_is_written_down_and_did_not_come_back_is_bounded_by_the_chances_it_had(
    root: Path,
) -> None:
    begun(root)
    raise_again(root, "2025-06-02")
    found = judged(root)
    assert (found.verdict, found.recurrences) == ("effective", 0)
    assert found.recurrence_bound == 3 / 9_000  # February to October, 1,000 deliveries a month


def test_a_cause_of_another_site_is_no_recurrence(root: Path) -> None:
    begun(root, slice={"site": "Cork"})
    rows = iter(["NC-1,2026-05-04,Faro,one carrier only"])
    send(open_company(root), "nonconformances.csv", "id,raised_on,site,cause", rows)
    assert not judged(root).recurrences


def test_figures_by_another_definition_than_the_planned_one_are_not_compared(root: Path) -> None:
    begun(root)
    file = root / "metrics" / "site.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace('sum = "on_time_quantity"', 'sum = "on_time_quantity - 1"'), encoding="utf-8"
    )
    assert judged(root).verdict == "effective"  # until it is computed, nothing has changed
    computing.recompute(open_company(root), actor=OPERATOR, at=NOW)
    assert judged(root).verdict == "not_assessable"


def test_a_balancing_metric_that_turned_worse_is_a_side_effect(root: Path) -> None:
    begun(root, balancing=["complaints"])
    rows = (
        f"C-{at}-{number},{month},Cork,late,"
        for at, month in enumerate(MONTHS)
        for number in range(30 if month >= date(2026, 5, 1) else 4 + at % 3)
    )
    send(open_company(root), "complaints.csv", COMPLAINT_HEADER, rows)
    assert judged(root).side_effects == ("Complaints",)


def test_a_plan_fixed_after_the_action_began_is_said_with_the_verdict(root: Path) -> None:
    opened(root)
    company = on(root, date(2026, 3, 2))
    cycles.fix_plan(company, "P-1", {}, actor=OPERATOR, at=noon(company))
    cycles.record_do(company, "P-1", done(), actor=OPERATOR, at=noon(company))
    assert "plan written after the action began" in judged(root).flags


def test_an_action_that_had_its_twelve_months_answers_for_these_alone(root: Path) -> None:
    """The first action changed nothing; the second, a year later, did."""
    early = on(root, date(2025, 1, 2))
    values = {"opened_on": early.as_of, "check_on": date(2026, 2, 1)}
    fix = fixed(root, title="Load at night", **values)
    done_early = done(date(2025, 1, 1))
    company = on(root, date(2026, 1, 12))
    cycles.record_do(company, fix.id, done_early, actor=OPERATOR, at=noon(company))
    begun(root)
    # January 2025 to January 2026, in which the second action began.
    assert (judged(root, "P-1").after, judged(root, "P-1").has_signal) == (13, False)
    assert judged(root, "P-2").verdict == "effective"


def test_only_a_phase_recorded_before_the_plan_was_fixed_shortens_its_baseline(root: Path) -> None:
    begun(root)  # its plan was fixed on 12 January 2026
    phase = PhaseForm(
        metric="on_time_share", from_on=date(2025, 11, 1), label="Two docks", cause="A second dock."
    )
    add_phase(on(root, TODAY).records, OPERATOR, phase, NOW)
    assert (judged(root).verdict, judged(root).before) == ("effective", 16)

    earlier = phase.model_copy(update={"from_on": date(2025, 10, 1)})
    add_phase(on(root, TODAY).records, OPERATOR, earlier, datetime(2026, 1, 11, 12, tzinfo=UTC))
    assert (judged(root).verdict, judged(root).before) == ("not_assessable", 3)
