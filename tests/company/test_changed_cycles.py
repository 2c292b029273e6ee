"""What Home says of cycles: a check over its day, and a verdict the last review had not seen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dashboard.company import changes, figures
from dashboard.company.changes import Change
from tests.support.closed_reviews import close_a_review
from tests.support.cycle_company import a_cycle_company, begun, checked, noon, on

TODAY = date(2026, 11, 20)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = a_cycle_company(tmp_path / "company")
    begun(root)
    return root


def told(root: Path, metric: str = "on_time_share") -> list[Change]:
    company = on(root, TODAY)
    shown = list(figures.metric_views(company, [(metric, {})]).values())
    return [each for each in changes.changes(company, shown, ()) if each.cycle is not None]


def test_a_check_over_its_day_is_told_with_the_metrics_it_is_on(root: Path) -> None:
    [change] = told(root)
    assert (change.kind, change.cycle, change.owner) == ("check", "P-1", "Head of logistics")
    assert change.title == "P-1 Book a second carrier"
    assert change.sentence == "Its check is 36 days over."  # due on 15 October
    assert told(root, "complaints") == []


def test_a_verdict_is_told_until_a_review_has_seen_it(root: Path) -> None:
    checked(root, TODAY)
    assert told(root) == []  # nobody held a review, so nothing is new to one
    before = on(root, date(2026, 11, 2))
    close_a_review(before, noon(before))
    [change] = told(root)
    assert (change.kind, change.cycle) == ("verdict", "P-1")
    assert change.sentence == "Checked on 20 November 2026: effective, sustained."
