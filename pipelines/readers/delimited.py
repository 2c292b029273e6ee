"""CSV, strictly: encoding, separator and quotes are known with certainty, or the file is refused.

Polars parses; what it would mend in silence (short rows, open quotes) is looked for first, on whole
columns of lines. A file without quotes needs only two counts.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from data.errors import RefusedInputError
from pipelines.readers.headers import checked_headers, header_hint, letter
from pipelines.readers.layout import (
    Layout,
    cut_lines,
    joined_headers,
    layout_of,
    never_ended,
    records_on_top,
)
from pipelines.readers.quoting import Dialect, check_records, is_surely_even
from pipelines.readers.raw import LONGEST_CELL, ROW, Ask, Part

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}

_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r") + b"\x7f"
_OVERRIDES = [chr(code).encode() for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]


def unpacked(data: bytes, max_bytes: int) -> bytes:
    """Return the bytes inside a gzip file; RefusedInputError for a damaged or an endless one."""
    inside = bytearray()
    try:
        with gzip.open(io.BytesIO(data)) as source:
            while len(inside) <= max_bytes and (block := source.read(1 << 20)):
                inside += block
    except (OSError, EOFError, zlib.error) as error:
        raise RefusedInputError(
            "the gzip file is damaged or cut short. Pack it again and send the new file."
        ) from error
    if len(inside) > max_bytes:
        raise RefusedInputError(
            f"the gzip file unpacks to more than {max_bytes / 1e6:,.0f} MB. Split it."
        )
    return bytes(inside)


def read_delimited(data: bytes, ask: Ask) -> Part:
    """Return the one part of a CSV file. Raises RefusedInputError with line or row."""
    data = as_utf8(data, ask.encoding)
    refuse_binary(data)
    data = _with_line_feeds(data)
    data, separator = _without_sep_line(data, ask.separator)
    layout = layout_of(ask)
    body = _from_line(data, layout.header_row)
    quote = None if ask.quoting == "none" else '"'
    header = _first_record(body, quote)
    separator = separator or _separator(header, ask.expected, layout.header_row, quote)
    body, is_ended = cut_lines(body, layout, separator, quote)
    top = records_on_top(body, layout.header_rows, quote)
    rows = [_fields(record, separator, quote) for record in top]
    _refuse_uneven(rows, layout)
    dialect = Dialect(separator, len(rows[0]), quote)
    hint = _hint(data, dialect, ask, layout)
    frame = _whole(body, dialect, layout, hint)
    last = len(rows[0]) if layout.last_column is None else layout.last_column + 1
    frame = frame.select(frame.columns[layout.first_column : last])
    filled = [count < frame.height for count in frame.null_count().row(0)] if frame.height else []
    columns = checked_headers(
        joined_headers(rows)[layout.first_column : last],
        filled or [False] * frame.width,
        row=layout.header_row,
        hint=hint,
        first_column=layout.first_column,
        expected=ask.expected,
    )
    frame = frame.select(pl.col(frame.columns[i]).alias(name) for i, name in columns)
    _refuse_huge_cells(frame, layout.first_row - 1)
    names = tuple(frame.columns)
    frame = frame.with_row_index(ROW, offset=layout.first_row)
    frame = frame.filter(~pl.all_horizontal(pl.col(names).is_null()))
    told = () if is_ended or layout.until is None else (never_ended(layout.until),)
    return Part(None, layout.header_row, names, frame, told, has_controls=has_controls(data))


def _refuse_uneven(rows: list[list[str]], layout: Layout) -> None:
    """Raise RefusedInputError where the header rows are too few, or not equally long."""
    if len(rows) < layout.header_rows:
        raise RefusedInputError(
            f"the mapping expects the header in rows {layout.header_row} to "
            f"{layout.first_row - 1}, but the file ends before that."
        )
    uneven = [i for i, row in enumerate(rows) if len(row) != len(rows[0])]
    if uneven:
        raise RefusedInputError(
            f"row {layout.header_row + uneven[0]} has {len(rows[uneven[0]])} columns, but row "
            f"{layout.header_row} has {len(rows[0])}: they are no header together."
        )
    if layout.first_column >= len(rows[0]):
        raise RefusedInputError(
            f"the block begins in column {letter(layout.first_column)}, but the header has only "
            f"{len(rows[0])} columns."
        )


def _hint(data: bytes, dialect: Dialect, ask: Ask, layout: Layout) -> str:
    if not layout.is_plain:
        return ""
    return header_hint(_first_lines(data, dialect), layout.header_row, ask.expected)


def as_utf8(data: bytes, encoding: str) -> bytes:
    """Return the text as UTF-8 without a mark. A byte order mark decides before the mapping does.

    Raises RefusedInputError with line and byte of what cannot be decoded.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        if encoding.lower().replace("_", "-") in {"utf-8", "utf8"}:
            if not data.isascii():
                data.decode("utf-8")
            return data
        return data.decode(encoding).removeprefix("\ufeff").encode()
    except LookupError as error:
        raise RefusedInputError(
            f"the mapping's encoding '{encoding}' is not known. Write utf-8, cp1252 or latin-1."
        ) from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise RefusedInputError(
            f"line {line}: byte 0x{data[error.start]:02x} is not {encoding.upper()}. Save the file "
            "as 'CSV UTF-8', or say its encoding in the mapping, like encoding = \"cp1252\" or "
            'encoding = "latin-1".'
        ) from error
    except UnicodeEncodeError as error:
        raise RefusedInputError(
            f"the text holds half a character that {encoding.upper()} allows and nothing shows. "
            "Save the file as 'CSV UTF-8'."
        ) from error


