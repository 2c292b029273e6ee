"""The real command line, run in this process: exit code, standard output and standard error."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from dashboard.cli.entry import main
from tests.support.workspaces import write_definitions

ACTOR = "Quality manager"

METRICS = """
[complaints]
title = "Complaints"
why = "What customers take the trouble to tell."
unit = "complaints"
better = "lower"
process = "customer-service"
topic = "customer_satisfaction"
by = ["site"]

[complaints.measure]
kind = "count"
numerator = { table = "complaints" }

[complaint_rate]
title = "Complaints per 1,000 deliveries"
why = "Customers feel a late delivery before any internal measure does."
unit = "per 1,000"
better = "lower"
process = "customer-service"
topic = "customer_satisfaction"
by = ["site"]

[complaint_rate.measure]
kind = "rate"
per = 1000
numerator = { table = "complaints" }
denominator = { table = "outputs", sum = "quantity" }
"""

MAPPING = """
[crm]
title = "Complaints from the help desk"
table = "complaints"
files = "desk_*.csv"
[crm.columns]
complaint_id = "No"
received_on = "Date"
site = "Plant"
[crm.constants]
process = "customer-service"
"""

DESK = """No,Date,Plant
C1,2026-07-03,Porto
C2,2026-07-19,Aarhus
C3,2026-08-02,Porto
C4,2026-09-14,Porto
"""

OUTPUTS = """output_on,process,site,quantity
2026-07-31,logistics,Porto,500
2026-07-31,logistics,Aarhus,500
2026-08-31,logistics,Porto,800
2026-09-30,logistics,Porto,900
"""


@dataclass(frozen=True)
class Answer:
    """What one command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command prints
        """Return standard output, which must be JSON and nothing else."""
        return json.loads(self.out, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


@dataclass(frozen=True)
class Site:
    """A workspace and the command line that works on it."""

    root: Path

    def run(self, *arguments: str | Path) -> Answer:
        """Run one command on this workspace."""
        return clause9("--workspace", self.root, *arguments)

    def done(self, *arguments: str | Path) -> Answer:
        """Run one command that must succeed."""
        answer = self.run(*arguments)
        assert answer.code == 0, answer.err
        return answer

    def file(self, name: str, text: str) -> Path:
        """Return a file of this text, outside the workspace's own folders."""
        path = self.root / "inbox" / name
        path.write_text(text, encoding="utf-8")
        return path

    def values(self, metric: str = "complaints", *options: str) -> Any:  # noqa: ANN401 - as printed
        """Return what `metrics values --json` prints."""
        return self.done("metrics", "values", metric, *options, "--json").json

    def defines(self, folder: str, **files: str) -> None:
        """Write definition files by stem into a folder of the workspace."""
        write_definitions(self.root / folder, files)


def clause9(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> Answer:
    """Run one command as a person would type it."""
    out, err = io.StringIO(), io.StringIO()
    settings = {"CLAUSE9_ACTOR": ACTOR, "COLUMNS": "200", **(environment or {})}
    with patch.dict(os.environ, settings), redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return Answer(code, out.getvalue(), err.getvalue())


def a_site(root: Path) -> Site:
    """Return a new workspace with two metrics and one mapping, and nothing in it yet."""
    answer = clause9("init", root, "--organisation", "Example Works")
    assert answer.code == 0, answer.err
    site = Site(root)
    # The two metrics below stand for themselves, not beside those of the library.
    (root / "metrics" / "library.toml").unlink(missing_ok=True)
    site.defines("metrics", customers=METRICS)
    site.defines("sources", desk=MAPPING)
    return site


def a_filled_site(root: Path) -> Site:
    """Return the same with four complaints (batch 1) and 2,700 deliveries (batch 2)."""
    site = a_site(root)
    site.done("ingest", site.file("desk_q3.csv", DESK))
    site.done("ingest", site.file("outputs.csv", OUTPUTS))
    return site
