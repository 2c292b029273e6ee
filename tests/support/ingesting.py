"""The product's own `clause9 ingest` in a process that may be killed, and what must hold after.

File n holds `ROWS_A_FILE` complaints of its own, so that anything lost, doubled or torn shows in a
count.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path

from dashboard.cli.entry import main
from dashboard.company.opened import Company
from data.records.audit import verify_audit
from data.records.batches import batches
from data.records.models import Batch
from data.settings import create_workspace
from tests.support.children import CHILDREN
from tests.support.command_line import clause9 as answered

ROWS_A_FILE = 500

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

METRIC = """
[complaints]
title = "Complaints"
why = "What customers take the trouble to tell."
unit = "complaints"
better = "lower"
process = "sales"
approved_by = "Head of quality"
approved_on = 2026-01-15
review_by = 2027-01-15

[complaints.measure]
kind = "count"
numerator = { table = "complaints" }
"""


def a_workspace(root: Path) -> Path:
    """Return a new workspace whose one metric counts complaints."""
    create_workspace(root, "A company of tests", synthetic=True)
    (root / "metrics" / "complaints.toml").write_text(METRIC, encoding="utf-8")
    return root


def a_file(root: Path, number: int) -> Path:
    """Return file `number` of the inbox, written if need be: headers as in the template."""
    path = root / "inbox" / f"complaints_{number}.csv"
    if not path.exists():
        lines = [f"F{number}-{row},2026-10-{row % 28 + 1:02},sales" for row in range(ROWS_A_FILE)]
        path.write_text(
            "\n".join(["complaint_id,received_on,process", *lines]) + "\n", encoding="utf-8"
        )
    return path


def open_company(root: Path) -> Company:
    """Open the workspace as the app and every command do: interrupted runs are settled first."""
    return Company.open(root, today=NOW.date(), now=NOW)


def clause9(root: Path, arguments: Sequence[str]) -> int:
    """Run one command in this process, silently, and return its exit code."""
    os.environ["CLAUSE9_ACTOR"] = "Quality manager"
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, sys.stdout.fileno())
    try:
        main(["--workspace", str(root), *arguments])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def ingest_and_note(root: Path, file: Path, notes: Path, ready: Event | None = None) -> None:
    """Ingest one file, note its name once the command has answered 0, and end with its code."""
    if ready is not None:
        ready.set()
    code = clause9(root, ["ingest", str(file)])
    if code == 0:
        with notes.open("a", encoding="utf-8") as noted:
            noted.write(f"{file.name}\n")
            noted.flush()
            os.fsync(noted.fileno())
    sys.exit(code)


def ingest(root: Path, file: Path, notes: Path) -> int | None:
    """Run one ingest to its end in a process of its own; return its exit code."""
    child = CHILDREN.Process(target=ingest_and_note, args=(root, file, notes))
    child.start()
    child.join(120)
    return child.exitcode


def answer_in(place: Path, root: Path, *arguments: str | Path) -> None:
    """Run one command in this process and write what it answered to `place`, as JSON."""
    answer = answered("--workspace", root, *arguments)
    place.write_text(json.dumps(asdict(answer)), encoding="utf-8")


def batches_of(root: Path) -> list[Batch]:
    """Return the batches on record, newest first, once what was interrupted is settled."""
    company = open_company(root)
    with company.records:
        return batches(company.records)


def whole_files(root: Path) -> list[str]:
    """Return the published files, having checked that archive, records, facts and cells agree."""
    company = open_company(root)
    with company.records, company.warehouse.read() as reader:
        on_record = batches(company.records)
        assert {batch.state for batch in on_record} <= {"published", "rejected"}
        assert all(company.archive.contains(batch.sha256) for batch in on_record)
        assert verify_audit(company.records) is None, "the audit log has a gap"
        published = sorted(
            (b for b in on_record if b.state == "published"), key=lambda b: b.id or 0
        )
        names = [batch.file_name for batch in published]
        assert len(set(names)) == len(names), "a file is published twice"
        assert reader.batches()["id"].to_list() == [batch.id for batch in published]
        assert all(batch.accepted == ROWS_A_FILE for batch in published)
        counted = reader.frame(
            "SELECT _batch, count(*) FROM facts.complaints WHERE _is_current GROUP BY _batch"
        )
        assert sorted(counted.rows()) == [(batch.id, ROWS_A_FILE) for batch in published]
        total = reader.frame("SELECT sum(numerator) FROM cells WHERE metric = 'complaints'").item()
        assert int(total or 0) == ROWS_A_FILE * len(names)
    return names
