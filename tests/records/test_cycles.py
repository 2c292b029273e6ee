"""PDCA cycles: one per source, their plan fixed before the action and never changed after."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from data.errors import DefinitionError, NotAllowedError, NotFoundError, UsageError
from data.records.actions import add_action
from data.records.audit import audit_log, verify_audit
from data.records.cycle_forms import PlanForm
from data.records.cycles import checks, cycles, fix_plan, known_cycle, open_cycle, record_do
from data.records.export import export_records
from data.records.load import load_records
from data.records.records import Records
from data.records.targets import Measured
from tests.support.cycles import (
    CHECK_ON,
    DONE_AT,
    DONE_ON,
    FIXED_AT,
    OPENED_AT,
    a_cycle,
    a_cycle_in_check,
    a_do,
    an_opening,
)
from tests.support.people import OPERATOR, an_action, an_actor, fresh_records, with_people

SCRAP = Measured("Scrap", ("site",), process="casting", better="lower")
OWN = an_actor("owner", processes=("casting",))
OTHER = an_actor("owner", processes=("delivery",))


@pytest.fixture
def company(records: Records) -> Records:
    return with_people(records, "Head of casting", "Head of quality")


def test_a_cycle_goes_from_plan_to_do_to_check(company: Records) -> None:
    row = a_cycle(company)
    assert (row.id, row.state, row.opened_on) == ("P-1", "plan", date(2026, 1, 5))
    row = fix_plan(company, OPERATOR, "P-1", PlanForm(), FIXED_AT)
    assert (row.state, row.plan_fixed_on, row.plan_fixed_by) == (
        "do",
        date(2026, 1, 12),
        "operator",
    )
    row = record_do(company, OPERATOR, "P-1", a_do(), DONE_AT)
    assert (row.state, row.implemented_on, row.done_by) == ("check", DONE_ON, "head-of-casting")
    assert not row.is_after_the_fact
    [planned] = checks(company)["P-1"]
    assert (planned.kind, planned.due_on, planned.done_on) == ("first", CHECK_ON, None)


def test_each_step_leaves_its_entry_in_the_audit_log(company: Records) -> None:
    a_cycle_in_check(company)
    told = [each.action for each in reversed(audit_log(company, OPERATOR, "cycle:P-1"))]
    assert told == ["open_cycle", "fix_plan", "record_do"]
    assert verify_audit(company) is None


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("worthwhile", 0.1, "worthwhile is 0.5, not 0.1"),
        ("check_on", date(2027, 1, 1), "check_on is 2026-10-15, not 2027-01-01"),
        ("criterion", "restore", "criterion is improve, not restore"),
        ("hypothesis", "Something else.", "hypothesis is New moulds"),
        ("balancing", ("output",), "balancing is not set, not output"),
        ("lag", 3, "lag is 0, not 3"),
    ],
)
def test_a_fixed_plan_does_not_change_and_the_error_says_what_and_the_way_out(
    company: Records, field: str, value: object, told: str
) -> None:
    a_cycle(company)
    fix_plan(company, OPERATOR, "P-1", PlanForm(), FIXED_AT)
    before = known_cycle(company, "P-1").model_dump()
    with pytest.raises(UsageError, match=told) as refused:
        fix_plan(company, OPERATOR, "P-1", PlanForm.model_validate({field: value}), DONE_AT)
    assert "is fixed since 2026-01-12 and does not change" in str(refused.value)
    assert "Open a next cycle" in str(refused.value)
    assert known_cycle(company, "P-1").model_dump() == before


def test_fixing_the_same_plan_again_changes_nothing(company: Records) -> None:
    a_cycle(company)
    fix_plan(company, OPERATOR, "P-1", PlanForm(), FIXED_AT)
    revision = company.revision()
    again = fix_plan(company, OPERATOR, "P-1", PlanForm(worthwhile=0.5), DONE_AT)
    assert again.plan_fixed_on == date(2026, 1, 12)
    assert company.revision() == revision


def test_a_plan_that_says_too_little_is_not_fixed(company: Records) -> None:
    a_cycle(company, criterion=None, worthwhile=None, check_on=None)
    with pytest.raises(UsageError, match="write criterion, worthwhile, check_on"):
        fix_plan(company, OPERATOR, "P-1", PlanForm(), FIXED_AT)
    form = PlanForm(criterion="restore", worthwhile=0.4, check_on=CHECK_ON)
    assert fix_plan(company, OPERATOR, "P-1", form, FIXED_AT).criterion == "restore"


def test_a_plan_needs_a_metric_with_a_good_side(company: Records) -> None:
    a_cycle(company)
    neutral = Measured("Scrap", better="neutral")
    with pytest.raises(UsageError, match='Scrap has no good side \\(better = "neutral"\\)'):
        fix_plan(company, OPERATOR, "P-1", PlanForm(), FIXED_AT, neutral)


def test_an_expected_change_for_the_worse_is_refused(company: Records) -> None:
    a_cycle(company, expected_change=1.5)
    with pytest.raises(UsageError, match=r"expected_change 1.5 is no improvement.*Write -1.5"):
        fix_plan(company, OPERATOR, "P-1", PlanForm(), FIXED_AT, SCRAP)


def test_a_plan_fixed_after_the_action_began_is_marked(company: Records) -> None:
    a_cycle(company)
    fix_plan(company, OPERATOR, "P-1", PlanForm(), FIXED_AT)
    begun = a_do(implemented_from=date(2026, 1, 11))  # the day before the plan was fixed
    assert record_do(company, OPERATOR, "P-1", begun, DONE_AT).is_after_the_fact


def test_nothing_is_done_before_the_plan_is_fixed_nor_in_the_future(company: Records) -> None:
    a_cycle(company)
    with pytest.raises(UsageError, match="its plan is not fixed yet: clause9 pdca plan"):
        record_do(company, OPERATOR, "P-1", a_do(), DONE_AT)
    fix_plan(company, OPERATOR, "P-1", PlanForm(), FIXED_AT)
    with pytest.raises(UsageError, match="implemented_on 2026-03-01 is in the future"):
        record_do(company, OPERATOR, "P-1", a_do(implemented_on=date(2026, 3, 1)), DONE_AT)


def test_a_source_has_one_cycle(company: Records) -> None:
    add_action(company, OPERATOR, an_action(), OPENED_AT)
    a_cycle(company, source_kind="action", source="A-1")
    second = an_opening(title="Another try", source_kind="action", source="A-1")
    with pytest.raises(UsageError, match="action A-1 has the cycle P-1 "):
        open_cycle(company, OPERATOR, second, OPENED_AT)
    with pytest.raises(NotFoundError, match="no action 'A-2'"):
        open_cycle(company, OPERATOR, second.model_copy(update={"source": "A-2"}), OPENED_AT)


def test_opening_the_same_cycle_twice_is_once_and_another_needs_another_title(
    company: Records,
) -> None:
    a_cycle(company)
    assert a_cycle(company).id == "P-1"
    with pytest.raises(UsageError, match="called 'New moulds for line 2' already, and its cause"):
        a_cycle(company, cause="drawing outdated")
    assert a_cycle(company, title="Drawings", cause="drawing outdated").id == "P-2"


def test_an_owner_runs_the_cycles_of_the_own_process_only(company: Records) -> None:
    with pytest.raises(NotAllowedError, match="may not run cycle for the process 'casting'"):
        open_cycle(company, OTHER, an_opening(), OPENED_AT)
    open_cycle(company, OWN, an_opening(), OPENED_AT)
    with pytest.raises(NotAllowedError, match="may not run cycle"):
        fix_plan(company, OTHER, "P-1", PlanForm(), FIXED_AT)
    fix_plan(company, OWN, "P-1", PlanForm(), FIXED_AT)


def test_an_unknown_cycle_is_named_with_the_nearest(company: Records) -> None:
    a_cycle(company)
    with pytest.raises(NotFoundError, match=r"no cycle 'P-11'\. Did you mean 'P-1'"):
        known_cycle(company, "P-11")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"worthwhile": 0}, "worthwhile 0 is no change"),
        ({"trigger_from": "2025-10-01"}, "trigger_from and trigger_to belong together"),
        (
            {"trigger_from": "2025-10-01", "trigger_to": "2025-09-01"},
            "trigger_to 2025-09-01 is before 2025-10-01",
        ),
        ({"lag": -1}, "greater than or equal to 0"),
        ({"source_kind": "signal"}, "opened by a signal names it"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_in_words(
    values: dict[str, object], told: str
) -> None:
    with pytest.raises(ValidationError, match=told):
        an_opening(**values)


FILE = """
[[cycles]]
title = "New moulds for line 2"
metric = "scrap_percent"
slice = { site = "Porto" }
owner = "Head of casting"
cause = "worn moulds"
hypothesis = "New moulds hold their size."
criterion = "improve"
worthwhile = 0.5
check_on = 2026-10-15
balancing = ["output"]
is_fixed = true
implemented_on = 2026-02-16
done_by = "Head of casting"
done_text = "Replaced."
"""
METRICS = {"scrap_percent": SCRAP, "output": Measured("Output", better="higher")}


def test_a_company_is_set_up_with_its_cycles_from_a_file(company: Records, tmp_path: Path) -> None:
    path = tmp_path / "cycles.toml"
    path.write_text(FILE, encoding="utf-8")
    assert load_records(company, OPERATOR, path, DONE_AT, METRICS).changed == 1
    [row] = cycles(company)
    assert (row.process, row.slice, row.state) == ("casting", '{"site":"Porto"}', "check")
    assert row.plan_fixed_on == DONE_AT.date()
    assert row.is_after_the_fact  # fixed on the day it was loaded, whatever a file says
    assert load_records(company, OPERATOR, path, DONE_AT, METRICS).changed == 0
    path.write_text(FILE.replace("0.5", "0.2"), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"worthwhile is 0\.5, not 0\.2"):
        load_records(company, OPERATOR, path, DONE_AT, METRICS)


def test_every_problem_of_a_cycle_in_a_file_is_named(company: Records, tmp_path: Path) -> None:
    path = tmp_path / "cycles.toml"
    path.write_text(
        FILE.replace('"output"', '"outputs"').replace("done_by", "# done_by"), encoding="utf-8"
    )
    with pytest.raises(DefinitionError, match="what was done is not whole: write done_by too"):
        load_records(company, OPERATOR, path, DONE_AT, METRICS)
    path.write_text(FILE.replace('"output"', '"outputs"'), encoding="utf-8")
    with pytest.raises(
        DefinitionError, match=r"balancing: there is no metric 'outputs'\. Did you mean 'output'"
    ):
        load_records(company, OPERATOR, path, DONE_AT, METRICS)


def test_cycles_are_exported_and_read_back(company: Records, tmp_path: Path) -> None:
    path, out = tmp_path / "cycles.toml", tmp_path / "out.toml"
    path.write_text(FILE, encoding="utf-8")
    load_records(company, OPERATOR, path, DONE_AT, METRICS)
    assert export_records(company, out) == 5  # two people, two processes and the cycle
    with fresh_records(tmp_path / "other") as other:
        load_records(other, OPERATOR, out, DONE_AT, METRICS)
        assert [each.model_dump() for each in cycles(other)] == [
            each.model_dump() for each in cycles(company)
        ]


def test_an_exported_cycle_names_the_action_it_came_from_which_the_file_does_not_hold(
    company: Records, tmp_path: Path
) -> None:
    add_action(company, OPERATOR, an_action(), OPENED_AT)
    a_cycle(company, source_kind="action", source="A-1")
    export_records(company, tmp_path / "out.toml")
    with fresh_records(tmp_path / "other") as other:
        load_records(other, OPERATOR, tmp_path / "out.toml", OPENED_AT)
        [row] = cycles(other)
        assert (row.source_kind, row.source) == ("other", "action A-1")
