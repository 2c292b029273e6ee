"""A workspace for each test of the command line; the filled one is made once and copied."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.command_line import Site, a_filled_site, a_site


@pytest.fixture
def empty_site(tmp_path: Path) -> Site:
    return a_site(tmp_path / "works")


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_filled_site(tmp_path_factory.mktemp("cli") / "works").root


@pytest.fixture
def site(pattern: Path, tmp_path: Path) -> Site:
    shutil.copytree(pattern, tmp_path / "works")
    return Site(tmp_path / "works")
