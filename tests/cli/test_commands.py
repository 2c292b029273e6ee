"""Every command once as it should go and once as it should not: exit codes, JSON, sentences."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from dashboard.cli import shell
from data.tables import load_tables
from metrics.catalogue import load_metrics
from tests.support.command_line import Site, clause9

RECORDS = """
[[people]]
id = "h.care"
name = "Head of customer service"

[[processes]]
id = "customer-service"
title = "Customer service"

[[owners]]
process = "customer-service"
person = "h.care"
from_on = 2026-01-01

[[targets]]
metric = "complaint_rate"
from_on = 2026-01-01
kind = "at_most"
high = 4.5
approver = "Managing director"
reason = "half of last year"
"""


def test_a_workspace_is_made_once(tmp_path: Path) -> None:
    made = clause9("init", tmp_path / "works", "--organisation", "Example Works", "--json")
    assert made.code == 0
    assert made.json["organisation"] == "Example Works"
    again = clause9("init", tmp_path / "works")
    assert again.code == 2
    assert "already is a workspace" in again.err


def test_a_new_workspace_uses_the_whole_library(tmp_path: Path) -> None:
    clause9("init", tmp_path / "works")
    listed = clause9("--workspace", tmp_path / "works", "metrics", "list", "--json")
    library = load_metrics(load_tables()).metrics
    assert {each["metric"] for each in listed.json} == set(library) >= {"complaint_count"}


def test_an_example_nobody_ships_is_refused_with_those_there_are(tmp_path: Path) -> None:
    answer = clause9("init", tmp_path / "works", "--example", "us_airport")
    assert answer.code == 1
    assert "Did you mean 'us_airports'?" in answer.err
    assert not (tmp_path / "works").exists()


@pytest.mark.parametrize(
    "command",
    [
        ("check",),
        ("metrics", "list"),
        ("batches", "list"),
        ("review", "status"),
        ("records", "export", "-o", "records.toml"),
        ("serve",),
    ],
)
def test_a_folder_that_is_no_workspace_is_said_to_be_none(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    answer = clause9("--workspace", tmp_path, *command)
    assert (answer.code, answer.out) == (1, "")
    assert "is not a workspace" in answer.err
    assert "clause9 init" in answer.err


def test_the_workspace_may_stand_anywhere(site: Site) -> None:
    before = clause9("--workspace", site.root, "metrics", "list", "--json")
    after = clause9("metrics", "list", "--json", f"--workspace={site.root}")
    named = clause9("metrics", "list", "--json", environment={"CLAUSE9_WORKSPACE": str(site.root)})
    assert before.json == after.json == named.json
    assert clause9("metrics", "list", "--workspace").code == 2


def test_values_are_periods_with_numerator_denominator_value_and_status(site: Site) -> None:
    assert site.values("complaint_rate") == [
        # 2 complaints per 1,000 deliveries; 1 per 800; 1 per 900
        _cell("2026-07-01", 2, 1000, 1000 * 2 / 1000),
        _cell("2026-08-01", 1, 800, 1000 * 1 / 800),
        _cell("2026-09-01", 1, 900, 1000 * 1 / 900),
    ]
    (july_porto, *_) = site.values("complaint_rate", "--by", "site", "--to", "2026-07-31")[1:]
    assert july_porto == _cell("2026-07-01", 1, 500, 2.0, site="Porto")
    august = site.values("complaints", "--from", "2026-08-01", "--to", "2026-08-01")
    assert august == [_cell("2026-08-01", 1, None, 1)]


def _cell(
    period: str, numerator: int, denominator: int | None, value: float, **part: str
) -> dict[str, object]:
    return {
        "period": period,
        "slice": part,
        "numerator": numerator,
        "denominator": denominator,
        "value": pytest.approx(value),
        "status": "ok",
    }


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("metrics", "values", "complaint"), 1, "Did you mean 'complaints'?"),
        (("metrics", "values", "complaints", "--by", "sit"), 1, "Did you mean 'site'?"),
        (("metrics", "values", "complaints", "--from", "July"), 2, "expected a date such as"),
        (("metrics", "show", "complaint_rat"), 1, "Did you mean 'complaint_rate'?"),
        (("trend", "complaints", "--slice", "Porto"), 2, "expected dimension=value"),
        (("batches", "show", "7"), 1, "there is no batch 7"),
        (("batches", "show", "seven"), 2, "should be a valid integer"),
        (("template", "complaint"), 1, "Did you mean 'complaints'?"),
        (("review", "status"), 1, "There is no review yet. Plan one: clause9 review new"),
        (("review", "verify", "none.zip"), 2, "There is no file none.zip"),
        (("records", "load", "none.toml"), 1, "none.toml"),
        (("actions", "--everything"), 2, "--everything"),
        (("reveiw", "status"), 2, "reveiw"),
    ],
)
def test_what_cannot_be_done_says_why_without_a_traceback(
    site: Site, arguments: tuple[str, ...], code: int, told: str
) -> None:
    answer = site.run(*arguments)
    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err
    assert "Traceback" not in answer.err


def test_metrics_are_listed_and_shown_with_their_query(site: Site) -> None:
    listed = site.done("metrics", "list", "--json").json
    assert [row["metric"] for row in listed] == ["complaint_rate", "complaints"]
    shown = site.done("metrics", "show", "complaint_rate", "--json").json
    assert shown["measure"]["kind"] == "rate"
    assert len(shown["definition_hash"]) == 64
    assert all("SELECT" in sql for sql in shown["sql"])


def test_a_trend_with_too_few_points_is_json_without_nan(site: Site) -> None:
    found = site.done("trend", "complaint_rate", "--json").json
    assert [point["value"] for point in found["points"]][:1] == [pytest.approx(2.0)]
    assert found["summary"]["headline"]
    by_site = site.done("trend", "complaint_rate", "--slice", "site=Porto", "--json").json
    assert by_site["points"][0]["value"] == pytest.approx(2.0)


def test_a_trend_says_which_engine_read_which_points(site: Site) -> None:
    first, again = (site.done("trend", "complaint_rate", "--json").json for _ in range(2))
    assert (first["points"][0]["metric"], first["points"][0]["facet"]) == (
        "complaint_rate",
        "{}",
    )
    told = {name: first["summary"][name] for name in ("engine_version", "input_hash")}
    assert told["engine_version"]
    assert len(told["input_hash"]) == 64
    assert told.items() <= again["summary"].items()
    part = site.done("trend", "complaint_rate", "--as-of", "2025-01-01", "--json").json
    assert part["summary"]["input_hash"] != told["input_hash"]


def test_cells_are_computed_again_into_a_version_of_their_own(site: Site) -> None:
    before = site.values()
    answer = site.done("compute", "--full", "--json")
    assert answer.json["version"] == 3
    assert site.values() == before


def test_a_template_is_a_workbook_that_can_be_ingested_by_its_table(
    site: Site, tmp_path: Path
) -> None:
    path = tmp_path / "risks.xlsx"
    assert site.done("template", "risks", "-o", path, "--json").json["template"] == str(path)
    assert openpyxl.load_workbook(path).sheetnames[0] == "risks"
    nowhere = site.run("template", "risks", "-o", tmp_path / "nowhere" / "risks.xlsx")
    assert nowhere.code == 2
    assert f"there is no folder {tmp_path / 'nowhere'}" in nowhere.err


def test_records_are_loaded_and_exported_to_what_loads_again(site: Site, tmp_path: Path) -> None:
    loaded = site.done("records", "load", site.file("records.toml", RECORDS), "--json").json
    kinds = {"people": 1, "processes": 1, "owners": 1, "targets": 1}
    assert {kind: count for kind, count in loaded.items() if count} == {**kinds, "changed": 4}
    assert (loaded["phases"], loaded["events"], loaded["unchanged"]) == (0, 0, 0)
    out = tmp_path / "out.toml"
    assert site.done("records", "export", "-o", out, "--json").json["records"] == 4
    again = site.done("records", "load", out)
    assert "0 added or changed, 4 as they were" in again.err


def test_records_nobody_can_read_are_refused_whole(site: Site) -> None:
    broken = RECORDS.replace("high = 4.5", 'high = "about five"').replace("h.care", "h care", 1)
    answer = site.run("records", "load", site.file("records.toml", broken))
    assert answer.code == 1
    assert "'about five' is not a number" in answer.err
    assert "records.toml" in answer.err
    site.done("records", "export", "-o", site.root / "out.toml")
    assert "about five" not in (site.root / "out.toml").read_text(encoding="utf-8")
    assert "complaint_rate" not in (site.root / "out.toml").read_text(encoding="utf-8")


def test_a_command_is_its_own_process_with_data_on_one_side_and_talk_on_the_other(
    site: Site,
) -> None:
    entry = "from dashboard.cli.entry import main; main()"
    command = [sys.executable, "-c", entry, "--workspace", str(site.root)]
    good = subprocess.run([*command, "check", "--json"], capture_output=True, check=False)
    assert good.returncode == 0
    assert good.stdout.startswith(b"{")
    assert b"no problem found" in good.stderr
    bad = subprocess.run([*command, "metrics", "show", "x"], capture_output=True, check=False)
    assert (bad.returncode, bad.stdout) == (1, b"")
    assert b"Traceback" not in bad.stderr


def test_a_bug_keeps_its_traceback_and_exits_70(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboard.company import definitions

    def broken(_: object) -> None:
        raise KeyError("delivery")

    monkeypatch.setattr(definitions, "list_metrics", broken)
    answer = site.run("metrics", "list")
    assert answer.code == 70
    assert "This is a bug in Clause9." in answer.err
    assert "KeyError: 'delivery'" in answer.err


def test_what_is_no_number_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    shell.print_json({"limits": [float("nan"), float("inf"), 1.5], "points": ({"value": 2.0},)})
    assert json.loads(capsys.readouterr().out) == {
        "limits": [None, None, 1.5],
        "points": [{"value": 2.0}],
    }
