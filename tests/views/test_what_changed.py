"""Metric: what changed between two periods, longer periods, and setting a target."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.company.targets import set_target
from data.errors import NotAllowedError
from data.records import targets
from tests.support.app_pages import link_labels, open_page, texts
from tests.support.people import an_actor
from tests.support.small_company import NOW, open_company


@pytest.mark.usefixtures("small")
def test_a_change_is_one_sentence_with_a_way_into_each_part() -> None:
    app = open_page("metric", metric="on_time_share")
    # September to October: Faro alone moved, from 100 of 100 to 0 of 900. The others: 6 x 900 and
    # Cork 950, of 7,000 both times. 6,450 of 7,100 = 90.8 % -> 6,350 of 7,900 = 80.4 %.
    said = texts(app)
    assert "Down 10.5 points \\(worse\\), from 90.8 in September 2026 to 80.4 % of" in said
    assert "because Faro's rate fell" in said
    assert "Faro →" in link_labels(app)
    faro = next(each for each in app.get("page_link") if each.proto.label == "Faro →")
    assert faro.proto.query_string == "metric=on_time_share&site=Faro"


@pytest.mark.usefixtures("small")
def test_the_periods_compared_are_those_of_the_address() -> None:
    asked = {"by": "site", "to": "2026-10-01", "from": "2026-05-01"}
    app = open_page("metric", metric="complaints", **asked)
    assert not app.exception
    assert "from May 2026 to October 2026" in texts(app)


@pytest.mark.usefixtures("small")
def test_a_longer_period_is_drawn_and_opened_like_any_other() -> None:
    app = open_page("metric", metric="complaints", per="quarter")
    assert not app.exception
    said = texts(app)
    assert "figures to Q3 2026" in said
    assert "Targets are for one month and not shown" in said
    assert "Q3 2026" in "".join(str(each.value) for each in app.table)


@pytest.mark.usefixtures("small")
def test_a_length_there_is_none_of_is_refused() -> None:
    app = open_page("metric", metric="complaints", per="decade")
    assert "There is no length of period 'decade'" in texts(app)


@pytest.fixture
def own(small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the app at a small company of the test's own, to be changed."""
    root = tmp_path / "own"
    shutil.copytree(small_root, root)
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(root))
    return root


def form_of_complaints() -> None:
    """Show the form alone: AppTest reruns the page, on which a dialog is then closed."""
    from dashboard import session
    from dashboard.company import figures
    from dashboard.components.target_form import target_form

    target_form(session.answer(figures.metric_view, "complaints", {}))


def the_form() -> AppTest:
    return AppTest.from_function(form_of_complaints, default_timeout=60).run()


@pytest.mark.usefixtures("small")
def test_the_metric_page_opens_the_form() -> None:
    app = open_page("metric", metric="complaints")
    app = next(each for each in app.button if each.label == "Set a target").click().run()
    assert not app.exception
    assert {each.label for each in app.text_input} == {"At most", "Approved by", "Reason"}


def written(app: AppTest, **texts_of: str) -> AppTest:
    """Return the page after the form was filled in and sent."""
    for label, text in texts_of.items():
        field = next(e for e in app.text_input if e.label == label.replace("_", " "))
        field.set_value(text)
    return next(each for each in app.button if each.label == "Set the target").click().run()


def test_a_target_is_set_from_the_metric_and_kept_with_its_reason(own: Path) -> None:
    app = the_form()
    app = written(app, At_most="3", Approved_by="Head of quality", Reason="Half of last year's")
    assert not app.exception
    company = open_company(own)
    with company.records:
        (kept,) = [e for e in targets.targets(company.records) if e.metric == "complaints"]
        assert (kept.kind, kept.high, kept.approver) == ("at_most", 3.0, "Head of quality")
        assert kept.from_on >= date(2026, 11, 20)  # the pages' day, or the clock's if later


@pytest.mark.parametrize(
    ("high", "told"),
    [
        ("≤ 3", "At most: '≤ 3' is not a number"),
        ("95 %", "Write 95"),
        ("-1", "can never be kept"),
        ("", "takes high"),
    ],
)
def test_a_target_that_is_none_is_refused_where_it_was_written(
    own: Path, high: str, told: str
) -> None:
    app = the_form()
    app = written(app, At_most=high, Approved_by="Head", Reason="Half")
    assert "Not yet" in texts(app)
    assert told in texts(app).replace("\\", "")
    company = open_company(own)
    with company.records:
        assert targets.targets(company.records, "complaints") == []


def test_only_those_who_may_set_targets_do(own: Path) -> None:
    company = open_company(own)
    values = {"metric": "complaints", "kind": "at_most", "high": "3", "from_on": "2026-11-20",
              "approver": "Head", "reason": "Half"}  # fmt: skip
    with company.records, pytest.raises(NotAllowedError, match="It takes: quality manager"):
        set_target(company, values, actor=an_actor("owner"), at=NOW)
