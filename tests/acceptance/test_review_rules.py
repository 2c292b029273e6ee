"""Mistakes found in other systems, as acceptance rules of the assembled review."""

from __future__ import annotations

from datetime import date

from metrics.review.earlier import overdue_days
from metrics.review.figures import change_in_words
from metrics.review.readiness import readiness
from metrics.review.standards import load_standards
from tests.support.reviews import (
    NOON,
    a_metric,
    a_review,
    a_series,
    a_target,
    an_action,
    assembled,
    evidence,
    input_of,
    measured_by,
    rows,
    said,
    steady,
    the_review_before,
)


def test_rule_01_a_rising_lower_is_better_metric_reads_worse() -> None:
    lower, higher = a_metric(), a_metric(better="higher")
    for metric, word in ((lower, "worse"), (higher, "better")):
        series = a_series(metric, {"2026-05": (2, 1000), "2026-08": (5, 1000)})
        (figure,) = input_of(
            assembled(metrics=(measured_by(metric, series),)), "customer_satisfaction"
        ).figures
        assert word in (change_in_words(figure) or "")


def test_rule_02_no_data_is_neither_zero_nor_good() -> None:
    metric = a_metric()
    for status in ("missing", "late", "not_due", "no_opportunity", "invalid"):
        series = a_series(metric, dict.fromkeys(("2026-07", "2026-08", "2026-09"), status))
        (figure,) = input_of(
            assembled(metrics=(measured_by(metric, series),), targets=(a_target(),)),
            "customer_satisfaction",
        ).figures
        assert figure.value is None
        assert figure.status == status  # five states, none of them merged into another
        assert figure.target_met is None
        assert figure.state == "not known"


def test_rule_02_a_month_of_true_zero_is_a_value() -> None:
    metric = a_metric()
    series = a_series(metric, {"2026-09": (0, 1000)})
    (figure,) = input_of(
        assembled(metrics=(measured_by(metric, series),)), "customer_satisfaction"
    ).figures
    assert figure.value == 0


def test_rule_03_two_reviews_with_different_periods_over_the_same_data_differ() -> None:
    metric = a_metric()
    months = {"2026-05": (2, 1000), "2026-08": (5, 1000)}
    given = (measured_by(metric, a_series(metric, months)),)
    values = [
        input_of(assembled(review=review, metrics=given), "customer_satisfaction").figures[0].value
        for review in (the_review_before(), a_review())
    ]
    assert values == [2.0, 5.0]


def test_rule_04_an_action_untouched_for_a_year_is_still_in_input_a() -> None:
    old = an_action("A-3", opened_on=date(2025, 7, 1), due_on=date(2025, 8, 26), review="2025-q2")
    given = evidence(actions=(old,), previous=the_review_before())
    (table,) = input_of(
        assembled(actions=(old,), previous=the_review_before()), "previous_actions"
    ).tables
    assert [row[0] for row in table.rows] == ["A-3"]
    assert overdue_days(old, given) == 400  # 26 August 2025 to 30 September 2026
    assert ", 1 overdue by up to 400 days" in table.remark


def test_rule_04_an_action_done_after_the_period_was_open_at_its_end() -> None:
    action = an_action(state="done", done_on=date(2026, 10, 3), done_by="p.nowak")
    (table,) = input_of(
        assembled(actions=(action,), previous=the_review_before()), "previous_actions"
    ).tables
    assert table.remark.startswith("1 action open at 30 September 2026")
    assert table.rows[0][-1] == "done 3 Oct 2026 after the period, not verified"


def test_rule_04_an_action_done_but_never_verified_stays_in_input_a() -> None:
    done = an_action(
        "A-3",
        opened_on=date(2024, 7, 1),
        due_on=date(2024, 8, 26),
        state="done",
        done_on=date(2024, 8, 20),
        review="2024-q2",
    )
    (table,) = input_of(
        assembled(actions=(done,), previous=the_review_before()), "previous_actions"
    ).tables
    assert [(row[0], row[-1]) for row in table.rows] == [("A-3", "done 20 Aug 2024, not verified")]
    assert table.remark == (
        "1 action open at 30 September 2026; 1 of the open ones done, not verified."
    )


def test_rule_05_a_cut_list_says_20_of_57() -> None:
    many = rows(
        "context_changes",
        *(
            {"change_id": f"C{number}", "noted_on": date(2026, 8, 1), "kind": "internal"}
            for number in range(57)
        ),
    )
    (table,) = input_of(assembled(records=many), "context").tables
    assert len(table.rows) == 20
    assert table.extent == "20 of 57"
    assert "57 changes noted" in table.remark  # rule 6: counted before the cut


def test_rule_07_a_target_set_today_does_not_change_what_an_earlier_period_is_judged_by() -> None:
    today = a_target(high=3, from_on=date(2026, 10, 12), reason="stricter")
    figures = input_of(
        assembled(metrics=(measured_by(),), targets=(a_target(), today)), "customer_satisfaction"
    ).figures
    assert figures[0].target == "at most 4.5"
    assert figures[0].target_met is True


def test_rule_10_an_action_due_after_the_period_is_not_negatively_overdue() -> None:
    action = an_action(due_on=date(2026, 12, 31))
    assert overdue_days(action, evidence(actions=(action,))) == 0


def test_rule_12_closing_is_blocked_while_a_mandatory_input_is_neither_fed_nor_waived() -> None:
    standards = tuple(load_standards(("iso9001_2015",)).values())
    review = a_review()
    bare = readiness(assembled(), review, (), standards)
    assert sum(each.kind == "input" for each in bare.blockers) == 12
    waived = tuple(said(each.topic, waived_reason="why not") for each in standards[0].inputs)
    covered = readiness(assembled(inputs=waived), review, (), standards)
    assert not any(each.kind == "input" for each in covered.blockers)
    without_reason = tuple(said(each.topic, waived_reason="") for each in standards[0].inputs)
    assert readiness(assembled(inputs=without_reason), review, (), standards).gaps == 12


def test_rule_14_nothing_is_written_into_the_minutes_before_a_person_writes_it() -> None:
    metric = a_metric()
    assembly = assembled(metrics=(measured_by(metric, steady(metric), "concern"),))
    for each in assembly.inputs:
        assert each.narrative is None
        assert each.narrative_by is None
        assert each.waived_reason is None
        assert each.decided_last_time == ()


def test_no_target_is_met_by_a_value_nobody_targeted_at() -> None:
    (figure,) = input_of(assembled(metrics=(measured_by(),)), "customer_satisfaction").figures
    assert figure.target == "no target"
    assert figure.target_met is None


def test_a_trend_that_knows_more_than_the_period_is_not_shown() -> None:
    from dataclasses import replace

    seen_later = measured_by(state="concern")
    assert seen_later.summary is not None
    later = replace(
        seen_later, summary=replace(seen_later.summary, latest_period=date(2026, 10, 1))
    )
    (figure,) = input_of(assembled(metrics=(later,)), "customer_satisfaction").figures
    assert figure.state == "not known"


def test_the_targets_instant_decides_between_two_of_the_same_day() -> None:
    from datetime import timedelta

    first = a_target(high=9)
    second = a_target(high=2, set_at=NOON + timedelta(hours=1))
    (figure,) = input_of(
        assembled(metrics=(measured_by(),), targets=(second, first)), "customer_satisfaction"
    ).figures
    assert figure.target == "at most 2"
