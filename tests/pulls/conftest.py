"""A database to pull from, in the one PostgreSQL of all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import postgres
from tests.support.pulling import Site, a_site, erp

TABLE = """
CREATE TABLE complaints (
  id bigint PRIMARY KEY,
  received_on date,
  plant text,
  kind text,
  cost numeric(12, 2),
  said text,
  changed_at timestamptz NOT NULL
)
"""

THREE = """
INSERT INTO complaints VALUES
  (1, '2026-09-01', 'Porto', 'late', 10.50, 'two
lines', '2026-09-01 08:00+00'),
  (2, '2026-09-02', 'Aarhus', NULL, 0.10, '', '2026-09-02 08:00+00'),
  (3, '2026-09-30', 'Porto', 'damaged', NULL, 'said "no"', '2026-09-30 08:00+00')
"""


@pytest.fixture
def database(server: postgres.Server) -> postgres.Server:
    """Give the server with a table of three complaints."""
    server.run("DROP TABLE IF EXISTS complaints CASCADE", TABLE, THREE)
    return server


@pytest.fixture
def site(database: postgres.Server, tmp_path: Path) -> Site:
    """Give a workspace that pulls that table by its cursor; nothing is pulled yet."""
    return a_site(tmp_path / "company", erp(), {"ERP_URL": database.url})
