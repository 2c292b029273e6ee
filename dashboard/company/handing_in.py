"""Handing a file in from a browser: how it was understood, and which figures it moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from dashboard.company import figures
from dashboard.company.figures import MetricView
from dashboard.company.opened import Company
from dashboard.company.publishing import HandedIn, publish_upload
from data.records.access import Actor
from data.tables import Table
from metrics.model import Metric
from metrics.review.tables import cell_text
from pipelines.clean.failures import INDEX
from pipelines.load.files import Choice, find, plan
from pipelines.load.loader import Loader
from pipelines.load.prepare import Context, Prepared, slot_of
from pipelines.mapping.theirs import sources_of
from pipelines.readers.raw import ROW, Limits
from pipelines.report import RunReport

SHOWN_ROWS = 8
"""Rows of a file shown as they came: the first ones, and those around cells to fix."""

MARK = "▲ "
"""Stands before a cell that could not be read."""


@dataclass(frozen=True)
class ReadColumn:
    """How one column was understood: their header, ours, a first value, cells read of all."""

    theirs: str
    ours: str
    first: str
    good: int
    all: int


@dataclass(frozen=True)
class SheetView:
    """One sheet as one mapping understood it.

    `rows` has Row (the number a person sees) and their columns as text, cells that failed marked.
    """

    sheet: str | None
    title: str
    table: Table
    rows: pl.DataFrame
    total: int
    columns: tuple[ReadColumn, ...]


def understood(company: Company, handed_in: HandedIn) -> tuple[SheetView, ...]:
    """Return how each mapping understands a file; empty where the file as a whole is refused."""
    by_mapping = handed_in.source in company.mappings
    choice = Choice(
        table=None if by_mapping else handed_in.source,
        mapping=handed_in.source if by_mapping else None,
    )
    with TemporaryDirectory(prefix="clause9-upload-") as folder:
        path = Path(folder) / Path(handed_in.name).name
        path.write_bytes(handed_in.content)
        files = find([path])
        planned, _ = plan(files, company.mappings, company.tables, choice)
        loader = Loader(company.archive, company.tables, files, Limits(), is_kept=False)
        context = Context(company.tables, loader.find_lookup)
        taken = [loader.take(file, slot_of(file.found.name, None)) for file in planned]
        loaded = [loader.load(file, context) for file in taken]
    return tuple(_sheet(part) for file in loaded for part in file.parts)


def _sheet(part: Prepared) -> SheetView:
    failing = part.failures["column"].unique(maintain_order=True).to_list()
    theirs = [name for name in part.theirs.columns if ":" not in name]
    # The name of a row first, then what is to be fixed: a narrow screen shows both.
    theirs = list(dict.fromkeys([*theirs[:1], *(n for n in failing if n in theirs), *theirs]))
    wrong = part.failures.get_column("index").unique()
    around = part.theirs.filter(pl.col(INDEX).is_in(wrong.implode())).head(SHOWN_ROWS)
    first = part.theirs.head(max(0, SHOWN_ROWS - around.height))
    shown = pl.concat([first, around]).unique(INDEX).sort(ROW)
    cells = {(row["index"], row["column"]) for row in part.failures.iter_rows(named=True)}
    rows = [
        {"Row": row[ROW]}
        | {name: _cell(row[name], is_wrong=(row[INDEX], name) in cells) for name in theirs}
        for row in shown.iter_rows(named=True)
    ]
    schema = {"Row": pl.Int64} | dict.fromkeys(theirs, pl.String)
    return SheetView(
        part.sheet,
        part.mapping.title or part.table.title,
        part.table,
        pl.DataFrame(rows, schema=schema),
        part.theirs.height,
        tuple(_columns(part)),
    )


def _cell(value: object, *, is_wrong: bool) -> str:
    text = "" if value is None else str(value)
    return f"{MARK}{text or '(empty)'}" if is_wrong else text


def _columns(part: Prepared) -> Iterator[ReadColumn]:
    total = part.rows.height
    failed = dict(part.failures.unique(["index", "column"]).group_by("column").len().iter_rows())
    for ours in part.table.column_names:
        if ours not in part.rows.columns or part.rows[ours].null_count() == total:
            continue
        theirs = _header(part, ours)
        wrong = max(failed.get(theirs, 0), failed.get(ours, 0))
        first = cell_text(part.rows[ours].drop_nulls()[0])
        yield ReadColumn(theirs, ours, first, total - wrong, total)


def _header(part: Prepared, ours: str) -> str:
    """Return the headers one of our columns was read from, or where its value comes from."""
    if ours in part.mapping.constants:
        return "(always)"
    held = sorted(sources_of(part.mapping, ours) & set(part.theirs.columns))
    return ", ".join(held) or "(by default)"


@dataclass(frozen=True)
class Moved:
    """One figure that publishing changed: before and after; None is no figure."""

    view: MetricView
    period: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Published:
    """What became of a file from a browser, and the figures that are different now."""

    report: RunReport
    moved: tuple[Moved, ...]


def publish(
    company: Company, handed_in: HandedIn, *, accept_good: bool, actor: Actor, at: datetime
) -> Published:
    """Publish a file and return what that did to the metrics it feeds, the newest period first."""
    sheets = understood(company, handed_in)
    wanted = list(_fed(company, sheets))
    before = figures.metric_views(company, wanted)
    report = publish_upload(company, handed_in, accept_good=accept_good, actor=actor, at=at)
    after = figures.metric_views(company, wanted) if report.is_published else before
    return Published(report, tuple(_moved(before, after)))


def fed_metrics(company: Company, tables: Iterable[str]) -> tuple[Metric, ...]:
    """Return the metrics that read any of the tables, in the order of their titles."""
    named = set(tables)
    found = [each for each in company.catalogue.metrics.values() if named & set(each.tables)]
    return tuple(sorted(found, key=lambda each: each.title))


def _fed(company: Company, sheets: Iterable[SheetView]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the metrics a file feeds: of the part it speaks for where it says one, else whole."""
    sheets = tuple(sheets)
    part: dict[str, str] = {}
    for mapping in company.mappings.values():
        if any(mapping.title == sheet.title for sheet in sheets):
            part |= figures.constant_dimensions(company, mapping.name)
    for metric in fed_metrics(company, {sheet.table.name for sheet in sheets}):
        yield metric.name, {name: value for name, value in part.items() if name in metric.by}


def _moved(before: Mapping[str, MetricView], after: Mapping[str, MetricView]) -> Iterator[Moved]:
    for key, view in after.items():
        was = dict(before[key].series.select("period", "value").iter_rows())
        newest = view.series.sort("period", descending=True)
        for period, label, value in newest.select("period", "label", "value").iter_rows():
            if was.get(period) != value:
                yield Moved(view, label, was.get(period), value)
