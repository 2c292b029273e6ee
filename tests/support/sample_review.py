"""A small invented company whose files, cells, trends and review are all made by the real code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from data.records.models import Action, Decision, Objective, Review
from data.settings import WarehouseSettings
from data.tables import Table, load_tables
from data.warehouse import Reader, Warehouse, WarehouseBatch, open_warehouse
from metrics.cells import read_cells
from metrics.evaluate import cells_of
from metrics.model import Metric
from metrics.review.model import Evidence, LateUpload, MetricEvidence, Restatement
from metrics.status import EXPECTED_SCHEMA, series
from metrics.trend import Trends, TrendSpec, TrendTarget, analyse, chart_for
from tests.support.reviews import (
    a_decision,
    a_metric,
    a_review,
    a_target,
    an_action,
    an_objective,
    evidence,
    re_dated,
    said,
    the_review_before,
)
from tests.support.sample_facts import FIRST, LAST, Rows, facts
from tests.support.warehouses import some_rows

PEOPLE = {
    "a.lindqvist": "A. Lindqvist",
    "h.fonseca": "H. Fonseca",
    "t.wilk": "T. Wilk",
    "j.berg": "J. Berg",
    "md": "Managing director",
}


@dataclass(frozen=True)
class Sample:
    """Everything a review of the third quarter of 2026 is shown, sealed and verified from."""

    evidence: Evidence
    tables: Mapping[str, Table]
    metrics: Mapping[str, Metric]
    reader: Reader
    trends: Trends
    specs: Mapping[str, TrendSpec]


def metrics() -> dict[str, Metric]:
    """Return one metric for each of the topics the company measures."""
    late = "date_diff('day', received_on, first_response_on) > 5"
    found = [
        a_metric(by=("site",), approved_by="Head of quality", approved_on=date(2026, 1, 5)),
        _share("late_answers", "Answers later than 5 days", "customer_satisfaction", late),
        _on_time(),
        _open_actions(),
        _supplier_ppm(),
    ]
    return {each.name: each for each in found}


def _on_time() -> Metric:
    share = {
        "kind": "proportion",
        "numerator": {"table": "outputs", "sum": "on_time_quantity"},
        "denominator": {"table": "outputs", "sum": "quantity"},
    }
    return a_metric(
        "on_time",
        title="Delivered on time",
        unit="%",
        better="higher",
        topic="process_performance",
        purpose="9.1.3.a",
        by=("site",),
        measure=share,
    )


def _open_actions() -> Metric:
    stock = {
        "kind": "stock",
        "from": "raised_on",
        "to": "implemented_on",
        "numerator": {"table": "corrective_actions"},
    }
    return a_metric(
        "open_actions",
        title="Corrective actions open",
        unit="actions",
        decimals=0,
        topic="nonconformity_and_corrective_action",
        purpose="9.1.3.g",
        measure=stock,
    )


def _supplier_ppm() -> Metric:
    rate = {
        "kind": "rate",
        "per": 1_000_000,
        "numerator": {"table": "supplier_deliveries", "sum": "rejected_quantity"},
        "denominator": {"table": "supplier_deliveries", "sum": "quantity"},
    }
    return a_metric(
        "supplier_ppm",
        title="Rejected of a million delivered",
        unit="per million",
        decimals=0,
        topic="external_providers",
        purpose="9.1.3.f",
        measure=rate,
    )


def _share(name: str, title: str, topic: str, where: str) -> Metric:
    share = {
        "kind": "proportion",
        "numerator": {"table": "complaints", "where": where},
        "denominator": {"table": "complaints"},
    }
    return a_metric(name, title=title, unit="%", topic=topic, measure=share)


@contextmanager
def a_sample(folder: Path, named: Mapping[str, Metric] | None = None) -> Iterator[Sample]:
    """Hold the company's warehouse open with everything a review needs of these metrics."""
    tables, named = load_tables(), named or metrics()
    warehouse = open_warehouse(folder / "warehouse", tables, WarehouseSettings())
    _publish(warehouse, tables, named)
    with warehouse.read() as reader:
        given, trends, specs = _measured(reader, named)
        yield Sample(_evidence(given, reader), tables, named, reader, trends, specs)


def _publish(
    warehouse: Warehouse, tables: Mapping[str, Table], named: Mapping[str, Metric]
) -> None:
    with warehouse.publish() as writer:
        for number, (table, rows) in enumerate(facts().items(), start=1):
            writer.add_batch(
                WarehouseBatch(
                    id=number,
                    file_name=f"{table}-2026-q3.xlsx",
                    sha256=f"{number * 987654321:064x}",
                    received_at=datetime(2026, 10, 5, 7, 40 + number, tzinfo=UTC),
                    actor="a.lindqvist",
                    source="upload",
                )
            )
            frame = some_rows(tables[table], rows, batch=number, mapping=table, scope=table)
            writer.insert_rows(table, frame)
            writer.settle(table)
        writer.add_coverage(_coverage(facts()))
        writer.replace_cells(None, cells_of(writer, list(named.values()), tables))


def _coverage(tables: Mapping[str, Rows]) -> pl.DataFrame:
    rows = [
        (number, table, table, FIRST, LAST, "{}") for number, table in enumerate(tables, start=1)
    ]
    names = ("batch", "mapping", "table_name", "covers_from", "covers_to", "slice")
    return pl.DataFrame(rows, schema=list(names), orient="row")


