"""A workspace whose outputs lie in a PostgreSQL of the site, and whose complaints are published."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.settings import create_workspace
from tests.support.command_line import DESK, MAPPING, METRICS
from tests.support.postgres import Server
from tests.support.pulling import Site
from tests.support.workspaces import write_definitions

KEPT_THERE = """
[table]
engine = "plant_db"
engine_table = "plant.made"
"""

ENGINE = """
[engines.plant_db]
url_from = "PLANT_DB"
seconds = 5
"""

MADE = """
CREATE TABLE plant.made (
  output_on date, process text, site varchar(20), product text, quantity integer, remarks text
)
"""

ROWS = """
INSERT INTO plant.made (output_on, process, site, quantity) VALUES
  ('2026-07-31', 'logistics', 'Porto', 500), ('2026-07-31', 'logistics', 'Aarhus', 500),
  ('2026-08-31', 'logistics', 'Porto', 800), ('2026-09-30', 'logistics', 'Porto', 900)
"""


@pytest.fixture
def plant(server: Server) -> Server:
    """Give the server with what was made, which its reader may read."""
    server.run(
        "DROP SCHEMA IF EXISTS plant CASCADE",
        "CREATE SCHEMA plant",
        "GRANT USAGE ON SCHEMA plant TO erp_reader",
        MADE,
        ROWS,
        "GRANT SELECT ON plant.made TO erp_reader",
    )
    return server


@pytest.fixture
def site(plant: Server, tmp_path: Path) -> Site:
    """Give the workspace, its complaints published; nothing is counted in the engine yet."""
    workspace = create_workspace(tmp_path / "company", "A company of tests", synthetic=True)
    settings = workspace.root / "clause9.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + ENGINE, encoding="utf-8")
    write_definitions(workspace.metrics_folder, {"quality": METRICS})
    write_definitions(workspace.tables_folder, {"outputs": KEPT_THERE})
    write_definitions(workspace.sources_folder, {"crm": MAPPING})
    path = workspace.inbox / "desk_1.csv"
    path.write_text(DESK, encoding="utf-8")
    found = Site(workspace.root, {"PLANT_DB": plant.url})
    answer = found.run("ingest", path)
    assert answer.code == 0, answer.err
    return found
