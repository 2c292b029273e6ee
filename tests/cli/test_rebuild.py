"""`clause9 rebuild`: the archive alone gives back the same facts and cells."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from dashboard.company.rebuilding import differences
from tests.support.command_line import DESK, MAPPING, METRICS, Site
from tests.support.ingesting import open_company

CORRECTED = DESK.replace("C3,2026-08-02", "C3,2026-08-12") + "C5,2026-08-20,Aarhus\n"

FACTS = ("complaints", "outputs")


def lived(site: Site) -> Site:
    """Return the site after a correction (batch 3) and a file taken back (batch 4)."""
    site.done("ingest", site.file("desk_q3.csv", CORRECTED))
    site.done("ingest", site.file("desk_wrong.csv", DESK.replace("C", "X")))
    site.done("batches", "revert", "4", "--reason", "it was another company's")
    return site


def facts(site: Site) -> list[pl.DataFrame]:
    company = open_company(site.root)
    with company.records, company.warehouse.read() as reader:
        return [
            *(reader.facts_frame(table, only_current=False) for table in FACTS),
            reader.batches(),
            reader.coverage(),
            reader.definitions(),
        ]


def warehouse(site: Site) -> list[str]:
    return sorted(path.name for path in (site.root / "state" / "warehouse").glob("v*"))


def test_the_archive_gives_back_the_same_facts_and_cells(site: Site) -> None:
    lived(site)
    before, values = facts(site), site.values("complaint_rate", "--by", "site")
    made = site.done("rebuild", "--json").json
    # 4 + 4 + 5 rows; batch 4 is taken back
    assert (made["batches"], made["rows"], made["differences"]) == (3, 13, 0)
    assert made["compared"] == made["cells"] > 0
    assert made["version"] == made["former_version"] + 1
    for old, new in zip(before, facts(site), strict=True):
        assert old.equals(new)
    assert site.values("complaint_rate", "--by", "site") == values


def test_a_rebuild_says_that_all_cells_are_equal_and_leaves_a_trace(site: Site) -> None:
    answer = site.done("rebuild")
    assert "2 batches read again from the archive as version 3" in answer.err
    assert "cells compared with version 2: all equal." in answer.err
    assert answer.out == ""
    assert (
        site.done("ingest", site.root / "inbox" / "desk_q3.csv").err.count("nothing changed") == 1
    )


@pytest.mark.parametrize("damage", ["zeroed", "cut", "gone", "pointer"])
def test_a_damaged_version_names_rebuild_and_rebuild_restores_the_values(
    site: Site, pattern: Path, damage: str
) -> None:
    # Asked of the original: a version this process has open is not read again.
    values = Site(pattern).values("complaint_rate")
    current = site.root / "state" / "warehouse" / warehouse(site)[-1]
    whole = current.read_bytes()
    match damage:
        case "zeroed":
            current.write_bytes(b"\0" * len(whole))
        case "cut":
            current.write_bytes(whole[: len(whole) // 3])
        case "gone":
            current.unlink()
        case _:
            (current.parent / "current").write_text("two\n")
    told = site.run("metrics", "values", "complaint_rate")
    assert (told.code, told.out) == (1, "")
    assert "clause9 rebuild" in told.err
    assert "Traceback" not in told.err
    site.done("rebuild")
    assert site.values("complaint_rate") == values


def test_a_lost_warehouse_comes_back_under_a_higher_number(site: Site, pattern: Path) -> None:
    values = Site(pattern).values()
    shutil.rmtree(site.root / "state" / "warehouse")
    site.done("rebuild")
    assert warehouse(site) == ["v000003.duckdb"]
    assert site.values() == values


def archived(site: Site, batch: int) -> str:
    return str(site.done("batches", "show", str(batch), "--json").json["sha256"])


def test_missing_bytes_name_their_batch_and_change_nothing(site: Site) -> None:
    before, values = warehouse(site), site.values()
    (site.root / "state" / "archive" / archived(site, 1)).unlink()
    answer = site.run("rebuild")
    assert answer.code == 1
    assert "Batch 1 (desk_q3.csv) cannot be read again." in answer.err
    assert "Nothing was changed." in answer.err
    assert (warehouse(site), site.values()) == (before, values)


def test_bytes_that_are_no_longer_those_that_came_are_named(site: Site) -> None:
    stored = site.root / "state" / "archive" / archived(site, 2)
    stored.chmod(0o644)
    stored.write_text(OTHER)
    answer = site.run("rebuild")
    assert answer.code == 1
    assert "Batch 2 (outputs.csv)" in answer.err
    assert "no longer those that came in" in answer.err
    assert warehouse(site)[-1] == "v000002.duckdb"


OTHER = "output_on,process,site,quantity\n2026-07-31,logistics,Porto,1\n"


def test_a_mapping_that_is_gone_is_named_with_the_way_out(site: Site) -> None:
    site.defines("sources", desk=MAPPING.replace("crm", "help_desk"))
    answer = site.run("rebuild")
    assert answer.code == 1
    assert "sources/ has no mapping 'crm' any more" in answer.err
    assert "clause9 batches revert 1" in answer.err


def test_files_are_read_by_the_mapping_as_it_is_now(site: Site) -> None:
    site.defines("sources", desk=MAPPING.replace('site = "Plant"\n', ""))
    answer = site.run("rebuild", "--json")
    assert answer.code == 1  # the cells are other cells, and it says so
    assert answer.json["differing"] == ["complaint_rate", "complaints"]
    assert "Version 3 is current" in answer.err
    assert site.values("complaints")[0]["value"] == 2
    assert {row["slice"]["site"] for row in site.values("complaints", "--by", "site")} == {None}


def test_a_metric_defined_differently_is_compared_by_the_definition_in_force(site: Site) -> None:
    site.defines("metrics", customers=METRICS.replace("per = 1000\n", "per = 100\n"))
    made = site.done("rebuild", "--json").json
    assert (made["not_compared"], made["differences"]) == ([], 0)


def test_a_metric_that_is_new_is_not_compared(site: Site) -> None:
    more = METRICS.replace("[complaints", "[claims")
    site.defines("metrics", more=more.partition("[complaint_rate]")[0])
    assert site.done("rebuild", "--json").json["not_compared"] == ["claims"]


STRICTER = """
[rules.after_july]
expect = "received_on >= make_date(2026, 8, 1)"
message = "Complaints before August are kept elsewhere."
"""


def test_rows_a_new_rule_refuses_are_not_dropped_in_silence(site: Site) -> None:
    site.defines("tables", complaints=STRICTER)
    answer = site.run("rebuild")
    assert answer.code == 3
    assert "Batch 1 (desk_q3.csv): the definitions of today refuse rows it brought" in answer.err
    assert "2 × column" in answer.err
    assert warehouse(site)[-1] == "v000002.duckdb"
    accepted = site.run("rebuild", "--accept-good")
    assert "Batch 1 (desk_q3.csv) brings 2 rows as things are defined now; it brought 4." in (
        accepted.err
    )
    assert sum(row["value"] for row in site.values()) == 2


def test_rows_that_were_refused_stay_refused_once_the_rule_is_gone(site: Site) -> None:
    site.defines("tables", complaints=STRICTER)
    site.done("ingest", site.file("desk_more.csv", DESK.replace("C", "D")), "--accept-good")
    before = facts(site)[0]
    (site.root / "tables" / "complaints.toml").unlink()
    made = site.done("rebuild", "--json").json
    assert made["changed_batches"] == []
    assert facts(site)[0].equals(before)


def test_one_cell_that_differs_is_found() -> None:
    cells = pl.DataFrame(
        {
            "metric": ["a", "a", "b"],
            "period": [1, 2, 1],
            "slice": ["{}", "{}", "{}"],
            "numerator": [1, 2, 3],
            "denominator": [None, None, 4],
            "n": [1, 2, 3],
            "sum_of_squares": [None, 2.0, None],
            "left_out": [0, 0, 0],
            "status": ["ok", "ok", "ok"],
        }
    )
    wrong = cells.with_columns(n=pl.Series([1, 2, 4]))
    assert differences(cells, cells, ["a", "b"])[1].is_empty()
    assert differences(cells, wrong, ["a", "b"])[1]["metric"].to_list() == ["b"]
    assert differences(cells, cells.head(2), ["a", "b"])[1]["metric"].to_list() == ["b"]
    assert differences(cells, wrong, ["a"])[0] == 2
