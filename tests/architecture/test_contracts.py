"""Every import contract of pyproject.toml can fail: a tree that breaks it is reported."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.source_tree import PACKAGES, REPOSITORY

BREACHES = [
    ("tree", "data/errors.py", "import metrics"),
    ("tree", "metrics/model.py", "import pipelines.run"),
    ("tree", "pipelines/run.py", "import dashboard.company"),
    ("dashboard-layers", "dashboard/charts/inks.py", "import dashboard.company"),
    ("dashboard-layers", "dashboard/unplaced.py", ""),
    ("metrics-layers", "metrics/model.py", "import metrics.compile"),
    ("metrics-layers", "metrics/unplaced.py", ""),
    ("pipelines-layers", "pipelines/mapping/__init__.py", "import pipelines.run"),
    ("pipelines-layers", "pipelines/unplaced.py", ""),
    ("data-layers", "data/errors.py", "import data.settings"),
    ("data-layers", "data/unplaced.py", ""),
    ("plain-definitions", "metrics/compile/__init__.py", "import polars"),
    ("streamlit", "dashboard/company/__init__.py", "import streamlit"),
    ("streamlit", "metrics/model.py", "import streamlit"),
    ("database", "pipelines/run.py", "import duckdb"),
    ("database", "dashboard/session.py", "import sqlalchemy"),
    ("views", "dashboard/views/home.py", "import dashboard.views.metric"),
    ("sources", "pipelines/sources/rest.py", "import pipelines.sources.sql"),
    ("cycles", "data/definitions.py", "import data.tables"),
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = tmp_path_factory.mktemp("tree")
    only_python = shutil.ignore_patterns("__pycache__", "local", "*.toml", "*.png")
    for package in PACKAGES:
        shutil.copytree(REPOSITORY / package, copied / package, ignore=only_python)
    shutil.copy(REPOSITORY / "pyproject.toml", copied)
    return copied


@pytest.mark.parametrize(("contract", "path", "statement"), BREACHES)
def test_a_tree_is_reported_that_breaks(
    tree: Path, contract: str, path: str, statement: str
) -> None:
    file = tree / path
    former = file.read_text() if file.exists() else None
    file.write_text(f"{former or ''}\n{statement}\n")
    try:
        exit_code, output = lint_imports(tree, contract)
    finally:
        file.unlink() if former is None else file.write_text(former)
    assert exit_code == 1, output
    assert "1 broken" in output
    # The report names the place: a contract that is broken for another reason proves nothing.
    # A circle is reported by the siblings' names alone, as in `.definitions`.
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert module in output or f".{module.rpartition('.')[2]}" in output


def test_every_contract_is_shown_a_tree_that_breaks_it() -> None:
    configured = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    contracts = configured["tool"]["importlinter"]["contracts"]
    assert {contract["id"] for contract in contracts} == {contract for contract, _, _ in BREACHES}


def lint_imports(tree: Path, contract: str) -> tuple[int, str]:
    """Return exit code and output of lint-imports on `tree` for one contract."""
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--contract", contract],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return result.returncode, result.stdout + result.stderr
