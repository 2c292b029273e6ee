"""The table of docs/messy-workbooks.md, made from the list its test runs."""

from __future__ import annotations

from tests.support.messy_cells import Workbook
from tests.support.messy_workbooks import WORKBOOKS


def page() -> str:
    """Return the table of docs/messy-workbooks.md: what becomes of each file."""
    lines = [
        "| file | what it holds | what becomes of it | figures published | their sum |",
        "|---|---|---|---|---|",
    ]
    for workbook in WORKBOOKS:
        kept = [] if workbook.refused else workbook.kept
        asked = "; ".join(dict.fromkeys(one.asked for one in kept))
        told = f"understood; asked: {asked}" if kept else _refusal(workbook)
        count = "<br>".join(f"{one.count:,}" for one in kept)
        total = "<br>".join(one.total.rstrip("0").rstrip(".") or "0" for one in kept)
        name = workbook.file.replace("_", "\\_")
        lines.append(f"| {name} | {workbook.holds} | {told} | {count or 0} | {total} |")
    return "\n".join(lines) + "\n"


def _refusal(workbook: Workbook) -> str:
    when = "read only after questions, then refused" if workbook.kept else "refused"
    return f"{when}: {workbook.refused}"
