"""PostgreSQL: the answer comes as one COPY, is parsed by Arrow, and keeps the types it had there.

COPY quotes every value and leaves NULL unquoted, so an empty text and no text stay two things.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv
import pyarrow.parquet as pq
import sqlalchemy as sa

from data.engines.columns import refuse_doubled
from data.errors import SourceError

BLOCK_BYTES = 16 << 20
"""CSV parsed at a time, and so the longest row there can be."""

_TYPES: dict[int, pa.DataType] = {
    16: pa.bool_(),
    20: pa.int64(),
    21: pa.int64(),
    23: pa.int64(),
    26: pa.int64(),
    700: pa.float64(),
    701: pa.float64(),
    1082: pa.date32(),
    1114: pa.timestamp("us"),
    1184: pa.timestamp("us", "UTC"),
}
"""Types by their number in PostgreSQL's catalogue; whatever is not here comes as its text."""

_NUMERIC = 1700

_MOST_DIGITS = 38

_NUMBER = r"^-?\d+(\.\d+)?$"


@dataclass(frozen=True)
class _Columns:
    """The columns of an answer: what each is called, and the Arrow type it is parsed to.

    `unbounded` are numerics without declared digits: how many they need, the values say.
    """

    names: tuple[str, ...]
    types: tuple[pa.DataType, ...]
    unbounded: tuple[str, ...]


def copied(
    connection: sa.Connection, selected: sa.Select[Any], target: Path
) -> tuple[int, tuple[str, ...]]:
    """Write the answer to `target` as Parquet; return its rows, and the columns now text."""
    columns = _described(connection, selected)
    refuse_doubled(columns.names)
    csv = target.with_suffix(".csv")
    try:
        _copy(connection, selected, csv)
        schema = pa.schema(zip(columns.names, columns.types, strict=True))
        for name in columns.unbounded:
            schema = schema.set(
                schema.get_field_index(name), pa.field(name, _digits(csv, name, schema))
            )
        return _converted(csv, schema, target)
    except psycopg.Error as error:
        # As SQLAlchemy wraps what its own calls raise, so that one place words it.
        raise sa.exc.DBAPIError("COPY", None, error) from None
    finally:
        csv.unlink(missing_ok=True)


def _described(connection: sa.Connection, selected: sa.Select[Any]) -> _Columns:
    with connection.execute(selected.limit(0)) as result:
        cursor = result.cursor
        found: Any = cursor.description if cursor is not None else ()
    return _columns(found)


def _columns(found: Sequence[psycopg.Column]) -> _Columns:
    return _Columns(
        tuple(column.name for column in found),
        tuple(_type(column) for column in found),
        tuple(c.name for c in found if c.type_code == _NUMERIC and not _is_bounded(c)),
    )


def _type(column: psycopg.Column) -> pa.DataType:
    if column.type_code == _NUMERIC and _is_bounded(column):
        return pa.decimal128(column.precision, column.scale)
    return _TYPES.get(column.type_code, pa.string())


def _is_bounded(column: psycopg.Column) -> bool:
    digits, scale = column.precision, column.scale
    return digits is not None and scale is not None and 0 <= scale <= digits <= _MOST_DIGITS


def _copy(connection: sa.Connection, selected: sa.Select[Any], csv: Path) -> None:
    compiled = selected.compile(dialect=connection.dialect)
    text = f"COPY ({compiled}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)"
    if not compiled.params:
        text = text.replace("%%", "%")  # only with parameters does the driver undo the doubling
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 the URL was made to say so
    with csv.open("wb") as out, driver.cursor().copy(text.encode(), compiled.params) as copy:
        for line in copy:
            out.write(line)


def _digits(csv: Path, name: str, schema: pa.Schema) -> pa.DataType:
    """Return the decimal that holds every value of a column; text where one is no number."""
    before, after = 1, 0
    for batch in _parsed(csv, pa.schema((field.name, pa.string()) for field in schema), [name]):
        values = batch.column(0).drop_null()
        if not pc.all(pc.match_substring_regex(values, _NUMBER), min_count=0).as_py():
            return pa.string()
        whole = pc.utf8_length(pc.replace_substring_regex(values, r"^-|\..*$", ""))
        fraction = pc.utf8_length(pc.replace_substring_regex(values, r"^[^.]*\.?", ""))
        before = max(before, pc.max(whole).as_py() or 0)
        after = max(after, pc.max(fraction).as_py() or 0)
    return pa.decimal128(_MOST_DIGITS, after) if before + after <= _MOST_DIGITS else pa.string()


def _converted(csv: Path, schema: pa.Schema, target: Path) -> tuple[int, tuple[str, ...]]:
    """Parse the CSV into Parquet; a column with a value its type cannot hold becomes text."""
    as_text: list[str] = []
    while True:
        try:
            return _write(csv, schema, target), tuple(as_text)
        except pa.ArrowInvalid as error:
            # PostgreSQL's dates may be 'infinity' or before Christ; Arrow's may not.
            found = re.search(r"In CSV column #(\d+)", str(error))
            if found is None or schema.field(int(found[1])).type == pa.string():
                raise SourceError(_unreadable(error)) from None
            at = int(found[1])
            as_text.append(schema.field(at).name)
            schema = schema.set(at, pa.field(schema.field(at).name, pa.string()))


def _write(csv: Path, schema: pa.Schema, target: Path) -> int:
    rows = 0
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in _parsed(csv, schema):
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def _parsed(csv: Path, schema: pa.Schema, only: Sequence[str] = ()) -> Any:  # noqa: ANN401 untyped
    """Return the record batches of the CSV; none of an empty one."""
    if csv.stat().st_size == 0:
        return ()
    return pv.open_csv(
        csv,
        read_options=pv.ReadOptions(column_names=schema.names, block_size=BLOCK_BYTES),
        parse_options=pv.ParseOptions(newlines_in_values=True),
        convert_options=pv.ConvertOptions(
            column_types=schema,
            include_columns=list(only) or None,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )


def _unreadable(error: pa.ArrowInvalid) -> str:
    if "straddling" in str(error):
        return f"A row of the answer is longer than {BLOCK_BYTES >> 20} MB. Name fewer columns."
    return "The answer of the database could not be parsed. Name the columns that are needed."
