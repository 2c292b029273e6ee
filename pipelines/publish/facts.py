"""Putting prepared rows into the version being made, and counting what they change."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from data.records.models import slice_text
from data.warehouse import Reader, WarehouseBatch, Writer
from pipelines.load.loader import Loaded
from pipelines.load.prepare import Prepared, covered, replaced_scopes, slot_of, stored_rows
from pipelines.mapping.checks import constant_text
from pipelines.mapping.periods import Period
from pipelines.publish.desk import Desk, open_batch
from pipelines.publish.told import batch_report, part_report, published_message
from pipelines.report import BatchReport, PartReport
from pipelines.report import rows as row_count

SAID_TWICE = 0.5
"""From which part of the rows on a file is said to repeat another: figures of two days that happen
to be alike are few."""


@dataclass(frozen=True)
class Ready:
    """One part with its rows as they will be stored, the scopes they replace, the days covered."""

    part: Prepared
    rows: pl.DataFrame
    scopes: tuple[str, ...]
    days: Period | None

    @property
    def name(self) -> tuple[str, str]:
        """Return the table and the mapping, which several sheets of a file may share."""
        return self.part.table.name, self.part.mapping.name


def compared(reader: Reader, parts: abc.Sequence[Ready]) -> list[PartReport]:
    """Return the counts of the parts of one file against the rows in force.

    What ends is reckoned over all sheets a mapping reads: the rows of one are no successors of
    another's, but the file as a whole says which are gone.
    """
    reports = []
    counted: set[tuple[str, str]] = set()
    for each in parts:
        name = (each.part.table.name, each.part.mapping.name)
        beside = [
            other for other in parts if (other.part.table.name, other.part.mapping.name) == name
        ]
        report = _compared(reader, each)
        if len(beside) > 1:
            removed = 0 if name in counted else _removed(reader, beside)
            report = replace(report, removed=removed)
        counted.add(name)
        reports.append(report)
    return reports


def _compared(reader: Reader, each: Ready) -> PartReport:
    pairs = _pairs(each)
    report = part_report(
        each.part, reader.compare(each.part.table.name, each.rows, pairs), each.days
    )
    twice = reader.repeated(each.part.table.name, each.rows, pairs)
    if twice is None or twice[1] < each.rows.height * SAID_TWICE:
        return report
    told = said_twice(reader, each.rows.height, *twice)
    return replace(report, warnings=(*report.warnings, told))


def _removed(reader: Reader, parts: abc.Sequence[Ready]) -> int:
    rows = pl.concat([each.rows for each in parts])
    pairs = [pair for each in parts for pair in _pairs(each)]
    return reader.compare(parts[0].part.table.name, rows, pairs).removed


def _pairs(each: Ready) -> list[tuple[str, str]]:
    return [(each.part.mapping.name, scope) for scope in each.scopes]


def said_twice(reader: Reader, height: int, batch: int, same: int) -> str:
    """Return that rows without a key are published already, and will count twice."""
    files = reader.batches().filter(pl.col("id") == batch).get_column("file_name")
    return (
        f"{same:,} of {row_count(height)} say the same as batch {batch} ({files[0]}), and count "
        "beside it. If this is a correction of that file, send it under the same name, or say "
        "which period it is for: --period"
    )


def ready(file: Loaded, period: Period | None, received_on: date) -> list[Ready]:
    """Return the parts of a file with their rows."""
    slot = slot_of(file.found.name, period)
    return [
        Ready(
            part,
            stored_rows(part, slot),
            replaced_scopes(part, slot, period),
            covered(part, period, received_on),
        )
        for part in file.parts
    ]


def tried(reader: Reader, file: Loaded, desk: Desk) -> BatchReport:
    """Return what publishing the file would report; nothing is written."""
    parts = compared(reader, ready(file, desk.period, desk.received_on))
    return _with_message(batch_report(file, "checked", parts, ""))


@dataclass
class Entry:
    """The entering of files into one version; `dirty` tables have rows not yet decided on."""

    desk: Desk
    writer: Writer
    dirty: set[str] = field(default_factory=set)
    batch_ids: list[int] = field(default_factory=list)

    def enter(self, file: Loaded) -> BatchReport:
        """Put one file in, its pending batch into the records first."""
        parts = ready(file, self.desk.period, self.desk.received_on)
        # All parts are counted before any goes in: a file does not restate itself.
        self._settle({each.part.table.name for each in parts})
        counted = compared(self.writer, parts)
        retrial = self.desk.retrial
        extends = retrial.batch if retrial is not None and retrial.extends else None
        if extends is not None:  # beside the rows of its scopes, which therefore do not end
            counted = [replace(each, removed=0) for each in counted]
        batch = open_batch(self.desk, file, batch_report(file, "published", counted, ""))
        batch_id = int(batch.id or 0)
        self.batch_ids.append(batch_id)
        self.writer.add_batch(
            WarehouseBatch(
                id=batch_id,
                file_name=file.found.name,
                sha256=file.stored.sha256,
                received_at=self.desk.at,
                actor=self.desk.actor.name,
                source=batch.source,
                extends=extends,
            )
        )
        for each in parts:
            insert(self.writer, each, batch_id)
            self.dirty.add(each.part.table.name)
        return _with_message(batch_report(file, "published", counted, "", batch_id))

    def _settle(self, tables: abc.Set[str]) -> None:
        """Decide which rows of an earlier file of the run are in force, before counting on them."""
        for table in sorted(tables & self.dirty):
            self.writer.settle(table)
        self.dirty -= tables


def insert(writer: Writer, each: Ready, batch_id: int) -> None:
    """Put the rows of one part in, with the scopes they replace and the days they cover."""
    name, mapping = each.part.table.name, each.part.mapping.name
    writer.insert_rows(name, each.rows.with_columns(_batch=pl.lit(batch_id, pl.Int32)))
    for scope in each.scopes:
        writer.declare_scope(batch_id, name, mapping, scope)
    if each.days is not None:
        writer.add_coverage(_coverage(each.part, batch_id, each.days))


def constant_slice(part: Prepared) -> str:
    """Return the slice all rows of a part lie in: what its mapping says of every row."""
    return slice_text(
        {
            name: constant_text(value)
            for name, value in part.mapping.constants.items()
            if name in part.table.dimensions
        }
    )


def _coverage(part: Prepared, batch_id: int, days: Period) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "batch": [batch_id],
            "mapping": [part.mapping.name],
            "table_name": [part.table.name],
            "covers_from": [days.first],
            "covers_to": [days.last],
            "slice": [constant_slice(part)],
        },
        schema_overrides={"batch": pl.Int32},
    )


def _with_message(report: BatchReport) -> BatchReport:
    return replace(report, message=published_message(report))
