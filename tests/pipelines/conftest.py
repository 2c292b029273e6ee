"""What the tests of ingestion share: a site of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.submitting import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Give a site without mappings; files go elsewhere under tmp_path."""
    folder = tmp_path / "site"
    folder.mkdir()
    made = Site(folder)
    yield made
    made.records.close()
