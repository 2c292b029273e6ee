"""Any sequence of batches and reverts leaves what a plain reading of the rule says."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from data.tables.contract import Table
from data.warehouse import Reader, Writer
from tests.support.warehouses import COMPLAINTS, OUTPUTS, a_batch, a_warehouse, some_rows

MAPPINGS = ("first", "second")


@dataclass(frozen=True)
class Row:
    batch: int
    mapping: str
    scope: str | None
    row: int
    key: str


@dataclass(frozen=True)
class Bring:
    """A batch: rows of (key, scope) under a mapping, and scopes it replaces without a row."""

    mapping: str
    rows: Sequence[tuple[str, str | None]]
    replaced: Sequence[str] = field(default=())


@dataclass(frozen=True)
class Revert:
    which: int


def plain_reading(
    rows: Sequence[Row], brought: Sequence[tuple[int, str, str]], *, keyed: bool
) -> set[tuple[int, str, int]]:
    """Return (batch, mapping, row) of the rows in force, straight from the rule."""
    last = {
        (mapping, scope): max(b for b, m, s in brought if (m, s) == (mapping, scope))
        for _, mapping, scope in brought
    }
    standing = [r for r in rows if r.scope is None or r.batch == last[r.mapping, r.scope]]
    if keyed:
        best: dict[str, Row] = {}
        for row in sorted(standing, key=lambda r: (r.batch, r.row, r.mapping)):
            best[row.key] = row
        standing = list(best.values())
    return {(r.batch, r.mapping, r.row) for r in standing}


@dataclass
class Model:
    """What the warehouse should hold: every row and scope of every batch that was not reverted."""

    rows: list[Row] = field(default_factory=list)
    brought: list[tuple[int, str, str]] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    next_batch: int = 1

    def bring(self, batch: int, step: Bring) -> None:
        self.batches.append(batch)
        self.next_batch += 1
        self.brought += [(batch, step.mapping, scope) for scope in step.replaced]
        for at, (key, scope) in enumerate(step.rows, start=2):
            self.rows.append(Row(batch, step.mapping, scope, at, key))
            if scope is not None:
                self.brought.append((batch, step.mapping, scope))

    def revert(self, batch: int) -> None:
        self.batches.remove(batch)
        self.rows = [row for row in self.rows if row.batch != batch]
        self.brought = [entry for entry in self.brought if entry[0] != batch]


def scopes(keyed: bool) -> st.SearchStrategy[str | None]:
    named: st.SearchStrategy[str | None] = st.sampled_from(["october", "november"])
    return named | st.none() if keyed else named


def publishes(keyed: bool) -> st.SearchStrategy[list[list[Bring | Revert]]]:
    """Return publishes of steps: what one leaves, the next starts from."""
    rows = st.lists(st.tuples(st.sampled_from("abc"), scopes(keyed)), max_size=4)
    replaced = st.lists(st.sampled_from(["october", "november"]), max_size=1)
    brings = st.builds(Bring, st.sampled_from(MAPPINGS), rows, replaced)
    step: st.SearchStrategy[Bring | Revert] = brings | st.builds(Revert, st.integers(0, 9))
    return st.lists(st.lists(step, min_size=1, max_size=5), min_size=1, max_size=2)


def apply(writer: Writer, table: Table, model: Model, step: Bring | Revert) -> None:
    if isinstance(step, Revert):
        if model.batches:
            batch = model.batches[step.which % len(model.batches)]
            writer.remove_batch(batch)
            model.revert(batch)
        return
    batch = model.next_batch
    writer.add_batch(a_batch(batch))
    for scope in step.replaced:
        writer.declare_scope(batch, table.name, step.mapping, scope)
    if step.rows:
        name = table.column_names[0] if table.is_keyed else "site"
        rows = [{name: key, "_scope": scope} for key, scope in step.rows]
        writer.insert_rows(table.name, some_rows(table, rows, batch=batch, mapping=step.mapping))
    writer.settle(table.name)
    model.bring(batch, step)


def check(reader: Reader, table: Table, model: Model) -> None:
    frame = reader.facts_frame(table.name).select("_batch", "_mapping", "_row")
    expected = plain_reading(model.rows, model.brought, keyed=table.is_keyed)
    assert set(frame.rows()) == expected
    assert len(frame) == len(expected)


def agrees_step_by_step(table: Table, sequence: Sequence[Sequence[Bring | Revert]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        warehouse, model = a_warehouse(Path(folder), {table.name: table}), Model()
        for steps in sequence:
            with warehouse.publish("a test") as writer:
                for step in steps:
                    apply(writer, table, model, step)
                    check(writer, table, model)
            with warehouse.read() as reader:
                check(reader, table, model)


@settings(max_examples=30, deadline=None)
@given(publishes(keyed=True))
def test_keyed_rows_in_force_agree_with_the_plain_reading(
    sequence: list[list[Bring | Revert]],
) -> None:
    agrees_step_by_step(COMPLAINTS, sequence)


@settings(max_examples=20, deadline=None)
@given(publishes(keyed=False))
def test_rows_without_key_in_force_agree_with_the_plain_reading(
    sequence: list[list[Bring | Revert]],
) -> None:
    agrees_step_by_step(OUTPUTS, sequence)
