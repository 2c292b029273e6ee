"""A file is looked at before anything is published: cells, rows that do not come, figures."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.company import closing, handing_in, refused_cells
from dashboard.company.handing_in import Checked
from dashboard.company.opened import Company
from dashboard.company.publishing import HandedIn
from pipelines.clean.corrections import Correction
from tests.support.pages import (
    AT,
    CORRECTED,
    HEADER,
    OPERATOR,
    a_company,
    with_three_mistakes,
    without_mistakes,
)


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_company(tmp_path_factory.mktemp("handing_in") / "works")


@pytest.fixture
def company(works: Path, tmp_path: Path) -> Company:
    shutil.copytree(works, tmp_path / "works")
    return Company.open(tmp_path / "works", today=AT.date(), now=AT)


def silent(_: str) -> None:
    pass


def handed_in(file: Path, *corrections: Correction) -> HandedIn:
    return HandedIn(file.name, file.read_bytes(), corrections=corrections)


def checked(company: Company, given: HandedIn, told: Callable[[str], None] = silent) -> Checked:
    return handing_in.check(company, given, told, actor=OPERATOR)


def a_list(folder: Path, *rows: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "complaints_porto_2026-08.csv"
    path.write_text("\n".join([",".join(HEADER), *rows]) + "\n", encoding="utf-8")
    return path


def test_each_refused_cell_says_where_it_is_what_it_holds_and_what_may_stand_there(
    company: Company, tmp_path: Path
) -> None:
    day, grade, cost = checked(company, handed_in(with_three_mistakes(tmp_path / "in"))).cells
    assert (day.sheet, day.row, day.header) == ("September", 2, "received_on")
    assert (day.found, day.choices, day.may_be_empty) == ("2026-09-31", (), False)
    assert (grade.found, grade.choices) == ("serious", ("minor", "major", "critical"))
    assert (cost.found, cost.may_be_empty) == ("about 30", True)
    assert all(cell.may_be_fixed for cell in (day, grade, cost))


def test_cells_put_right_are_read_as_the_file_corrected_is(
    company: Company, tmp_path: Path
) -> None:
    file = with_three_mistakes(tmp_path / "first")
    cells = checked(company, handed_in(file)).cells
    texts = [text for _, text in CORRECTED.values()]
    pairs = zip(cells, texts, strict=True)
    corrections = [cell.corrected(text) for cell, text in pairs]

    fixed = checked(company, handed_in(file, *corrections))
    right = checked(company, handed_in(without_mistakes(tmp_path / "second")))

    assert fixed.cells == ()
    assert (fixed.batch.new, right.batch.new) == (4, 4)
    assert fixed.would_move is not None
    assert right.would_move is not None
    assert [each.after for each in fixed.would_move] == [each.after for each in right.would_move]


def test_figures_are_tried_out_before_anything_is_published(
    company: Company, tmp_path: Path
) -> None:
    stages: list[str] = []
    given = handed_in(without_mistakes(tmp_path / "in"))
    found = checked(company, given, stages.append)
    assert found.would_move is not None
    (rate,) = found.would_move
    # 1,000 x 4 complaints / 1,000 deliveries
    assert (rate.period, rate.before, rate.after) == ("September 2026", None, 4.0)
    assert company.warehouse.version() == 1
    assert stages == [
        "Reading and checking complaints_porto_2026-09.xlsx",
        "Comparing with what is published",
        "Trying out what it does to the figures",
    ]

    published = handing_in.publish(
        company, given, found, silent, accept_good=False, actor=OPERATOR, at=AT
    )
    assert [(each.period, each.after) for each in published.moved] == [("September 2026", 4.0)]


def test_a_large_warehouse_is_tried_out_only_where_asked(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.company.would_be.QUICK_BYTES", 0)
    given = handed_in(without_mistakes(tmp_path / "in"))
    assert checked(company, given).would_move is None
    asked = handing_in.check(company, given, silent, actor=OPERATOR, tries_figures=True)
    assert asked.would_move


def test_rows_published_before_that_do_not_come_again_are_told(
    company: Company, tmp_path: Path
) -> None:
    """August was published as P-81 and P-82; the file brings P-81 alone, changed."""
    file = a_list(tmp_path / "in", "P-81,customer-service,2026-08-11,major,5.00,Halden,Late")
    found = checked(company, handed_in(file))
    assert (found.batch.new, found.batch.restated, found.batch.unchanged) == (0, 1, 0)
    (absent,) = found.absent
    assert (absent.title, absent.total, absent.keys) == ("Complaints", 1, ("P-82",))


def test_the_same_file_twice_says_so_and_shows_nothing_to_fix(
    company: Company, tmp_path: Path
) -> None:
    given = handed_in(without_mistakes(tmp_path / "in"))
    handing_in.publish(
        company, given, checked(company, given), silent, accept_good=False, actor=OPERATOR, at=AT
    )
    again = checked(company, given)
    assert again.batch.state == "unchanged"
    assert (again.cells, again.sheets) == ((), ())


def test_cells_refused_alike_stand_together_the_largest_kind_first(
    company: Company, tmp_path: Path
) -> None:
    rows = [f"Q-{n},customer-service,2026-08-{n},minor,5.00,Halden,Late" for n in (31, 32, 33)]
    file = a_list(tmp_path / "in", *rows, "Q-1,customer-service,2026-08-01,grave,5.00,Halden,Late")
    groups = refused_cells.by_kind(checked(company, handed_in(file)).cells)
    assert [(group[0].header, len(group)) for group in groups] == [
        ("received_on", 2),
        ("severity", 1),
    ]
    assert [cell.row for cell in groups[0]] == [3, 4]


def test_two_rows_of_one_key_are_fixed_in_the_column_of_the_key(
    company: Company, tmp_path: Path
) -> None:
    row = "Q-1,customer-service,2026-08-01,minor,5.00,Halden,Late"
    first, second = checked(company, handed_in(a_list(tmp_path / "in", row, row))).cells
    assert (first.header, first.found, first.may_be_fixed) == ("complaint_id", "Q-1", True)
    assert second.row == 3
    file = a_list(tmp_path / "in", row, row)
    fixed = checked(company, handed_in(file, second.corrected("Q-2")))
    assert (fixed.cells, fixed.batch.new) == ((), 2)


def test_a_row_of_a_closed_period_is_told_but_no_text_puts_it_right(
    company: Company, tmp_path: Path
) -> None:
    closing.close(company, "2026-08", note="held", actor=OPERATOR, at=AT)
    file = a_list(tmp_path / "in", "P-81,customer-service,2026-08-11,major,5.00,Halden,Late")
    (cell,) = checked(company, handed_in(file)).cells
    assert cell.rule == "closed period"
    assert not cell.may_be_fixed


def test_a_column_that_changed_its_name_is_shown_and_fixed_under_the_name_it_has(
    company: Company, tmp_path: Path
) -> None:
    root = tmp_path / "works"
    source = root / "sources" / "desk.toml"
    source.write_text(
        """
