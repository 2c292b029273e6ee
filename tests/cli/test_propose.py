"""`clause9 sources propose`: a file nobody has mapped is understood, asked about, remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.mapping import load_mappings
from tests.support.command_line import Site
from tests.support.files import Table, a_csv, a_workbook
from tests.support.submitting import TABLES

WIDE: Table = [
    ["Deliveries 2026"],
    [None],
    ["Plant", "Jan", "Feb", "Total"],
    ["Porto", 4, 5, 9],
    ["Lille", 6, 7.5, 13.5],
    ["Total", 10, 12.5, 22.5],
]

ANSWERS = ["label.Plant=site", "metric=late_deliveries", "process=logistics"]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return a_workbook(tmp_path / "late 2026.xlsx", {"KPI": WIDE})


def given(answers: list[str]) -> list[str]:
    return [part for answer in answers for part in ("--answer", answer)]


def test_what_was_understood_and_what_is_asked_is_said_and_the_mapping_printed(
    site: Site, workbook: Path
) -> None:
    answer = site.run("sources", "propose", str(workbook))
    assert answer.code == 0
    assert "sheet 'KPI', A3:D6" in answer.err
    assert "The year 2026 stands in 'Deliveries 2026'." in answer.err
    assert "--answer 'label.Plant=…'" in answer.err
    assert answer.out.startswith("[late]\n")
    assert list((site.root / "sources").glob("late*")) == []


def test_answered_it_is_remembered_and_the_file_published_by_it(site: Site, workbook: Path) -> None:
    written = site.run(
        "sources", "propose", str(workbook), *given(ANSWERS), "--write", "late_by_plant"
    )
    assert written.code == 0, written.err
    mappings = load_mappings(site.root / "sources", TABLES)
    assert mappings["late_by_plant"].constants["metric"] == "late_deliveries"
    report = site.run("ingest", str(workbook), "--mapping", "late_by_plant", "--json").json
    (batch,) = report["batches"]
    assert (batch["state"], batch["accepted"], batch["left_out"]) == ("published", 4, 2)


def test_nothing_is_written_while_a_question_is_open(site: Site, workbook: Path) -> None:
    answer = site.run("sources", "propose", str(workbook), "--write", "late")
    assert answer.code == 2
    assert "Questions are open, so nothing is written." in answer.err
    assert list((site.root / "sources").glob("late*")) == []


def test_of_several_tables_one_is_chosen_by_its_number(site: Site, tmp_path: Path) -> None:
    path = a_workbook(tmp_path / "k.xlsx", {"One": WIDE, "Two": WIDE})
    listed = site.run("sources", "propose", str(path), "--json").json
    assert [one["number"] for one in listed] == [1, 2]
    assert not any(one["is_complete"] for one in listed)
    unsaid = site.run("sources", "propose", str(path), *given(ANSWERS))
    assert unsaid.code == 2
    assert "--choose 2 (sheet 'Two', A3:D6)" in unsaid.err
    (chosen,) = site.run(
        "sources", "propose", str(path), "--choose", "2", *given(ANSWERS), "--json"
    ).json
    assert (chosen["is_complete"], chosen["questions"]) == (True, [])
    assert site.run("sources", "propose", str(path), "--choose", "3").code == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--answer", "process"], 2, "expected key=value"),
        (["--answer", "proces=x"], 2, "Did you mean 'process'?"),
        (["--table", "metric_value"], 1, "Did you mean 'metric_values'?"),
        ([*given(ANSWERS), "--write", "No Name"], 2, "cannot name a mapping"),
    ],
)
def test_what_is_asked_wrongly_is_answered_in_words(
    site: Site, workbook: Path, arguments: list[str], code: int, message: str
) -> None:
    answer = site.run("sources", "propose", str(workbook), *arguments)
    assert answer.code == code
    assert message in answer.err


def test_a_file_without_figures_by_period_is_refused_with_the_reason(
    site: Site, tmp_path: Path
) -> None:
    path = a_csv(tmp_path / "k.csv", "Model,Rejects\nRJ,1\nRC,2\n")
    answer = site.run("sources", "propose", str(path))
    assert answer.code == 3
    assert "no figure can be placed in a period" in answer.err
    assert site.run("sources", "propose", str(tmp_path / "none.csv")).code == 2
