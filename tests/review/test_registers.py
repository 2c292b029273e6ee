"""Lists of records: open at period end, counted before they are cut, worked by hand."""

from __future__ import annotations

from datetime import date, timedelta

from data.tables.loader import load_tables
from metrics.review import breakdowns
from metrics.review.model import RecordTable
from metrics.review.wording import MASK
from tests.support.reviews import Q3, assembled, input_of, rows


def table_of(topic: str, name: str, records: dict[str, object]) -> RecordTable:
    tables = input_of(assembled(records=records), topic).tables
    return next(each for each in tables if each.id == name)


def test_findings_of_the_period_and_older_open_ones_are_listed_the_longest_overdue_first() -> None:
    process = {"process": "purchasing"}
    findings = rows(
        "audit_findings",
        process | {"finding_id": "F1", "raised_on": date(2025, 2, 1), "due_on": date(2025, 3, 1)},
        process | {"finding_id": "F2", "raised_on": date(2026, 8, 1), "due_on": date(2026, 12, 1)},
        process
        | {"finding_id": "F3", "raised_on": date(2025, 2, 1), "closed_on": date(2025, 4, 1)},
        process
        | {"finding_id": "F4", "raised_on": date(2026, 7, 1), "closed_on": date(2026, 7, 9)},
    )
    table = table_of("audit_results", "audit_findings", dict(findings))
    assert [(row[0], row[-1]) for row in table.rows] == [("F1", "578"), ("F4", "0"), ("F2", "0")]
    assert date(2026, 9, 30) - date(2025, 3, 1) == timedelta(days=578)
    assert table.remark == (
        "2 findings open at 30 September 2026, 1 of them overdue by up to 578 days; 2 findings"
        " raised in Q3 2026."
    )


def test_a_finding_closed_after_the_period_was_open_at_its_end() -> None:
    findings = rows(
        "audit_findings",
        {"finding_id": "F1", "raised_on": date(2026, 8, 1), "closed_on": date(2026, 10, 2)},
    )
    table = table_of("audit_results", "audit_findings", dict(findings))
    assert "1 finding open at 30 September 2026" in table.remark


def test_rows_that_stand_for_several_events_are_counted_as_several() -> None:
    findings = rows(
        "audit_findings",
        {"finding_id": "F1", "raised_on": date(2026, 8, 1), "severity": "minor", "quantity": 4},
        {"finding_id": "F2", "raised_on": date(2026, 8, 2), "severity": "major", "quantity": 1},
    )
    table = table_of("audit_results", "audit_findings", dict(findings))
    assert table.remark.endswith("5 findings raised in Q3 2026, 4 minor, 1 major.")


def test_complaints_by_category_show_the_running_share_and_the_period_before() -> None:
    received = [date(2026, 7, 2), date(2026, 7, 3), date(2026, 9, 30), date(2026, 6, 30)]
    kinds = ["late", "late", "damaged", "damaged"]
    complaints = rows(
        "complaints",
        *(
            {"complaint_id": str(number), "received_on": on, "category": kind}
            for number, (on, kind) in enumerate(zip(received, kinds, strict=True))
        ),
    )
    table = table_of("customer_satisfaction", "complaints", dict(complaints))
    assert table.columns == ("Category", "Q3 2026", "Q2 2026", "Running share")
    assert table.rows == (("late", "2", "–", "67 %"), ("damaged", "1", "1", "100 %"))


def test_suppliers_stand_by_rejected_share_and_late_counts_only_where_a_due_date_was_given() -> (
    None
):
    on = {"received_on": date(2026, 7, 10)}
    deliveries = rows(
        "supplier_deliveries",
        on | {"supplier": "Alder", "quantity": 1000, "rejected_quantity": 1},
        on
        | {
            "supplier": "Birch",
            "quantity": 500,
            "rejected_quantity": 5,
            "due_on": date(2026, 7, 9),
        },
    )
    table = table_of("external_providers", "supplier_deliveries", dict(deliveries))
    assert table.rows == (
        ("Birch", "1", "500", "5", "10,000", "1"),
        ("Alder", "1", "1,000", "1", "1,000", "0"),
    )
    assert "1 of 1 with a due date late" in table.remark


def test_a_risk_is_shown_as_last_assessed_beside_its_score_before_the_period() -> None:
    risk = {"risk_id": "R1", "kind": "risk"}
    risks = rows(
        "risks",
        risk | {"assessed_on": date(2026, 3, 1), "likelihood": 4, "impact": 5},
        risk | {"assessed_on": date(2026, 8, 1), "likelihood": 2, "impact": 5},
        risk | {"risk_id": "R2", "assessed_on": date(2026, 2, 1), "likelihood": 1, "impact": 1},
    )
    table = table_of("risks_and_opportunities", "risks", dict(risks))
    assert table.rows[0][:5] == ("R1", "risk", "–", "20", "10")
    assert table.remark.startswith("1 of 2 assessed in Q3 2026; score lower than before")


def test_a_training_done_after_it_was_due_counts_as_done_and_one_still_owed_as_overdue() -> None:
    trainings = rows(
        "trainings",
        {"topic": "Torque", "due_on": date(2026, 7, 1), "completed_on": date(2026, 8, 1)},
        {"topic": "Solder", "due_on": date(2026, 9, 20)},
    )
    table = table_of("resources", "trainings", dict(trainings))
    assert table.remark == (
        "1 of 2 trainings due in Q3 2026 done; 1 training open at 30 September 2026,"
        " overdue by 10 days."
    )


def test_a_context_without_a_word_on_climate_says_so() -> None:
    change = {"change_id": "C1", "noted_on": date(2026, 8, 1), "kind": "external"}
    context = input_of(assembled(records=rows("context_changes", change)), "context")
    assert context.evidence == "1 change, nothing noted on climate"


def test_every_topics_table_has_a_reading_of_an_empty_frame() -> None:
    from metrics.review.assemble import LISTERS

    for name in LISTERS:
        assert all(each.state == "gap" for each in assembled(records=rows(name)).inputs)


def test_complaints_by_cause_lead_to_their_records_and_mask_what_is_personal() -> None:
    frame = rows("complaints", {"received_on": date(2026, 8, 1), "category": "late"})["complaints"]
    contract = load_tables()["complaints"]
    listed = breakdowns.complaints(frame, Q3, contract).list
    assert listed is not None
    assert (listed.table, listed.rows[0][0]) == ("complaints", "late")
    columns = tuple(
        each.model_copy(update={"personal": each.name == "category"}) for each in contract.columns
    )
    personal = contract.model_copy(update={"columns": columns})
    masked = breakdowns.complaints(frame, Q3, personal).list
    assert masked is not None
    assert masked.rows[0][0] == MASK


def test_a_table_with_too_many_rows_to_list_is_a_gap_with_its_count() -> None:
    context = input_of(assembled(unlisted={"context_changes": 612_000}), "context")
    said = [gap.sentence for gap in context.gaps]
    assert any(
        each.startswith("612,000 context changes are too many to list here") for each in said
    )
    assert context.tables == ()


def test_a_period_in_which_nothing_happened_breaks_down_into_nothing() -> None:
    frame = rows("complaints", {"received_on": date(2020, 1, 5), "category": "late"})["complaints"]
    found = breakdowns.complaints(frame, Q3, load_tables()["complaints"])
    assert (found.list, found.last_on) == (None, date(2020, 1, 5))
