"""Review, Upload and Data health render with nothing in the site and with a small company."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.pages import REVIEW, a_company, an_empty_company

PAGES = ("review", "upload", "data_health")


def script(name: str) -> None:
    import importlib

    import streamlit as st

    from dashboard.components import links

    names = ("home", "metric", "owner", "records", "review", "upload", "data_health")
    pages = {
        each: st.Page(importlib.import_module(f"dashboard.views.{each}").show, url_path=each)
        for each in names
    }
    st.navigation(list(pages.values()))
    links.register(pages)
    importlib.import_module(f"dashboard.views.{name}").show()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_company(tmp_path_factory.mktemp("full") / "works")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return an_empty_company(tmp_path_factory.mktemp("empty") / "works")


def shown(
    monkeypatch: pytest.MonkeyPatch, root: Path, name: str, **asked: str
) -> tuple[AppTest, str]:
    """Return the page, run without an exception, and all its texts."""
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(root))
    test = AppTest.from_function(script, args=(name,), default_timeout=60)
    for key, value in asked.items():
        test.query_params[key] = value
    test.run()
    assert not test.exception, test.exception[0].message
    return test, " ".join(str(each.value) for each in (*test.markdown, *test.caption))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_an_empty_site_renders(
    monkeypatch: pytest.MonkeyPatch, empty: Path, name: str
) -> None:
    _, said = shown(monkeypatch, empty, name)
    assert "Nothing has come in yet" in said or name != "data_health"


@pytest.mark.parametrize("step", ["Prepare", "Meet", "Close"])
def test_each_step_of_a_review_renders(
    monkeypatch: pytest.MonkeyPatch, full: Path, step: str
) -> None:
    _, said = shown(monkeypatch, full, "review", review=REVIEW, step=step)
    assert "Review of the summer" in said


def test_an_input_without_metrics_is_chased_from_the_one_quality_manager(
    monkeypatch: pytest.MonkeyPatch, full: Path
) -> None:
    _, said = shown(monkeypatch, full, "review", review=REVIEW)
    assert "**Quality manager**" in said
    assert "No owner is set" not in said


def test_a_gap_is_said_once_and_then_its_way_out(
    monkeypatch: pytest.MonkeyPatch, full: Path
) -> None:
    _, said = shown(monkeypatch, full, "review", review=REVIEW, step="Meet", input="resources")
    assert said.count("Nothing on record about resources") == 1
    assert "Upload trainings" in said.replace("\\", "")


def test_what_is_late_stands_once_a_source_with_its_owner(
    monkeypatch: pytest.MonkeyPatch, full: Path
) -> None:
    _, said = shown(monkeypatch, full, "data_health")
    assert "▲ 12 days late" in said  # due 8 October, as of 20 October
    assert "Head of customer service" in said


def test_the_empty_upload_names_what_is_still_expected(
    monkeypatch: pytest.MonkeyPatch, full: Path
) -> None:
    _, said = shown(monkeypatch, full, "upload")
    assert "**Complaints Porto**, September 2026" in said
