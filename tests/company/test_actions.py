"""Which actions stand in view on a day, and how they are said to stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from dashboard.company import people
from data.records.actions import add_action, complete_action, open_actions_at, verify_action
from data.records.forms import VerificationForm
from tests.support.people import NOW, OPERATOR, an_action, with_people
from tests.support.small_company import an_empty_company, open_company


def test_an_action_done_and_not_verified_is_open_for_everybody_and_says_so(tmp_path: Path) -> None:
    company = open_company(an_empty_company(tmp_path / "small"))
    with company.records:
        with_people(company.records, "Head of casting", "Head of quality")
        form = an_action(opened_on=date(2025, 10, 1), due_on=date(2025, 10, 31))
        add_action(company.records, OPERATOR, form, NOW)
        done_on = date(2025, 11, 10)
        complete_action(company.records, OPERATOR, "A-1", "Head of casting", done_on, NOW)
        seen = VerificationForm(
            verified_by="Head of quality", verified_on=date(2025, 12, 1), evidence="scrap fell"
        )
        verify_action(company.records, OPERATOR, "A-1", seen, NOW)
        told = []
        for day in (date(2025, 11, 5), date(2025, 11, 20), date(2025, 12, 1)):
            rows = people.actions(replace(company, as_of=day), open_only=True)
            at_work = people.work_of(replace(company, as_of=day), "Head of casting").actions
            assert [row["id"] for row in rows] == [row["id"] for row in at_work]
            assert [row["id"] for row in rows] == [
                each.id for each in open_actions_at(company.records, day)
            ]
            told.append([(row["standing"], row["days_over"]) for row in rows])
        assert told == [[("open", 5)], [("done, not verified", None)], []]
