"""Two workspaces the pages are opened on: one without any fact, one with a small company in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.small_company import (
    COMPLAINT_HEADER,
    a_small_company,
    an_empty_company,
    complaints,
    open_company,
    send,
)


@pytest.fixture(scope="session")
def small_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_small_company(tmp_path_factory.mktemp("small"))


@pytest.fixture
def small(small_root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the app at the small company."""
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(small_root))
    return small_root


@pytest.fixture
def stale(small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the app at the small company a year and a half after its last file."""
    root = tmp_path / "stale"
    shutil.copytree(small_root, root)
    settings = (root / "clause9.toml").read_text(encoding="utf-8")
    (root / "clause9.toml").write_text(settings.replace("2026-11-20", "2028-05-20"), "utf-8")
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(root))
    return root


@pytest.fixture
def lone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the app at a company with one complaint."""
    root = an_empty_company(tmp_path / "lone")
    company = open_company(root)
    with company.records:
        send(company, "complaints.csv", COMPLAINT_HEADER, complaints_of_one())
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(root))
    return root


def complaints_of_one() -> Iterator[str]:
    yield next(complaints())


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the app at a company that has published nothing."""
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(tmp_path / "empty"))
    return an_empty_company(tmp_path / "empty")
