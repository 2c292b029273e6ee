"""A database is pulled whole once, then by its cursor; and what is published says how far."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from filelock import FileLock

from tests.support.postgres import Server
from tests.support.pulling import Site, a_pull, a_site, erp, numbers

A_FOURTH = """
INSERT INTO complaints VALUES
  (4, '2026-10-01', 'Porto', 'late', 1, 'x', '2026-10-01 08:00+00')
"""
A_FIFTH = """
INSERT INTO complaints VALUES
  (5, '2026-10-03', 'Porto', 'late', 1, 'x', '2026-10-03 08:00+00')
"""
A_CORRECTION = """
UPDATE complaints SET plant = 'Cork', changed_at = '2026-10-02 08:00+00' WHERE id = 1
"""


def test_the_first_pull_brings_every_row_with_the_values_it_has_there(site: Site) -> None:
    pulled = site.pull()
    assert (pulled["state"], pulled["rows"], pulled["new"]) == ("published", 3, 3)
    assert site.facts().rows() == [
        ("1", date(2026, 9, 1), "sales", "Porto", "late", Decimal("10.50"), "two\nlines"),
        ("2", date(2026, 9, 2), "sales", "Aarhus", None, Decimal("0.10"), None),
        ("3", date(2026, 9, 30), "sales", "Porto", "damaged", None, 'said "no"'),
    ]
    assert pulled["cursor"] == {
        "column": "changed_at",
        "type": "timestamp",
        "value": "2026-09-30T08:00:00+00:00",
    }


def test_the_next_pull_asks_for_what_changed_since_alone(site: Site, database: Server) -> None:
    site.pull()
    database.run(A_FOURTH, A_CORRECTION)
    pulled = site.pull()
    # Complaint 3 stands at the cursor itself and comes again.
    counts = [pulled[name] for name in ("rows", "new", "restated", "unchanged")]
    assert counts == [3, 1, 1, 1]
    assert site.facts()["site"].to_list() == ["Cork", "Aarhus", "Porto", "Porto"]


def test_a_pull_that_brings_nothing_new_makes_no_batch_and_no_version(site: Site) -> None:
    first = site.pull()
    before = site.run("pull", "--json").json
    assert before["sources"][0]["state"] == "nothing new"
    assert before["version"] == 1
    assert [batch.id for batch in site.batches()] == first["batches"]


def test_a_revert_takes_the_cursor_back_with_the_rows(site: Site, database: Server) -> None:
    site.pull()
    database.run(A_FOURTH, A_FIFTH)
    second = site.pull()
    assert site.run("batches", "revert", str(second["batches"][0]), "--reason", "x").code == 0
    assert numbers(site.facts()) == ["1", "2", "3"]
    again = site.pull()
    assert (again["state"], again["new"]) == ("published", 2)
    assert again["cursor"] == second["cursor"]


def test_refused_rows_hold_the_cursor_where_it_was(site: Site, database: Server) -> None:
    first = site.pull()
    database.run(A_FOURTH, A_FIFTH, "UPDATE complaints SET received_on = NULL WHERE id = 4")
    refused = site.pull(code=3)
    assert (refused["state"], refused["refused"]) == ("rejected", 1)
    assert "received_on" in refused["message"]
    database.run("UPDATE complaints SET received_on = '2026-10-01' WHERE id = 4")
    # The row's changed_at is as before: it comes because the cursor did not pass it.
    mended = site.pull()
    assert (mended["state"], mended["new"]) == ("published", 2)
    assert mended["cursor"] != first["cursor"]


def test_accepting_the_good_rows_moves_the_cursor(site: Site, database: Server) -> None:
    database.run(A_FOURTH, "UPDATE complaints SET received_on = NULL WHERE id = 4")
    pulled = site.pull("--accept-good")
    assert (pulled["accepted"], pulled["refused"]) == (3, 1)
    assert pulled["cursor"]["value"] == "2026-10-01T08:00:00+00:00"


def test_a_dry_run_publishes_nothing_and_keeps_no_file(site: Site) -> None:
    pulled = site.pull("--dry-run")
    assert (pulled["state"], pulled["accepted"], pulled["new"]) == ("checked", 3, 3)
    assert site.batches() == []
    assert not list((site.root / "state").glob("archive/*"))
    assert not list((site.root / "state" / "pulls").glob("*/*"))


def test_a_full_pull_forgets_the_cursor(site: Site, database: Server) -> None:
    site.pull()
    # Somebody changed a row without saying when: the cursor cannot know.
    database.run("UPDATE complaints SET plant = 'Cork' WHERE id = 1")
    assert site.pull()["state"] == "nothing new"
    pulled = site.pull("--full")
    assert (pulled["rows"], pulled["restated"], pulled["unchanged"]) == (3, 1, 2)


def test_a_lag_reads_a_stretch_before_the_cursor_again(site: Site, database: Server) -> None:
    site.pull()
    late = "(9, '2026-09-29', 'Porto', 'late', 1, 'x', '2026-09-30 07:30+00')"
    database.run(f"INSERT INTO complaints VALUES {late}")
    assert site.pull()["state"] == "nothing new"
    site.defines(erp("lag_minutes = 60"))
    pulled = site.pull()
    assert [pulled[name] for name in ("rows", "new", "unchanged")] == [2, 1, 1]
    assert site.pull()["state"] == "nothing new"


def test_rows_without_a_cursor_are_told(site: Site, database: Server) -> None:
    database.run(
        "ALTER TABLE complaints ALTER changed_at DROP NOT NULL",
        "UPDATE complaints SET changed_at = NULL WHERE id = 2",
    )
    (note,) = site.pull()["notes"]
    assert note.startswith("1 rows have no changed_at")


def test_a_source_without_a_cursor_is_read_whole_and_ends_what_is_gone(
    database: Server, tmp_path: Path
) -> None:
    source = a_pull("erp", 'kind = "sql"', 'url_from = "ERP_URL"', 'table = "complaints"')
    whole = source.replace("[erp.pull]", 'replace = "slot"\n\n[erp.pull]')
    site = a_site(tmp_path / "company", whole, {"ERP_URL": database.url})
    site.pull()
    database.run("DELETE FROM complaints WHERE id = 2")
    assert site.pull()["state"] == "published"
    assert numbers(site.facts()) == ["1", "3"]
    database.run("DELETE FROM complaints")
    nothing = site.pull(code=3)
    assert "gave no row at all" in nothing["message"]
    assert numbers(site.facts()) == ["1", "3"]


@pytest.mark.parametrize(
    ("cursor", "lag", "expected"),
    [("id", "lag_steps = 1", [2, 3]), ("received_on", "lag_minutes = 1", [3])],
)
def test_a_cursor_may_be_a_number_or_a_date(
    site: Site, database: Server, cursor: str, lag: str, expected: list[int]
) -> None:
    site.defines(erp(lag).replace("changed_at", cursor))
    site.pull()
    database.run(f"UPDATE complaints SET plant = 'Cork' WHERE id IN ({expected[0]}, 3)")
    pulled = site.pull()
    assert pulled["restated"] == len(expected)
    assert pulled["rows"] == len(expected)


def test_a_query_may_hold_any_sign(site: Site, database: Server) -> None:
    query = """
