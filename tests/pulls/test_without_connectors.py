"""Without the extra `connectors` everything else works, and a pull that needs it says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.pulling import COLUMNS, a_pull, a_site, erp

SERVICE = a_pull("desk", 'kind = "rest"', 'url = "http://127.0.0.1:9/x"')
BUCKET = f'[s]\ntable = "complaints"\n[s.pull]\nkind = "folder"\nurl = "s3://b"\n{COLUMNS}'
CASES = {"psycopg": erp(), "dlt": SERVICE, "s3fs": BUCKET.format(name="s")}

COMMAND = """
import sys
sys.modules[sys.argv[1]] = None
from dashboard.cli.entry import main
main(["--workspace", sys.argv[2], "pull"])
"""


@pytest.mark.parametrize("absent", CASES)
def test_what_is_not_installed_is_named(tmp_path: Path, absent: str) -> None:
    site = a_site(tmp_path / "company", CASES[absent], {})
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, absent, site.root],
        env={**os.environ, "ERP_URL": "postgresql://u:password@127.0.0.1:9/x"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "pip install 'clause9[connectors]'" in done.stderr
