"""What an assembly says of each input, worked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from metrics.review.model import LateUpload, Restatement
from tests.support.reviews import (
    Cell,
    a_metric,
    a_series,
    a_target,
    assembled,
    every,
    input_of,
    measured_by,
    rows,
    said,
    the_review_before,
)


def test_a_review_without_evidence_is_twelve_gaps_each_with_a_sentence() -> None:
    assembly = assembled()
    assert [each.clauses[0] for each in assembly.inputs] == [
        "9.3.2.a",
        "9.3.2.b",
        "9.3.2.c.1",
        "9.3.2.c.2",
        "9.3.2.c.3",
        "9.3.2.c.4",
        "9.3.2.c.5",
        "9.3.2.c.6",
        "9.3.2.c.7",
        "9.3.2.d",
        "9.3.2.e",
        "9.3.2.f",
    ]
    for each in assembly.inputs:
        assert each.state == "gap"
        assert each.headline == each.gaps[0].headline
        assert each.gaps[0].sentence.startswith(each.headline)
        assert "waive the input with a reason" in each.gaps[0].sentence


def test_a_figure_is_the_ratio_of_sums_over_the_whole_period_beside_its_last_month() -> None:
    metric = a_metric()
    months = {"2026-07": (10, 1000), "2026-08": (30, 1000), "2026-09": (20, 4000)}
    assembly = assembled(metrics=(measured_by(metric, a_series(metric, months)),))
    (figure,) = input_of(assembly, "customer_satisfaction").figures
    assert figure.value == 1000 * (10 + 30 + 20) / (1000 + 1000 + 4000)  # not the mean of ratios
    assert figure.label == "Q3 2026"
    assert figure.latest.value == 1000 * 20 / 4000
    assert figure.latest.period.label == "September 2026"


def test_a_stock_is_not_summed_over_months() -> None:
    open_findings = a_metric(
        "open_findings",
        topic="audit_results",
        measure={
            "kind": "stock",
            "from": "raised_on",
            "to": "closed_on",
            "numerator": {"table": "audit_findings"},
        },
    )
    months = {"2026-07": (5, None), "2026-08": (6, None), "2026-09": (4, None)}
    series = a_series(open_findings, months)
    (figure,) = input_of(
        assembled(metrics=(measured_by(open_findings, series),)), "audit_results"
    ).figures
    assert figure.value == 4
    assert figure.whole.remark == "as at September 2026"


@pytest.mark.parametrize("adds_up", [False, True])
def test_shares_handed_in_with_and_without_their_parts_are_not_added(*, adds_up: bool) -> None:
    measure = {"kind": "reported", "metric": "fill_rate", "per": 100, "adds_up": adds_up}
    metric = a_metric("fill_rate", unit="%", measure=measure)
    months: dict[str, Cell] = {"2026-07": (90, 100), "2026-08": (98, None), "2026-09": (80, 100)}
    series = a_series(metric, months)
    (figure,) = input_of(
        assembled(metrics=(measured_by(metric, series),)), "customer_satisfaction"
    ).figures
    assert figure.value == 100 * 80 / 100  # not 100 * (90 + 98 + 80) / (100 + 100)
    assert figure.whole.remark == "as at September 2026"


def test_a_hole_inside_the_period_is_named_and_the_rest_still_counts() -> None:
    metric = a_metric()
    months: dict[str, Cell] = {"2026-07": (10, 1000), "2026-08": "missing", "2026-09": (20, 1000)}
    assembly = assembled(metrics=(measured_by(metric, a_series(metric, months)),))
    satisfaction = input_of(assembly, "customer_satisfaction")
    (figure,) = satisfaction.figures
    assert figure.value == 1000 * 30 / 2000
    assert figure.status == "partial"
    assert figure.whole.remark == "2 of 3 periods, August 2026 is missing"
    assert [gap.sentence for gap in satisfaction.gaps] == [
        "Complaints per 1,000 deliveries rests on 2 of 3 periods, August 2026 is missing."
    ]


def test_a_month_without_opportunity_is_no_hole() -> None:
    metric = a_metric()
    months: dict[str, Cell] = {
        "2026-07": (10, 1000),
        "2026-08": "no_opportunity",
        "2026-09": (20, 1000),
    }
    assembly = assembled(metrics=(measured_by(metric, a_series(metric, months)),))
    (figure,) = input_of(assembly, "customer_satisfaction").figures
    assert figure.status == "ok"
    assert input_of(assembly, "customer_satisfaction").gaps == ()


def test_a_figure_compares_with_the_period_the_last_review_showed() -> None:
    half_year = the_review_before(period_from=date(2026, 1, 1))
    metric = a_metric()
    months = {"2026-02": (2, 1000), "2026-05": (4, 1000), "2026-08": (9, 1000)}
    assembly = assembled(
        metrics=(measured_by(metric, a_series(metric, months)),), previous=half_year
    )
    satisfaction = input_of(assembly, "customer_satisfaction")
    assert satisfaction.changes == (
        "Complaints per 1,000 deliveries: 9.0 per 1,000 in Q3 2026, was 3.0 in January to June 2026"
        " (worse; trend not known).",
    )


def test_an_overdue_upload_makes_an_input_late_and_names_whose() -> None:
    upload = LateUpload(
        "complaints",
        "Complaints",
        "complaints",
        "September 2026",
        date(2026, 10, 8),
        "A. Lindqvist",
    )
    assembly = assembled(metrics=(measured_by(),), late_uploads=(upload,))
    satisfaction = input_of(assembly, "customer_satisfaction")
    assert satisfaction.state == "late"
    assert satisfaction.late == ("Complaints, September 2026: 4 days late (A. Lindqvist).",)
    assert satisfaction.still_needs == "Complaints, September 2026, narrative"


def test_an_upload_that_is_late_does_not_turn_an_empty_input_into_a_late_one() -> None:
    upload = LateUpload("audits", "Audits", "audits", "Q3 2026", date(2026, 10, 5))
    audits = input_of(assembled(late_uploads=(upload,)), "audit_results")
    assert audits.state == "gap"
    assert "Audits, Q3 2026: 7 days late." in audits.gaps[0].sentence


def test_a_register_that_stopped_says_since_when() -> None:
    done = {"due_on": date(2026, 3, 3), "topic": "Torque", "completed_on": date(2026, 3, 2)}
    resources = input_of(assembled(records=rows("trainings", done)), "resources")
    assert resources.state == "gap"
    assert resources.headline.startswith("Nothing on record since 3 March 2026 about resources")
    assert resources.gaps[0].since == date(2026, 3, 3)


def test_the_owners_word_feeds_an_input_that_has_no_data() -> None:
    context = input_of(
        assembled(inputs=(said("context", narrative="No change; climate looked at in May."),)),
        "context",
    )
    assert context.state == "fed"
    assert context.evidence == "a written statement"
    assert context.headline.startswith("Rests on the owner's statement")


def test_a_waiver_with_a_reason_stands_above_a_gap() -> None:
    waived = said("resources", waived_reason="Reported to the board in March", waived_by="md")
    resources = input_of(
        assembled(inputs=(waived,), people={"md": "Managing director"}), "resources"
    )
    assert resources.state == "waived"
    assert resources.headline == "Waived: Reported to the board in March."
    assert resources.waived_by == "Managing director"


def test_the_weightiest_comes_first_and_says_why() -> None:
    worse = measured_by(a_metric("late_answers", topic="customer_satisfaction"), state="concern")
    missed = measured_by(a_metric(topic="process_performance"))
    calm = measured_by(a_metric("fill_rate", topic="external_providers"), state="common_cause")
    assembly = assembled(metrics=(calm, missed, worse), targets=(a_target(high=3),))
    order = [(each.topic, each.why_here.words) for each in assembly.ranked]
    gaps = len(every(assembly, "gap"))
    assert order[gaps:] == [
        ("customer_satisfaction", "1 concern signal"),
        ("process_performance", "1 target missed"),
        ("external_providers", "nothing unusual on record"),
        ("improvement_opportunities", "nothing unusual on record"),
    ]


def test_restatements_since_the_last_pack_are_an_item_of_their_own() -> None:
    at = datetime(2026, 8, 3, 9, tzinfo=UTC)
    late_rows = Restatement(31, "complaints-may.xlsx", "A. Lindqvist", at, 14, 0, ("complaints",))
    nothing_changed = Restatement(32, "outputs.csv", "T. Wilk", at, 0, 0)
    table = assembled(restatements=(late_rows, nothing_changed)).restatements
    assert table is not None
    assert table.total == 1
    assert "14 rows restated" in table.remark
    assert assembled().restatements is None


def test_a_purpose_no_metric_serves_is_shown_as_uncovered() -> None:
    purposes = {each.clause: each.metrics for each in assembled(metrics=(measured_by(),)).purposes}
    assert purposes["9.1.3.b"] == ("Complaints per 1,000 deliveries",)
    assert purposes["9.1.3.f"] == ()
