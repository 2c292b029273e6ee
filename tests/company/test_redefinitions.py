"""Definitions that changed since the last review: an item of the next, with figures by either."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboard.company import changes, computing, definition_history, figures, meetings
from dashboard.company.opened import Company
from metrics.review.model import RecordTable
from tests.support.closed_reviews import close_a_review
from tests.support.small_company import NOW, OPERATOR, a_small_company, open_company

CLOSED_AT = NOW + timedelta(days=1)

PLAIN = 'numerator = { table = "complaints" }'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a company with a closed review, whose complaints somebody doubled on paper since."""
    made = a_small_company(tmp_path / "works")
    with open_company(made).records as records:
        close_a_review(replace(open_company(made), records=records), CLOSED_AT)
    for file in (made / "metrics").glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        doubled = PLAIN.replace(" }", ', sum = "quantity * 2" }')
        file.write_text(text.replace(PLAIN, doubled), encoding="utf-8")
    return made


def redefined(company: Company) -> RecordTable | None:
    """Return the item of a review of September and October."""
    period = (date(2026, 9, 1), date(2026, 10, 31))
    meetings.new(company, "2026-h2", period, "The autumn", actor=OPERATOR, at=CLOSED_AT)
    return meetings.open_meeting(company, "2026-h2").assembly.redefinitions


def test_a_definition_computed_since_shows_both_values_in_the_review(root: Path) -> None:
    company = open_company(root)
    with company.records:
        computing.recompute(company, actor=OPERATOR, at=NOW + timedelta(days=2))
        table = redefined(company)
    assert table is not None
    (row,) = table.rows
    assert row[:3] == ("Complaints", "22 Nov 2026", "Quality manager")
    # Three complaints a month, each counted twice now.
    assert row[4:] == ("October 2026 (2 of 2 differ)", "3 complaints", "6 complaints")
    assert "1 of them with other figures" in table.remark
    (change,) = definition_history.changed_since(company, CLOSED_AT)
    assert [each.key for each in change.changes] == ["measure.numerator.sum"]


def test_a_definition_still_to_be_computed_says_that_it_is_not_in_force(root: Path) -> None:
    company = open_company(root)
    with company.records:
        table = redefined(company)
        view = figures.metric_view(company, "complaints", {})
        told = [each for each in changes.changes(company, [view], ()) if each.kind == "redefined"]
    assert table is not None
    assert table.rows[0][1:3] == ("not in force yet", "–")
    assert "1 not in force yet" in table.remark
    assert [each.sentence for each in told] == [changes.NOT_IN_FORCE]


def test_a_company_that_changed_no_definition_has_no_such_item(tmp_path: Path) -> None:
    company = open_company(a_small_company(tmp_path / "works"))
    with company.records:
        close_a_review(company, CLOSED_AT)
        assert redefined(company) is None
