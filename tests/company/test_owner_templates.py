"""The template of an owner's figures: what it holds, and what becomes of it when it comes back."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.company import exports, rebuilding, templates
from dashboard.company.opened import Company
from data.errors import NotAllowedError, NotFoundError, UsageError
from data.records.access import Actor
from data.records.people import actor_of
from pipelines.report import RunReport
from tests.support.reported_company import (
    AT,
    CORK,
    HEAD,
    OPERATOR,
    a_reporting_company,
    a_template,
    changed,
    filled,
    open_company,
    rows_of,
    send,
)
from tests.support.workspaces import write_definitions

ALL = {"F2": 95, "G2": 100, "F3": 60, "G3": 80, "H4": 15}
"""Every figure of the head of production: two shares, and hours."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("reporting") / "works"
    a_reporting_company(root).records.close()
    return root


@pytest.fixture
def company(made: Path, tmp_path: Path) -> Company:
    shutil.copytree(made, tmp_path / "works")
    return open_company(tmp_path / "works")


def sheet_of(path: Path) -> Worksheet:
    return openpyxl.load_workbook(path).worksheets[0]


def refused(report: RunReport) -> str:
    assert report.refused
    assert not report.is_published
    return report.batches[0].message


def test_it_holds_a_row_for_every_figure_of_the_owner_with_last_months_beside(
    company: Company, tmp_path: Path
) -> None:
    sheet = sheet_of(a_template(company, tmp_path))
    told = [[cell.value for cell in row[:5]] for row in sheet.iter_rows()]
    orders = "Orders finished in the week planned"
    assert told == [
        ["Metric", "Site", "Unit", "Period", "September 2026"],
        [orders, "Aarhus", "% of orders", "2026-10", "90.0 (90 of 100)"],
        [orders, "Bergen", "% of orders", "2026-10", "87.5 (70 of 80)"],
        ["Overtime", "Aarhus", "hours", "2026-10", "12"],
    ]
    headers = [cell.value for cell in sheet[1]][5:]
    assert headers == ["Numerator", "Denominator", "Value", "Status", "Note"]


def test_the_owner_of_a_part_gets_that_part_alone(company: Company, tmp_path: Path) -> None:
    sheet = sheet_of(a_template(company, tmp_path, CORK))
    assert [cell.value for cell in sheet["B"]] == ["Site", "Cork", "Cork"]


def test_what_says_which_figure_a_row_is_is_locked_and_the_rest_is_not(
    company: Company, tmp_path: Path
) -> None:
    sheet = sheet_of(a_template(company, tmp_path))
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert {cell.protection.locked for row in sheet["A1:E4"] for cell in row} == {True}
    assert {cell.protection.locked for row in sheet["F2:J4"] for cell in row} == {False}
    assert "What slips a week" in sheet["A2"].comment.text
    assert "Give the value, in hours." in sheet["A4"].comment.text


def test_excel_refuses_what_is_no_number_no_status_or_more_than_the_whole(
    company: Company, tmp_path: Path
) -> None:
    rules = {
        str(rule.sqref): rule
        for rule in sheet_of(a_template(company, tmp_path)).data_validations.dataValidation
    }
    assert rules["F2"].formula1 == 'AND(ISNUMBER(F2),OR(F2="",G2="",F2<=G2))'
    assert rules["H2"].type == rules["F4"].type == "decimal"
    statuses = "ok,partial,estimated,missing,no_opportunity,not_applicable"
    assert rules["I2"].formula1 == f'"{statuses}"'


def test_figures_handed_in_before_stand_in_their_cells(company: Company, tmp_path: Path) -> None:
    sheet = sheet_of(a_template(company, tmp_path, period="2026-09"))
    assert [cell.value for cell in sheet[2]][4:8] == ["", 90, 100, None]
    assert sheet["J4"].value == "Asked Kim to stay."


def test_notes_are_left_out_for_who_may_not_see_them(company: Company, tmp_path: Path) -> None:
    viewer = Actor("Visitor", frozenset({"viewer"}))
    path = tmp_path / "seen.xlsx"
    templates.owner_template(company, HEAD, "2026-09", path, actor=viewer)
    assert sheet_of(path)["J4"].value is None


