"""Whether the records of a CSV file are whole: quotes closed, every row as long as the header.

Nothing here splits fields: it finds the first record that is not certain and names its place.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from data.errors import RefusedInputError

MARK = "\x01"
"""Stands for a quoted text while separators are counted; control characters never name a field."""


@dataclass(frozen=True)
class Dialect:
    """How the records of a file are written; `quote` None means that quotes are plain text."""

    separator: str
    width: int
    quote: str | None = '"'


def is_surely_even(body: bytes, dialect: Dialect) -> bool:
    """Return whether two counts prove that no record is too short.

    Without quotes a line is a record, and the parser refuses one that is too long; so an equal sum
    of separators leaves none too short, and none blank unless there is one column.
    """
    if dialect.quote and b'"' in body:
        return False
    if dialect.width == 1 and (b"\n\n" in body or b"\n\r\n" in body):
        return False
    if b"\r" in body and body.count(b"\r") != body.count(b"\r\n"):
        return False
    lines = body.count(b"\n") + (not body.endswith(b"\n"))
    return body.count(dialect.separator.encode()) == (dialect.width - 1) * lines


def check_records(body: bytes, dialect: Dialect, header_row: int, hint: str = "") -> int:
    """Return how many records `body` has, header and blank lines included.

    Raises RefusedInputError for the first ragged or open one.
    """
    records = _records(body, dialect)
    _refuse_open_quotes(records, header_row)
    _refuse_lone_returns(records, header_row)
    _refuse_ragged(records, dialect.width, header_row, hint)
    return records.height


def _lines(body: bytes) -> pl.DataFrame:
    """Return column `line`, one a physical line without its end."""
    # The body holds no NUL, so as a separator it never splits a line.
    frame = pl.read_csv(
        body,
        separator="\0",
        has_header=False,
        quote_char=None,
        infer_schema=False,
        new_columns=["line"],
    )
    return frame.with_columns(pl.col("line").fill_null("").str.strip_suffix("\r"))


def _records(body: bytes, dialect: Dialect) -> pl.DataFrame:
    """Return one row a record: `fields` (count), `is_blank`, `is_sound`, `has_return`.

    Sound is a record whose quotes enclose fields; the return is a lone one, outside of quotes. A
    line whose quotes are open goes on in the next; the last record may stay open.
    """
    separator = dialect.separator
    quotes = pl.col("line").str.count_matches('"', literal=True) if dialect.quote else pl.lit(0)
    frame = _lines(body).with_columns(quotes=quotes)
    odd = (pl.col("quotes") % 2).cum_sum() % 2
    starts = odd.shift(1, fill_value=0) == 0
    frame = frame.with_columns(starts.cum_sum().alias("record"))
    if frame.select(pl.col("record").last() != pl.len()).item():
        frame = frame.group_by("record", maintain_order=True).agg(
            pl.col("line").str.join("\n"), pl.col("quotes").sum()
        )
    has_quotes = pl.col("quotes") > 0
    bare = pl.when(has_quotes).then(pl.col("line").str.replace_all(r'"[^"]*"', MARK))
    frame = frame.with_columns(bare=bare.otherwise(pl.col("line")))
    return frame.select(
        fields=pl.col("bare").str.count_matches(separator, literal=True) + 1,
        is_blank=pl.col("line").str.len_bytes() == 0,
        is_sound=~has_quotes | ~pl.col("bare").str.contains(_unsound(separator)),
        has_return=pl.col("bare").str.contains("\r", literal=True),
    )


def _unsound(separator: str) -> str:
    sign = "\\" + separator if separator == "|" else separator
    return f'"|[^{sign}{MARK}]{MARK}|{MARK}[^{sign}{MARK}]'


def _refuse_open_quotes(records: pl.DataFrame, header_row: int) -> None:
    open_at = records.get_column("is_sound").not_().arg_true()
    if len(open_at):
        raise RefusedInputError(
            f'row {open_at[0] + header_row}: a quote (") opens or closes inside a text, so the '
            'fields cannot be told apart. Close it, or write a quote inside a text twice (""); a '
            'file without quoting is read with quoting = "none" in the mapping.'
        )


def _refuse_lone_returns(records: pl.DataFrame, header_row: int) -> None:
    at = records.get_column("has_return").arg_true()
    if len(at):
        raise RefusedInputError(
            f"row {at[0] + header_row}: a lone carriage return stands in the line, so it is not "
            "certain where the row ends: the file mixes line ends. Save it as 'CSV UTF-8'."
        )


def _refuse_ragged(records: pl.DataFrame, width: int, header_row: int, hint: str) -> None:
    is_ragged = (records["fields"] != width) & ~records["is_blank"]
    ragged = is_ragged.arg_true()
    if not len(ragged):
        return
    row = ragged[0] + header_row
    fields = records["fields"][ragged[0]]
    more = f" {len(ragged):,} rows are like that." if len(ragged) > 1 else ""
    way = hint or "Correct the row, or quote texts that hold the separator."
    raise RefusedInputError(
        f"row {row} has {fields} fields, but the header in row {header_row} has {width}.{more} "
        f"{way}"
    )
