"""Who answers for what: the most specific assignment in force wins."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from data.errors import NotFoundError
from data.records.forms import OwnerForm, PersonForm
from data.records.people import actor_of, assign_owner, owner_of, owners, people, save_person
from data.records.records import Records
from tests.support.people import NOW, OPERATOR, an_owner, with_people

MAY = date(2026, 5, 15)


@pytest.fixture
def owned(records: Records) -> Records:
    """Casting: one head for all of it, another for Porto, and a new head from 1 June on."""
    with_people(records, "Head of casting", "Head of Porto", "New head")
    for form in (
        an_owner("Head of casting"),
        an_owner("Head of Porto", only=("site", "Porto"), to_on=date(2026, 8, 31)),
        an_owner("New head", from_on=date(2026, 6, 1)),
    ):
        assign_owner(records, OPERATOR, form, NOW)
    return records


@pytest.mark.parametrize(
    ("slice_", "on", "owner"),
    [
        ({}, MAY, "Head of casting"),
        ({"site": "Braga"}, MAY, "Head of casting"),
        ({"site": "Porto"}, MAY, "Head of Porto"),
        ({"site": "Porto", "product": "A"}, MAY, "Head of Porto"),
        ({}, date(2026, 5, 31), "Head of casting"),
        ({}, date(2026, 6, 1), "New head"),  # takes over with their first day
        ({"site": "Porto"}, date(2026, 6, 1), "Head of Porto"),  # specific goes before newer
        ({"site": "Porto"}, date(2026, 8, 31), "Head of Porto"),  # the last day counts
        ({"site": "Porto"}, date(2026, 9, 1), "New head"),
        ({}, date(2024, 12, 31), None),  # before anybody
    ],
)
def test_the_most_specific_assignment_in_force_wins(
    owned: Records, slice_: dict[str, str], on: date, owner: str | None
) -> None:
    found = owner_of(owned, "casting", slice_, on)
    assert (found.name if found else None) == owner


def test_a_process_nobody_owns_has_no_owner(owned: Records) -> None:
    assert owner_of(owned, "delivery", {}, MAY) is None


def test_an_assignment_can_be_ended_and_stays_for_the_days_before(owned: Records) -> None:
    ended = an_owner("Head of casting", to_on=date(2026, 3, 31))
    assign_owner(owned, OPERATOR, ended, NOW)
    assert owner_of(owned, "casting", {}, date(2026, 4, 1)) is None
    assert len(owners(owned)) == 3


def test_somebody_acts_with_their_role_for_the_processes_they_hold_today(owned: Records) -> None:
    form = PersonForm.model_validate({"name": "Head of Porto", "role": "owner"})
    save_person(owned, OPERATOR, form, NOW)
    actor = actor_of(owned, "Head of Porto", MAY)
    assert (actor.name, actor.person) == ("Head of Porto", "head-of-porto")
    assert actor.roles == frozenset({"owner"})
    assert actor.processes == frozenset({"casting"})
    assert actor_of(owned, "head-of-porto", date(2026, 9, 1)).processes == frozenset()


def test_unknown_names_are_refused_with_the_nearest_one(owned: Records) -> None:
    with pytest.raises(NotFoundError, match="Did you mean 'Head of casting'"):
        assign_owner(owned, OPERATOR, an_owner("Head of castings"), NOW)
    with pytest.raises(NotFoundError, match="Did you mean 'casting'"):
        assign_owner(owned, OPERATOR, an_owner(process="castin"), NOW)


def test_a_name_two_people_share_has_to_be_written_as_an_id(owned: Records) -> None:
    save_person(owned, OPERATOR, PersonForm(id="head-2", name="Head of casting"), NOW)
    with pytest.raises(NotFoundError, match="several people: head-2, head-of-casting"):
        assign_owner(owned, OPERATOR, an_owner("Head of casting", process="delivery"), NOW)
    assert len(people(owned)) == 4


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"dimension": "site"}, "belong together"),
        ({"to_on": date(2024, 1, 1)}, "to_on 2024-01-01 is before from_on 2025-01-01"),
        ({"person": "  "}, "is empty"),
    ],
)
def test_an_assignment_that_makes_no_sense_is_refused(
    changed: dict[str, object], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        OwnerForm.model_validate(an_owner().model_dump() | changed)
