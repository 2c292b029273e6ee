"""`clause9 --help` answers at once: it loads nothing that opens files, frames or pages."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("streamlit", "polars", "duckdb", "pandas", "pyarrow", "altair", "sqlalchemy", "alembic")

REPORT = f"import sys; print(sorted(set({HEAVY!r}) & set(sys.modules)))"


def last_line_of(program: str) -> str:
    """Return the last line a fresh interpreter prints for `program`."""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    return result.stdout.splitlines()[-1]


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    assert last_line_of(f"import dashboard.cli.entry; {REPORT}") == "[]"


def test_help_loads_nothing_heavy() -> None:
    program = f"""
import sys
sys.argv = ["clause9", "--help"]
from importlib.metadata import entry_points
(command,) = entry_points(group="console_scripts", name="clause9")
main = command.load()
try:
    main()
except SystemExit:
    pass
{REPORT}
"""
    assert last_line_of(program) == "[]"


def test_a_heavy_module_would_be_noticed() -> None:
    assert last_line_of(f"import polars; {REPORT}") == "['polars']"