def test_the_same_day_gives_the_same_bytes(company: Company, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    first, second = a_template(company, tmp_path), a_template(company, tmp_path / "again")
    assert first.read_bytes() == second.read_bytes()


def test_filled_in_it_needs_no_mapping(company: Company, tmp_path: Path) -> None:
    report = send(company, filled(a_template(company, tmp_path), ALL))
    assert report.batches[0].message == "3 rows published as batch 2 (3 new)."
    assert report.batches[0].warnings == ()
    rows = rows_of(company)
    bergen = rows["orders_in_week", "Bergen"]
    assert (bergen["numerator"], bergen["denominator"], bergen["value"]) == (60, 80, None)
    assert (bergen["process"], bergen["_sheet"], bergen["_row"]) == ("machining", "October 2026", 3)
    assert rows["overtime_hours", "Aarhus"]["value"] == Decimal(15)


def test_the_period_it_speaks_for_is_covered_and_no_other(company: Company, tmp_path: Path) -> None:
    send(company, filled(a_template(company, tmp_path), ALL))
    with company.warehouse.read() as reader:
        spans = reader.coverage().select("covers_from", "covers_to").rows()
    assert spans[-1] == (date(2026, 10, 1), date(2026, 10, 31))


def test_a_row_nobody_filled_in_is_missing_and_told(company: Company, tmp_path: Path) -> None:
    report = send(company, filled(a_template(company, tmp_path), {"H4": 0}))
    assert report.batches[0].accepted == 1
    assert report.batches[0].warnings == (
        "2 of 3 figures are not filled in: Orders finished in the week planned, Aarhus; Orders "
        "finished in the week planned, Bergen.",
    )
    assert list(rows_of(company)) == [("overtime_hours", "Aarhus")]


def test_a_cell_emptied_later_leaves_the_figure_as_it_was(company: Company, tmp_path: Path) -> None:
    send(company, filled(a_template(company, tmp_path), ALL))
    again = filled(a_template(company, tmp_path), {"F2": None, "G2": None, "H4": 16})
    (batch,) = send(company, again).batches
    assert (batch.restated, batch.unchanged, batch.removed) == (1, 1, 0)
    assert batch.warnings == (
        "Left empty, so they stay as handed in before: Orders finished in the week planned, "
        "Aarhus.",
    )
    assert rows_of(company)["orders_in_week", "Aarhus"]["numerator"] == 95


def test_a_reason_instead_of_a_figure_is_taken(company: Company, tmp_path: Path) -> None:
    send(company, filled(a_template(company, tmp_path), {"I2": "no_opportunity", "J2": "Closed."}))
    row = rows_of(company)["orders_in_week", "Aarhus"]
    assert (row["status"], row["numerator"], row["note"]) == ("no_opportunity", None, "Closed.")


def test_an_empty_template_is_refused(company: Company, tmp_path: Path) -> None:
    said = refused(send(company, a_template(company, tmp_path)))
    assert said.startswith("none of the 3 figures is filled in.")


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"F2": "ninety"}, "cell F2"),
        ({"F2": 101}, "cell October 2026!F2 says 101, more than the 100 it is a part of"),
        ({"H2": 80}, "cell October 2026!H2 says 80, but numerator and denominator give 95.0"),
        ({"G2": None}, "cell October 2026!G2 is empty, but 95 stands in the numerator"),
        ({"I2": "done"}, "'done' is not allowed here"),
        ({"G2": -3}, "denominator is negative"),
    ],
)
def test_a_cell_that_cannot_be_is_refused_with_its_place(
    company: Company, tmp_path: Path, cells: dict[str, object], told: str
) -> None:
    path = filled(a_template(company, tmp_path), ALL | cells)
    assert told in refused(send(company, path))
    assert rows_of(company) == {}
    good = send(company, path, accept_good=True)
    assert (good.batches[0].accepted, good.batches[0].refused) == (2, 1)


@pytest.mark.parametrize(
    ("place", "text", "told"),
    [
        ("A2", "Orders", "A2 says 'Orders' where it said 'Orders finished in the week planned'"),
        ("B3", "Aarhus", "B3 says 'Aarhus' where it said 'Bergen'"),
        ("C4", "days", "C4 says 'days' where it said 'hours'"),
        ("D2", "2026-09", "D2 says '2026-09' where it said '2026-10'"),
        ("E4", "15", "E4 says '15' where it said '12'"),
        ("A9", "Scrap", "row 9 was added"),
        ("F1", "Count", "F1 says 'Count' where it said 'Numerator'"),
        ("B1", "Plant", "B1 says 'Plant' where it said 'Site'"),
    ],
)
def test_a_cell_that_was_filled_in_already_and_changed_is_refused_by_name(
    company: Company, tmp_path: Path, place: str, text: str, told: str
) -> None:
    path = filled(a_template(company, tmp_path), ALL | {place: text})
    assert told in refused(send(company, path))
    assert refused(send(company, path, accept_good=True))
    assert rows_of(company) == {}


def test_every_changed_cell_is_told_at_once(company: Company, tmp_path: Path) -> None:
    path = filled(a_template(company, tmp_path), ALL | {"C2": "days", "E4": "15"})
    said = refused(send(company, path))
    assert "C2 says" in said
    assert "E4 says" in said


def test_rows_in_another_order_are_the_same_figures(company: Company, tmp_path: Path) -> None:
    def turned(sheet: Worksheet) -> None:
        rows = [[cell.value for cell in row] for row in sheet["A2:J4"]]
        for at, row in enumerate(reversed(rows), 2):
            for column, value in enumerate(row, 1):
                sheet.cell(at, column).value = value

    path = changed(filled(a_template(company, tmp_path), ALL), turned)
    assert send(company, path).is_published
    assert rows_of(company)["overtime_hours", "Aarhus"]["_row"] == 2


