"""Builders of workbooks that are not .xlsx: OpenDocument, the old binary .xls and the zipped .xlsb.

Only what a reader needs is written. A text starting with "=" is a formula nobody calculated, one
starting with "#" an error cell.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from tests.support.files import Cell, Table

Sheets = Mapping[str, Table]

_ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36}
_ERRORS |= {"#N/A": 42}

_OPEN = "urn:oasis:names:tc:opendocument:xmlns:"
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    + " ".join(f'xmlns:{name}="{_OPEN}{name}:1.0"' for name in ("office", "style", "table", "text"))
    + f' xmlns:calcext="{_CALC}" office:version="1.2"><office:automatic-styles>'
    '<style:style style:name="gone" style:family="table"><style:table-properties '
    'table:display="false"/></style:style></office:automatic-styles>'
    "<office:body><office:spreadsheet>"
)
_ODS_TAIL = "</office:spreadsheet></office:body></office:document-content>"


def an_ods(
    path: Path, sheets: Sheets, *, hidden: Sequence[str] = (), hidden_rows: Sequence[int] = ()
) -> Path:
    """Write an OpenDocument spreadsheet as LibreOffice does; `hidden_rows` count from 1."""
    body = ""
    for name, rows in sheets.items():
        style = ' table:style-name="gone"' if name in hidden else ""
        body += f'<table:table table:name="{escape(name)}"{style}>'
        for number, row in enumerate(rows, start=1):
            gone = ' table:visibility="collapse"' if number in hidden_rows else ""
            cells = "".join(_ods_cell(cell) for cell in row)
            body += f"<table:table-row{gone}>{cells}</table:table-row>"
        body += "</table:table>"
    return ods_of(path, body)


def ods_of(path: Path, body: str, manifest: str = "") -> Path:
    """Write an OpenDocument spreadsheet whose tables are `body`, as XML."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", _MIMETYPE)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{_OPEN}manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIMETYPE}"/>'
            f"{manifest}</manifest:manifest>",
        )
        archive.writestr("content.xml", _ODS_HEAD + body + _ODS_TAIL)
    return path


def _ods_cell(cell: Cell) -> str:
    if cell is None or isinstance(cell, str):
        return _ods_text(cell)
    match cell:
        case bool():
            return _typed("boolean", f'office:boolean-value="{str(cell).lower()}"', str(cell))
        case date():
            return _typed("date", f'office:date-value="{cell.isoformat()}"', str(cell))
        case _:
            return _typed("float", f'office:value="{cell}"', str(cell))


def _ods_text(cell: str | None) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if cell.startswith("#"):
        # LibreOffice declares a text and leaves it empty; only its own namespace says "error".
        more = 'table:formula="of:=1/0" calcext:value-type="error" office:string-value=""'
        return _typed("string", more, cell)
    if cell.startswith("="):
        return f'<table:table-cell table:formula="of:{escape(cell)}"/>'
    return _typed("string", "", cell)


def _typed(kind: str, value: str, text: str) -> str:
    start = f'<table:table-cell office:value-type="{kind}" {value}>'
    return f"{start}<text:p>{escape(text)}</text:p></table:table-cell>"


