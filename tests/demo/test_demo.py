"""The demo company is the same whoever makes it, tells its story, and says that it is synthetic."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from dashboard.company import cycles, people, uploads
from dashboard.company.opened import Company
from data.records import people as people_records
from data.records import reviews
from data.warehouse import Reader
from metrics.cells import read_cells
from tests.support.command_line import Site, clause9

NOW = datetime(2031, 3, 1, 12, tzinfo=UTC)
"""Any day: the demo plays on its own."""

SURROUNDINGS = (
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "CLAUSE9_ACTOR": "one"},
    {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "CLAUSE9_ACTOR": "another"},
)


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> list[Site]:
    """Give the demo made twice, side by side, in surroundings as different as two machines'."""
    folder = tmp_path_factory.mktemp("demos")
    command = [sys.executable, "-c", "from dashboard.cli.entry import main; main()", "demo"]
    running = [
        subprocess.Popen(
            [*command, str(folder / str(number)), "--no-serve"],
            env=os.environ | surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number, surroundings in enumerate(SURROUNDINGS)
    ]
    for each in running:
        out, err = each.communicate(timeout=600)
        assert (each.returncode, out) == (0, ""), err
        assert "Making a synthetic company" in err
        assert "Nothing in it is real." in err
    return [Site(folder / str(number)) for number in range(2)]


@pytest.fixture(scope="module")
def company(demos: list[Site]) -> Company:
    return Company.open(demos[0].root, today=NOW.date(), now=NOW)


def everything(site: Site) -> dict[str, pl.DataFrame]:
    opened = Company.open(site.root, today=NOW.date(), now=NOW)
    with opened.records, opened.warehouse.read() as reader:
        facts = {table: reader.facts_frame(table, only_current=False) for table in opened.tables}
        return facts | _kept(reader)


def _kept(reader: Reader) -> dict[str, pl.DataFrame]:
    return {
        "cells": read_cells(reader),
        "batches": reader.batches(),
        "coverage": reader.coverage(),
        "definitions": reader.definitions(),
    }


def packs(site: Site) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((site.root / "state" / "packs").glob("*.zip"))
    }


def test_two_demos_hold_the_same_facts_and_cells(demos: list[Site]) -> None:
    first, second = (everything(site) for site in demos)
    assert first["cells"].height > 1000
    assert [name for name in first if not first[name].equals(second[name])] == []


def test_two_demos_seal_the_same_packs(demos: list[Site]) -> None:
    first, second = (packs(site) for site in demos)
    assert list(first) == ["2025-h2.zip", "2026-h1.zip"]
    assert first == second


@pytest.mark.parametrize("review", ["2025-h2", "2026-h1"])
def test_every_figure_of_a_sealed_review_is_recomputed(demos: list[Site], review: str) -> None:
    pack = demos[0].root / "state" / "packs" / f"{review}.zip"
    found = demos[0].done("review", "verify", pack, "--json").json
    assert found["figures_matched"] > 30
    assert found["mismatches"] == []


def test_three_reviews_two_of_them_closed_and_one_in_preparation(company: Company) -> None:
    states = {each.id: each.state for each in reviews.reviews(company.records)}
    assert states == {"2025-h2": "closed", "2026-h1": "closed", "2026-h2": "preparing"}


def test_three_sites_nine_processes_and_eight_owners(company: Company) -> None:
    with company.warehouse.read() as reader:
        sites = set(reader.summarise("outputs", "site")["value"])
    assert sites == {"Aarhus", "Gdansk", "Porto"}
    processes = {each.id for each in people_records.processes(company.records)}
    assert len(processes) == 9
    assert "customer-service" in processes
    assert len(people.owner_names(company)) >= 8


def test_thirty_six_months_of_complaints(demos: list[Site]) -> None:
    months = [row["period"] for row in demos[0].values("complaint_rate")]
    assert (months[0], months[-1], len(months)) == ("2023-11-01", "2026-10-01", 36)


def verdicts(company: Company) -> dict[str, tuple[str, str | None, str]]:
    return {
        each.cycle.title: (each.cycle.state, each.verdict, each.badge)
        for each in cycles.board(company).cards
    }


def test_one_action_failed_one_worked_and_one_is_too_early_to_judge(company: Company) -> None:
    assert verdicts(company) == {
        "Call-back script": ("closed", "not_effective", ""),
        "Delivery notice by text message": ("act", "effective", ""),
        "Torque check at station 4": ("check", "inconclusive", "check 12 days over"),
        "Quality talks with Hexal each quarter": ("do", None, ""),
        "Delivery notice at Porto": ("check", "too_early", ""),
        "Second carrier for Gdansk": ("plan", None, "no check date"),
    }


@pytest.mark.parametrize(
    ("cycle", "begins", "ends"),
    [
        ("P-1", "Since 1 Feb 2025 (12 months)", "not effective"),
        ("P-2", "Since 12 Jan 2026 (8 months)", "effective, sustained"),
        ("P-5", "Since 1 Aug 2026 (2 months)", "judge in May 2027."),
    ],
)
def test_each_verdict_has_its_sentence_and_interval(
    company: Company, cycle: str, begins: str, ends: str
) -> None:
    view = cycles.cycle_view(company, cycle)
    done = [each for each in view.checks if each.done_on]
    said = done[0].sentence if done else view.sentence
    assert said is not None
    assert said.startswith(begins)
    assert "(95 % interval " in said
    assert ends in said
    assert not view.cycle.is_after_the_fact


def test_signals_nobody_took_up_stand_on_the_board_and_taken_up_ones_do_not(
    company: Company,
) -> None:
    board = cycles.board(company)
    ignored = {each.metric for each in board.ignored}
    assert "slow_response_share" in ignored
    assert "on_time_share" not in ignored  # P-6 looks at Gdansk, where it fell
    assert board.unknown_actions == ()
    assert board.unknown_corrective_actions > 100
    [told] = board.worked
    assert (told.cause, told.worked, told.judged) == ("deliveries nobody announced", 1, 2)


def test_some_uploads_are_late_and_one_is_missing(company: Company) -> None:
    late = {upload.mapping.name for upload in uploads.health(company).late}
    assert {"complaints_porto", "trainings"} <= late
    assert (company.workspace.root / "inbox" / "complaints_porto_2026-10.xlsx").is_file()


def test_it_says_on_every_page_that_it_is_synthetic(demos: list[Site], tmp_path: Path) -> None:
    assert "synthetic = true" in (demos[0].root / "clause9.toml").read_text(encoding="utf-8")
    demos[0].done("review", "export", "-o", tmp_path / "review.html")
    assert "synthetic" in (tmp_path / "review.html").read_text(encoding="utf-8").casefold()


def test_a_demo_is_made_once_and_never_over_something_else(
    demos: list[Site], tmp_path: Path
) -> None:
    again = clause9("demo", demos[0].root, "--no-serve")
    assert again.code == 0
    assert "already" in again.err
    (tmp_path / "something").touch()
    refused = clause9("demo", tmp_path, "--no-serve", "--json")
    assert (refused.code, refused.out) == (2, "")
    assert "is not empty" in refused.err
