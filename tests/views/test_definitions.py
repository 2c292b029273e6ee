"""The page Definitions: empty, one, many, each role, and the way of an edit to its figures."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session
from data.records.access import ROLES, Actor, Role
from tests.support.app_pages import link_labels, open_page, texts
from tests.support.small_company import an_empty_company

LATE = "where = \"category = 'late'\""


@pytest.fixture
def edited(small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the app at a copy of the small company that may be changed."""
    shutil.copytree(small_root, tmp_path / "edited")
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(tmp_path / "edited"))
    return tmp_path / "edited"


def as_role(monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    monkeypatch.setattr(session, "actor", lambda: Actor("Somebody", frozenset({role})))


def said(app: AppTest) -> str:
    return texts(app).replace("\\", "")


def test_without_a_metric_the_page_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = an_empty_company(tmp_path / "bare")
    for path in (root / "metrics").glob("*.toml"):
        path.unlink()
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(root))
    app = open_page("definitions")
    assert not app.exception
    assert "No metric is defined yet" in said(app)
    assert "no metric has the topic customer_satisfaction" in said(app)


@pytest.mark.usefixtures("empty")
def test_without_facts_every_definition_is_listed_and_warned_of() -> None:
    app = open_page("definitions")
    assert not app.exception
    assert "3 metrics in use" in said(app)
    assert app.dataframe[0].value["Findings"].str.startswith("▲").all()


@pytest.mark.usefixtures("lone")
def test_with_one_row_a_definition_shows_in_full() -> None:
    app = open_page("definitions", metric="complaints")
    assert not app.exception
    assert "Complaints, received in the month." in said(app)


@pytest.mark.usefixtures("small")
def test_the_catalogue_lists_what_governs_each_number() -> None:
    rows = open_page("definitions").dataframe[0].value
    assert list(rows["Title"]) == ["Balance of corrections", "Complaints", "Deliveries on time"]
    delivered = rows[rows["Title"] == "Deliveries on time"].iloc[0]
    assert delivered["Target"] == "≥ 88"
    assert delivered["Owner"] == "Head of logistics"
    assert delivered["Counts"].startswith("On time quantity of outputs")


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({"process": "logistics"}, ["Deliveries on time"]),
        ({"kind": "count"}, ["Complaints"]),
        ({"search": "EUR back"}, ["Balance of corrections"]),
        ({"search": "promise"}, ["Deliveries on time"]),
    ],
)
@pytest.mark.usefixtures("small")
def test_the_catalogue_is_narrowed_by_the_address(asked: dict[str, str], left: list[str]) -> None:
    assert list(open_page("definitions", **asked).dataframe[0].value["Title"]) == left


@pytest.mark.usefixtures("small")
def test_a_search_that_finds_nothing_says_so() -> None:
    app = open_page("definitions", search="unheard of")
    assert "No definition fits this choice" in said(app)


@pytest.mark.usefixtures("small")
def test_a_definition_shows_targets_findings_use_and_history() -> None:
    app = open_page("definitions", metric="on_time_share")
    text = said(app)
    assert "at least 97 for site Cork from 1 January 2024, approved by Managing director" in text
    assert "Reads Outputs, which comes in by Delivery list." in text
    assert "first definition" in text
    assert "Open the metric →" in link_labels(app)
    assert 'FROM facts."outputs"' in app.code[0].value


@pytest.mark.usefixtures("small")
def test_an_address_that_names_no_metric_is_told_so() -> None:
    app = open_page("definitions", metric="complaint")
    assert "There is no metric 'complaint'. Did you mean 'complaints'?" in said(app)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.usefixtures("small")
def test_every_role_sees_everything_and_the_quality_manager_edits(
    role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_role(monkeypatch, role)
    app = open_page("definitions", metric="complaints")
    assert not app.exception
    assert "Complaints, received in the month." in said(app)
    keys = {button.key for button in app.button}
    assert ("definitions.edit" in keys) == (role == "quality_manager")
    assert ("The quality manager changes definitions" in said(app)) == (role != "quality_manager")


def opened(metric: str = "complaints") -> AppTest:
    app = open_page("definitions", metric=metric)
    return app.button(key="definitions.edit").click().run()


@pytest.mark.usefixtures("edited")
def test_an_edit_is_tried_out_saved_and_computed(edited: Path) -> None:
    app = opened()
    assert app.button(key="definitions.save").disabled
    area = app.text_area(key="definitions.text.complaints")
    area.set_value(str(area.value).replace('"complaints" }', f'"complaints", {LATE} }}')).run()
    assert not app.exception
    assert "24 of 24 months would change" in said(app)
    rows = next(frame.value for frame in app.dataframe if "difference" in frame.value.columns)
    assert list(rows.iloc[0][["label", "before", "after"]]) == ["October 2026", 3.0, 2.0]

    app.button(key="definitions.save").click().run()
    assert "metrics/site.toml" in app.success[0].value.replace("\\", "")
    assert LATE in (edited / "metrics" / "site.toml").read_text(encoding="utf-8")
    assert "still by the definition before" in app.warning[0].value

    app.button(key="definitions.compute").click().run()
    assert not app.exception
    assert "26 of 26 periods have another figure" in " ".join(each.value for each in app.success)
    assert not app.warning
    assert "measure.numerator.where: – → category = 'late'" in said(app)


@pytest.mark.usefixtures("edited")
def test_a_mistake_is_told_with_its_line_and_cannot_be_saved() -> None:
    app = opened()
    area = app.text_area(key="definitions.text.complaints")
    area.set_value(str(area.value).replace('better = "lower"', 'better = "less"')).run()
    assert "Line 5: not yet" in said(app)
    assert "'less' is not one of: lower, higher" in said(app)
    assert app.button(key="definitions.save").disabled


@pytest.mark.usefixtures("edited")
def test_an_edit_may_be_left() -> None:
    app = opened()
    app.button(key="definitions.leave").click().run()
    assert not app.text_area
    assert "definitions.edit" in {button.key for button in app.button}
