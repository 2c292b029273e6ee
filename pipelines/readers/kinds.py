"""What a file is, by its content: a name ending promises nothing."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Literal

from data.errors import RefusedInputError

FileKind = Literal["csv", "csv.gz", "xlsx", "parquet"]

MOST_ENTRIES = 1_000
"""Files a workbook may be made of. Real ones have 10 to 90; a thousand is a trap."""

MOST_UNPACKED = 400_000_000
"""Bytes a workbook may unpack to: one sheet of 400,000 rows by 20 columns takes about that."""

STEEPEST_RATIO = 100
"""How far one part may shrink: real sheets shrink 5 to 20 times, a zip bomb a thousand times."""

AGAIN = "Save it as .xlsx or as CSV UTF-8 and try again."


def kind_of(path: Path) -> FileKind:
    """Return what the file is. Raises RefusedInputError, in words, for what is not read."""
    with path.open("rb") as source:
        head = source.read(8192)
        size = source.seek(0, 2)
    if size == 0:
        raise RefusedInputError("the file is empty (0 bytes). Export it again.")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\x1f\x8b"):
        return "csv.gz"
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    _refuse_other_formats(path, head)
    return "csv"


def _refuse_other_formats(path: Path, head: bytes) -> None:
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            raise RefusedInputError(
                "the workbook is protected by a password and cannot be read. Remove the password "
                "in Excel (File, Info, Protect Workbook) and try again."
            )
        raise RefusedInputError(f"this is an old Excel file (.xls), which is not read. {AGAIN}")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf"):
        raise RefusedInputError(f"this is a PDF, not a table. {AGAIN}")
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta")):
        raise RefusedInputError(
            f"this is a web page (HTML or XML) under the name of a table. Open it in Excel. {AGAIN}"
        )
    if head.startswith((b"PK\x05\x06", b"PK\x07\x08", b"7z\xbc\xaf", b"Rar!")):
        raise RefusedInputError("this is a packed archive without a workbook. Unpack it first.")


def _zipped(path: Path) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise RefusedInputError(
            "the workbook is damaged or cut short and cannot be opened. Save it again in Excel "
            "and send the new file."
        ) from error
    names = {entry.filename for entry in entries}
    if "xl/workbook.bin" in names:
        raise RefusedInputError(f"this is a binary workbook (.xlsb), which is not read. {AGAIN}")
    if "content.xml" in names or "mimetype" in names:
        raise RefusedInputError(f"this is an OpenDocument file (.ods), which is not read. {AGAIN}")
    if "xl/workbook.xml" not in names:
        raise RefusedInputError(
            "this is a zip archive, not a workbook. Unpack it and give the files inside."
        )
    _refuse_bombs(entries)
    return "xlsx"


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