SELECT id, received_on, plant, '12:30 :x 50%' AS kind, cost::text AS cost, said, changed_at
FROM complaints WHERE said NOT LIKE 'q%' OR said IS NULL -- ours; and theirs
"""
    site.defines(erp().replace('table = "complaints"\ncursor', f"query = '''{query}'''\ncursor"))
    site.pull()
    database.run(A_FOURTH)
    assert site.pull()["new"] == 1
    assert set(site.facts()["category"]) == {"12:30 :x 50%"}


def test_nothing_can_be_changed_in_the_database_even_by_whoever_may(
    site: Site, database: Server
) -> None:
    database.run(
        "CREATE OR REPLACE FUNCTION spoil() RETURNS bigint SECURITY DEFINER LANGUAGE sql AS "
        "$$DELETE FROM complaints; SELECT 1::bigint$$",
        "CREATE OR REPLACE VIEW traps AS SELECT spoil() AS id, now() AS changed_at",
    )
    site.defines(erp().replace('"complaints"\ncursor', '"traps"\ncursor'))
    failed = site.pull(code=1)
    assert "read-only transaction" in failed["message"]
    database.run("DROP VIEW traps")


def test_a_question_that_takes_too_long_is_given_up(site: Site) -> None:
    query = "SELECT pg_sleep(30)::text AS id, now() AS changed_at"
    table = 'table = "complaints"\ncursor'
    site.defines(erp("seconds = 1").replace(table, f'query = "{query}"\ncursor'))
    assert "statement timeout" in site.pull(code=1)["message"]


def test_a_wrong_cursor_is_said_with_the_nearest_column(site: Site) -> None:
    site.defines(erp().replace("changed_at", "changed_on"))
    failed = site.pull(code=1)
    assert "'changed_on' is not among those pulled. Did you mean 'changed_at'?" in failed["message"]


def test_values_no_type_of_ours_holds_come_as_text_and_are_refused_by_cell(
    site: Site, database: Server
) -> None:
    database.run("UPDATE complaints SET received_on = 'infinity' WHERE id = 2")
    refused = site.pull(code=3)
    assert refused["refused"] == 1
    assert "'infinity' is not a date" in refused["message"]
    assert "Column received_on is read as text" in refused["notes"][0]


def test_while_a_source_is_pulled_another_pull_of_it_is_busy(site: Site) -> None:
    (site.root / "state" / "pulls").mkdir()
    with FileLock(site.root / "state" / "pulls" / "erp.lock"):
        busy = site.pull(code=4)
    assert "is being pulled by another process" in busy["message"]
    assert site.pull()["state"] == "published"


def test_pulled_batches_are_rebuilt_from_the_archive(site: Site, database: Server) -> None:
    site.pull()
    database.run(A_FOURTH, A_CORRECTION)
    site.pull()
    before = site.facts()
    database.run("DROP TABLE complaints")
    rebuilt = site.run("rebuild", "--json")
    assert rebuilt.code == 0, rebuilt.err
    assert rebuilt.json["batches"] == 2
    assert site.facts().equals(before)