def test_a_template_of_another_period_is_refused(company: Company, tmp_path: Path) -> None:
    path = filled(a_template(company, tmp_path), ALL)
    said = refused(send(company, path, period="2026-09"))
    assert said.startswith("the template is for 2026-10, but 2026-09 was declared.")
    with pytest.raises(UsageError, match="2026-12 has not begun"):
        a_template(company, tmp_path, period="2026-12")


def test_figures_that_are_somebody_elses_by_now_are_refused(
    company: Company, tmp_path: Path
) -> None:
    path = filled(a_template(company, tmp_path), ALL)
    moved = changed(path, lambda sheet: marked(sheet, "owner", CORK))
    said = refused(send(company, moved))
    assert "does not hand in every figure of it: A2 Orders finished in the week planned" in said
    unknown = changed(path, lambda sheet: marked(sheet, "owner", "nobody"))
    assert "whom the records do not know" in refused(send(company, unknown))


def test_a_template_from_before_a_definition_changed_is_refused(
    company: Company, tmp_path: Path
) -> None:
    path = filled(a_template(company, tmp_path), ALL)
    metrics = company.workspace.root / "metrics" / "production.toml"
    text = metrics.read_text(encoding="utf-8")
    metrics.write_text(text.replace('title = "Overtime"', 'title = "Overtime worked"'), "utf-8")
    (tmp_path / "kept").mkdir()
    kept = Path(shutil.copy(path, tmp_path / "kept"))
    assert send(open_company(company.workspace.root), kept).is_published, "a title is no meaning"
    metrics.write_text(text.replace('unit = "hours"', 'unit = "days"'), encoding="utf-8")
    changed(path, lambda sheet: sheet.__setitem__("F2", 96))
    said = refused(send(open_company(company.workspace.root), path))
    assert "A4 Overtime, Aarhus was asked for in hours, and is now in days" in said
    assert "clause9 template --owner head-of-production --period 2026-10" in said


def test_a_template_from_before_the_table_changed_is_refused(
    company: Company, tmp_path: Path
) -> None:
    path = filled(a_template(company, tmp_path), ALL)
    table = '[columns.value]\nunit = "thousands"\n'
    write_definitions(company.workspace.root / "tables", {"metric_values": table})
    said = refused(send(open_company(company.workspace.root), path))
    assert said.startswith(
        "the template was made on 2026-11-04, and the columns of metric values have changed since."
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("layout", "7"),
        ("period", "soon"),
        ("row:2", "{}"),
        ("row:2", "not JSON"),
        ("contract", None),
    ],
)
def test_a_hidden_sheet_somebody_wrote_in_is_refused(
    company: Company, tmp_path: Path, name: str, value: str | None
) -> None:
    path = filled(a_template(company, tmp_path), ALL)
    changed(path, lambda sheet: marked(sheet, name, value))
    refused(send(company, path))
    assert rows_of(company) == {}


def marked(sheet: Worksheet, name: str, value: str | None) -> None:
    """Write into the hidden sheet."""
    for key, cell in sheet.parent["_clause9"].iter_rows(max_col=2):
        if key.value == name:
            cell.value = value


def test_an_owner_sends_for_their_own_processes_and_nobody_elses(
    company: Company, tmp_path: Path
) -> None:
    path = filled(a_template(company, tmp_path), ALL)
    sales = actor_of(company.records, "head-of-sales", AT.date())
    with pytest.raises(NotAllowedError, match="may not submit for the process 'machining'"):
        send(company, path, actor=sales)
    assert rows_of(company) == {}
    head = actor_of(company.records, HEAD, AT.date())
    assert send(company, path, actor=head).is_published


def test_it_is_read_again_from_the_archive(company: Company, tmp_path: Path) -> None:
    send(company, filled(a_template(company, tmp_path), ALL))
    before = rows_of(company)
    rebuilt = rebuilding.rebuild_facts(company, accept_good=False, actor=OPERATOR, at=AT)
    assert not rebuilt.differences
    assert rows_of(company) == before


def test_by_default_it_is_for_the_last_period_that_is_over(
    company: Company, tmp_path: Path
) -> None:
    name, book = exports.owner_template(company, "Head of production", None, actor=OPERATOR)
    assert name == "metric_values_2026-10_head-of-production.xlsx"
    (tmp_path / name).write_bytes(book)
    assert sheet_of(tmp_path / name).title == "October 2026"


def test_who_hands_nothing_in_has_no_template(company: Company, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="Head of sales has no figure to hand in for October"):
        a_template(company, tmp_path, "head-of-sales")
    with pytest.raises(NotFoundError, match="Did you mean 'Head of sales'"):
        a_template(company, tmp_path, "Head of sale")
