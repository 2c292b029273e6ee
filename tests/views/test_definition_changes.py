"""The pages while a definition is edited and not computed: that it is, and what it would give."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.app_pages import link_labels, open_page, texts


@pytest.fixture
def edited(small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the app at the small company after somebody doubled its complaints on paper."""
    root = tmp_path / "edited"
    shutil.copytree(small_root, root)
    for file in (root / "metrics").glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        plain = 'numerator = { table = "complaints" }'
        doubled = 'numerator = { table = "complaints", sum = "quantity * 2" }'
        file.write_text(text.replace(plain, doubled), encoding="utf-8")
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(root))


@pytest.mark.usefixtures("edited")
def test_the_metric_page_shows_the_figures_in_force_and_those_of_the_new_definition() -> None:
    app = open_page("metric", metric="complaints")
    assert "Definition changed, not recomputed" in app.warning[0].value
    app.button(key="metric.both.complaints").click().run()
    assert not app.exception
    assert "**26 of 26** periods have another figure." in texts(app)
    (both,) = (each.value for each in app.table if "By the new definition" in each.value.columns)
    assert both.iloc[0].to_dict() == {
        "Period": "October 2026",
        "In force": "3",
        "By the new definition": "6",
    }


@pytest.mark.usefixtures("edited")
def test_home_marks_the_metric_and_says_what_the_mark_means() -> None:
    app = open_page("")
    assert "↻ Definition changed, not recomputed" in texts(app)
    assert any("Complaints ↻" in label for label in link_labels(app))
    assert any("its figures are by the one before" in label for label in link_labels(app))


@pytest.mark.usefixtures("small")
def test_the_metric_page_shows_since_when_a_definition_is_in_force() -> None:
    app = open_page("metric", metric="complaints")
    assert "**History**, by the day a definition came into force" in texts(app)
