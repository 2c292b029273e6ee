"""Texts nobody could read rightly: one clear message with place and way out, nothing written."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from pipelines.readers.raw import Limits
from tests.support.malformed import HEADER, Malformed, raw, refused, rows, texts
from tests.support.submitting import Site

OUTPUTS = "output_on,process,quantity,conforming_quantity"
FIGURES = "metric,period,process,numerator,denominator"
XES = b'<?xml version="1.0"?><log xes.version="1.0"><trace/></log>'


def _endless(path: Path) -> None:
    """Write 300 kB that unpack to 300 MB of one row."""
    path.write_bytes(gzip.compress(f"{HEADER}\n".encode() + b"C-1,2026-09-01,p,1\n" * 15_000_000))


MALFORMED = [
    raw("empty.csv", b"", "the file is empty (0 bytes)", "Export it again"),
    texts("cp1252.csv", f"{HEADER}\nC-1,2026-09-01,caf\xe9,1\n".encode("cp1252"),
         "line 2: byte 0xe9 is not UTF-8", 'encoding = "cp1252"'),
    texts("utf16.csv", f"{HEADER}\nC-1,2026-09-01,p,1\n".encode("utf-16-le"),
         "line 1 holds a NUL byte", 'encoding = "utf-16-le"'),
    texts("nul.csv", f"{HEADER}\nC-1,2026-09-01,p,1\nC-2,\0,p,1\n",
         "line 3 holds a NUL byte", "Export it anew"),
    texts("open_quote.csv",
         f'{HEADER}\nC-1,2026-09-01,p,1\n"C-2,2026-09-01,p,1\nC-3,2026-09-01,p,1\n',
         "row 3: a quote", "Close it"),
    texts("stray_quote.csv", f'{HEADER}\n12" hose,2026-09-01,p,1\n',
         "row 2: a quote", 'write a quote inside a text twice ("")'),
    texts("ragged.csv", f"{HEADER}\nC-1,2026-09-01,p,1\nC-2,2026-09-01,p\n",
         "row 3 has 3 fields, but the header in row 1 has 4", "Correct the row"),
    texts("too_long.csv", f"{HEADER}\nC-1,2026-09-01,p,1,5\n",
         "row 2 has 5 fields, but the header in row 1 has 4", "Correct the row"),
    texts("two_separators.csv", "a;b,c\n1;2,3\n",
         "row 1: the header can be split by comma (2 columns) or semicolon (2 columns)",
         'separator = ";"'),
    texts("twice.csv", f"{HEADER},cost\nC-1,2026-09-01,p,1,2\n",
         "row 1: 2 columns are called 'cost' (D, E)", "Rename them"),
    texts("no_header.csv", "complaint_id,,process\nC-1,2026-09-01,p\n",
         "row 1, column B: there are values below but no header", "Give the column a name"),
    texts("huge_cell.csv", f"{HEADER}\n{'x' * 3_000_000},2026-09-01,p,1\n",
         "row 2, column 'complaint_id': the cell holds 3,000,000 characters", "Shorten it"),
    texts("title_row.csv", f"Complaints 2026\n\n{HEADER}\nC-1,2026-09-01,p,1\n",
         "row 3 has 4 fields, but the header in row 1 has 1", "header_row = 3"),
    texts("only_header.csv", f"{HEADER}\n", "there is a header, but no row below it",
         "--period 2026-09"),
    texts("no_date.csv", f"{HEADER}\nC-1,31.02.2026,p,1\n",
         "column 'received_on': '31.02.2026' is no day of the calendar (row 2)",
         "Accepted: a date written like 30.09.2026"),
    texts("comma.csv", f'{HEADER}\nC-1,2026-09-01,p,"1,5"\n',
         "column 'cost': '1,5' is not a number (row 2)", "Accepted: a number like 1250.5"),
    texts("infinite.csv", f"{HEADER}\nC-1,2026-09-01,p,1e400\n",
         "column 'cost': '1e400' is not a number that can be kept (row 2)", "Accepted: a number"),
    texts("decimals.csv", f"{HEADER}\nC-1,2026-09-01,p,1.555\n",
         "column 'cost': '1.555' has more than 2 decimals (row 2)", "round = true"),
    texts("turned_text.csv", f"{HEADER}\nC-\u202e1,2026-09-01,p,1\n",
         "column 'complaint_id': the text holds an invisible control character (row 2)",
         "type the cell again"),
    texts("same_key.csv", f"{HEADER}\nC-1,2026-09-01,p,1\nC-2,2026-09-01,p,1\nC-1,2026-09-02,p,1\n",
         "column 'complaint_id': row 4 has the same key (row 2)", "delete one of them"),
    texts("no_required.csv", "complaint_id,received_on\nC-1,2026-09-01\n",
         "its headers are no table's columns", "--table T or --mapping M"),
    raw("page.xls", b"<html><table><tr><td>1</td></tr></table></html>",
         "a web page (HTML)", "Save it as .xlsx"),
    raw("report.pdf", b"%PDF-1.7 ...", "this is a PDF", "Save it as .xlsx"),
    rows("escape.csv", "C-\x1b[31m1,2026-09-01,p,1",
         "column 'complaint_id': the text holds an invisible control character (row 2)",
         "type the cell again"),
    rows("thousands.csv", 'C-1,2026-09-01,p,"1,250.50"',
         "column 'cost': '1,250.50' is not a number (row 2)", "a number like 1250.5"),
    rows("percent.csv", "C-1,2026-09-01,p,95 %",
         "column 'cost': '95 %' is not a number (row 2)", "a number like 1250.5"),
    rows("unit.csv", "C-1,2026-09-01,p,12 EUR",
         "column 'cost': '12 EUR' is not a number (row 2)", "a number like 1250.5"),
    rows("nan.csv", "C-1,2026-09-01,p,NaN",
         "column 'cost': 'NaN' is not a number that can be kept (row 2)", "Accepted: a number"),
    rows("minus_infinite.csv", "C-1,2026-09-01,p,-inf",
         "column 'cost': '-inf' is not a number that can be kept (row 2)", "Accepted: a number"),
    rows("huge_number.csv", "C-1,2026-09-01,p,99999999999999999999",
         "'99999999999999999999' is not a number that can be kept (row 2)", "Accepted: a number"),
    rows("text_date.csv", "C-1,the 3rd of May,p,1",
         "column 'received_on': 'the 3rd of May' is not a date as declared (row 2)",
         "a date written like 2026-09-30"),
    rows("two_days.csv", "C-1,03/04/2026,p,1\nC-2,05/06/2026,p,1",
         "column 'received_on': '03/04/2026' could be 3 April 2026 or 4 March 2026",
         'dates = "%d/%m/%Y" or dates = "%m/%d/%Y"'),
    rows("both_ways.csv", "C-1,13/04/2026,p,1\nC-2,04/13/2026,p,1",
         "'13/04/2026' has the day first and '04/13/2026' the month",
         "dates written one way through the whole column"),
    rows("never.csv", "C-1,9999-12-31,p,1",
         "'9999-12-31' is not between 1900 and 2199 (row 2)", "a date written like 2026-09-30"),
    rows("trailing_note.csv", "C-1,2026-09-01,p,1\n\nSource: the ERP system",
         "row 4 has 1 fields, but the header in row 1 has 4", "Correct the row"),
    rows("note_with_commas.csv", "C-1,2026-09-01,p,1\nSource: the ERP system,,,",
         "column 'received_on': is empty, but every row needs it (row 3)", "a value like"),
    rows("just_too_long.csv", f"{'x' * 32_768},2026-09-01,p,1",
         "row 2, column 'complaint_id': the cell holds 32,768 characters", "Shorten it"),
    rows("mixed_line_ends.csv", "C-1,2026-09-01,p,1\rC-2,2026-09-01,p,1\nC-3,2026-09-01,p,1",
         "row 2: a lone carriage return stands in the line", "Save it as 'CSV UTF-8'"),
    texts("more_good_than_made.csv", f"{OUTPUTS}\n2026-09-01,p,10,11\n",
          "conforming_quantity must lie between 0 and quantity. Correct one of the two (row 2)",
          "rows where conforming_quantity >= 0 and conforming_quantity <= quantity"),
    texts("negative.csv", f"{OUTPUTS}\n2026-09-01,p,-1,\n",
          "column 'quantity'", "rows where quantity >= 0"),
    texts("unknown_metric.csv", f"{FIGURES}\non_time_delivry,2026-09-01,p,9,10\n",
          "column 'metric': 'on_time_delivry' is not a metric whose figures are handed in. Did you "
          "mean 'on_time_delivery'?", "one of: on_time_delivery",
          known_metrics={"on_time_delivery"}),
    texts("no_figure.csv", f"{FIGURES}\non_time_delivery,2026-09-01,p,,10\n",
          "there is no figure", "Give a numerator or a value"),
    texts("cut_short.json", '[{"complaint_id": "C-1", "received_on": "2026-09-',
          "line 1, character 41: this is no JSON", "export it again"),
    texts("nested.jsonl", '{"complaint_id": "C-1"}\n{"complaint_id": {"no": 2}}\n',
          "line 2, column 'complaint_id': it holds an object", "Flatten it"),
    texts("deep.json", "[" * 200_000, "nested too deeply", "Export an array of flat objects"),
    raw("events.xes.gz", gzip.compress(XES), "an event log (XES)", "Export the events as CSV"),
    raw("table.xml", b'<?xml version="1.0"?><table/>', "an XML file", "as CSV UTF-8 or .xlsx"),
    raw("cut_short.csv.gz", gzip.compress(HEADER.encode() * 99)[:-20],
        "the gzip file is damaged or cut short", "Pack it again"),
    Malformed("endless.csv.gz", _endless, "unpacks to more than 100 MB", "Split it",
              {"limits": Limits(max_bytes=100_000_000)}),
]  # fmt: skip


@pytest.mark.parametrize("malformed", MALFORMED, ids=lambda malformed: malformed.name)
def test_a_malformed_text_gives_one_clear_message_and_writes_nothing(
    malformed: Malformed, site: Site, tmp_path: Path
) -> None:
    refused(malformed, site, tmp_path)
