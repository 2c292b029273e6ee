"""The tables that come with Clause9 are the design's, and each of them is usable as it stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from data.errors import NotFoundError
from data.tables import Table, create_table_sql, load_tables
from data.tables.cells import cell_of
from data.tables.contract import BOOKKEEPING_COLUMNS
from tests.support.workspaces import a_column, a_table

SHIPPED = load_tables()

KEY_AND_DATE = """
audit_findings        finding_id                     raised_on
audits                audit_id                       held_on
calibrations          row                            due_on
complaints            complaint_id                   received_on
context_changes       change_id                      noted_on
corrective_actions    corrective_action_id           raised_on
metric_values         metric,period,process,site     period
nonconformances       nonconformance_id              raised_on
outputs               row                            output_on
process_measurements  row                            measured_at
risks                 risk_id,assessed_on            assessed_on
supplier_deliveries   row                            received_on
survey_responses      row                            responded_on
trainings             row                            due_on
"""

CORE_COLUMNS = """
complaints: customer product category severity is_justified first_response_on closed_on cost
complaints: nonconformance_id description quantity
nonconformances: source product supplier category cause severity disposition contained_on closed_on
nonconformances: cost corrective_action_id repeat_of description quantity
corrective_actions: origin cause due_on implemented_on verified_on effectiveness description
outputs: product customer quantity conforming_quantity on_time_quantity
process_measurements: characteristic product value lower_spec upper_spec subgroup
metric_values: numerator denominator value status note
audits: standard clause auditor result
audit_findings: severity due_on closed_on repeat_of
supplier_deliveries: supplier product due_on quantity rejected_quantity cost
survey_responses: customer instrument score scale_max comment
risks: kind likelihood impact treatment_due_on treated_on
trainings: topic completed_on result
calibrations: equipment completed_on result
context_changes: kind effect description
"""


def each_table() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("table", SHIPPED.values(), ids=SHIPPED)


def test_the_tables_have_the_keys_and_dates_of_the_design() -> None:
    found = [
        (table.name, ",".join(table.key) or "row", table.dated_by) for table in SHIPPED.values()
    ]
    assert found == [tuple(line.split()) for line in KEY_AND_DATE.strip().splitlines()]


@pytest.mark.parametrize("line", CORE_COLUMNS.strip().splitlines())
def test_the_core_columns_of_the_design_are_there(line: str) -> None:
    name, columns = line.split(":")
    assert set(columns.split()) <= set(SHIPPED[name].column_names)


@each_table()
def test_process_is_required_and_site_is_not_and_both_are_dimensions(table: Table) -> None:
    assert table.column("process").required
    assert not table.column("site").required
    assert table.dimensions[:2] == ("process", "site")


@each_table()
def test_columns_that_name_or_date_a_row_are_required(table: Table) -> None:
    named = {*table.key, table.dated_by} - {"site"}
    assert all(table.column(name).required for name in named)


@each_table()
def test_every_column_says_what_it_means_and_shows_an_example(table: Table) -> None:
    for column in table.columns:
        assert column.meaning.endswith("."), column.name
        assert column.example, column.name


@each_table()
def test_every_rule_says_what_to_do_about_it(table: Table) -> None:
    for rule in table.rules:
        assert rule.message.count(".") + rule.message.count(";") >= 2, rule.message


@each_table()
def test_the_example_row_keeps_every_rule(table: Table) -> None:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA facts")
    connection.execute(create_table_sql(table))
    cells = [cell_of(column, str(column.example)) for column in table.columns]
    bookkeeping = [1, "complaints", None, 2, None, True, None]
    marks = ", ".join("?" * (len(cells) + len(bookkeeping)))
    connection.execute(f"INSERT INTO facts.{table.name} VALUES ({marks})", [*cells, *bookkeeping])
    for rule in table.rules:
        query = f"SELECT coalesce({rule.expect}, true) FROM facts.{table.name}"
        assert connection.execute(query).fetchall() == [(True,)], rule.name


@pytest.mark.parametrize(
    ("rule", "table", "broken"),
    [
        ("closed_after_received", "complaints", {"closed_on": date(2026, 9, 13)}),
        ("closed_after_raised", "nonconformances", {"closed_on": date(2026, 9, 15)}),
        ("repeats_another", "nonconformances", {"repeat_of": "N-2026-0088"}),
        ("quantity_not_negative", "complaints", {"quantity": Decimal(-1)}),
        ("conforming_within_quantity", "outputs", {"conforming_quantity": Decimal(1251)}),
        ("rejected_within_quantity", "supplier_deliveries", {"rejected_quantity": Decimal(401)}),
        ("limits_in_order", "process_measurements", {"lower_spec": Decimal(41)}),
        ("effectiveness_is_verified", "corrective_actions", {"verified_on": None}),
        ("has_a_figure", "metric_values", {"numerator": None, "value": None}),
        ("has_no_figure", "metric_values", {"status": "missing"}),
        ("score_on_scale", "survey_responses", {"score": Decimal(6)}),
        ("nps_from_0_to_10", "survey_responses", {"instrument": "nps"}),
    ],
)
def test_a_rule_fails_on_the_row_it_is_made_for(
    rule: str, table: str, broken: dict[str, object]
) -> None:
    contract = SHIPPED[table]
    cells = {column.name: cell_of(column, str(column.example)) for column in contract.columns}
    row = cells | broken
    columns = ", ".join(f'CAST(${name} AS {sql}) AS "{name}"' for name, sql in sql_types(contract))
    expect = next(found.expect for found in contract.rules if found.name == rule)
    query = f"SELECT {expect} FROM (SELECT {columns})"
    assert duckdb.connect().execute(query, row).fetchall() == [(False,)]


def sql_types(table: Table) -> list[tuple[str, str]]:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA facts")
    connection.execute(create_table_sql(table))
    described = connection.execute(f"DESCRIBE facts.{table.name}").fetchall()
    return [(name, kind) for name, kind, *_ in described if name not in BOOKKEEPING_COLUMNS]


def test_a_warning_about_dates_spoils_the_date_and_nothing_else() -> None:
    rules = [rule for table in SHIPPED.values() for rule in table.rules if "_after_" in rule.name]
    assert len(rules) >= 8
    assert all(rule.severity == "warn" and len(rule.spoils) == 1 for rule in rules)


def test_free_text_about_single_cases_and_the_auditor_are_personal() -> None:
    personal = {
        f"{table.name}.{column.name}"
        for table in SHIPPED.values()
        for column in table.columns
        if column.personal
    }
    assert personal == {
        "audit_findings.description",
        "audits.auditor",
        "complaints.description",
        "corrective_actions.description",
        "metric_values.note",
        "nonconformances.description",
        "survey_responses.comment",
    }


def test_tables_of_events_are_counted_by_their_quantity_which_is_1_when_empty() -> None:
    counted = {table.name for table in SHIPPED.values() if table.counted_by == "quantity"}
    assert counted == {
        "audit_findings",
        "audits",
        "calibrations",
        "complaints",
        "corrective_actions",
        "nonconformances",
        "outputs",
        "trainings",
    }
    assert {SHIPPED[name].column("quantity").default for name in counted} == {"1"}


def test_a_delivery_of_400_pieces_is_one_delivery() -> None:
    assert SHIPPED["supplier_deliveries"].counted_by is None


def test_an_unknown_column_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(NotFoundError, match="Did you mean 'closed_on'"):
        SHIPPED["complaints"].column("close_on")


def test_columns_are_stored_in_the_types_of_the_contract() -> None:
    table = a_table(
        "shifts",
        a_column("head_count", type="integer"),
        a_column("cost", type="decimal", decimals=2),
        a_column("speed", type="float"),
        a_column("is_night", type="boolean"),
        a_column("started_at", type="timestamp"),
    )
    assert dict(sql_types(table)) == {
        "held_on": "DATE",
        "process": "VARCHAR",
        "site": "VARCHAR",
        "head_count": "BIGINT",
        "cost": "DECIMAL(18,2)",
        "speed": "DOUBLE",
        "is_night": "BOOLEAN",
        "started_at": "TIMESTAMP",
    }
