"""What leaves by address: formulas made harmless, personal values masked, unknown names told."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from dashboard.company import exports
from dashboard.company.opened import Company
from data.errors import NotFoundError, UsageError
from data.records.access import Actor
from tests.support.pages import AT, OPERATOR, REVIEW, a_company

VIEWER = Actor("Visitor", frozenset({"viewer"}))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    root = a_company(tmp_path_factory.mktemp("site") / "works")
    return Company.open(root, today=date(2026, 10, 20), now=AT)


def exported(company: Company, actor: Actor = OPERATOR, **asked: str) -> list[list[str]]:
    choice = exports.chosen(company, asked)
    text = b"".join(exports.records_csv(company, choice, actor=actor)).decode("utf-8-sig")
    return [line.split(",") for line in text.splitlines()]


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 40 1", "-cmd|' /C calc'!A0", "@SUM(A1)", "\tx", "\rx"]
)
def test_a_text_a_spreadsheet_would_calculate_gets_an_apostrophe(text: str) -> None:
    assert exports.harmless(pl.DataFrame({"said": [text]}))["said"].item() == f"'{text}"


@pytest.mark.parametrize("text", ["-12.5", "+3", "-1e3", "a=b", "", None])
def test_numbers_with_a_sign_and_plain_texts_stay_as_they_are(text: str | None) -> None:
    frame = pl.DataFrame({"said": [text]}, schema={"said": pl.String})
    assert exports.harmless(frame)["said"].item() == text


def test_records_leave_with_their_file_and_row_and_no_formula(company: Company) -> None:
    header, *rows = exported(company, table="complaints", first="2026-08-01", last="2026-08-31")
    assert len(rows) == 2  # two complaints a month
    told = dict(zip(header, rows[0], strict=True))
    assert told["complaint_id"] == "P-82"
    assert told["description"] == "'=HYPERLINK(1)"
    assert told["file"] == "complaints_porto_2026-08.csv"
    assert told["row"] == "17"  # the header is row 1, two complaints for each of eight months
    assert len(told["sha256"]) == 64


def test_personal_values_are_masked_for_who_may_not_see_them(company: Company) -> None:
    header, *rows = exported(company, VIEWER, table="complaints")
    hidden = [c.name for c in company.tables["complaints"].columns if c.personal]
    assert hidden
    shown = {row[header.index(name)] for row in rows for name in hidden}
    assert shown <= {"•••", ""}


def test_an_unknown_table_and_an_unknown_dimension_name_the_nearest(company: Company) -> None:
    with pytest.raises(NotFoundError, match="Did you mean 'complaints'"):
        exports.chosen(company, {"table": "complaint"})
    with pytest.raises(UsageError, match="Did you mean 'site'"):
        exports.chosen(company, {"table": "complaints", "sit": "Porto"})
    with pytest.raises(UsageError, match="expected a day"):
        exports.chosen(company, {"table": "complaints", "first": "August"})


def test_a_review_that_is_not_closed_has_no_pack(company: Company) -> None:
    with pytest.raises(NotFoundError, match="not closed yet"):
        exports.sealed_pack(company, REVIEW, actor=OPERATOR)
