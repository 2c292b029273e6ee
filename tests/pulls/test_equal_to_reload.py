"""Many rows, then the few that changed, killed on the way: the same as reading all of it anew.

CLAUSE9_PULL_ROWS raises the usual count for a long run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from tests.support.children import CHILDREN, kill_after
from tests.support.ingesting import clause9
from tests.support.postgres import Server
from tests.support.pulling import Site, a_site, erp

ROWS = int(os.environ.get("CLAUSE9_PULL_ROWS", "20_000"))

FILL = f"""
TRUNCATE complaints;
INSERT INTO complaints
SELECT n, date '2024-01-01' + (n % 1000)::int, 'Plant ' || n % 40,
  CASE WHEN n % 7 = 0 THEN NULL ELSE 'kind ' || n % 12 END,
  CASE WHEN n % 5 = 0 THEN NULL ELSE (n % 100000) / 100.0 END,
  CASE WHEN n % 3 = 0 THEN 'said ' || md5(n::text) || E'\\n' || n ELSE '' END,
  timestamptz '2026-10-01 00:00+00' + n * interval '1 millisecond'
FROM generate_series(1, {ROWS}) AS n
"""

CHANGE = f"""
UPDATE complaints SET plant = 'Plant of the merger', cost = coalesce(cost, 0) + 0.01,
  changed_at = timestamptz '2026-11-01 00:00+00' + id * interval '1 millisecond'
WHERE id % 100 = 7;
INSERT INTO complaints
SELECT {ROWS} + n, date '2026-10-31', 'Plant 1', 'late', 5, 'new', timestamptz '2026-11-02 00:00+00'
FROM generate_series(1, {ROWS // 1000}) AS n
"""


def test_a_killed_and_repeated_incremental_pull_equals_a_full_reload(
    database: Server, tmp_path: Path
) -> None:
    database.run(*FILL.split(";"))
    site = a_site(tmp_path / "company", erp(), {"ERP_URL": database.url})
    assert site.pull()["new"] == ROWS
    first = site.pull()["cursor"]

    database.run(*CHANGE.split(";"))
    is_fetching = exists(site.root / "state" / "pulls" / "erp" / "erp.parquet")
    is_publishing = exists(site.root / "state" / "warehouse" / "building.duckdb")
    for begun in (is_fetching, is_publishing):
        child = CHILDREN.Process(target=pull_and_end, args=(site.root, database.url))
        assert kill_after(child, begun, seconds=0.0)
        assert site.run("batches", "list").code == 0  # opening settles what was interrupted
        assert newest_cursor(site) == first

    pulled = site.pull()
    counts = [pulled[name] for name in ("new", "restated", "unchanged")]
    assert counts == [ROWS // 1000, ROWS // 100, 1]

    reloaded = a_site(tmp_path / "anew", erp(), {"ERP_URL": database.url})
    assert reloaded.pull()["new"] == ROWS + ROWS // 1000
    facts = site.facts()
    assert facts.height == ROWS + ROWS // 1000
    assert facts.equals(reloaded.facts())
    assert value(site) == value(reloaded)


def exists(path: Path) -> Callable[[], bool]:
    """Say whether there is a file of this name, other than one that an earlier run left behind."""
    before = path.stat().st_mtime_ns if path.exists() else None
    return lambda: path.exists() and path.stat().st_mtime_ns != before


def pull_and_end(root: Path, url: str) -> None:
    """Run the command in a process that may be killed."""
    os.environ["ERP_URL"] = url
    sys.exit(clause9(root, ["pull", "erp"]))


def newest_cursor(site: Site) -> object:
    """Return how far the newest published batch brought the source."""
    published = [batch for batch in site.batches() if batch.state == "published"]
    return published[0].report["cursor"]


def value(site: Site) -> object:
    """Return the metric as it is printed."""
    return site.run("metrics", "values", "complaints", "--json").json
