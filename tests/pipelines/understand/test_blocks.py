"""Tables are found where they lie, with the header they have and nothing that is not theirs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.layout import JOINT, joined_headers
from pipelines.understand.blocks import blocks_of
from pipelines.understand.headers import header_parts
from pipelines.understand.regions import Region
from tests.support.drawn_sheets import a_sheet, the_block


def test_titles_above_and_notes_below_are_no_part_of_a_table() -> None:
    block = the_block("""
Deliveries of 2026

  | Month | Late
  | Jan   | 4
  | Feb   | 5
Source: the warehouse system, as of the third of the month.
""")
    assert block.place == "sheet 'KPI', B3:C5"
    assert block.header.names == ("Month", "Late")
    assert len(block.body) == 2
    assert block.titles == ("Deliveries of 2026",)
    assert block.below == ("Source: the warehouse system, as of the third of the month.",)


def test_a_heading_over_several_columns_belongs_to_each_where_names_need_it() -> None:
    block = the_block("""
Site  | Jan  |        | Feb  |
      | Plan | Actual | Plan | Actual
Porto | 1    | 2      | 3    | 4
""")
    assert (block.header.first, block.header.rows) == (0, 2)
    assert block.header.names == (
        "Site",
        "Jan / Plan",
        "Jan / Actual",
        "Feb / Plan",
        "Feb / Actual",
    )


def test_a_heading_is_left_where_the_last_row_names_the_columns_alone() -> None:
    block = the_block("""
      | Machine (rejects) |
Month | E01               | E03
June  | 60                | 935
""")
    assert (block.header_row, block.header.rows) == (2, 1)
    assert block.header.names == ("Month", "E01", "E03")


def test_the_year_above_the_months_belongs_to_the_header() -> None:
    block = the_block("""
      | 2025 |     | 2026
Site  | Jan  | Feb | Jan
Porto | 1    | 2   | 3
""")
    assert block.header.names == ("Site", "2025 / Jan", "2025 / Feb", "2026 / Jan")


def test_sums_above_the_header_are_no_data() -> None:
    block = the_block("""
      | 9    | 12
Month | Late | Sent
Jan   | 4    | 5
Feb   | 5    | 7
""")
    assert (block.header_row, len(block.body)) == (2, 2)


def test_years_across_are_a_header_and_years_down_are_data() -> None:
    across = the_block("""
Site  | 2024 | 2025
Porto | 7    | 8
""")
    down = the_block("""
Year | Late
2024 | 7
2025 | 8
""")
    assert across.header.names == ("Site", "2024", "2025")
    assert (down.header.names, len(down.body)) == (("Year", "Late"), 2)


def test_tables_beside_and_below_each_other_stay_apart() -> None:
    blocks = blocks_of(
        a_sheet("""
Month | Late |  | Month | Sent
Jan   | 4    |  | Jan   | 40
Feb   | 5    |  | Feb   | 50

Month | Lost
Jan   | 1
""")
    )
    assert [block.place.split(", ")[1] for block in blocks] == ["A1:B3", "D1:E3", "A5:B6"]
    assert not any(block.is_alone for block in blocks)


def test_a_table_goes_on_after_an_empty_row_or_an_empty_column() -> None:
    block = the_block("""
Site  |  | Jan | Feb
Porto |  | 1   | 2

Lille |  | 3   | 4
""")
    assert block.place == "sheet 'KPI', A1:D4"
    assert len(block.body) == 2


@pytest.mark.parametrize(
    "drawing",
    [
        """
Just a text
""",
        """
A letter
of several lines
and no table
""",
        """
1 | 2
3 | 4
""",
        """
Site | Jan | Feb
""",
    ],
)
def test_what_has_no_names_above_data_is_no_table(drawing: str) -> None:
    assert blocks_of(a_sheet(drawing)) == ()


cells = st.sampled_from([None, None, "Jan", "2026", "Plan", "Site"])


@given(st.lists(st.lists(cells, min_size=4, max_size=4), min_size=1, max_size=3))
def test_headers_are_named_as_the_reader_names_them(rows: list[list[str | None]]) -> None:
    data: list[list[str | None]] = [["x", "1", "2", "3"]]
    region = Region(0, 0, len(rows), 3)
    parts = header_parts([*rows, *data], region, 0, len(rows) - 1)
    assert [JOINT.join(part) or None for part in parts] == [
        name or None for name in joined_headers(rows)
    ]
