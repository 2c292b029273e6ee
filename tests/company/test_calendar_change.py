"""A calendar changed in clause9.toml: told in words, and in force once computed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.company import calendar_change, computing, figures
from dashboard.company.opened import Company
from tests.support.small_company import (
    NOW,
    OPERATOR,
    SETTINGS,
    a_small_company,
    open_company,
    outputs,
    send,
)

TO_WEEKS = 'fiscal_periods = "4-4-5"\nweek_starts = "sunday"\n'

YEARLY = """
[yearly_complaints]
title = "Complaints a year"
why = "The long view."
unit = "complaints"
better = "lower"
process = "sales"
period = "year"

[yearly_complaints.measure]
kind = "count"
numerator = { table = "complaints" }
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return a_small_company(tmp_path / "small")


def changed_to(root: Path, more: str) -> Company:
    (root / "clause9.toml").write_text(SETTINGS + more, encoding="utf-8")
    return open_company(root)


def labels_of(company: Company, metric: str) -> list[str]:
    labels: list[str] = figures.metric_view(company, metric, {}).series["label"].to_list()
    return labels[-2:]


def test_figures_stay_as_they_were_cut_until_they_are_computed(root: Path) -> None:
    company = changed_to(root, TO_WEEKS)
    with company.records:
        assert labels_of(company, "on_time_share") == ["October 2026", "November 2026"]
        (told,) = calendar_change.warnings(company)
        assert told["sentence"] == (
            "The calendar was changed: periods by month have other days (balance, complaints and "
            "on_time_share). The year under way began on 1 January 2026 and begins on 28 December "
            "2025. In FY 2026 that is all 12; the first, P01 FY 2026 (28 December 2025 to 24 "
            "January 2026), was December 2025 and January 2026."
        )
        # A publish goes on with the months there are.
        send(company, "outputs-again.csv", "output_on,site,quantity,on_time_quantity", outputs())
        assert labels_of(company, "on_time_share") == ["October 2026", "November 2026"]
    company = open_company(root)
    with company.records:
        computing.recompute(company, actor=OPERATOR, at=NOW)
        assert calendar_change.warnings(open_company(root)) == []
        assert labels_of(open_company(root), "on_time_share") == ["P10 FY 2026", "P11 FY 2026"]


def test_a_year_that_begins_in_april_changes_years_and_no_month(root: Path) -> None:
    (root / "metrics" / "yearly.toml").write_text(YEARLY, encoding="utf-8")
    company = open_company(root)
    with company.records:
        computing.recompute(company, actor=OPERATOR, at=NOW)
    company = changed_to(root, "fiscal_year_start = 4\n")
    with company.records:
        (told,) = calendar_change.warnings(company)
        assert told["sentence"] == (
            "The calendar was changed: periods by year have other days (yearly_complaints). The "
            "year under way began on 1 January 2026 and begins on 1 April 2026."
        )
        assert labels_of(company, "on_time_share") == ["October 2026", "November 2026"]
