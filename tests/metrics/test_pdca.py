"""What follows from the records of a cycle: phase and age, checks due, relapse, what worked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from data.records.cycle_models import CheckKind, Cycle, CycleCheck
from metrics import pdca
from metrics.pdca import Share, Signal
from metrics.periods import COMMON

TODAY = date(2026, 11, 20)


def a_cycle(**values: Any) -> Cycle:  # noqa: ANN401 any column
    every: dict[str, Any] = {
        "id": "P-1",
        "title": "New moulds",
        "metric": "scrap_percent",
        "process": "casting",
        "owner": "head-of-casting",
        "cause": "worn moulds",
        "hypothesis": "New moulds hold.",
        "opened_on": date(2026, 1, 5),
    }
    return Cycle(**every | values)


def a_check(
    due_on: date = date(2026, 10, 15),
    done_on: date | None = None,
    verdict: str | None = None,
    kind: CheckKind = "first",
    cycle: str = "P-1",
) -> CycleCheck:
    return CycleCheck(cycle=cycle, due_on=due_on, done_on=done_on, verdict=verdict, kind=kind)


FIXED = {"plan_fixed_on": date(2026, 1, 12)}
DONE = FIXED | {"implemented_on": date(2026, 2, 16)}


@pytest.mark.parametrize(
    ("values", "since"),
    [
        ({"state": "plan"}, date(2026, 1, 5)),
        ({"state": "do"} | FIXED, date(2026, 1, 12)),
        ({"state": "check"} | DONE, date(2026, 2, 16)),
        ({"state": "act"} | DONE, date(2026, 10, 20)),
        ({"state": "closed", "outcome_on": date(2026, 11, 1)} | DONE, date(2026, 11, 1)),
    ],
)
def test_a_cycle_is_as_old_in_its_phase_as_the_day_it_entered_it(
    values: dict[str, object], since: date
) -> None:
    checks = [a_check(done_on=date(2026, 10, 20), verdict="effective")]
    assert pdca.phase_since(a_cycle(**values), checks) == since
    assert pdca.age_days(a_cycle(**values), checks, TODAY) == (TODAY - since).days


def test_a_check_is_overdue_from_the_day_after_its_day() -> None:
    waiting = a_cycle(state="check")
    planned = a_check(date(2026, 11, 19))
    assert pdca.next_check(waiting, [planned]) is planned
    assert pdca.overdue_days(planned, date(2026, 11, 19)) == 0
    assert pdca.overdue_days(planned, TODAY) == 1
    assert pdca.overdue_days(None, TODAY) == 0


@pytest.mark.parametrize(
    ("values", "waits"),
    [
        ({"state": "plan"}, False),
        ({"state": "do"}, True),
        ({"state": "act"}, False),
        ({"state": "closed", "outcome": "standardise"}, True),
        ({"state": "closed", "outcome": "abandon"}, False),
    ],
)
def test_a_cycle_that_is_decided_on_or_given_up_waits_for_no_check(
    values: dict[str, object], waits: bool
) -> None:
    assert (pdca.next_check(a_cycle(**values), [a_check()]) is not None) == waits


def test_an_effect_is_looked_for_again_after_six_and_twelve_months() -> None:
    on, enough = date(2026, 8, 31), date(2026, 8, 1)
    assert pdca.checks_to_come("first", "effective", on, enough) == (
        ("6_months", date(2027, 2, 28)),
        ("12_months", date(2027, 8, 31)),
    )
    assert pdca.checks_to_come("first", "not_effective", on, enough) == ()
    assert pdca.checks_to_come("6_months", "effective", on, enough) == ()


def test_too_early_is_checked_again_once_there_are_periods_enough() -> None:
    on = date(2026, 8, 31)
    assert pdca.checks_to_come("first", "too_early", on, date(2026, 12, 1)) == (
        ("first", date(2026, 12, 1)),
    )
    assert pdca.checks_to_come("first", "too_early", on, date(2026, 3, 1)) == (
        ("first", date(2026, 9, 1)),
    )


def test_only_a_later_check_that_finds_the_effect_gone_reopens() -> None:
    verdicts = ("effective", "restored", "improved", "inconclusive", "not_effective", "worse")
    lasts = [each for each in verdicts if pdca.reopens("6_months", each, is_sustained=True)]
    assert lasts == ["not_effective", "worse"]
    faded = [each for each in verdicts if pdca.reopens("6_months", each, is_sustained=False)]
    assert faded == ["improved", "inconclusive", "not_effective", "worse"]
    assert not any(pdca.reopens("first", each, is_sustained=False) for each in verdicts)


@pytest.mark.parametrize(
    ("begun", "enough"),
    [
        (date(2026, 2, 16), date(2026, 11, 1)),  # March to October are eight whole months
        (date(2026, 2, 1), date(2026, 10, 1)),  # February is one of them
    ],
)
def test_periods_that_count_are_whole_ones_after_the_action(begun: date, enough: date) -> None:
    assert pdca.periods_later(begun, 8, "month") == enough


def test_a_check_planned_before_there_are_periods_enough_is_too_soon() -> None:
    planned = a_cycle(check_on=date(2026, 10, 15), lag=1)
    enough = date(2026, 11, 1)  # January does not count, February is the lag, eight follow
    assert pdca.check_is_too_soon(planned, date(2026, 1, 12), "month", COMMON) == enough
    later = a_cycle(check_on=enough, lag=1)
    assert pdca.check_is_too_soon(later, date(2026, 1, 12), "month", COMMON) is None


def test_the_trigger_is_every_period_the_trouble_was_seen_in() -> None:
    seen = a_cycle(trigger_from=date(2025, 11, 20), trigger_to=date(2026, 1, 1))
    assert pdca.trigger_periods(seen, "month") == (
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
    )
    assert pdca.trigger_periods(a_cycle(), "month") == ()


def test_the_share_that_worked_counts_the_last_answer_of_each_cycle_by_cause() -> None:
    every = [a_cycle(), a_cycle(id="P-2"), a_cycle(id="P-3", cause="drawing outdated")]
    on = date(2026, 10, 1)
    checks = {
        "P-1": [
            a_check(done_on=date(2026, 4, 1), verdict="effective"),
            a_check(done_on=on, verdict="worse", kind="6_months"),
        ],
        "P-2": [a_check(done_on=on, verdict="restored")],
        "P-3": [a_check(done_on=on, verdict="too_early")],  # no answer yet
    }
    assert pdca.worked_by_cause(every, checks) == (Share("worn moulds", 1, 2),)


SIGNAL = Signal("scrap_percent", {"site": "Porto"}, date(2026, 3, 1))


@pytest.mark.parametrize(
    ("values", "is_answered"),
    [
        ({}, True),  # of the whole metric
        ({"slice": '{"site":"Porto"}'}, True),
        ({"slice": '{"site":"Gdansk"}'}, False),
        ({"metric": "output"}, False),
        ({"state": "closed", "outcome_on": date(2026, 4, 1)}, True),
        ({"state": "closed", "outcome_on": date(2026, 2, 1)}, False),
    ],
)
def test_a_signal_is_ignored_where_no_cycle_of_its_part_is_at_work(
    values: dict[str, object], is_answered: bool
) -> None:
    assert pdca.ignored([SIGNAL], [a_cycle(**values)]) == (() if is_answered else (SIGNAL,))
