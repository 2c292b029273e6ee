"""Ingesting by the command line: nothing twice, corrections counted, taken back, one writer."""

from __future__ import annotations

import threading
from pathlib import Path

from tests.support.command_line import DESK, MAPPING, Site
from tests.support.ingesting import open_company

BROKEN = DESK.replace("C1,2026-07-03", "C1,2026-07-32").replace("C4,", ",")


def versions(site: Site) -> list[str]:
    return sorted(path.name for path in (site.root / "state" / "warehouse").glob("v*"))


def test_a_run_says_what_it_published(empty_site: Site) -> None:
    answer = empty_site.done("ingest", empty_site.file("desk_q3.csv", DESK), "--json")
    (batch,) = answer.json["batches"]
    counts = {name: batch[name] for name in ("accepted", "refused", "restated", "unchanged", "new")}
    assert counts == {"accepted": 4, "refused": 0, "restated": 0, "unchanged": 0, "new": 4}
    assert batch["state"] == "published"
    assert "4 rows published as batch 1" in answer.err


def test_the_same_file_twice_changes_nothing_and_says_so(site: Site) -> None:
    before = versions(site)
    answer = site.done("ingest", site.root / "inbox" / "desk_q3.csv")
    assert "already published as batch 1 on" in answer.err
    assert "nothing changed" in answer.err
    assert versions(site) == before
    assert [row["id"] for row in site.done("batches", "list", "--json").json] == [2, 1]


def test_a_corrected_file_counts_its_restatements_and_taking_it_back_restores_the_cells(
    site: Site,
) -> None:
    metrics = ("complaints", "complaint_rate")
    before = [site.values(metric, "--by", "site") for metric in metrics]
    corrected = DESK.replace("C1,2026-07-03,Porto", "C1,2026-08-03,Aarhus") + (
        "C5,2026-09-01,Porto\n"
    )
    site.done("ingest", site.file("desk_q3.csv", corrected))
    newest = site.done("batches", "list", "--json").json[0]
    counts = {name: newest[name] for name in ("accepted", "refused", "restated", "unchanged")}
    assert counts == {"accepted": 5, "refused": 0, "restated": 1, "unchanged": 3}
    assert [site.values(metric, "--by", "site") for metric in metrics] != before
    answer = site.done("batches", "revert", "3", "--reason", "the desk sent a draft", "--json")
    assert answer.json == {"batch": 3, "state": "reverted", "version": 4}
    assert [site.values(metric, "--by", "site") for metric in metrics] == before
    assert site.done("batches", "show", "3", "--json").json["reason"] == "the desk sent a draft"


def test_a_refused_upload_exits_3_and_keeps_its_quarantine(site: Site) -> None:
    before, published = site.values(), versions(site)
    answer = site.run("ingest", site.file("desk_q4.csv", BROKEN), "--json")
    assert answer.code == 3
    (batch,) = answer.json["batches"]
    assert (batch["state"], batch["refused"], batch["accepted"]) == ("rejected", 2, 2)
    assert "2 of 4 rows refused, so nothing of the file is published" in answer.err
    assert "clause9 batches show 3 --rejected" in answer.err
    shown = site.done("batches", "show", "3", "--rejected", "--json").json
    assert [(row["row"], row["column"], row["value"]) for row in shown["refused_rows"]] == [
        (2, "Date", "2026-07-32"),
        (5, "No", None),
    ]
    assert all(row["reason"] for row in shown["refused_rows"])
    assert (site.values(), versions(site)) == (before, published)
    told = site.done("batches", "show", "3", "--rejected")
    assert "2 of 2 reasons shown." in told.err


def test_the_good_rows_are_published_alone_when_asked(site: Site) -> None:
    answer = site.done("ingest", site.file("desk_q4.csv", BROKEN), "--accept-good", "--json")
    (batch,) = answer.json["batches"]
    assert (batch["state"], batch["accepted"], batch["refused"]) == ("published", 2, 2)


def test_what_is_said_of_a_file_is_listed_with_its_batch(site: Site) -> None:
    file = site.file("desk_x.csv", DESK.replace("C", "X"))
    site.done("ingest", file, "--note", "two are still open", "--late-reason", "holidays")
    newest = site.done("batches", "list", "--json").json[0]
    assert (newest["note"], newest["late_reason"]) == ("two are still open", "holidays")
    assert "two are still open" in site.done("batches", "list").out


def test_a_dry_run_publishes_nothing_and_tells_a_refusal(site: Site) -> None:
    before = versions(site)
    good = site.done("ingest", site.file("desk_x.csv", DESK.replace("C", "X")), "--dry-run")
    assert "Dry run: nothing was published" in good.err
    assert site.run("ingest", site.file("desk_y.csv", BROKEN), "--dry-run").code == 3
    assert versions(site) == before
    assert len(site.done("batches", "list", "--json").json) == 2


