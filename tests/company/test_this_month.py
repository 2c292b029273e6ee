"""Figures typed into a form: published like a file's, refused like a file's, never half."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from dashboard.company import origins, this_month
from dashboard.company.opened import Company
from dashboard.company.this_month import STAYS, UNCHANGED, Submitted
from data.errors import NotAllowedError
from data.records.people import actor_of
from metrics.periods import period_of
from pipelines.templates import Amounts
from tests.support.reported_company import (
    AT,
    CORK,
    HEAD,
    OPERATOR,
    a_reporting_company,
    open_company,
    rows_of,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("reporting") / "works"
    a_reporting_company(root).records.close()
    return root


@pytest.fixture
def company(made: Path, tmp_path: Path) -> Company:
    shutil.copytree(made, tmp_path / "works")
    return open_company(tmp_path / "works")


AARHUS, BERGEN, OVERTIME = (
    Amounts(Decimal(95), Decimal(100)),
    Amounts(Decimal(60), Decimal(80)),
    Amounts(value=Decimal("15.5"), note="Kim stayed."),
)
"""A figure for each row of the head of production, in their order."""

NOTHING = Amounts()


def handed_in(
    company: Company, entries: Sequence[Amounts], owner: str = HEAD, **who: object
) -> Submitted:
    asked = this_month.asked(company, owner, "2026-10", actor=OPERATOR)
    actor = who.get("actor", OPERATOR)
    return this_month.submit(
        company,
        asked.out,
        entries,
        lambda _: None,
        actor=actor,  # type: ignore[arg-type]
        at=AT,
    )


def test_what_is_typed_is_published_and_moves_the_metric(company: Company) -> None:
    found = handed_in(company, [AARHUS, BERGEN, OVERTIME])
    assert found.published is not None
    moved = {each.view.metric.name: each for each in found.published.moved}
    assert moved["orders_in_week"].before is None
    # (95 + 60) of (100 + 80) orders
    assert moved["orders_in_week"].after == pytest.approx((95 + 60) / (100 + 80) * 100)
    assert moved["overtime"].after == 15.5
    assert rows_of(company)["overtime_hours", "Aarhus"]["note"] == "Kim stayed."


def test_a_figure_typed_in_leads_back_to_a_file_and_its_row(company: Company) -> None:
    handed_in(company, [AARHUS, BERGEN, OVERTIME])
    october = period_of(AT.date().replace(month=10), "month")
    (side, _) = origins.open_number(
        company, "orders_in_week", october, {"site": "Bergen"}, actor=OPERATOR
    )
    row = side.rows.row(0, named=True)
    assert row["file_name"] == "metric_values_2026-10_head-of-production.xlsx"
    assert (row["_sheet"], row["_row"]) == ("October 2026", 3)
    assert company.archive.path(row["sha256"]).is_file()


def test_an_empty_row_is_missing_and_can_follow_later(company: Company) -> None:
    handed_in(company, [AARHUS, NOTHING, NOTHING])
    standing = this_month.standing(company, HEAD, actor=OPERATOR)
    assert standing is not None
    assert (standing.asked, standing.filled, standing.missing) == (3, 1, 2)
    again = handed_in(company, [AARHUS, BERGEN, NOTHING])
    assert again.published is not None
    assert again.published.report.batches[0].new == 1


def test_one_changed_number_restates_one_row(company: Company) -> None:
    handed_in(company, [AARHUS, BERGEN, OVERTIME])
    again = handed_in(company, [replace(AARHUS, numerator=Decimal(96)), BERGEN, OVERTIME])
    assert again.published is not None
    (batch,) = again.published.report.batches
    assert (batch.accepted, batch.restated, batch.new) == (1, 1, 0)


def test_what_somebody_else_handed_in_meanwhile_stays(company: Company) -> None:
    asked = this_month.asked(company, HEAD, "2026-10", actor=OPERATOR)
    handed_in(company, [NOTHING, BERGEN, NOTHING])
    late = this_month.submit(
        company, asked.out, [AARHUS, NOTHING, NOTHING], lambda _: None, actor=OPERATOR, at=AT
    )
    assert late.published is not None
    assert rows_of(company)["orders_in_week", "Bergen"]["numerator"] == 60


def test_nothing_typed_hands_nothing_in(company: Company) -> None:
    version = company.warehouse.version()
    assert handed_in(company, [NOTHING, NOTHING, NOTHING]).remarks == (UNCHANGED,)
    assert company.warehouse.version() == version


def test_an_emptied_figure_stays_and_the_page_says_so(company: Company) -> None:
    handed_in(company, [AARHUS, BERGEN, OVERTIME])
    assert handed_in(company, [NOTHING, BERGEN, OVERTIME]).remarks == (STAYS,)
    again = handed_in(company, [NOTHING, BERGEN, Amounts(value=Decimal(16))])
    assert again.remarks == (STAYS,)
    rows = rows_of(company)
    assert rows["orders_in_week", "Aarhus"]["numerator"] == 95
    assert rows["overtime_hours", "Aarhus"]["note"] is None


@pytest.mark.parametrize(
    ("wrong", "column", "said"),
    [
        (Amounts(Decimal(101), Decimal(100)), "Numerator", "says 101, more than the 100"),
        (Amounts(Decimal(95)), "Denominator", "is empty, but 95 stands in the numerator"),
        (Amounts(note="Later."), "Numerator", "there is no figure"),
        (Amounts(Decimal(95), Decimal(100), status="missing"), "Numerator", "says there is no"),
    ],
)
def test_a_figure_that_cannot_be_stops_all_of_them(
    company: Company, wrong: Amounts, column: str, said: str
) -> None:
    found = handed_in(company, [AARHUS, wrong, OVERTIME])
    assert found.published is None
    (one,) = found.to_fix
    assert (one.index, one.column) == (1, column)
    assert said in one.said
    assert rows_of(company) == {}


def test_only_who_may_submit_for_the_process_hands_in(company: Company) -> None:
    sales = actor_of(company.records, "head-of-sales", AT.date())
    with pytest.raises(NotAllowedError, match="may not submit for the process 'machining'"):
        handed_in(company, [AARHUS, BERGEN, OVERTIME], actor=sales)
    cork = actor_of(company.records, CORK, AT.date())
    assert handed_in(company, [AARHUS, NOTHING], CORK, actor=cork).published is not None


def test_the_periods_offered_begin_with_the_last_that_is_over(company: Company) -> None:
    assert this_month.offered(company, HEAD)[:3] == ["2026-10", "2026-11", "2026-09"]
    assert this_month.title_of(company, "2026-11") == "November 2026 (not over yet)"
    assert this_month.owners(company) == ["Head of production", "Site manager Cork"]
