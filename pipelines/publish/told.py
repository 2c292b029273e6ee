"""The sentences and counts of a run report, made of what was prepared and published."""

from __future__ import annotations

from collections import abc
from dataclasses import asdict, replace
from datetime import date, tzinfo

import polars as pl

from data.records.models import Batch
from data.warehouse import Comparison
from pipelines.clean.corrections import corrections_of
from pipelines.clean.failures import INDEX
from pipelines.load.loader import Loaded
from pipelines.load.prepare import Prepared
from pipelines.mapping.periods import Period
from pipelines.readers.raw import ROW
from pipelines.report import BatchReport, BatchState, PartReport, Reason, place, rows

SAMPLE = 20
"""Reasons shown in a report; all of them are in the quarantine."""

MOST_REASONS = 100_000
"""Reasons kept in quarantine for one file: beyond that the format is wrong, not the rows."""

NONE = Comparison(0, 0, 0, 0)


def part_report(part: Prepared, comparison: Comparison, days: Period | None) -> PartReport:
    """Return the counts of one part that covers `days`."""
    warned = part.good.get_column("_warnings").drop_nulls()
    return PartReport(
        mapping=part.mapping.name,
        table=part.table.name,
        sheet=part.sheet,
        read=part.read,
        left_out=part.left_out,
        accepted=part.good.height,
        refused=part.refused,
        warned=len(warned),
        new=comparison.new,
        restated=comparison.restated,
        unchanged=comparison.unchanged,
        removed=comparison.removed,
        covers_from=days.first if days else None,
        covers_to=days.last if days else None,
        warnings=(*part.warnings, *_rule_warnings(part, warned)),
    )


def _rule_warnings(part: Prepared, warned: pl.Series) -> abc.Iterator[str]:
    for rule in part.table.rules:
        count = int(warned.str.split(",").list.contains(rule.name).sum()) if len(warned) else 0
        if count:
            yield f"{rows(count)} published and marked: {rule.message}"


def batch_report(
    loaded: Loaded,
    state: BatchState,
    parts: abc.Sequence[PartReport],
    message: str,
    batch_id: int | None = None,
) -> BatchReport:
    """Return the report of one file: sums over its parts, and a sample of the reasons."""
    warnings = dict.fromkeys(warning for part in parts for warning in part.warnings)
    return BatchReport(
        id=batch_id,
        file=loaded.found.name,
        sha256=loaded.stored.sha256,
        state=state,
        message=message,
        accepted=sum(part.accepted for part in parts),
        refused=sum(part.refused for part in parts),
        restated=sum(part.restated for part in parts),
        unchanged=sum(part.unchanged for part in parts),
        new=sum(part.new for part in parts),
        removed=sum(part.removed for part in parts),
        left_out=sum(part.left_out for part in parts),
        parts=tuple(parts),
        reasons=tuple(reasons(loaded))[:SAMPLE],
        warnings=tuple(warnings),
    )


def reasons(loaded: Loaded) -> abc.Iterator[Reason]:
    """Yield the first reasons of each part, in the order of the rows."""
    for part in loaded.parts:
        for row in located(part).head(SAMPLE).iter_rows(named=True):
            yield Reason(part.sheet, **{name: row[name] for name in _REASON})


_REASON = ("row", "column", "value", "rule", "reason", "accepted", "cell")


def located(part: Prepared) -> pl.DataFrame:
    """Return the failures in the order of the rows, with `row` as the person sees it and `cell`.

    `cell` is like B7, null where the file has no letters or the column is not one of its own.
    """
    places = part.theirs.select(pl.col(INDEX).alias("index"), pl.col(ROW).alias("row"))
    ours = {our: part.letters[h] for our, h in part.headers.items() if h in part.letters}
    letters = ours | dict(part.letters)
    column = pl.col("column").replace_strict(letters, default=None, return_dtype=pl.String)
    found = part.failures.join(places, on="index", how="left", maintain_order="left")
    return found.with_columns(cell=pl.format("{}{}", column, "row")).sort(
        "row", maintain_order=True
    )


