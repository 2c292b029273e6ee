"""Four messy public sources come in with the counts that are known of them, row by row."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from data.tables.loader import read_tables
from tests.support.command_line import Site
from tests.support.examples import built, sources
from tests.support.ingesting import open_company


@pytest.fixture(scope="module")
def supply(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return built("medicine_supply", tmp_path_factory.mktemp("examples"))


@pytest.fixture(scope="module")
def boston(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return built("boston_animals_and_pests", tmp_path_factory.mktemp("examples"))


@pytest.fixture(scope="module")
def help_desk(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return built("software_help_desk", tmp_path_factory.mktemp("examples"))


@pytest.fixture(scope="module")
def recalls(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return built("device_recalls", tmp_path_factory.mktemp("examples"))


def came_in(site: Site) -> dict[str, tuple[int, int, int]]:
    """Return accepted, refused and left out by file."""
    listed = site.done("batches", "list", "--json").json
    return {b["file"]: (b["accepted"], b["refused"], b["left_out"]) for b in listed}


def facts(site: Site, table: str) -> pl.DataFrame:
    company = open_company(site.root)
    with company.records, company.warehouse.read() as reader:
        return reader.facts_frame(table)


def total(site: Site, metric: str, year: int) -> float:
    period = ("--from", f"{year}-01-01", "--to", f"{year}-12-31")
    return float(sum(row["numerator"] or 0 for row in site.values(metric, *period)))


def test_deliveries_with_dates_in_three_formats_and_texts_among_numbers(supply: Site) -> None:
    assert came_in(supply) == {"SCMS_Delivery_History_Dataset.csv": (10_324, 0, 0)}
    rows = facts(supply, "supplier_deliveries")
    assert rows["received_on"].min() == date(2006, 5, 2)
    assert rows["received_on"].max() == date(2015, 9, 14)
    assert rows["supplier"].n_unique() == 73
    assert rows.filter(pl.col("received_on") > pl.col("due_on")).height == 1_186
    # 2,476 before quotations were kept; 5,404 from a warehouse; 205 and 328 not captured.
    assert rows["quoted_on"].count() == 10_324 - 2_476 - 205
    assert rows["ordered_on"].count() == 10_324 - 5_404 - 328
    # 09/11/2014 and 8/27/14 stand in one column: no year is 14 or 2020.
    assert rows["quoted_on"].min() >= date(2005, 1, 1)  # type: ignore[operator] # it is a date
    assert rows["weight_kg"].count() == 10_324 - 1_507 - 2_445
    assert dict(rows["freight_billed"].value_counts().iter_rows()) == {
        "by itself": 6_198,
        "with another line": 2_445,
        "in the price of the goods": 1_442,
        "separately": 239,
    }
    assert rows["freight_cost"].count() == 6_198


def test_cases_of_a_city_without_the_names_in_them(boston: Site) -> None:
    assert came_in(boston) == {
        "filtered_2016.csv.gz": (7_494, 0, 0),
        "filtered_2017.csv.gz": (7_760, 0, 0),
        "filtered_2018.csv": (7_872, 0, 0),
    }
    overdue = {year: total(boston, "overdue_share", year) for year in (2016, 2017, 2018)}
    assert overdue == {2016: 659, 2017: 741, 2018: 684}
    rows = facts(boston, "complaints")
    assert rows["closed_on"].null_count() == 2_134 + 1_840 + 2_408
    assert set(rows["zip"].drop_nulls().str.len_chars()) == {5}
    assert set(rows["ward"].drop_nulls()) == {str(ward) for ward in range(23)}
    # A cell of one blank is empty; an address is somebody's.
    assert rows.select(pl.col(pl.String).str.strip_chars() == "").sum().sum_horizontal().item() == 0
    table = read_tables(boston.root / "tables").tables["complaints"]
    assert table.column("address").personal
    assert not {"case_title", "queue"} & set(table.column_names)


def test_tickets_are_put_together_from_their_events(help_desk: Site) -> None:
    assert came_in(help_desk) == {"helpdesk_events.csv.gz": (4_580, 0, 0)}
    shown = help_desk.done("batches", "show", "1", "--json").json
    assert "21,348 rows are 4,580 by case:concept:name." in shown["report"]["parts"][0]["warnings"]
    years = {year: total(help_desk, "tickets", year) for year in (2010, 2011, 2012, 2013)}
    assert years == {2010: 977, 2011: 1_518, 2012: 1_412, 2013: 673}
    rows = facts(help_desk, "complaints")
    # 23 tickets have another last event than Closed; 5,060 events take a ticket in charge.
    assert rows["closed_on"].count() == 4_580 - 23
    assert rows["times_taken"].sum() == 5_060
    # Median case duration 956 hours.
    days = (rows["closed_on"] - rows["received_on"]).dt.total_days()
    assert days.median() == 40


def test_recalls_told_twice_are_one_and_their_texts_are_readable(recalls: Site) -> None:
    assert came_in(recalls) == {
        "recalls_2015_2017.csv.gz": (7_756, 0, 0),
        "maude_daVinci_FOIDEV.txt": (25_893, 0, 0),
    }
    told = (batch["report"]["parts"][0] for batch in batches_shown(recalls))
    assert any(
        each.startswith("8,057 rows are 7,756 by ") for part in told for each in part["warnings"]
    )
    rows = facts(recalls, "nonconformances")
    assert rows["event_id"].n_unique() == 3_180
    assert rows["manufacturer"].n_unique() == 974
    assert rows["cause"].n_unique() == 41
    assert rows["raised_on"].min() == date(2002, 11, 11)
    assert rows["raised_on"].max() == date(2017, 12, 8)
    texts = rows.select(pl.concat_str("specialty", "manufacturer", "action", ignore_nulls=True))
    assert texts.to_series().str.contains(r"&amp;|[\x00-\x08\x0B\x0C\x0E-\x1F]").sum() == 0
    assert rows.filter(pl.col("specialty") == "Ear Nose & Throat").height > 0


def test_reports_separated_by_bars_are_one_firms_whatever_its_spelling(recalls: Site) -> None:
    years = {year: total(recalls, "reports", year) for year in (2012, 2013, 2014, 2015)}
    assert years == {2012: 1_603, 2013: 6_247, 2014: 6_142, 2015: 1_737}
    rows = facts(recalls, "complaints")
    assert rows["received_on"].max() == date(2022, 4, 29)
    # 81 spellings; 18 of them are the firm's own name once more.
    assert rows["manufacturer"].n_unique() <= 81 - 18
    firm = rows.filter(pl.col("manufacturer") == "INTUITIVE SURGICAL,INC.")
    assert firm.height > 16_871 + 6_569 + 1_435
    assert rows.filter(pl.col("availability") == "returned").height == 18_588


def test_the_old_excel_file_of_2017_says_what_was_published(recalls: Site) -> None:
    raw = sources() / "fda_device_recalls" / "raw_xls" / "2017.xls"
    asked = ("--mapping", "recalls", "--dry-run", "--json")
    (report,) = recalls.done("ingest", raw, *asked).json["batches"]
    # 1,996 rows, 85 of them once more; every one as the file of all three years says it.
    assert (report["accepted"], report["unchanged"], report["refused"]) == (1_911, 1_911, 0)


def batches_shown(site: Site) -> list[Any]:
    numbers = [batch["id"] for batch in site.done("batches", "list", "--json").json]
    return [site.done("batches", "show", str(number), "--json").json for number in numbers]
