"""Looking at records: filters, date ranges, pages, and counts by value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from data.errors import NotFoundError
from data.tables.contract import Table
from data.warehouse import Reader, memory_warehouse
from tests.support.warehouses import COMPLAINTS, OUTPUTS, TABLES, drawn, some_rows


@pytest.fixture
def reader() -> Iterator[Reader]:
    rows = drawn(
        COMPLAINTS,
        """
        complaint_id | received_on | site  | cost  | quantity
        C1           | 2026-09-30  | Porto | 10.00 | 1
        C2           | 2026-10-01  | Porto | 20.50 | 2
        C3           | 2026-10-31  | Faro  | 30.00 | 1
        C4           | 2026-11-01  | -     | -     | 4
        """,
    )
    with memory_warehouse(TABLES, {"complaints": some_rows(COMPLAINTS, rows)}) as opened:
        yield opened


def ids(rows: pl.DataFrame) -> list[str]:
    return rows["complaint_id"].to_list()


def test_the_newest_come_first(reader: Reader) -> None:
    page = reader.browse("complaints")
    assert ids(page.rows) == ["C4", "C3", "C2", "C1"]
    assert page.total == 4


def test_a_page_is_a_part_and_the_total_is_the_whole(reader: Reader) -> None:
    page = reader.browse("complaints", limit=2, offset=1)
    assert ids(page.rows) == ["C3", "C2"]
    assert page.total == 4


def test_pages_neither_repeat_nor_drop_rows_that_came_from_one_row_of_a_sheet() -> None:
    wide = [
        {"output_on": date(2026, 9, 1), "site": f"Site {at}", "quantity": "1", "_row": 2}
        for at in range(3000)
    ]
    with memory_warehouse(TABLES, {"outputs": some_rows(OUTPUTS, wide)}) as reader:
        pages = [reader.browse("outputs", limit=100, offset=at).rows for at in range(0, 3000, 100)]
    assert pl.concat(pages)["site"].to_list() == [f"Site {at}" for at in range(3000)]


def test_both_ends_of_a_date_range_belong_to_it(reader: Reader) -> None:
    page = reader.browse("complaints", first=date(2026, 10, 1), last=date(2026, 10, 31))
    assert ids(page.rows) == ["C3", "C2"]


@pytest.mark.parametrize(
    ("equals", "found"),
    [
        ({"site": "Porto"}, ["C2", "C1"]),
        ({"site": None}, ["C4"]),
        ({"cost": "20.5"}, ["C2"]),
        ({"received_on": "2026-10-31"}, ["C3"]),
        ({"received_on": "no date"}, []),
        ({"site": "Porto", "cost": "10"}, ["C1"]),
        ({"site": "x' OR 1=1 --"}, []),
    ],
)
def test_values_filter_as_text(
    reader: Reader, equals: dict[str, str | None], found: list[str]
) -> None:
    assert ids(reader.browse("complaints", equals=equals).rows) == found


def test_rows_order_by_any_column_and_empty_values_come_last(reader: Reader) -> None:
    up = reader.browse("complaints", order_by="cost")
    down = reader.browse("complaints", order_by="cost", descending=True)
    assert ids(up.rows) == ["C1", "C2", "C3", "C4"]
    assert ids(down.rows) == ["C3", "C2", "C1", "C4"]


def test_every_row_says_where_it_came_from(reader: Reader) -> None:
    page = reader.browse("complaints", equals={"complaint_id": "C2"})
    assert page.rows.select("_batch", "_mapping", "_row").row(0) == (1, "a_mapping", 3)


def test_counts_by_value_show_records_and_what_they_stand_for(reader: Reader) -> None:
    found = reader.summarise("complaints", by="site")
    assert [(v, r, int(q)) for v, r, q in found.rows()] == [
        ("Porto", 2, 1 + 2),
        ("Faro", 1, 1),
        (None, 1, 4),
    ]


def test_counts_follow_the_selection(reader: Reader) -> None:
    found = reader.summarise("complaints", by="site", first=date(2026, 10, 1), limit=1)
    assert found["value"].to_list() == ["Faro"]


def test_a_timestamp_of_the_last_day_belongs_to_it() -> None:
    columns = tuple(
        column.model_copy(update={"type": "timestamp"}) if column.name == "received_on" else column
        for column in COMPLAINTS.columns
    )
    stamped = Table.model_validate(dict(COMPLAINTS) | {"columns": columns})
    rows = pl.DataFrame({"complaint_id": ["C1"], "received_on": ["2026-10-31 23:59:59"]})
    with memory_warehouse({"complaints": stamped}, {"complaints": rows}) as reader:
        assert reader.browse("complaints", last=date(2026, 10, 31)).total == 1
        assert reader.browse("complaints", last=date(2026, 10, 30)).total == 0


@pytest.mark.parametrize(
    "ask",
    [
        lambda reader: reader.browse("complaints", equals={"sites": "Porto"}),
        lambda reader: reader.browse("complaints", order_by="sites"),
        lambda reader: reader.summarise("complaints", by="sites"),
        lambda reader: reader.facts_frame("complaints", ["sites"]),
    ],
    ids=["filter", "order", "summary", "frame"],
)
def test_an_unknown_column_names_the_nearest(reader: Reader, ask: object) -> None:
    assert callable(ask)
    with pytest.raises(NotFoundError, match=r"Did you mean 'site'\?"):
        ask(reader)


def test_an_unknown_table_names_the_nearest(reader: Reader) -> None:
    with pytest.raises(NotFoundError, match=r"no table 'complaint'\. Did you mean"):
        reader.browse("complaint")
