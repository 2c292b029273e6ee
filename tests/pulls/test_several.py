"""Several sources in one command, as cron calls it: each for itself, and an exit code for all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.support.postgres import Server
from tests.support.pulling import Site, a_pull, a_site, erp, numbers


def three(site: Site) -> None:
    broken = a_pull("broken", 'kind = "sql"', 'url_from = "NOWHERE"', 'table = "complaints"')
    refused = a_pull("refused", 'kind = "sql"', 'url_from = "ERP_URL"', 'table = "odd"')
    site.defines("\n".join([broken, refused, erp()]))


def test_one_that_fails_stops_no_other(site: Site, database: Server) -> None:
    odd = "SELECT id, NULL::date AS received_on, plant, kind, cost, said FROM complaints"
    database.run(f"CREATE OR REPLACE VIEW odd AS {odd}")
    three(site)
    answer = site.run("pull", "--json")
    assert answer.code == 1
    told = {each["source"]: (each["state"], each["exit_code"]) for each in answer.json["sources"]}
    assert told == {"broken": ("failed", 1), "refused": ("rejected", 3), "erp": ("published", 0)}
    assert answer.json["exit_code"] == 1
    assert "There is no secret 'NOWHERE'" in answer.err
    assert numbers(site.facts()) == ["1", "2", "3"]
    assert site.run("pull", "refused", "erp").code == 3
    assert site.run("pull", "erp").code == 0


def test_a_source_nobody_knows_is_said_and_nothing_is_pulled(site: Site) -> None:
    answer = site.run("pull", "erp", "epr")
    assert answer.code == 1
    assert "There is no source 'epr' to pull. Did you mean 'erp'?" in answer.err
    assert site.batches() == []


def test_a_company_that_pulls_nothing_is_told_how(tmp_path: Path) -> None:
    site = a_site(tmp_path / "company", "", {})
    answer = site.run("pull")
    assert answer.code == 1
    assert "There is no source to pull." in answer.err
    assert "[NAME.pull]" in answer.err


def test_what_is_pulled_is_said_in_sentences(site: Site) -> None:
    assert "erp: 3 rows published as batch 1 (3 new)." in site.run("pull").err
    again = site.run("pull")
    assert again.err == "erp: nothing new since changed_at = 2026-09-30T08:00:00+00:00.\n"
    assert again.out == ""


def test_a_quiet_month_of_a_pulled_source_is_said_by_a_file(site: Site) -> None:
    site.pull()
    file = site.root / "inbox" / "quiet.csv"
    file.write_text("id,received_on,plant,kind,cost,said\n", encoding="utf-8")
    said = site.run("ingest", file, "--mapping", "erp", "--period", "2026-10")
    assert said.code == 0, said.err
    spans = site.coverage().filter(mapping="erp").select("covers_from", "covers_to")
    assert (date(2026, 10, 1), date(2026, 10, 31)) in spans.rows()
    assert site.pull()["state"] == "nothing new"
