"""PDCA board: its columns, one cycle in each step, the steps themselves, and what has no cycle."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.company import cycles
from dashboard.components.cycle_signals import SHARE, share_row
from dashboard.components.cycle_words import summary
from data.records import cycles as records
from data.records.cycle_models import Cycle
from data.records.phases import phases
from metrics.pdca import Share
from tests.support.app_pages import link_labels, open_page, texts
from tests.support.cycle_company import (
    HEADER,
    a_cycle_company,
    a_cycle_in_every_step,
    begun,
    checked,
    decided,
    fixed,
    on,
    opened,
    outputs,
    outputs_of_a_relapse,
)
from tests.support.small_company import send

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_cycle_company(tmp_path_factory.mktemp("made") / "company")


@pytest.fixture(scope="module")
def many(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = shutil.copytree(made, tmp_path_factory.mktemp("many") / "company")
    a_cycle_in_every_step(root)
    return root


@pytest.fixture
def full(many: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the app at a company with a cycle in every step; it is only read."""
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(many))
    return many


@pytest.fixture
def root(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the app at a company without a cycle, to be changed."""
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(tmp_path / "company"))
    return shutil.copytree(made, tmp_path / "company")


def said(app: AppTest) -> str:
    assert not app.exception
    return texts(app).replace("\\", "")


def row_of(root: Path, cycle: str = "P-1") -> Cycle:
    return records.known_cycle(on(root, TODAY).records, cycle)


def field(app: AppTest, label: str) -> Any:  # noqa: ANN401 widgets of several kinds
    """Return the widget of a label, whatever its kind."""
    kinds = (app.text_input, app.text_area, app.selectbox, app.date_input, app.number_input)
    return next(each for kind in kinds for each in kind if each.label == label)


def write(app: AppTest, **values: object) -> None:
    for label, value in values.items():
        field(app, label.replace("_", " ")).set_value(value)


def press(app: AppTest, label: str) -> AppTest:
    return next(each for each in app.button if each.label == label).click().run()


@pytest.mark.usefixtures("empty")
def test_a_board_of_nothing_says_how_a_cycle_begins() -> None:
    words = said(open_page("pdca"))
    assert "0 open cycles · 0 checks overdue · 0 signals without a cycle" in words
    assert "No cycle has been opened yet. One begins with a signal or an action" in words
    assert "No cycle has been decided on yet" in words


@pytest.mark.usefixtures("full")
def test_a_cycle_stands_in_the_column_of_its_step() -> None:
    app = open_page("pdca")
    words = said(app)
    # P-1 is closed; P-3 and P-4 are 36 days over the check planned for 15 October.
    assert "4 open cycles · 2 checks overdue · 0 signals without a cycle · 1 of 1 closed" in words
    heads = [each.value for each in app.markdown if each.value.startswith("####")]
    for step in ("Plan", "Do", "Check", "Act"):
        assert any(each.startswith(f"#### {step} ") and "[1 · " in each for each in heads)
    assert "P-3 · Head of logistics" in words
    assert "Call ahead: 4.9 higher (95 % interval 4." in words
    assert ":blue-badge[✓ Effective, sustained] :orange-badge[▲ check 36 days over]" in words
    assert "Book a second carrier" not in words
    assert sum("**Deliveries on time**" in each for each in link_labels(app)) == 4


@pytest.mark.usefixtures("full")
def test_closed_cycles_are_a_page_of_their_own() -> None:
    app = open_page("pdca", show="closed")
    assert "Book a second carrier: Made the standard on 20 November 2026." in said(app)
    assert sum("**Deliveries on time**" in each for each in link_labels(app)) == 1


@pytest.mark.usefixtures("full")
def test_a_process_narrows_the_board_and_a_wrong_one_is_refused() -> None:
    assert "0 open cycles" in said(open_page("pdca", process="sales"))
    assert "There is no process 'sale'. Did you mean 'sales'?" in said(
        open_page("pdca", process="sale")
    )


@pytest.mark.usefixtures("full")
def test_a_cycle_there_is_none_of_is_told_with_the_nearest() -> None:
    assert "there is no cycle 'P-9'" in said(open_page("pdca", cycle="P-9"))


@pytest.mark.usefixtures("full")
def test_the_share_that_worked_is_told_in_numbers_while_they_are_few() -> None:
    [table] = open_page("pdca").table
    row = table.value.iloc[0].to_dict()
    assert (row["Cause"], row["Worked"]) == ("one carrier only", "2 of 2")
    assert "too few to say" in row.values()


@pytest.mark.parametrize(
    ("cycle", "boxes", "form"),
    [
        ("P-5", ("not fixed yet", "nothing yet", "nothing to check yet"), "Fix the plan for good"),
        ("P-4", ("fixed · 12 Jan 2026", "nothing yet", "36 days overdue"), "Record it as done"),
        ("P-3", ("done · 20 Jan 2026", "36 days overdue", "not yet"), "Record this verdict"),
        ("P-2", ("checked · 20 Nov 2026", "to decide"), "Standardise"),
        ("P-1", ("due 20 May 2027", "decided · 20 Nov 2026"), "Record this verdict"),
    ],
)
@pytest.mark.usefixtures("full")
def test_a_cycles_own_page_has_four_boxes_and_the_form_of_its_step(
    cycle: str, boxes: tuple[str, ...], form: str
) -> None:
    app = open_page("pdca", cycle=cycle)
    words = said(app)
    for box in ("Plan", "Do", "Check", "Act"):
        assert f"**{box}** &ensp;" in words
    for standing in boxes:
        assert standing in words
    assert form in [each.label for each in app.button]


@pytest.mark.usefixtures("full")
def test_the_verdict_stands_with_its_interval_and_every_check_as_it_was_read() -> None:
    app = open_page("pdca", cycle="P-2")
    words = said(app)
    assert ":blue-badge[✓ Effective, sustained]" in words
    assert "95.0 % of deliveries, was 90.1; 4.9 higher (95 % interval 4." in words
    alts = [each.proto.alt for each in app.get("vega_lite_chart")]
    assert "4.9 higher" in alts[0]
    assert "94 % of deliveries in October 2026" in alts[1]
    [table] = app.table
    assert list(table.value["Check"]) == ["First check", "After 6 months", "After 12 months"]
    assert list(table.value["Verdict"]) == ["Effective, sustained", "–", "–"]


def test_a_cycle_is_opened_filled_in_with_the_signal_it_answers(root: Path) -> None:
    worsened(root)
    app = open_page("pdca")
    assert "1 signal without a cycle" in said(app)
    assert [each.label for each in app.button if "cycle" in each.label] == [
        "New cycle",
        "Open a cycle",
    ]
    app = open_page("pdca", cycle="new", metric="on_time_share")
    signal = "Deliveries on time: concern since 1 Feb 2026"
    assert (field(app, "Title").value, field(app, "Which one").value) == (signal, signal)
    assert field(app, "Owner").value == "Head of logistics"
    write(app, **{"Cause,_as_far_as_it_is_known": "one carrier only"})
    write(app, **{"What_we_do,_and_why_it_should_work": "A second carrier waits for no lorry."})
    app = press(app, "Open the cycle")
    row = row_of(root)
    assert (row.state, row.source_kind, row.source) == ("plan", "signal", signal)
    assert (row.trigger_from, row.trigger_to) == (date(2026, 2, 1), date(2026, 10, 31))
    assert "0 signals without a cycle" in said(open_page("pdca"))


def test_what_is_missing_is_said_where_it_was_written(root: Path) -> None:
    app = press(open_page("pdca", cycle="new", metric="complaints"), "Open the cycle")
    assert "Not yet" in said(app)
    assert "hypothesis (what we do, and why it should work): is missing" in said(app)
    assert records.cycles(on(root, TODAY).records) == []


def test_a_plan_is_fixed_for_good_and_says_so_before(root: Path) -> None:
    opened(root, expected_change=None, worthwhile=None, check_on=None)
    app = open_page("pdca", cycle="P-1")
    assert "Once it is fixed, the plan cannot change" in said(app)
    app = press(app, "Fix the plan for good")
    assert "the plan of P-1 cannot be fixed yet: write worthwhile, check_on" in said(app)
    write(app, **{"Expected_change,_% of deliveries": "4"})
    write(app, **{"Least_change_that_matters,_% of deliveries": "2", "Check_on": date(2027, 9, 1)})
    app = press(app, "Fix the plan for good")
    row = row_of(root)
    assert (row.state, row.expected_change, row.worthwhile) == ("do", 4, 2)
    assert "fixed · 20 Nov 2026" in said(open_page("pdca", cycle="P-1"))


def test_what_speaks_against_a_plan_is_said_before_it_is_fixed(root: Path) -> None:
    opened(root, expected_change=None, worthwhile=None, check_on=None)
    app = open_page("pdca", cycle="P-1")
    write(app, **{"Expected_change,_% of deliveries": "1"})
    write(app, **{"Least_change_that_matters,_% of deliveries": "2", "Check_on": date(2026, 12, 1)})
    app = press(app, "Fix the plan for good")
    words = said(app)
    assert "is too early for a verdict" in words
    assert "less than what is worthwhile" in words
    assert "To fix it all the same, press again." in words
    assert row_of(root).state == "plan"
    press(app, "Fix the plan for good")
    assert row_of(root).state == "do"


def test_what_was_done_is_recorded_and_its_verdict_is_too_early(root: Path) -> None:
    fixed(root)
    app = open_page("pdca", cycle="P-1")
    write(app, What_was_done="A second carrier drives.", Done_by="Head of logistics")
    app = press(app, "Record it as done")
    assert row_of(root).implemented_on == TODAY
    words = said(open_page("pdca", cycle="P-1"))
    assert "This would be recorded: :gray-badge[◔ Too early]" in words


def test_a_check_is_recorded_by_somebody_else_than_the_doer(root: Path) -> None:
    begun(root)
    app = open_page("pdca", cycle="P-1")
    write(app, Checked_by="Head of logistics")
    app = press(app, "Record this verdict")
    assert "cannot check it as well" in said(app)
    write(app, Checked_by="Head of sales")
    press(app, "Record this verdict")
    assert row_of(root).state == "act"


def test_new_limits_take_four_answers_and_begin_a_phase(root: Path) -> None:
    begun(root)
    checked(root)
    app = open_page("pdca", cycle="P-1")
    write(app, Why="Both carriers stay.")
    app = press(app, "Standardise")
    assert "Not answered with yes: Do the figures behave distinctly differently" in said(app)
    assert row_of(root).state == "act"
    assert len(app.checkbox) == 4
    for box in app.checkbox:
        box.check()
    press(app, "Standardise")
    assert row_of(root).outcome == "standardise"
    assert [each.from_on for each in phases(on(root, TODAY).records)] == [date(2026, 2, 1)]


@pytest.mark.parametrize(("outcome", "state"), [("adjust", "do"), ("abandon", "closed")])
def test_an_action_is_adjusted_or_given_up(root: Path, outcome: str, state: str) -> None:
    begun(root)
    checked(root)
    app = open_page("pdca", cycle="P-1")
    app.session_state["board.act.P-1.outcome"] = outcome
    app.run()
    write(app, Why="The second carrier is late as well.")
    if outcome == "adjust":
        write(app, Check_again_on=date(2027, 9, 1))
    press(app, outcome.capitalize())
    assert row_of(root).state == state


def test_the_next_cycle_takes_the_plan_along(root: Path) -> None:
    begun(root)
    checked(root)
    decided(root, "P-1", "next_cycle")
    assert "Goes on as P-2." in said(open_page("pdca", cycle="P-1"))
    assert "· after P-1" in said(open_page("pdca", cycle="P-2"))
    assert "Fix the plan for good" in [b.label for b in open_page("pdca", cycle="P-2").button]


def worsened(root: Path) -> None:
    """Publish figures that are worse from February 2026 on."""
    send(on(root, TODAY), "outputs.csv", HEADER, outputs(gain=-50))


@pytest.mark.usefixtures("full")
def test_a_metric_shows_the_cycles_on_it_the_open_ones_first() -> None:
    app = open_page("metric", metric="on_time_share")
    words = said(app)
    assert "Cycle P-5 · Pack the evening before" in words
    lines = [each for each in link_labels(app) if each.startswith("**P-")]
    assert [each[2:5] for each in lines] == ["P-4", "P-3", "P-2", "P-1"]
    assert ":small[:gray[in Check]] &ensp;:blue-badge[✓ Effective, sustained]" in lines[1]
    assert "No cycle takes this signal up." not in words


def test_a_metric_with_a_signal_nobody_took_up_has_the_way_to_open_a_cycle(root: Path) -> None:
    worsened(root)
    app = open_page("metric", metric="on_time_share", site="Cork")
    assert "No cycle takes this signal up." in said(app)
    link = next(each for each in app.get("page_link") if each.proto.label == "Open a cycle →")
    assert link.proto.query_string == "cycle=new&metric=on_time_share&site=Cork"


@pytest.mark.usefixtures("root")
def test_a_metric_without_signal_or_cycle_says_nothing_of_cycles() -> None:
    words = said(open_page("metric", metric="complaints"))
    assert "cycle" not in words.lower()


@pytest.mark.usefixtures("full")
def test_my_work_lists_my_cycles_with_the_check_over_its_day_first() -> None:
    app = open_page("owner", owner="Head of logistics")
    assert "2 checks overdue" in said(app)
    mine = [each for each in link_labels(app) if each.startswith("**P-")]
    assert [each[2:5] for each in mine] == ["P-3", "P-4", "P-1", "P-2", "P-5"]


def test_an_effect_that_is_gone_is_said_on_the_card(root: Path) -> None:
    begun(root)
    checked(root)
    decided(root, "P-1", "standardise")
    later = on(root, date(2027, 5, 21))
    send(later, "outputs.csv", HEADER, outputs_of_a_relapse())
    checked(root, day=later.as_of)
    words = said(open_page("pdca"))
    assert ":orange-badge[▲ effect gone]" in words


def test_a_long_column_shows_eight_cards_and_a_line_for_each_of_the_rest(root: Path) -> None:
    for number in range(10):
        opened(root, title=f"Attempt {number}")
    app = open_page("pdca")
    assert "10 open cycles" in said(app)
    assert [each.label for each in app.expander] == ["2 more"]
    assert "P-10 · Deliveries on time" in [each.replace("\\", "") for each in link_labels(app)]


@pytest.mark.parametrize(
    ("worked", "judged", "told"),
    [(3, 4, "too few to say"), (5, 7, "71 % (36 to 92 %)"), (0, 5, "0 % (0 to 43 %)")],
)
def test_a_share_has_its_interval_from_five_cycles_on(worked: int, judged: int, told: str) -> None:
    # Wilson, 95 %: 5 of 7 lies between 0.359 and 0.918, 0 of 5 between 0 and 0.434.
    row = share_row(Share("one carrier only", worked, judged))
    assert (row["Worked"], row[SHARE]) == (f"{worked} of {judged}", told)


def test_the_share_of_the_last_ten_that_worked_is_told(root: Path) -> None:
    begun(root)
    checked(root)
    decided(root, "P-1", "abandon")
    cards = cycles.board(on(root, TODAY)).cards
    assert "1 of 1 closed cycle worked" in summary(cards, 0, TODAY)
    assert "10 of the last 10 closed cycles worked" in summary(cards * 12, 0, TODAY)
