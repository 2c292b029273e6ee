"""Whatever a table may hold comes back the same through every kind of file, and through an export.

A full run is 1,000 examples: CLAUSE9_EXAMPLES=200 pytest tests/pipelines/test_round_trip.py
"""

from __future__ import annotations

import csv
import io
import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.company.exports import BYTE_ORDER_MARK, harmless
from data.tables import Column, Table
from pipelines.load.prepare import Context, Prepared, prepare
from pipelines.mapping import Lookup, template_mapping
from pipelines.mapping.model import NOTHING
from pipelines.readers.open import read
from pipelines.readers.raw import Ask, Raw
from tests.support import files
from tests.support.other_workbooks import an_ods

THINGS = Table(
    name="things",
    title="Things",
    meaning="One thing.",
    key=(),
    dated_by="on",
    columns=(
        Column(name="on", type="date", required=True, meaning="When."),
        Column(name="process", type="text", meaning="Which process.", dimension=True),
        Column(name="text", type="text", meaning="What was said."),
        Column(name="amount", type="decimal", decimals=4, meaning="How much."),
        Column(name="pieces", type="integer", meaning="How many."),
        Column(name="is_right", type="boolean", meaning="Whether."),
    ),
)

# A text that starts with = or # is a formula or an error value in the builder of workbooks, and an
# export puts a ' before one that a spreadsheet would calculate.
TEXTS = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=' ",;\n'), max_size=12
).map(lambda text: text.strip() or None)
ROWS = st.lists(
    st.tuples(
        st.dates(date(1900, 3, 1), date(2199, 12, 31)),
        st.sampled_from(["sales", "moulding"]),
        TEXTS.filter(lambda text: text not in NOTHING and (text or "x")[0] not in "=#+-@＝＋－＠"),
        st.none() | st.decimals(-(10**9), 10**9, places=4),
        st.none() | st.integers(-(10**12), 10**12),
        st.none() | st.booleans(),
    ),
    min_size=1,
    max_size=8,
)
FEW = settings(
    max_examples=int(os.environ.get("CLAUSE9_EXAMPLES", "10")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def come_back(path: Path, rows: list[tuple[object, ...]]) -> None:
    """Hold that the file gives the rows, and that so does a CSV file exported of what it gave."""
    part = _read(path)
    assert _values(part) == rows
    exported = BYTE_ORDER_MARK + harmless(part.good.select(THINGS.column_names)).write_csv()
    again = _read(files.a_csv(path.with_name("exported.csv"), exported))
    assert _values(again) == rows


def _read(path: Path) -> Prepared:
    ((raw,),) = read(path, path.name, [Ask(separator="," if path.suffix == ".csv" else None)])
    (part,) = prepare([(template_mapping(THINGS), raw)], Context({"things": THINGS}, _no_lookup))
    assert part.failures.is_empty()
    return part


def _no_lookup(_: Lookup) -> Raw:
    raise AssertionError


def _values(part: Prepared) -> list[tuple[object, ...]]:
    return part.good.select(THINGS.column_names).rows()


@FEW
@given(rows=ROWS)
def test_rows_come_back_from_csv(rows: list[tuple[object, ...]], tmp_path: Path) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(THINGS.column_names)
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    come_back(files.a_csv(tmp_path / "x.csv", text.getvalue()), rows)


@FEW
@given(rows=ROWS)
def test_rows_come_back_from_excel(rows: list[tuple[object, ...]], tmp_path: Path) -> None:
    cells = [[_excel(cell) for cell in row] for row in rows]
    header: list[files.Cell] = [*THINGS.column_names]
    come_back(files.a_workbook(tmp_path / "x.xlsx", {"things": [header, *cells]}), rows)


def _excel(cell: object) -> files.Cell:
    if isinstance(cell, Decimal):
        return float(cell)
    assert cell is None or isinstance(cell, str | int | date)
    return cell


@FEW
@given(rows=ROWS)
def test_rows_come_back_from_parquet(rows: list[tuple[object, ...]], tmp_path: Path) -> None:
    schema: dict[str, type[pl.DataType] | pl.DataType] = {
        "on": pl.Date,
        "process": pl.String,
        "text": pl.String,
        "amount": pl.Decimal(18, 4),
        "pieces": pl.Int64,
        "is_right": pl.Boolean,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    come_back(files.a_parquet(tmp_path / "x.parquet", frame), rows)


@FEW
@given(rows=ROWS)
def test_rows_come_back_from_json(rows: list[tuple[object, ...]], tmp_path: Path) -> None:
    records = [dict(zip(THINGS.column_names, map(_json, row), strict=True)) for row in rows]
    text = "\n".join(json.dumps(record) for record in records)
    come_back(files.a_csv(tmp_path / "x.jsonl", text), rows)


def _json(cell: object) -> object:
    return cell if cell is None or isinstance(cell, str | int) else str(cell)


@FEW
@given(rows=ROWS)
def test_rows_come_back_from_libreoffice(rows: list[tuple[object, ...]], tmp_path: Path) -> None:
    cells = [[_excel(cell) for cell in row] for row in rows]
    header: list[files.Cell] = [*THINGS.column_names]
    come_back(an_ods(tmp_path / "x.ods", {"things": [header, *cells]}), rows)
