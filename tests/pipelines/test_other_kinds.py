"""Files that are neither CSV nor .xlsx: read by their content, with what cannot be seen in them."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from data.errors import RefusedInputError
from pipelines.readers.open import look, read
from pipelines.readers.raw import Ask, Raw
from tests.support import files
from tests.support.examples import sources
from tests.support.other_workbooks import an_ods, an_xls, an_xlsb, compound
from tests.support.submitting import Site

SHEET: files.Table = [[None, "a", "b"], [None, 1, "#DIV/0!"], [None, "x", 2.5], [None, True, None]]
MAKERS: dict[str, Callable[..., Path]] = {"ods": an_ods, "xls": an_xls, "xlsb": an_xlsb}


def the_sheet(path: Path, ask: Ask | None = None) -> Raw:
    ((raw,),) = read(path, path.name, [ask or Ask()])
    return raw


@pytest.mark.parametrize("kind", MAKERS)
def test_other_workbooks_give_texts_letters_and_error_cells(kind: str, tmp_path: Path) -> None:
    path = MAKERS[kind](tmp_path / "x.csv", {"S": SHEET, "H": [["x"]]}, hidden=["H"])
    raw = the_sheet(path)
    assert (raw.kind, raw.sheet, raw.headers) == (kind, "S", ("a", "b"))
    assert raw.frame.fill_null("").rows() == [(2, "1", ""), (3, "x", "2.5"), (4, "true", "")]
    assert raw.letters == {"a": "B", "b": "C"}
    assert [(flaw.cell, flaw.value) for flaw in raw.flaws] == [("S!C2", "#DIV/0!")]
    assert "The hidden sheet 'H' was not read." in raw.warnings
    warned = "that were never calculated cannot be seen in this kind of file" in raw.warnings[0]
    assert warned == (kind != "ods")


def test_a_spreadsheet_of_libreoffice_tells_formulas_and_hidden_rows(tmp_path: Path) -> None:
    rows: files.Table = [["a", "b"], [date(2026, 9, 1), "=1+1"], ["x", 2]]
    raw = the_sheet(an_ods(tmp_path / "x.ods", {"S": rows}, hidden_rows=[3]))
    assert raw.frame.rows() == [(2, "2026-09-01", None), (3, "x", "2")]
    (flaw,) = raw.flaws
    assert (flaw.cell, flaw.value, flaw.reason) == (
        "S!B2",
        "=1+1",
        "holds a formula that was never calculated",
    )
    assert raw.warnings == ("Sheet 'S': row 3 is hidden, but read like the others.",)


def test_an_error_in_a_text_column_is_not_taken_for_an_empty_cell(
    site: Site, tmp_path: Path
) -> None:
    header = ["complaint_id", "received_on", "process", "description"]
    rows: files.Table = [header, ["C-1", date(2026, 9, 1), "p", "#N/A"]]
    report = site.ingest(an_ods(tmp_path / "complaints.ods", {"complaints": rows}))
    assert report.refused
    assert "cell complaints!D2 holds the error #N/A" in report.message


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1, "b": "x"}, {"b": null, "a": 2.50}]',
        '{"total": 2, "items": [{"a": 1, "b": "x"}, {"a": 2.50}]}',
        '{"a": 1, "b": "x"}\n{"a": 2.50, "b": null}\n',
        '\ufeff[{"a": "1", "b": "x"},\n {"a": "2.50"}]',
    ],
)
def test_json_is_read_as_an_array_an_object_with_one_or_lines(text: str, tmp_path: Path) -> None:
    raw = the_sheet(files.a_csv(tmp_path / "x.txt", text))
    assert raw.kind == "json"
    assert raw.frame.rows() == [(1, "1", "x"), (2, "2.50", None)]
    packed = the_sheet(files.a_gzip(tmp_path / "x.gz", text))
    assert packed.frame.equals(raw.frame)


def test_a_row_of_json_lines_has_the_number_of_its_line(tmp_path: Path) -> None:
    path = files.a_csv(tmp_path / "x.jsonl", '{"a": 1}\n\n{"a": true}\n')
    assert the_sheet(path).frame.rows() == [(1, "1"), (3, "true")]


def test_numbers_of_json_keep_every_digit(site: Site, tmp_path: Path) -> None:
    record = {"complaint_id": "C-1", "received_on": "2026-09-01", "process": "p", "cost": 0}
    text = json.dumps([record]).replace('"cost": 0', '"cost": 9999999999999999.99')
    site.ingest(files.a_csv(tmp_path / "complaints.json", text))
    assert [str(cost) for (cost,) in site.rows("complaints", "cost")] == ["9999999999999999.99"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"a": {"b": 1}}]', "record 1, column 'a': it holds an object"),
        ('{"a": 1}\n{"a": [1]}\n', "line 2, column 'a': it holds a list"),
        ("[[1, 2]]", "record 1 is a list, not an object"),
        ('{"x": [{"a": 1}], "y": [{"a": 1}]}', "2 lists ('x', 'y')"),
        ('[{"a": 1, "a": 2}]', "two values under the name 'a'"),
        ('[{"a": 1},', "line 1, character 11: this is no JSON"),
        ('{"a": 1}\n{"a": 1\n', "line 2: this is no JSON object"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "holds no records"),
    ],
)
def test_json_that_is_no_table_is_refused_in_words(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedInputError) as refusal:
        the_sheet(files.a_csv(tmp_path / "x.json", text))
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?>", "written as XML"),
        (b'<?xml version="1.0"?><rss/>', "an XML file, which is not read"),
        (gzip.compress(b'<?xml version="1.0"?><!-- x --><log xes.version="1.0">'), "log (XES)"),
        (gzip.compress(b"PK\x03\x04"), "only CSV and JSON are read packed"),
        (compound(b"", "WordDocument"), "an old Office file without a workbook"),
        (compound(b"\x09\x08", "Workbook"), "the reader gave up on it"),
        (b"\xff\xfe" + "<html><table>".encode("utf-16-le"), "a web page (HTML)"),
    ],
)
def test_files_of_other_programs_are_refused_in_words(
    data: bytes, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.xls"
    path.write_bytes(data)
    with pytest.raises(RefusedInputError) as refusal:
        the_sheet(path)
    assert said in str(refusal.value)


def test_a_locked_or_foreign_opendocument_file_is_refused_in_words(tmp_path: Path) -> None:
    path = an_ods(tmp_path / "x.ods", {"S": [["a"], [1]]})
    files.reworked(
        path, lambda _, data: data.replace(b"</manifest:manifest>", b"<encryption-data/>"), {}
    )
    with pytest.raises(RefusedInputError, match="protected by a password"):
        the_sheet(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    with pytest.raises(RefusedInputError, match="no spreadsheet"):
        the_sheet(path)


def test_a_byte_order_mark_decides_the_encoding(tmp_path: Path) -> None:
    text = "a,b\r\ncafé,1\r\n"
    for data in (text.encode("utf-16"), b"\xfe\xff" + text.encode("utf-16-be")):
        path = files.a_csv(tmp_path / "x.csv", data)
        assert the_sheet(path).frame.rows() == [(2, "café", "1")]
        assert the_sheet(path, Ask(encoding="cp1252")).headers == ("a", "b")


def test_without_quoting_quotes_are_text(tmp_path: Path) -> None:
    path = files.a_csv(tmp_path / "x.txt", 'a|b\n12" hose|"\nsay "no|"x"\n')
    with pytest.raises(RefusedInputError, match='quoting = "none"'):
        the_sheet(path)
    assert the_sheet(path, Ask(quoting="none")).frame.rows() == [
        (2, '12" hose', '"'),
        (3, 'say "no', '"x"'),
    ]
    files.a_csv(path, 'a|b\n"x|y\n1|2|3\n')
    with pytest.raises(RefusedInputError, match="row 3 has 3 fields"):
        the_sheet(path, Ask(quoting="none"))


def test_lone_carriage_returns_end_lines_only_where_nothing_else_does(tmp_path: Path) -> None:
    assert the_sheet(files.a_csv(tmp_path / "x.csv", "a,b\r1,2\r")).frame.rows() == [(2, "1", "2")]
    with pytest.raises(RefusedInputError, match=r"row 2: a lone carriage return"):
        the_sheet(files.a_csv(tmp_path / "x.csv", "a,b\n1,2\r3,4\n"))
    quoted = files.a_csv(tmp_path / "x.csv", 'a,b\n"1\r0",2\n')
    assert the_sheet(quoted).frame.rows() == [(2, "1\r0", "2")]


@pytest.mark.parametrize("kind", [*MAKERS, "json"])
def test_a_first_look_shows_the_other_kinds_as_they_lie(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    if kind == "json":
        files.a_csv(path, '[{"a": 1}, {"a": "x"}]')
    else:
        MAKERS[kind](path, {"S": [["a"], [1], ["#N/A"]]})
    (seen,) = look(path, "x")
    assert seen.kind == kind
    last = "x" if kind == "json" else "#N/A"
    assert seen.cells == [["a"], ["1"], [last]]


MESSY = sources() / "messy_kpi_workbooks"


@pytest.mark.skipif(not MESSY.is_dir(), reason="the downloaded workbooks are not here")
def test_every_messy_workbook_opens_or_is_refused_in_words() -> None:
    paths = [path for path in sorted(MESSY.rglob("*")) if path.is_file() and path.suffix != ".md"]
    assert len(paths) == 24
    for path in paths:
        assert look(path, path.name), path.name
        try:
            assert read(path, path.name, [Ask()])[0][0].headers
        except RefusedInputError as refusal:
            assert str(refusal).startswith(f"{path.name}: "), path.name  # noqa: PT017


RECALLS = sources() / "fda_device_recalls"


@pytest.mark.skipif(not RECALLS.is_dir(), reason="the downloaded recalls are not here")
def test_the_files_of_the_device_recalls_are_read() -> None:
    raw = the_sheet(RECALLS / "raw_xls" / "2017.xls")
    assert (raw.kind, raw.frame.height, raw.letters["Recall Number"]) == ("xls", 1996, "A")
    unquoted = Ask(encoding="latin-1", quoting="none")
    raw = the_sheet(RECALLS / "maude_daVinci_FOIDEV.txt", unquoted)
    assert (raw.frame.height, len(raw.headers)) == (25_893, 19)