def refuse_binary(data: bytes) -> None:
    """Raise RefusedInputError for what holds no lines of text."""
    nul = data.find(b"\0")
    if nul >= 0:
        line = data.count(b"\n", 0, nul) + 1
        raise RefusedInputError(
            f"line {line} holds a NUL byte: this is no text file, or it is damaged. Export it "
            'anew. A text in UTF-16 without its mark is read with encoding = "utf-16-le" in the '
            "mapping."
        )
    if not data or data.isspace():
        raise RefusedInputError("the file holds no header and no rows. Export it again.")


def _with_line_feeds(data: bytes) -> bytes:
    """Return the text with the line ends of old Mac files, lone carriage returns, as usual ones."""
    return data.replace(b"\r", b"\n") if b"\r" in data and b"\n" not in data else data


def has_controls(data: bytes) -> bool:
    """Return whether there may be control or direction characters in the text."""
    if len(data.translate(None, _CONTROLS)) != len(data):
        return True
    return not data.isascii() and any(sign in data for sign in _OVERRIDES)


def _without_sep_line(data: bytes, separator: str | None) -> tuple[bytes, str | None]:
    """Return the data without Excel's own first line "sep=;", and the separator it names."""
    end = data.find(b"\n", 0, 10)
    line = data[: max(end, 0)].strip().strip(b'"')
    if line[:4].lower() == b"sep=" and len(line) == 5:
        return data[end + 1 :], separator or line[4:].decode()
    return data, separator


def _from_line(data: bytes, number: int) -> bytes:
    for _ in range(number - 1):
        _, found, data = data.partition(b"\n")
        if not found:
            raise RefusedInputError(
                f"the mapping expects the header in row {number}, but the file ends before it."
            )
    return data


def _first_record(data: bytes, quote: str | None) -> str:
    """Return the header record: lines up to the first whose quotes are closed."""
    end = 0
    while True:
        end = data.find(b"\n", end)
        if end < 0 or end > 1_000_000:
            return data[:1_000_000].decode("utf-8", "replace").rstrip("\r\n")
        if quote is None or data.count(b'"', 0, end) % 2 == 0:
            return data[:end].decode().rstrip("\r")
        end += 1


def _fields(record: str, separator: str, quote: str | None) -> list[str]:
    if quote is None:
        return record.split(separator)
    pieces: list[str] = []
    piece, is_open = "", False
    for character in record:
        if character == quote:
            is_open = not is_open
        elif character == separator and not is_open:
            pieces.append(piece)
            piece = ""
        else:
            piece += character
    return [*pieces, piece]


def _first_lines(data: bytes, dialect: Dialect) -> list[list[str]]:
    lines = data[:20_000].decode("utf-8", "replace").splitlines()[:20]
    return [_fields(line, dialect.separator, dialect.quote) for line in lines]


def _separator(header: str, expected: tuple[str, ...], row: int, quote: str | None) -> str:
    """Return the separator the header line decides; RefusedInputError where it leaves a doubt."""
    counts = {sign: _fields(header, sign, quote) for sign in SEPARATORS}
    possible = {sign: fields for sign, fields in counts.items() if len(fields) > 1}
    if len(possible) > 1 and expected:
        fitting = {s: f for s, f in possible.items() if set(expected) <= {t.strip() for t in f}}
        possible = fitting or possible
    if len(possible) <= 1:
        return next(iter(possible), ",")
    names = " or ".join(f"{SEPARATORS[sign]} ({len(f)} columns)" for sign, f in possible.items())
    raise RefusedInputError(
        f"row {row}: the header can be split by {names}, so the separator is not certain. "
        'Say it in the mapping: separator = ";".'
    )


def _whole(body: bytes, dialect: Dialect, layout: Layout, hint: str) -> pl.DataFrame:
    """Return every record below the header as String, blank lines as empty rows."""
    header_row = layout.header_row
    with ThreadPoolExecutor(1) as beside:
        parsing = beside.submit(_parsed, body, dialect)
        is_even = is_surely_even(body, dialect)
        records = None if is_even else check_records(body, dialect, header_row, hint)
        frame = parsing.result()
    if frame is None:
        check_records(body, dialect, header_row, hint)
    if frame is None or (records is not None and frame.height != records):
        raise RefusedInputError(
            "the rows could not be told apart with certainty. Save it as 'CSV UTF-8' and try again."
        )
    return frame.slice(layout.header_rows)


def _parsed(body: bytes, dialect: Dialect) -> pl.DataFrame | None:
    names = [f"column_{i}" for i in range(dialect.width)]
    try:
        return pl.read_csv(
            body,
            separator=dialect.separator,
            quote_char=dialect.quote,
            has_header=False,
            new_columns=names,
            infer_schema=False,
        )
    except pl.exceptions.PolarsError:
        return None


def _refuse_huge_cells(frame: pl.DataFrame, header_row: int) -> None:
    if frame.is_empty():
        return
    longest = frame.select(pl.all().str.len_bytes().max()).row(0)
    for name, size in zip(frame.columns, longest, strict=True):
        if (size or 0) > LONGEST_CELL:
            lengths = frame.get_column(name).str.len_chars()
            index = lengths.arg_max()
            if index is not None and lengths[index] > LONGEST_CELL:
                raise RefusedInputError(
                    f"row {index + header_row + 1}, column '{name}': the cell holds "
                    f"{lengths[index]:,} characters; at most {LONGEST_CELL:,} are read. "
                    "Shorten it, or look for a quote that is never closed."
                )