def test_a_second_writer_exits_4_and_names_the_first(site: Site) -> None:
    patient = (site.root / "clause9.toml").read_text(encoding="utf-8")
    impatient = patient + "\n[warehouse]\nlock_seconds = 0\n"
    (site.root / "clause9.toml").write_text(impatient, encoding="utf-8")
    file = site.file("desk_x.csv", DESK.replace("C", "X"))
    company = open_company(site.root)
    with company.records, company.warehouse.publish("Head of sales, ingesting sales.csv"):
        for command in (("ingest", file), ("compute",), ("rebuild",)):
            answer = site.run(*command)
            assert answer.code == 4, answer.err
            assert "Head of sales, ingesting sales.csv" in answer.err
        assert site.values()  # a reader never waits
    assert site.run("ingest", file).code == 0


def test_a_second_writer_waits_for_the_first(site: Site) -> None:
    company = open_company(site.root)
    holds, release = threading.Event(), threading.Event()

    def write() -> None:
        with company.warehouse.publish("Head of sales"):
            holds.set()
            release.wait(30)

    with company.records:
        first = threading.Thread(target=write)
        first.start()
        holds.wait(30)
        threading.Timer(0.3, release.set).start()
        answer = site.done("compute", "--json")
        first.join()
    assert answer.json["version"] == 4  # 2 files, the first writer, and this


def test_what_cannot_be_taken_back_says_why(site: Site) -> None:
    unknown = site.run("batches", "revert", "9", "--reason", "x")
    assert (unknown.code, unknown.out) == (1, "")
    assert "there is no batch 9" in unknown.err
    site.done("batches", "revert", "2", "--reason", "x")
    again = site.run("batches", "revert", "2", "--reason", "x")
    assert again.code == 2
    assert "is reverted; only a published batch can be reverted" in again.err


def test_a_file_no_mapping_names_says_what_to_do(site: Site, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.csv").write_text("a,b\n1,2\n")
    answer = site.run("ingest", tmp_path / "folder")
    assert answer.code == 2
    assert "No mapping in sources/ names a file of" in answer.err
    absent = site.run("ingest", site.root / "inbox" / "desk_q4.csv")
    assert absent.code == 2
    assert "There is no file or folder" in absent.err
    assert "Did you mean 'desk_q3.csv'?" in absent.err
    wrong = site.run("ingest", site.root / "inbox" / "desk_q3.csv", "--table", "complaint")
    assert wrong.code == 1
    assert "There is no table 'complaint'. Did you mean 'complaints'?" in wrong.err


def test_refused_rows_are_tried_again_once_the_mapping_is_right(site: Site) -> None:
    """Two of four dates are written by day first; the mapping learns it, the file is not resent."""
    file = site.file("desk_q4.csv", DESK.replace("C", "D").replace("2026-07-", "07/2026-"))
    site.done("ingest", file, "--accept-good")
    again = site.run("batches", "retry", "3", "--json")
    assert (again.code, again.json["batches"][0]["state"]) == (3, "rejected")
    put_right = MAPPING.replace("[crm]", '[crm]\ndates = ["%Y-%m-%d", "%m/%Y-%d"]')
    site.defines("sources", desk=put_right)
    before = site.values()
    answer = site.done("batches", "retry", "3", "--json")
    assert "of what batch 3 had refused, 2 rows published as batch 4 (2 new)." in answer.err
    rows = site.done("batches", "list", "--json").json
    assert [(row["id"], row["accepted"], row["refused"], row["retries"]) for row in rows[:2]] == [
        (4, 2, 0, 3),
        (3, 2, 0, None),
    ]
    assert site.values() != before
    values = site.values()
    assert site.done("rebuild", "--json").json["differences"] == 0
    assert site.values() == values


def test_a_batch_is_shown_in_sentences_and_its_parts_as_a_table(site: Site) -> None:
    site.done("ingest", site.file("desk_q4.csv", BROKEN), "--accept-good", "--note", "a draft")
    shown = site.done("batches", "show", "3")
    assert "Batch 3: desk_q4.csv (" in shown.err
    assert "Rows: 2 accepted, 2 refused, 0 new, 0 restated, 2 unchanged, 0 removed" in shown.err
    assert "Note: a draft" in shown.err
    head, row = shown.out.strip().splitlines()
    assert head.split()[:4] == ["mapping", "table", "sheet", "read"]
    assert row.split()[:4] == ["crm", "complaints", "–", "4"]
    assert "{" not in shown.out + shown.err
