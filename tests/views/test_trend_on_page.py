"""The trend on the page Metric: with any number of points, and one sentence wherever it is said."""

from __future__ import annotations

import shutil
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.company import meetings, packs
from dashboard.company.opened import Company
from tests.support.app_pages import link_labels, open_page, texts
from tests.support.charted_company import AT, LENGTHS, OPERATOR, a_charted_company
from tests.support.command_line import Site


@pytest.fixture(scope="module")
def charted_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_charted_company(tmp_path_factory.mktemp("charted") / "works")


@pytest.fixture
def charted(charted_root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(charted_root))
    return charted_root


@pytest.fixture(scope="module")
def document(charted_root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the document of a review up to the last closed month, of a copy of the company."""
    root = tmp_path_factory.mktemp("reviewed") / "works"
    shutil.copytree(charted_root, root)
    company = Company.open(root, today=AT.date(), now=AT)
    october = (date(2026, 10, 1), date(2026, 10, 31))
    with company.records:
        meetings.new(company, "2026-10", october, "October", actor=OPERATOR, at=AT)
        text = packs.page_text(company, None, actor=OPERATOR, at=AT)
    return unescape(text).replace("\N{NO-BREAK SPACE}", " ")


def headline(app: AppTest) -> str:
    """Return the sentence over the chart, its Markdown signs taken away."""
    (found,) = [each.value for each in app.markdown if each.value.startswith("### ")]
    return str(found).removeprefix("### ").replace("\\", "")


@pytest.mark.parametrize(
    "name", [name for name in LENGTHS if name not in {"young", "beyond", "phased"}]
)
@pytest.mark.usefixtures("charted")
def test_a_metric_shows_with_any_number_of_points(name: str) -> None:
    app = open_page("metric", metric=name)
    assert not app.exception
    assert not app.warning
    said = key(app)
    assert headline(app)
    assert ("limits, dashed until firm" in said) == (LENGTHS[name] >= 8)


@pytest.mark.usefixtures("charted")
def test_a_season_is_told_below_the_chart_and_in_the_sentence() -> None:
    app = open_page("metric", metric="seasonal")
    assert headline(app).startswith(
        "8 % of orders in October 2026, within its usual range for the season,"
    )
    said = texts(app).replace("\\", "")
    assert "Seasonal: higher in" in said
    assert "(1.2 ×) and 4 more, lower in" in said


@pytest.mark.usefixtures("charted")
def test_points_that_are_not_independent_have_a_badge_and_a_sentence() -> None:
    said = texts(open_page("metric", metric="alike"))
    assert "≈ Points not independent" in said
    assert "so runs come by themselves" in said
    assert "≈" not in texts(open_page("metric", metric="forty"))


def alts(app: AppTest) -> list[str]:
    """Return what each chart of the page says to who cannot see it, in order."""
    return [str(each.proto.alt) for each in app.get("vega_lite_chart")]


@pytest.mark.parametrize("name", ["shifted", "ten", "gaps"])
def test_page_alt_text_command_and_review_say_one_and_the_same_sentence(
    name: str, charted: Path, document: str
) -> None:
    app = open_page("metric", metric=name)
    said = headline(app)
    assert alts(app)[0] == said
    told = Site(charted).done("trend", name, "--json").json
    assert told["summary"]["headline"] == said
    assert told["outlook"] in texts(app).replace("\\", "")
    assert [each["label"] for each in told["events"]] == ["New saw"]
    assert f'alt="{said}"' in document
    assert f'<p class="say">{said}</p>' in document


@pytest.mark.usefixtures("charted")
def test_how_far_back_the_chart_goes_stands_in_the_address() -> None:
    whole, short = (open_page("metric", metric="forty", **asked) for asked in ({}, {"show": "18"}))
    key = "metric.forty.show"
    assert whole.selectbox(key=key).value == "all"
    assert short.selectbox(key=key).value == "18"
    assert headline(whole) == headline(short)
    whole.selectbox(key=key).set_value("36").run()
    assert whole.query_params["show"] == "36"


@pytest.mark.usefixtures("charted")
def test_the_page_says_how_often_the_target_was_met_and_will_be() -> None:
    said = texts(open_page("metric", metric="forty")).replace("\\", "")
    assert "Will meet the target in about" in said
    assert "met in 40 of 40 so far" in said
    assert "nothing is promised" in texts(open_page("metric", metric="shifted")).replace("\\", "")


def key(app: AppTest) -> str:
    """Return the key under the chart, with plain spaces."""
    return texts(app).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.usefixtures("charted")
def test_the_key_names_what_is_on_the_chart_and_nothing_else() -> None:
    level = key(open_page("metric", metric="level"))
    assert "common cause" in level
    assert "concern" not in level
    assert ":orange[concern]" in key(open_page("metric", metric="shifted"))
    assert "no value" in key(open_page("metric", metric="gaps"))


@pytest.mark.usefixtures("charted")
def test_every_signal_stays_listed_with_the_day_it_could_be_known() -> None:
    app = open_page("metric", metric="shifted")
    said = texts(app)
    assert "Signals so far" in said
    (signals,) = [table.value for table in app.table if "Rule" in table.value.columns]
    run = signals[signals["Rule"].str.startswith("Run of 8")]
    assert run[["From", "To", "First known at the end of", "Meaning"]].to_numpy().tolist() == [
        ["December 2025", "October 2026", "August 2026", "Concern"]
    ]
    assert "Signals so far" not in texts(open_page("metric", metric="forty"))


@pytest.mark.usefixtures("charted")
def test_the_table_has_every_period_with_limits_target_and_rules() -> None:
    app = open_page("metric", metric="shifted")
    (points,) = [each.value for each in app.dataframe if "ucl" in each.value.columns]
    last = points[points["label"] == "October 2026"].iloc[0]
    assert (last["met"], last["limits_kind"], last["state"]) == ("missed", "frozen", "signal")
    assert last["rules"] == (
        "Two of three in a row near the upper limit or beyond it; "
        "run of 8 or more above the centre line"
    )
    events = [table.value for table in app.table if "Event" in table.value.columns]
    assert events[0]["Event"].str.replace("\\", "").tolist() == ["New saw: Saw 3 replaced saw 1"]


@pytest.mark.usefixtures("charted")
def test_what_is_provisional_says_so_beside_the_title() -> None:
    assert "provisional]" in texts(open_page("metric", metric="fifteen"))
    assert "provisional]" not in texts(open_page("metric", metric="forty"))


@pytest.mark.usefixtures("charted")
def test_home_can_wait_until_a_signal_is_seen_twice() -> None:
    app = open_page("")
    said = texts(app).replace("\\", "")
    assert "would show a signal by chance alone." in said
    assert "No icon: 3 have too few points, 1 has no figure." in said
    concerns = [label for label in link_labels(app) if label.startswith("**Share young**")]
    app.toggle(key="home.confirmed").set_value(True).run()
    assert app.query_params["confirmed"] == "yes"
    said = texts(app).replace("\\", "")
    assert "No signal yet one period earlier, so not shown as one: Share young." in said
    left = [label for label in link_labels(app) if label.startswith("**Share young**")]
    assert len(left) == len(concerns) - 1, "it leaves what changed, and stays on the scorecard"


@pytest.mark.usefixtures("charted")
def test_a_month_left_out_and_a_phase_are_told_with_their_reasons() -> None:
    app = open_page("metric", metric="phased")
    assert "left out of the limits" in key(app)
    assert "limits of the phase before" in key(app)
    (points,) = [each.value for each in app.dataframe if "ucl" in each.value.columns]
    march = points[points["label"] == "March 2026"].iloc[0]
    assert march["ghost_reason"] == "Stocktaking"
    assert set(points["phase_label"].dropna()) == {"New line"}
    events = [table.value for table in app.table if "Event" in table.value.columns]
    assert "New line: Line 3 was replaced" in events[0]["Event"].str.replace("\\", "").tolist()