[desk]
table = "complaints"
files = "desk_*.csv"
columns = { complaint_id = "No", received_on = "Date", cost = "Cost" }
constants = { process = "customer-service" }
also_called = { Cost = ["Amount"] }
"""
    )
    company = Company.open(root, today=AT.date(), now=AT)
    file = tmp_path / "desk_1.csv"
    file.write_text("No,Date,Amount\nD1,2026-09-01,much\nD2,2026-09-02,5\n")
    first = checked(company, handed_in(file))
    (cell,) = first.cells
    assert (cell.row, cell.header, cell.found, cell.may_be_fixed) == (2, "Amount", "much", True)
    (view,) = first.sheets
    assert [column.theirs for column in view.columns if column.ours == "cost"] == ["Amount"]
    assert checked(company, handed_in(file, cell.corrected("7"))).cells == ()


def test_a_rule_that_a_cell_in_words_breaks_is_no_cell_of_its_own(
    company: Company, tmp_path: Path
) -> None:
    """A figure needs a value: "about 15" is one cell to fix, not two."""
    file = tmp_path / "metric_values_2026-09.csv"
    file.write_text(
        "metric,period,process,numerator,value\n"
        "overtime,2026-09-01,customer-service,,about 15\n"
        "overtime,2026-10-01,customer-service,,\n",
        encoding="utf-8",
    )
    words, empty = checked(company, handed_in(file)).cells
    assert (words.row, words.header, words.found) == (2, "value", "about 15")
    assert (empty.row, empty.rule, empty.found) == (3, "has_a_figure", None)
