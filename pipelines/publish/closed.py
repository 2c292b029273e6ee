"""Closed periods: what of a file would change one is refused, before and while it is published.

Rows that say what is published are no change. A row that is new on a closed day, says something
else than the row it replaces, or would end one, is refused with who closed the period and how it is
opened again. Where a file replaces a whole period or the file before it, refusing only some of its
rows would end the others: then all rows of that scope are held back, or the whole file is.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from data.errors import RefusedInputError
from data.records.closings import closing_words, closings, reopening_words
from data.records.models import Batch, PeriodClosing, slice_text
from data.records.records import Records
from data.warehouse import ClosedDays, Reader
from pipelines.clean.failures import INDEX, together
from pipelines.load.loader import Loaded
from pipelines.load.prepare import Prepared
from pipelines.publish.desk import Desk
from pipelines.publish.facts import Ready, constant_slice, ready
from pipelines.report import rows as row_count

RULE = "closed period"
"""How the quarantine and the reports call it."""

_PART = 1 << 32
"""Rows of all parts of a table are numbered together: the part's number times this, plus INDEX."""


@dataclass(frozen=True)
class ClosedPeriods:
    """The closings in force, by their number."""

    standing: abc.Mapping[int, PeriodClosing]

    @classmethod
    def of(cls, records: Records) -> ClosedPeriods:
        """Return what is closed now."""
        return cls({int(row.id or 0): row for row in closings(records, standing=True)})

    @property
    def days(self) -> tuple[ClosedDays, ...]:
        """Return them as the warehouse asks for them."""
        return tuple(
            ClosedDays(number, row.first_on, row.last_on, row.source, row.process)
            for number, row in self.standing.items()
        )

    def refusal(self, number: int) -> tuple[str, str]:
        """Return why a row is refused by a closing, and what would be accepted."""
        row = self.standing[number]
        way = f"what is published already, or after: {reopening_words(row)}"
        return f"{closing_words(row)}, and this would change it", way


def without_closed(
    desk: Desk, reader: Reader, file: Loaded, closed: ClosedPeriods, *, replaces: bool = True
) -> Loaded:
    """Return the file with everything refused that would change a closed period.

    Without `replaces` its rows come beside those published, as those of a retried batch do.
    """
    if not closed.standing or file.refusal is not None or not file.parts:
        return file
    parts = list(file.parts)
    prepared = ready(file, desk.period, desk.received_on)
    for table in {part.table.name for part in parts}:
        numbers = [n for n, part in enumerate(parts) if part.table.name == table]
        changes = _changes(reader, closed, [(n, prepared[n]) for n in numbers], replaces=replaces)
        for number in numbers:
            parts[number] = _refused(parts[number], number, prepared[number], changes, closed)
        if not (ending := _ending(changes, prepared, numbers)).is_empty():
            return replace(file, parts=(), refusal=_ending_words(ending, closed))
    guarded = replace(file, parts=tuple(parts))
    spoken = next(_newly_covered(desk, reader, guarded, closed), None)
    return guarded if spoken is None else replace(file, parts=(), refusal=spoken)


def changes_closed(
    desk: Desk, reader: Reader, file: Loaded, closed: ClosedPeriods, *, replaces: bool = True
) -> bool:
    """Return whether publishing the file as it is would change a closed period."""
    guarded = without_closed(desk, reader, file, closed, replaces=replaces)
    return guarded.refusal is not None or guarded.refused > file.refused


ClosedState = abc.Mapping[tuple[str, int], object]
"""What the closed periods say, as something to compare."""


def closed_state(reader: Reader, closed: ClosedPeriods) -> ClosedState:
    """Return what the closed periods say: their rows, and the days that are spoken for."""
    if not closed.standing:
        return {}
    state = reader.closed_digest(closed.days)
    coverage = reader.coverage()
    for number, row in closed.standing.items():
        spans = coverage.filter(
            (pl.col("covers_from") <= row.last_on) & (pl.col("covers_to") >= row.first_on)
        )
        for (table, mapping, slice_), held in spans.group_by("table_name", "mapping", "slice"):
            if row.source in (None, mapping):
                pairs = held.select("covers_from", "covers_to").rows()
                state[f"{table} {slice_}", number] = _spoken_for(row, pairs)
    return state


def refuse_changed(
    before: ClosedState, after: ClosedState, closed: ClosedPeriods, batch: Batch
) -> None:
    """Raise RefusedInputError where a closed period would not say the same without a batch."""
    changed = sorted(
        number
        for table, number in before.keys() | after.keys()
        if before.get((table, number)) != after.get((table, number))
    )
    if changed:
        row = closed.standing[changed[0]]
        raise RefusedInputError(
            f"Batch {batch.id} ({batch.file_name}) cannot be taken back: {closing_words(row)}, and "
            f"it would not say the same without it. Reopen it first: {reopening_words(row)}"
        )


def _spoken_for(row: PeriodClosing, spans: abc.Iterable[tuple[date, date]]) -> frozenset[date]:
    return frozenset(
        day
        for first, last in spans
        for day in _days(max(first, row.first_on), min(last, row.last_on))
    )