def an_xls(path: Path, sheets: Sheets, *, hidden: Sequence[str] = ()) -> Path:
    """Write a workbook of Excel 97 to 2003 (BIFF8 in a compound file); dates become texts."""
    opening = _biff(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + _biff(0xE0, bytes(20))
    bodies = [_xls_sheet(rows) for rows in sheets.values()]
    names = [name.encode("utf-16-le") for name in sheets]
    start = len(opening) + sum(12 + len(name) for name in names) + 4
    bound = b""
    for name, encoded, body in zip(sheets, names, bodies, strict=True):
        state = int(name in hidden)
        bound += _biff(0x85, struct.pack("<IBBBB", start, state, 0, len(name), 1) + encoded)
        start += len(body)
    path.write_bytes(compound(opening + bound + _biff(0xA) + b"".join(bodies)))
    return path


def _biff(number: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(body)) + body


def _xls_sheet(rows: Table) -> bytes:
    out = _biff(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    out += _biff(0x200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for place, cell in _cells(rows):
        at = struct.pack("<HHH", *place, 0)
        match cell:
            case bool():
                out += _biff(0x205, at + bytes([cell, 0]))
            case int() | float():
                out += _biff(0x203, at + struct.pack("<d", cell))
            case str() if cell in _ERRORS:
                out += _biff(0x205, at + bytes([_ERRORS[cell], 1]))
            case str() if cell.startswith("="):
                one = struct.pack("<HHHHHIH", 3, 0, 0, 0xFFFF, 0, 0, 3) + b"\x1e\x01\x00"
                out += _biff(0x006, at + one)
            case _:
                text = str(cell)
                said = struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")
                out += _biff(0x204, at + said)
    return out + _biff(0xA)


def _cells(rows: Table) -> Iterable[tuple[tuple[int, int], Cell]]:
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell is not None:
                yield (r, c), cell


_SECTOR = 512
_FREE, _END, _IS_FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """Return a compound file (OLE 2) with one stream."""
    data = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(data) // _SECTOR
    fats = -(-(count + 2) // 127)
    table = [*range(1, count), _END, _END, *[_IS_FAT] * fats]
    table += [_FREE] * (fats * 128 - len(table))
    folder = _entry("Root Entry", 5, _END, 0, child=1) + _entry(name, 2, 0, len(data))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, fats, count, 0, 4096, _END, 0, _END, 0)
    places = [count + 1 + i for i in range(fats)]
    head += struct.pack("<109I", *places, *[_FREE] * (109 - fats))
    return head + data + folder.ljust(_SECTOR, b"\0") + struct.pack(f"<{len(table)}I", *table)


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    encoded = f"{name}\0".encode("utf-16-le")
    told = struct.pack("<HBBIII", len(encoded), kind, 1, _FREE, _FREE, child)
    return encoded.ljust(64, b"\0") + told + bytes(36) + struct.pack("<IQ", start, size)


def an_xlsb(path: Path, sheets: Sheets, *, hidden: Sequence[str] = ()) -> Path:
    """Write a binary workbook (BIFF12 in a zip archive); dates become texts."""
    bundle = b"".join(
        _xlsb(156, struct.pack("<II", int(name in hidden), i) + _wide(f"rId{i}") + _wide(name))
        for i, name in enumerate(sheets, start=1)
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "".join(
        f'<Relationship Id="rId{i}" Type="{office}/worksheet" Target="worksheets/sheet{i}.bin"/>'
        for i in range(1, len(sheets) + 1)
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "xl/workbook.bin", _xlsb(131) + _xlsb(143) + bundle + _xlsb(144) + _xlsb(132)
        )
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{package}">{relations}</Relationships>',
        )
        for i, rows in enumerate(sheets.values(), start=1):
            archive.writestr(f"xl/worksheets/sheet{i}.bin", _xlsb_sheet(rows))
    return path


def _xlsb(number: int, body: bytes = b"") -> bytes:
    name = bytes([number]) if number < 128 else bytes([number & 127 | 128, number >> 7])
    size = len(body)
    length = bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
    return name + length + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _xlsb_sheet(rows: Table) -> bytes:
    last = (len(rows) - 1, max(map(len, rows)) - 1)
    out = _xlsb(129) + _xlsb(148, struct.pack("<IIII", 0, last[0], 0, last[1])) + _xlsb(145)
    for r, row in enumerate(rows):
        out += _xlsb(0, struct.pack("<IIHBBBI", r, 0, 300, 0, 0, 0, 0))
        for c, cell in enumerate(row):
            at = struct.pack("<II", c, 0)
            match cell:
                case None:
                    pass
                case bool():
                    out += _xlsb(4, at + bytes([cell]))
                case int() | float():
                    out += _xlsb(5, at + struct.pack("<d", cell))
                case str() if cell in _ERRORS:
                    out += _xlsb(3, at + bytes([_ERRORS[cell]]))
                case _:
                    out += _xlsb(6, at + _wide(str(cell)))
    return out + _xlsb(146) + _xlsb(130)
