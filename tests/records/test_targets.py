"""Targets: added and never edited, so that a judgement made stays made."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from data.errors import NotFoundError, UsageError
from data.records.audit import audit_log
from data.records.forms import TargetForm
from data.records.records import Records
from data.records.targets import add_target, target_in_force, target_words, targets
from tests.support.people import NOW, OPERATOR, a_target

TODAY = NOW.date()  # 23 November 2026
LAST_QUARTER = date(2026, 9, 30)
LATER = NOW + timedelta(hours=1)


def high_on(records: Records, on: date, slice_: dict[str, str] | None = None) -> float | None:
    found = target_in_force(targets(records), "scrap_percent", slice_ or {}, on)
    return None if found is None else found.high


def test_changing_a_target_today_must_not_change_last_quarters_status(records: Records) -> None:
    """Acceptance rule 7."""
    add_target(records, OPERATOR, a_target(high=3.0, from_on=date(2026, 1, 1)), NOW)
    with pytest.raises(UsageError, match=r"already had a target then \(at most 3, from 2026-01-01"):
        add_target(records, OPERATOR, a_target(high=5.0, from_on=date(2026, 7, 1)), LATER)
    add_target(records, OPERATOR, a_target(high=5.0, from_on=TODAY), LATER)
    assert high_on(records, LAST_QUARTER) == 3.0
    assert high_on(records, TODAY - timedelta(days=1)) == 3.0
    assert high_on(records, TODAY) == 5.0


def test_the_past_of_a_metric_without_targets_can_be_filled_in(records: Records) -> None:
    add_target(records, OPERATOR, a_target(high=3.0, from_on=date(2026, 1, 1)), NOW)
    add_target(records, OPERATOR, a_target(high=4.0, from_on=date(2024, 1, 1)), LATER)
    assert high_on(records, date(2025, 6, 1)) == 4.0  # nothing was in force then
    assert high_on(records, LAST_QUARTER) == 3.0


def test_a_history_loaded_at_one_instant_is_no_change(records: Records) -> None:
    for year, high in ((2024, 5.0), (2025, 4.0), (2026, 3.0)):
        add_target(records, OPERATOR, a_target(high=high, from_on=date(year, 1, 1)), NOW)
    assert [high_on(records, date(year, 6, 1)) for year in (2023, 2024, 2025, 2026)] == [
        None,
        5.0,
        4.0,
        3.0,
    ]


def test_of_two_targets_from_one_day_the_one_set_later_holds(records: Records) -> None:
    add_target(records, OPERATOR, a_target(high=5.0, from_on=TODAY), NOW)
    add_target(records, OPERATOR, a_target(high=4.0, from_on=TODAY), LATER)
    assert high_on(records, TODAY) == 4.0
    assert len(targets(records)) == 2


def test_a_slice_has_its_own_targets(records: Records) -> None:
    add_target(records, OPERATOR, a_target(high=3.0), NOW)
    add_target(records, OPERATOR, a_target(high=9.0, slice_={"site": "Porto"}), NOW)
    assert high_on(records, TODAY) == 3.0
    assert high_on(records, TODAY, {"site": "Porto"}) == 9.0
    assert high_on(records, TODAY, {"site": "Braga"}) is None


def test_the_same_target_again_changes_nothing(records: Records) -> None:
    first = add_target(records, OPERATOR, a_target(), NOW)
    assert add_target(records, OPERATOR, a_target(), LATER).id == first.id
    assert len(audit_log(records, OPERATOR)) == 1


def test_an_objective_has_to_exist(records: Records) -> None:
    form = a_target().model_copy(update={"objective": "less-scrap"})
    with pytest.raises(NotFoundError, match="there is no objective 'less-scrap'"):
        add_target(records, OPERATOR, form, NOW)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"high": "≤ 5 %"}, "'≤ 5 %' is not a number. Write digits alone"),
        ({"high": "1,5"}, "'1,5' is not a number"),
        ({"high": True}, "'True' is not a number"),
        ({"high": float("nan")}, "'nan' is not a number"),
        ({"high": "1e400"}, "'1e400' is not a number"),
        ({"kind": "max"}, "at_most"),
        ({"kind": "band"}, "the kind band takes low and high, and here is high"),
        ({"low": 1}, "the kind at_most takes high, and here is low and high"),
        ({"kind": "band", "low": 4}, "low 4 is above high 3"),
        ({"from_on": "31.02.2026"}, "date"),
        ({"reason": " "}, "is empty"),
    ],
)
def test_an_unparseable_target_is_refused_with_the_reason(
    changed: dict[str, object], said: str
) -> None:
    """Acceptance rule 8."""
    with pytest.raises(ValidationError) as refused:
        TargetForm.model_validate(a_target().model_dump() | changed)
    assert said in str(refused.value)


def test_a_number_in_a_sheet_is_a_number() -> None:
    form = TargetForm.model_validate(a_target().model_dump() | {"high": "2.50", "slice": "site=B"})
    assert (form.high, form.slice) == (2.5, {"site": "B"})


def test_a_target_is_said_in_words(records: Records) -> None:
    said = [
        target_words(add_target(records, OPERATOR, form, NOW))
        for form in (
            a_target(high=3.0),
            a_target(kind="at_least", low=99.5, high=None, slice_={"site": "a"}),
            a_target(kind="band", low=2.0, high=4.0, slice_={"site": "b"}),
        )
    ]
    assert said == ["at most 3", "at least 99.5", "between 2 and 4"]