def _changes(
    reader: Reader,
    closed: ClosedPeriods,
    parts: abc.Sequence[tuple[int, Ready]],
    *,
    replaces: bool,
) -> pl.DataFrame:
    """Return _index, closing, _mapping, _scope of what the parts of one table would change."""
    numbered = [
        each.rows.with_columns(
            (each.part.good.get_column(INDEX).cast(pl.Int64) + number * _PART).alias("_index")
        )
        for number, each in parts
    ]
    scopes = [(each.part.mapping.name, scope) for _, each in parts for scope in each.scopes]
    return reader.closed_changes(
        parts[0][1].part.table.name,
        pl.concat(numbered),
        closed.days,
        scopes if replaces else (),
        replaces=replaces,
    )


def _refused(
    part: Prepared, number: int, each: Ready, changes: pl.DataFrame, closed: ClosedPeriods
) -> Prepared:
    """Return the part without the rows that change closed days, nor others of their scopes."""
    first = number * _PART
    blamed = (
        changes.filter(pl.col("_index").is_between(first, first + _PART, closed="left"))
        .select((pl.col("_index") - first).cast(pl.UInt32).alias(INDEX), "closing")
        .unique(INDEX, keep="first", maintain_order=True)
    )
    mapping = part.mapping.name
    scopes = changes.filter(pl.col("ends") & (pl.col("_mapping") == mapping)).unique(
        "_scope", keep="first"
    )
    beside = (
        each.rows.with_columns(part.good.get_column(INDEX))
        .join(scopes.select("_scope", "closing"), on="_scope")
        .select(INDEX, "closing")
        .join(blamed, on=INDEX, how="anti")
    )
    found = pl.concat([blamed, beside])
    if found.is_empty():
        return part
    return replace(part, failures=together([part.failures, _failures(part, found, closed)]))


def _failures(part: Prepared, found: pl.DataFrame, closed: ClosedPeriods) -> pl.DataFrame:
    """Return the failures of rows (INDEX, closing), named by the cell that dates them."""
    dated_by = part.table.dated_by
    told = {number: closed.refusal(number) for number in found.get_column("closing").unique()}
    closing = pl.col("closing")
    reasons = {number: reason for number, (reason, _) in told.items()}
    ways = {number: way for number, (_, way) in told.items()}
    return found.join(part.rows.select(INDEX, dated_by), on=INDEX, how="left").select(
        pl.col(INDEX).alias("index"),
        pl.lit(part.headers.get(dated_by, dated_by)).alias("column"),
        pl.col(dated_by).cast(pl.Date).cast(pl.String).alias("value"),
        pl.lit(RULE).alias("rule"),
        closing.replace_strict(reasons, return_dtype=pl.String).alias("reason"),
        closing.replace_strict(ways, return_dtype=pl.String).alias("accepted"),
    )


def _ending(
    changes: pl.DataFrame, prepared: abc.Sequence[Ready], numbers: abc.Sequence[int]
) -> pl.DataFrame:
    """Return the changes to scopes in which rows in force would end whatever rows are held back.

    A scope that the file brings rows of is left alone by holding all of them back; one that it
    declares as a whole is replaced all the same.
    """
    declared = [
        (prepared[number].part.mapping.name, scope)
        for number in numbers
        for scope in prepared[number].scopes
    ]
    schema = {"_mapping": pl.String, "_scope": pl.String}
    whole = pl.DataFrame(declared, schema=schema, orient="row").unique()
    ends = changes.filter("ends").select("_mapping", "_scope").unique()
    return changes.join(whole.join(ends, on=whole.columns), on=whole.columns, how="semi")


def _ending_words(ending: pl.DataFrame, closed: ClosedPeriods) -> str:
    row = closed.standing[int(ending.get_column("closing")[0])]
    gone = ending.get_column("_index").null_count()
    other = ending.height - gone
    counts = [f"{row_count(gone)} published there would end"] if gone else []
    counts += [f"{row_count(other)} of the file would change it"] if other else []
    return (
        f"it replaces as a whole what was sent before, but {closing_words(row)}: "
        f"{', '.join(counts)}. Send it with what is published of that period, or reopen it: "
        f"{reopening_words(row)}"
    )


def _newly_covered(
    desk: Desk, reader: Reader, file: Loaded, closed: ClosedPeriods
) -> abc.Iterator[str]:
    """Yield a sentence for each closing that gets days no batch has spoken for before.

    Where nothing was known, rows of a later day would turn "missing" into "nothing happened".
    """
    coverage = reader.coverage()
    for part in file.parts:
        days = desk.covered(part)
        if days is None:
            continue
        spans = coverage.filter(
            (pl.col("table_name") == part.table.name)
            & pl.col("slice").is_in([slice_text({}), constant_slice(part)])
        ).select("covers_from", "covers_to")
        known = list(spans.iter_rows())
        for row in closed.standing.values():
            if _holds_for(row, part) and any(
                not any(first <= day <= last for first, last in known)
                for day in _days(max(days.first, row.first_on), min(days.last, row.last_on))
            ):
                yield (
                    f"it speaks for days nobody had sent, and {closing_words(row)}. Reopen it "
                    f"first: {reopening_words(row)}"
                )


def _holds_for(row: PeriodClosing, part: Prepared) -> bool:
    process = part.mapping.constants.get("process")
    return row.source in (None, part.mapping.name) and (
        row.process is None or process in (None, row.process)
    )


def _days(first: date, last: date) -> abc.Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
