"""What a file is, by its content: a name ending promises nothing."""

from __future__ import annotations

import codecs
import gzip
import re
import zipfile
import zlib
from pathlib import Path
from typing import Literal

from data.errors import RefusedInputError
from pipelines.readers.damage import DAMAGE

FileKind = Literal["csv", "csv.gz", "json", "json.gz", "parquet", "xlsx", "xls", "xlsb", "ods"]

MOST_ENTRIES = 1_000
"""Files a workbook may be made of. Real ones have 10 to 90; a thousand is a trap."""

MOST_UNPACKED = 400_000_000
"""Bytes a workbook may unpack to: one sheet of 400,000 rows by 20 columns takes about that."""

STEEPEST_RATIO = 100
"""How far one part may shrink: real sheets shrink 5 to 20 times, a zip bomb a thousand times."""

AGAIN = "Save it as .xlsx or as CSV UTF-8 and try again."

PROTECTED = (
    "the workbook is protected by a password and cannot be read. Remove the password "
    "in Excel (File, Info, Protect Workbook) and try again."
)


_HTML = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<body", b"<div")
_PACKED = (b"pk\x05\x06", b"pk\x07\x08", b"7z\xbc\xaf", b"rar!", b"bzh", b"\xfd7zxz")
_JSON = re.compile(rb'\{\s*["}]|\[\s*[\[{"\]\d-]')


def kind_of(path: Path) -> FileKind:
    """Return what the file is. Raises RefusedInputError, in words, for what is not read."""
    with path.open("rb") as source:
        head = source.read(8192)
        size = source.seek(0, 2)
    if size == 0:
        raise RefusedInputError("the file is empty (0 bytes). Export it again.")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(path)
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    if not head.startswith(b"\x1f\x8b"):
        return _text(head)
    inside = _first_bytes(path)
    if inside.startswith((b"PK", b"PAR1", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")):
        raise RefusedInputError(
            "this is a gzip file with a workbook, Parquet or packed file inside; only CSV and JSON "
            "are read packed. Unpack it first."
        )
    return "json.gz" if _text(inside) == "json" else "csv.gz"


def _first_bytes(path: Path) -> bytes:
    try:
        with gzip.open(path) as source:
            return source.read(8192)
    except (OSError, EOFError, zlib.error):
        return b""  # the reading proper says what is wrong with it


def _compound(path: Path) -> FileKind:
    """Return xls for the container that old Office files and encrypted new ones share."""
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise RefusedInputError(PROTECTED)
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        return "xls"
    raise RefusedInputError(
        f"this is an old Office file without a workbook (Word, PowerPoint or a damaged .xls). "
        f"{AGAIN}"
    )


def _text(head: bytes) -> Literal["csv", "json"]:
    """Return what a text file is. Raises RefusedInputError for texts that are no table."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf"):
        raise RefusedInputError(f"this is a PDF, not a table. {AGAIN}")
    if start.startswith(_HTML):
        raise RefusedInputError(
            f"this is a web page (HTML) under the name of a table. Open it in Excel. {AGAIN}"
        )
    if start.startswith((b"<?xml", b"<!doctype")):
        raise RefusedInputError(_xml_words(start))
    if start.startswith(_PACKED):
        raise RefusedInputError("this is a packed archive without a workbook. Unpack it first.")
    return "json" if _JSON.match(start) else "csv"


def _xml_words(start: bytes) -> str:
    if b"excel.sheet" in start or b"office:spreadsheet" in start:
        return f"this is an Excel file written as XML, which is not read. Open it in Excel. {AGAIN}"
    if b"<log" in start:
        return (
            "this is an event log (XES), which is not read. Export the events as CSV, one row an "
            "event, from the process-mining tool."
        )
    if b"<html" in start:
        return f"this is a web page (HTML) under the name of a table. Open it in Excel. {AGAIN}"
    return "this is an XML file, which is not read. Export the table as CSV UTF-8 or .xlsx."


def _zipped(path: Path) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            mimetype = archive.read("mimetype")[:80] if "mimetype" in names else b""
            manifest = "META-INF/manifest.xml"
            inside = archive.open(manifest).read(1_000_000) if manifest in names else b""
    except (*DAMAGE, ValueError) as error:
        raise RefusedInputError(
            "the workbook is damaged or cut short and cannot be opened. Save it again in Excel "
            "and send the new file."
        ) from error
    _refuse_bombs(entries)
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if b"opendocument.spreadsheet" in mimetype and "content.xml" in names:
        if b"encryption-data" in inside:
            raise RefusedInputError(PROTECTED)
        return "ods"
    if b"opendocument" in mimetype:
        raise RefusedInputError(f"this is an OpenDocument file, but no spreadsheet (.ods). {AGAIN}")
    raise RefusedInputError(
        "this is a zip archive, not a workbook. Unpack it and give the files inside."
    )


def _refuse_bombs(entries: list[zipfile.ZipInfo]) -> None:
    way = "If it is a real file, keep only the sheet with the data, or save it as CSV UTF-8."
    if len(entries) > MOST_ENTRIES:
        raise RefusedInputError(
            f"the workbook is made of {len(entries):,} parts; at most {MOST_ENTRIES:,} are read. "
            + way
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_UNPACKED:
        raise RefusedInputError(
            f"the workbook unpacks to {unpacked / 1e6:,.0f} MB; at most "
            f"{MOST_UNPACKED / 1e6:,.0f} MB are read. {way}"
        )
    for entry in entries:
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > 1_000_000 and ratio > STEEPEST_RATIO:
            raise RefusedInputError(
                f"the part {entry.filename} of the workbook unpacks to {ratio:,.0f} times its "
                f"size, as a zip bomb does; at most {STEEPEST_RATIO} times is read. {way}"
            )
