"""Publish after publish, of every sort: the cells kept are those of computing everything."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from data.settings import WarehouseSettings
from data.tables import Table
from data.warehouse import WarehouseBatch, Writer, open_warehouse
from metrics.catalogue import Catalogue
from metrics.cells import read_cells
from metrics.evaluate import cells_of
from metrics.in_force import in_force, makes
from metrics.model import Metric
from metrics.parts import with_parts
from metrics.recompute import Scope, compute
from tests.support.facts import TABLES, frame_of
from tests.support.random_definitions import DAYS, FACTS, definitions

AT = datetime(2026, 4, 3, 8, 30, tzinfo=UTC)

NAMES = ("complaints", "metric_values", "outputs", "survey_responses")

USED: dict[str, Table] = {name: TABLES[name] for name in NAMES}

SETTINGS = WarehouseSettings(keep_versions=1, memory_limit="500MB", threads=1, lock_seconds=5)

SCOPES = st.sampled_from([None, None, "first", "second"])
IDS = st.lists(st.integers(0, 7), min_size=12, max_size=12)
CHOSEN = st.sets(st.sampled_from(NAMES), min_size=1, max_size=2)
COVERED = st.none() | st.tuples(DAYS, DAYS)


def a_metric(name: str, by: tuple[str, ...], measure: dict[str, Any]) -> Metric:
    words = {"title": "A metric", "why": "Because.", "unit": "units", "process": "quality"}
    given = {"name": name, "better": "lower", "by": by}
    return Metric.model_validate({**words, **given, "measure": measure})


COMPLAINTS = {"table": "complaints"}
SPAN = {"from": "received_on", "to": "closed_on"}
PARTS: dict[str, list[dict[str, Any]]] = {
    "typical_cost": [
        {"kind": "percentile", "percent": percent, "numerator": {**COMPLAINTS, "value": "cost"}}
        for percent in (50, 90)
    ],
    "open_complaints": [{"kind": "stock", **SPAN, "numerator": COMPLAINTS}],
    "age": [
        {"kind": "elapsed", **SPAN, "open": open_, "numerator": COMPLAINTS}
        for open_ in ("aged", "left_out")
    ],
    "cost_each": [
        {
            "kind": "ratio",
            "per": per,
            "numerator": {**COMPLAINTS, "sum": "cost"},
            "denominator": {"table": "outputs", "sum": "quantity"},
        }
        for per in (1, 100)
    ],
}
FORMULAS = [
    {"kind": "formula", "expression": "cost_each * 2"},
    {"kind": "formula", "expression": "cost_each - typical_cost"},
]


@st.composite
def formulas(draw: st.DrawFn) -> list[Metric]:
    """Return metrics that follow records, and formulas over others, one of a formula."""
    by = draw(st.sampled_from([(), ("site",)]))
    parts = [a_metric(name, by, draw(st.sampled_from(each))) for name, each in PARTS.items()]
    names = draw(st.sampled_from([(), ("made_of",), ("made_of", "made_of_it")]))
    made = {"made_of": draw(st.sampled_from(FORMULAS))}
    made["made_of_it"] = {"kind": "formula", "expression": "made_of + cost_each"}
    return [*parts, *(a_metric(name, (), made[name]) for name in names)]


class Republishing(RuleBasedStateMachine):
    """A warehouse to which anything is done that a company may do to its facts and definitions."""

    def __init__(self) -> None:
        super().__init__()
        self._held = ExitStack()
        folder = Path(self._held.enter_context(TemporaryDirectory()))
        self.warehouse = open_warehouse(folder, USED, SETTINGS)
        self.metrics: dict[str, Metric] = {}
        self.standing: list[int] = []
        self.last = 0

    def teardown(self) -> None:
        self._held.close()

    @initialize(metrics=definitions(), others=formulas())
    def define(self, metrics: list[Metric], others: list[Metric]) -> None:
        self.metrics = {metric.name: metric for metric in (*metrics, *others)}

    @rule(facts=FACTS, chosen=CHOSEN, ids=IDS, scope=SCOPES, covered=COVERED)
    def upload(
        self,
        facts: dict[str, list[dict[str, Any]]],
        chosen: set[str],
        ids: list[int],
        scope: str | None,
        covered: tuple[date, date] | None,
    ) -> None:
        """Rows that are new, restate others by their key, or take the place of a whole scope."""
        with self.warehouse.publish() as writer:
            self._bring(writer, {name: facts[name] for name in chosen}, ids, scope)
            if covered is not None:
                self._cover(writer, covered)
            self._compute(writer)

    @rule(covered=st.tuples(DAYS, DAYS))
    def upload_nothing(self, covered: tuple[date, date]) -> None:
        """A file that says there was nothing: what is open is followed on to its last day."""
        with self.warehouse.publish() as writer:
            self._bring(writer, {}, [], None)
            self._cover(writer, covered)
            self._compute(writer)

    @precondition(lambda self: self.standing)
    @rule(facts=FACTS, chosen=CHOSEN, ids=IDS, scope=SCOPES, which=st.integers(0, 9))
    def retry(
        self,
        facts: dict[str, list[dict[str, Any]]],
        chosen: set[str],
        ids: list[int],
        scope: str | None,
        which: int,
    ) -> None:
        """Rows that an earlier batch left out: they count in its place."""
        extends = self.standing[which % len(self.standing)]
        with self.warehouse.publish() as writer:
            self._bring(writer, {name: facts[name] for name in chosen}, ids, scope, extends)
            self._compute(writer)

    @rule(table=st.sampled_from(NAMES), scope=st.sampled_from(["first", "second"]))
    def empty_a_scope(self, table: str, scope: str) -> None:
        with self.warehouse.publish() as writer:
            self._bring(writer, {}, [], None)
            writer.declare_scope(self.last, table, "a_mapping", scope)
            self._compute(writer)

    @precondition(lambda self: self.standing)
    @rule(which=st.integers(0, 9))
    def revert(self, which: int) -> None:
        batch = self.standing.pop(which % len(self.standing))
        with self.warehouse.publish() as writer:
            writer.remove_batch(batch)
            self._compute(writer)

    @rule(metrics=definitions(), others=formulas())
    def redefine(self, metrics: list[Metric], others: list[Metric]) -> None:
        """Some metrics are edited, some are new, and none is computed yet."""
        self.metrics |= {metric.name: metric for metric in (*metrics[:2], *others)}

    @precondition(lambda self: any(name not in PARTS for name in self.metrics))
    @rule(which=st.integers(0, 9))
    def drop(self, which: int) -> None:
        """A metric is no longer defined, with the formulas that are made of it."""
        name = sorted(set(self.metrics) - set(PARTS))[which % (len(self.metrics) - len(PARTS))]
        gone = {name, "made_of_it"} if name == "made_of" else {name}
        self.metrics = {name: each for name, each in self.metrics.items() if name not in gone}

    @rule(scope=st.sampled_from(["changed", "all"]))
    def compute(self, scope: Scope) -> None:
        with self.warehouse.publish() as writer:
            self._compute(writer, scope)

    def _bring(
        self,
        writer: Writer,
        rows: dict[str, list[dict[str, Any]]],
        ids: Sequence[int],
        scope: str | None,
        extends: int | None = None,
    ) -> None:
        self.last += 1
        self.standing.append(self.last)
        writer.add_batch(
            WarehouseBatch(self.last, "a.csv", "0" * 64, AT, "clerk", "upload", extends)
        )
        kept = {"_batch": self.last, "_mapping": "a_mapping", "_sheet": None, "_scope": scope}
        for table, found in rows.items():
            placed = [
                {"_warnings": None}
                | {name: value for name, value in row.items() if name != "_is_current"}
                | kept
                | {"_row": at + 2}
                | ({"complaint_id": f"C{ids[at]}"} if table == "complaints" else {})
                for at, row in enumerate(found)
            ]
            writer.insert_rows(table, frame_of(TABLES[table], placed))

    def _cover(self, writer: Writer, covered: tuple[date, date]) -> None:
        coverage = [(self.last, "a_mapping", "complaints", *sorted(covered), "{}")]
        columns = ("batch", "mapping", "table_name", "covers_from", "covers_to", "slice")
        kinds = {"batch": pl.Int32}
        writer.add_coverage(
            pl.DataFrame(coverage, schema=columns, schema_overrides=kinds, orient="row")
        )

    def _compute(self, writer: Writer, scope: Scope = "touched") -> None:
        resolved, flaws = with_parts(self.metrics)
        assert not flaws
        catalogue = Catalogue(resolved)
        compute(writer, catalogue, USED, "clerk", AT, scope)
        used = in_force(writer, catalogue)
        if scope != "touched":
            assert used == catalogue
        expected = cells_of(writer, list(used.metrics.values()), USED)
        kept = read_cells(writer)
        for formula in used.metrics.values():
            for leaf in formula.leaf_metrics:
                assert makes(leaf) == makes(used.metrics[leaf.name])
        exact = [name for name in kept.columns if name != "sum_of_squares"]
        assert kept.select(exact).equals(expected.select(exact))
        squares = expected["sum_of_squares"]
        near = (kept["sum_of_squares"] - squares).abs() <= 1e-12 * squares.abs()
        assert near.all()


def test_what_publishes_keep_is_what_computing_everything_gives() -> None:
    run_state_machine_as_test(
        Republishing,
        settings=settings(
            max_examples=16,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