def _measured(
    reader: Reader, named: Mapping[str, Metric]
) -> tuple[tuple[MetricEvidence, ...], Trends, dict[str, TrendSpec]]:
    after = LAST + timedelta(days=1)
    expected = pl.DataFrame(schema=EXPECTED_SCHEMA)

    def told(metric: Metric) -> pl.DataFrame:
        found = series(read_cells(reader), reader.coverage(), expected, metric, as_of=after)
        return found.filter(pl.col("period") <= LAST)

    frames = {name: told(metric) for name, metric in named.items()}
    leaves = {
        name: {leaf.name: told(leaf) for leaf in metric.leaf_metrics}
        for name, metric in named.items()
        if metric.measure.kind == "formula"
    }
    specs = {name: _spec(metric) for name, metric in named.items()}
    columns = ("series", "period", "label", "numerator", "denominator", "value", "n", "status")
    stacked = pl.concat(
        frame.with_columns(series=pl.lit(name)).select(columns) for name, frame in frames.items()
    )
    numbers = ("numerator", "denominator", "value", "n")
    trends = analyse(stacked.with_columns(pl.col(numbers).cast(pl.Float64)), specs)
    owners = {"complaint_rate": "A. Lindqvist", "late_answers": "A. Lindqvist"}
    given = tuple(
        MetricEvidence(
            metric,
            frames[name],
            trends.summaries[name],
            owner=owners.get(name),
            leaves=leaves.get(name, {}),
        )
        for name, metric in named.items()
    )
    return given, trends, specs


def _spec(metric: Metric) -> TrendSpec:
    targets = {
        "complaint_rate": (TrendTarget(date(2026, 1, 1), "at_most", None, 4.5),),
        "on_time": (TrendTarget(date(2026, 1, 1), "at_least", 95.0, None),),
    }
    return TrendSpec(
        title=metric.title,
        unit=metric.unit,
        kind=chart_for(metric.measure.kind),
        better=metric.better,
        per=metric.per,
        targets=targets.get(metric.name, ()),
        decimals=metric.decimals,
    )


def _evidence(given: tuple[MetricEvidence, ...], reader: Reader) -> Evidence:
    names = [name for name in facts() if name != "outputs"]
    return replace(
        evidence(review=_review(), previous=the_review_before()),
        metrics=given,
        targets=(a_target(), a_target(metric="on_time", kind="at_least", low=95.0, high=None)),
        actions=_actions(),
        decisions=_decisions(),
        objectives=_objectives(),
        inputs=(
            said(
                "customer_satisfaction",
                narrative="The new delivery notice works. Answers wait for one person at Porto.",
                narrative_by="a.lindqvist",
            ),
            said("resources", waived_reason="Reported to the board on 2 October", waived_by="md"),
        ),
        records={name: reader.browse(name, last=LAST, limit=100_000).rows for name in names},
        owners={
            "previous_actions": "H. Fonseca",
            "customer_satisfaction": "A. Lindqvist",
            "process_performance": "T. Wilk",
            "audit_results": "H. Fonseca",
            "external_providers": "J. Berg",
        },
        people=PEOPLE,
        late_uploads=(_late_survey(),),
        restatements=(_restated_may(),),
    )


def _review() -> Review:
    verdicts = {"suitable": True, "adequate": True, "effective": False, "aligned": True}
    text = "Effective except in how fast we answer; that is decided today."
    return a_review(
        held_on=date(2026, 10, 14),
        state="held",
        attendance=["md", "a.lindqvist", "h.fonseca", "t.wilk"],
        conclusion=verdicts | {"text": text},
    )


def _decisions() -> tuple[Decision, ...]:
    return (
        a_decision(id="D-4", review="2026-q2", text="Give Porto a second desk."),
        a_decision(
            answers="late_answers",
            disposition="act",
            reason="customers wait longer since spring",
            due_on=date(2027, 1, 31),
        ),
        a_decision(
            id="D-10",
            topic="process_performance",
            kind="resources",
            text="A second carrier for Gdansk until the spring.",
            owner="t.wilk",
            answers="on_time",
            disposition="investigate",
            due_on=date(2026, 11, 30),
        ),
    )


def _late_survey() -> LateUpload:
    due = date(2026, 10, 5)
    return LateUpload("survey", "Customer survey", "survey_responses", "Q3 2026", due, "J. Berg")


def _restated_may() -> Restatement:
    at = datetime(2026, 8, 3, 9, tzinfo=UTC)
    return Restatement(2, "complaints-may.xlsx", "A. Lindqvist", at, 14, 0, ("complaints",))


def _actions() -> tuple[Action, ...]:
    return (
        an_action("A-3", title="Write down who releases drawings", owner="h.fonseca",
                  opened_on=date(2025, 7, 1), due_on=date(2025, 8, 26),
                  original_due_on=date(2025, 7, 31), re_dated=2,
                  re_dates=[re_dated(date(2025, 7, 30), date(2025, 8, 12)),
                            re_dated(date(2025, 8, 11), date(2025, 8, 26))]),
        an_action("A-17", decision="D-4"),
        an_action("A-18", title="Count returns by cause", owner="t.wilk", due_on=date(2026, 9, 1),
                  state="done", done_on=date(2026, 8, 20), done_by="t.wilk"),
        an_action("A-21", title="Start the response clock at receipt", review="2026-q3",
                  decision="D-9", opened_on=date(2026, 10, 14), due_on=date(2027, 1, 31)),
    )  # fmt: skip


def _objectives() -> tuple[Objective, ...]:
    return (
        an_objective(),
        an_objective(id="on-time", title="95 of 100 deliveries on time", metric="on_time",
                     owner="t.wilk"),
        an_objective(id="skills", title="Two people for every critical task", metric=None,
                     owner="h.fonseca", due_on=date(2027, 6, 30)),
    )  # fmt: skip
