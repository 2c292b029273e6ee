"""Streamlit puts dashboard/ first on sys.path: what is in it would shadow a module of its name."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.metadata import packages_distributions

from tests.support.source_tree import FOLDERS, REPOSITORY


def taken_names() -> frozenset[str]:
    """Return every top-level name an import may mean: standard, installed and ours."""
    return frozenset({*sys.stdlib_module_names, *packages_distributions(), *FOLDERS})


def shadowing(names: Iterable[str]) -> list[str]:
    return sorted(set(names) & taken_names())


def test_nothing_in_dashboard_shadows_a_module() -> None:
    children = (path.name.removesuffix(".py") for path in (REPOSITORY / "dashboard").iterdir())
    assert shadowing(name for name in children if not name.startswith("__")) == []


def test_a_standard_an_installed_and_an_own_name_would_be_noticed() -> None:
    names = ["calendar", "altair", "metrics", "views"]
    assert shadowing(names) == ["altair", "calendar", "metrics"]


def test_no_installed_distribution_claims_the_name_of_a_package_of_ours() -> None:
    # An editable install registers no top-level names, so whoever is listed here is somebody else.
    claims = {name: packages_distributions().get(name, []) for name in FOLDERS}
    foreign = {name: set(owners) - {"clause9"} for name, owners in claims.items()}
    assert not any(foreign.values()), foreign
