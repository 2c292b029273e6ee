"""Two workspaces the pages are opened on: one without any fact, one with a small company in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.small_company import a_small_company, an_empty_company


@pytest.fixture(scope="session")
def small_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_small_company(tmp_path_factory.mktemp("small"))


@pytest.fixture
def small(small_root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the app at the small company."""
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(small_root))
    return small_root


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the app at a company that has published nothing."""
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(tmp_path / "empty"))
    return an_empty_company(tmp_path / "empty")