def quarantine(loaded: Loaded) -> abc.Iterator[dict[str, object]]:
    """Yield what the quarantine keeps: one mapping a reason, the whole row as JSON beside it."""
    left = MOST_REASONS
    for part in loaded.parts:
        failures = located(part).head(left)
        left -= failures.height
        if failures.is_empty():
            continue
        texts = rows_as_json(part, failures).drop("row")
        whole_rows = failures.join(texts, on="index", how="left", maintain_order="left").drop(
            "index", "cell"
        )
        for row in whole_rows.iter_rows(named=True):
            named = {"mapping": part.mapping.name, "table_name": part.table.name}
            yield {**row, **named, "sheet": part.sheet}


def rows_as_json(part: Prepared, failures: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return index, row and row_json (the row as it came) of all rows, or of those that failed."""
    names = [name for name in part.theirs.columns if ":" not in name]
    whole = part.theirs
    if failures is not None:
        whole = whole.join(failures.select("index").unique(), left_on=INDEX, right_on="index")
    return whole.select(
        pl.col(INDEX).alias("index"),
        pl.col(ROW).alias("row"),
        pl.struct(pl.col(names).cast(pl.String)).struct.json_encode().alias("row_json"),
    )


def refusal_message(loaded: Loaded) -> str:
    """Return why a file is refused: how many rows, and each kind of reason with its first place."""
    if loaded.refusal is not None:
        return f"{loaded.refusal} Nothing was published."
    read = sum(part.read - part.left_out for part in loaded.parts)
    lines = [f"{loaded.refused:,} of {rows(read)} refused, so nothing of the file is published:"]
    for part in loaded.parts:
        lines += _kinds_of_reasons(part)
    return "\n".join(lines)


def _kinds_of_reasons(part: Prepared) -> list[str]:
    kinds = (
        located(part)
        .group_by("column", "rule", maintain_order=True)
        .agg(pl.len().alias("count"), pl.col("row", "cell", "reason", "accepted").first())
    )
    lines = [
        f"  {count:,} × column '{column}': {_bare(reason)} ({place(part.sheet, row, cell)}). "
        f"Accepted: {accepted}."
        for column, _, count, row, cell, reason, accepted in kinds.head(SAMPLE).iter_rows()
    ]
    more = kinds.height - SAMPLE
    return [*lines, f"  and {more} more kinds of reasons."] if more > 0 else lines


def _bare(sentence: str) -> str:
    return sentence.removesuffix(".")


def published_message(report: BatchReport) -> str:
    """Return what was published, in one sentence."""
    changes = [
        f"{count:,} {word}"
        for count, word in (
            (report.new, "new"),
            (report.restated, "restated"),
            (report.unchanged, "unchanged"),
            (report.removed, "removed"),
        )
        if count
    ]
    refused = f"; {rows(report.refused)} refused and kept in quarantine" if report.refused else ""
    said = f" ({', '.join(changes)})" if changes else ""
    verb = "would be published" if report.id is None else f"published as batch {report.id}"
    return f"{rows(report.accepted)} {verb}{said}{refused}."


def told_retry(batch_id: int, made: BatchReport | None, refused: BatchReport) -> BatchReport:
    """Return the report of a batch tried again: what it brought, and what is still refused."""
    still = f"{rows(refused.refused)} still refused" if refused.refused else ""
    if made is not None:
        said = published_message(made).removesuffix(".")
        more = f"; {still}" if still else ""
        message = f"of what batch {batch_id} had refused, {said}{more}."
        return replace(made, message=message, reasons=refused.reasons)
    if not refused.refused:
        message = f"nothing of batch {batch_id} is in quarantine; nothing changed."
        return replace(refused, state="unchanged", message=message)
    kinds = "\n".join(f"  {reason}" for reason in refused.reasons)
    message = f"none of what batch {batch_id} had refused can be published yet: {still}.\n{kinds}"
    return replace(refused, message=message)


def unchanged_message(batch: Batch, zone: tzinfo) -> str:
    """Return that these bytes were published before, on a day of the company's time zone."""
    day = (batch.published_at or batch.received_at).astimezone(zone).date()
    cells = len(corrections_of(batch.report))
    what = f", {cells} of its cells corrected" if cells else ""
    return (
        f"already published as batch {batch.id} on {day} by {batch.actor}{what}; nothing changed."
    )


def as_json(parts: abc.Sequence[PartReport]) -> list[dict[str, object]]:
    """Return the parts as JSON values, for the records."""
    return [{key: _plain(value) for key, value in asdict(part).items()} for part in parts]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
