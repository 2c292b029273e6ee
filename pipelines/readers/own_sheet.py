"""The hidden sheet of our own templates: what it says, and nothing in it is data."""

from __future__ import annotations

from pathlib import Path

import fastexcel

OWN_SHEET = "_clause9"
"""Its name; no table may be called so, since names of tables start with a letter."""

MOST_MARKS = 5_000
"""Lines read of it: an owner hands in tens of figures, seldom hundreds."""


def marker_of(path: Path) -> dict[str, str]:
    """Return what the hidden sheet of a workbook says, name to value; {} where it is unreadable."""
    try:
        sheet = fastexcel.read_excel(path).load_sheet(
            OWN_SHEET, header_row=None, n_rows=MOST_MARKS, use_columns="A:B", dtypes="string"
        )
    except fastexcel.FastExcelError:
        return {}
    said = sheet.to_polars()
    if said.width < 2:  # a sheet emptied by hand says nothing
        return {}
    pairs = said.select(said.columns[:2]).drop_nulls()
    return dict(zip(*pairs.get_columns(), strict=True))
