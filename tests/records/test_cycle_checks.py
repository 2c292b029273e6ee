"""Checks of PDCA cycles: kept as they were read, by somebody else, and what follows from them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from data.errors import NotAllowedError, UsageError
from data.records.audit import audit_log
from data.records.cycle_checks import Follows, act, record_check
from data.records.cycle_forms import ActForm, PlanForm
from data.records.cycle_models import CheckKind
from data.records.cycles import checks, cycles, fix_plan, known_cycle, record_do
from data.records.records import Records
from tests.support.cycles import (
    CHECKED_AT,
    a_check,
    a_cycle,
    a_cycle_in_check,
    a_do,
    checked,
)
from tests.support.people import OPERATOR, an_actor, with_people

LATER: list[tuple[CheckKind, date]] = [
    ("6_months", date(2027, 4, 20)),
    ("12_months", date(2027, 10, 20)),
]
EFFECTIVE = Follows(again=LATER)
UNDECIDED = Follows(decides=False, again=[("first", date(2026, 12, 1))])


@pytest.fixture
def company(records: Records) -> Records:
    with_people(records, "Head of casting", "Head of quality")
    a_cycle_in_check(records)
    return records


def test_a_check_keeps_verdict_sentence_interval_and_version(company: Records) -> None:
    check = checked(company, EFFECTIVE)
    assert (check.verdict, check.warehouse_version, check.done_by) == (
        "effective",
        7,
        "head-of-quality",
    )
    assert check.detail == {"effect": {"estimate": -1.3, "low": -1.8, "high": -0.8}}
    assert known_cycle(company, "P-1").state == "act"
    planned = [(each.kind, each.due_on) for each in checks(company)["P-1"] if not each.done_on]
    assert planned == LATER


def test_whoever_did_it_cannot_check_it(company: Records) -> None:
    with pytest.raises(UsageError, match="carried out by head-of-casting, who cannot check it"):
        checked(company, EFFECTIVE, a_check(done_by="Head of casting"))
    doer = an_actor("quality_manager", person="head-of-casting")
    with pytest.raises(UsageError, match="cannot check it as well"):
        record_check(company, doer, "P-1", a_check(), EFFECTIVE, CHECKED_AT)
    other = an_actor("owner", processes=("delivery",))
    with pytest.raises(NotAllowedError, match="may not check cycle for the process 'casting'"):
        record_check(company, other, "P-1", a_check(), EFFECTIVE, CHECKED_AT)


def test_nothing_is_checked_before_something_was_done(records: Records) -> None:
    with_people(records, "Head of casting", "Head of quality")
    a_cycle(records)
    with pytest.raises(UsageError, match="P-1 is in its phase plan: there is nothing to check"):
        checked(records, EFFECTIVE)


def test_too_early_is_kept_and_checked_again(company: Records) -> None:
    checked(company, UNDECIDED, a_check("too_early"))
    assert known_cycle(company, "P-1").state == "check"
    assert [(each.due_on, each.verdict) for each in checks(company)["P-1"]] == [
        (date(2026, 10, 15), "too_early"),
        (date(2026, 12, 1), None),
    ]


def test_before_its_day_only_a_verdict_that_decides_is_kept(company: Records) -> None:
    early = date(2026, 6, 1)
    with pytest.raises(UsageError, match="next check of P-1 is due on 2026-10-15"):
        checked(company, UNDECIDED, a_check("too_early", done_on=early))
    check = checked(company, Follows(), a_check("worse", done_on=early))
    assert (check.due_on, check.done_on) == (date(2026, 10, 15), early)


def standardised(records: Records) -> None:
    checked(records, EFFECTIVE)
    form = ActForm(outcome="standardise", note="The new moulds stay.")
    act(records, OPERATOR, "P-1", form, 3, CHECKED_AT)


def test_standardising_closes_the_cycle_and_names_the_phase(company: Records) -> None:
    standardised(company)
    row = known_cycle(company, "P-1")
    assert (row.state, row.outcome, row.phase, row.outcome_by) == (
        "closed",
        "standardise",
        3,
        "operator",
    )
    with pytest.raises(UsageError, match="P-1 is closed since 2026-10-20: standardise"):
        act(company, OPERATOR, "P-1", ActForm(outcome="abandon", note="No."), None, CHECKED_AT)


def test_a_relapse_at_a_later_check_reopens_the_cycle(company: Records) -> None:
    standardised(company)
    on, at = date(2027, 4, 21), datetime(2027, 4, 21, tzinfo=UTC)
    relapse = a_check("not_effective", done_on=on)
    record_check(company, OPERATOR, "P-1", relapse, Follows(reopens=True), at)
    row = known_cycle(company, "P-1")
    assert (row.state, row.outcome, row.outcome_on, row.outcome_note) == ("act", None, None, None)
    assert audit_log(company, OPERATOR, "cycle:P-1")[0].action == "reopen_cycle"


def test_a_later_check_waits_for_its_day(company: Records) -> None:
    standardised(company)
    with pytest.raises(UsageError, match="next check of P-1 is due on 2027-04-20"):
        checked(company, Follows(), a_check("not_effective"))


def test_a_cycle_that_was_given_up_is_not_checked_any_more(company: Records) -> None:
    checked(company, EFFECTIVE)
    act(company, OPERATOR, "P-1", ActForm(outcome="abandon", note="No."), None, CHECKED_AT)
    later = a_check(done_on=date(2027, 5, 1))
    with pytest.raises(UsageError, match=r"P-1 is closed \(abandon\), and no check of it is left"):
        checked(company, Follows(), later)


def test_the_next_cycle_takes_the_plan_along_to_be_fixed_anew(company: Records) -> None:
    checked(company, Follows(), a_check("not_effective"))
    form = ActForm(
        outcome="next_cycle", note="Wear was not the cause.", hypothesis="Cooling is uneven."
    )
    assert act(company, OPERATOR, "P-1", form, None, CHECKED_AT).next_cycle == "P-2"
    first, following = cycles(company)
    assert (following.state, following.plan_fixed_on, following.source) == ("plan", None, "P-1")
    assert (following.title, following.hypothesis) == (
        "New moulds for line 2, next cycle",
        "Cooling is uneven.",
    )
    kept = ("metric", "slice", "cause", "criterion", "worthwhile", "expected_change")
    assert [getattr(first, name) for name in kept] == [getattr(following, name) for name in kept]


def test_an_adjusted_action_goes_back_to_do_with_its_plan_and_another_check(
    company: Records,
) -> None:
    checked(company, Follows(), a_check("inconclusive"))
    past = ActForm(outcome="adjust", note="One mould more.", check_on=date(2026, 10, 1))
    with pytest.raises(UsageError, match="check_on 2026-10-01 is not ahead"):
        act(company, OPERATOR, "P-1", past, None, CHECKED_AT)
    form = past.model_copy(update={"check_on": date(2027, 8, 1)})
    assert act(company, OPERATOR, "P-1", form, None, CHECKED_AT).state == "do"
    assert checks(company)["P-1"][-1].due_on == date(2027, 8, 1)
    with pytest.raises(UsageError, match="does not change: lag is 0, not 2"):
        fix_plan(company, OPERATOR, "P-1", PlanForm(lag=2), CHECKED_AT)
    done = a_do(implemented_on=date(2026, 10, 19))
    assert record_do(company, OPERATOR, "P-1", done, CHECKED_AT).state == "check"


def test_what_is_not_checked_is_not_acted_on(company: Records) -> None:
    with pytest.raises(UsageError, match="P-1 is in its phase check; check it first"):
        act(company, OPERATOR, "P-1", ActForm(outcome="abandon", note="No."), None, CHECKED_AT)


def test_an_outcome_takes_only_what_it_needs() -> None:
    with pytest.raises(ValidationError, match="checked again: write check_on"):
        ActForm(outcome="adjust", note="One mould more.")
    with pytest.raises(ValidationError, match="label says nothing where the outcome is abandon"):
        ActForm(outcome="abandon", note="No.", label="New moulds")
