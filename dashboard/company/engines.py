"""External engines: opened to be read, checked against the contracts, and counted anew.

Cells that rest on rows of an engine are refreshed by `clause9 compute` and `clause9 pull`, never by
a publish; where an engine does not answer they stay as they were read, and it is said since when.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.company.opened import Company
from data.engines.asking import EngineReader, opened_engine
from data.engines.database import Access
from data.engines.shape import flaws, held_columns
from data.errors import Clause9Error, Problem, SourceError
from data.records.access import Actor, require
from data.secrets import Secrets
from data.tables import Table
from data.warehouse import READING_SCHEMA, Reader
from metrics.compile import compile_days, compile_rows
from metrics.evaluate import answered, cells_of, definitions_of, measured_for
from metrics.external import columns_read, engines_of, fitted
from metrics.model import Metric, Side
from metrics.periods import Calendar, Period


@dataclass(frozen=True)
class Refreshed:
    """What became of one external table: the metrics whose cells it gave, or why they stay."""

    table: str
    engine: str
    metrics: tuple[str, ...]
    cells: int = 0
    problem: str | None = None
    first_day: date | None = None
    last_day: date | None = None

    def sentence(self) -> str:
        """Return it for a person."""
        if self.problem is not None:
            kept = f" The cells of {', '.join(self.metrics)} stay as they were." * bool(
                self.metrics
            )
            return f"{self.engine}, {self.table}: {self.problem}{kept}"
        metrics = "1 metric" if len(self.metrics) == 1 else f"{len(self.metrics)} metrics"
        return f"{self.engine}, {self.table}: {self.cells:,} cells of {metrics}."


@dataclass(frozen=True)
class Opened:
    """The engines that answered, those that did not with the reason, and the tables as they are."""

    readers: Mapping[str, EngineReader]
    tables: Mapping[str, Table]
    problems: Mapping[str, tuple[Problem, ...]]


def external_tables(company: Company) -> list[Table]:
    """Return the tables whose rows an engine keeps, by name."""
    return [table for table in company.tables.values() if table.engine is not None]


@contextmanager
def opened(company: Company, metrics: Sequence[Metric], *names: str) -> Iterator[Opened]:
    """Hold open the engines of the named tables; `problems` says what is wrong, by table.

    `tables` are all of the company's, those in engines with the columns they have there.
    """
    secrets = Secrets(os.environ, company.workspace.secrets_file)
    readers: dict[str, EngineReader] = {}
    problems: dict[str, tuple[Problem, ...]] = {}
    tables = dict(company.tables)
    with ExitStack() as stack:
        down: dict[str, str] = {}
        for name in names:
            table, engine = company.tables[name], str(company.tables[name].engine)
            try:
                if engine not in readers and engine not in down:
                    access = _access(company, engine, secrets)
                    readers[engine] = stack.enter_context(opened_engine(access))
                if engine in down:
                    raise SourceError(down[engine])
                found = flaws(readers[engine], table, columns_read(metrics, table))
                flawed = [Problem(_file(name), key, said) for key, said in found]
                tables[name] = fitted(table, held_columns(readers[engine], table))
            except Clause9Error as error:
                down.setdefault(engine, secrets.hidden(str(error)))
                flawed = [Problem(_file(name), "table.engine", down[engine])]
            if flawed:
                problems[name] = tuple(flawed)
        yield Opened(readers, tables, problems)


def _access(company: Company, engine: str, secrets: Secrets) -> Access:
    settings = company.workspace.settings.engines[engine]
    return Access(secrets.value(settings.url_from), settings.url_from, settings.seconds)


def _file(table: str) -> str:
    return f"tables/{table}.toml"


def problems(company: Company) -> list[Problem]:
    """Return everything that keeps external tables from being counted, as `check` reports it."""
    names = [table.name for table in external_tables(company)]
    if not names:
        return []
    metrics = list(company.defined.metrics.values())
    with opened(company, metrics, *names) as found:
        return [problem for name in names for problem in found.problems.get(name, ())]


def refresh(company: Company, *, actor: Actor, at: datetime) -> tuple[Refreshed, ...]:
    """Count the rows of every external table anew, and say what became of each.

    Where one cannot be counted, the cells that rest on it stay, and so does the day they are of.
    """
    require(actor, "compute")
    tables = [table.name for table in external_tables(company)]
    if not tables:
        return ()
    every = measured_for(company.defined.metrics.values())
    metrics = [metric for metric in every if engines_of(metric, company.tables)]
    with opened(company, metrics, *tables) as found, company.warehouse.read() as reader:
        done, cells = _counted(company, reader, found, metrics)
    with company.warehouse.publish(holder=actor.name) as writer:
        ready = [m for m in metrics if not any(done[name].problem for name in _there(m, done))]
        names = [metric.name for metric in ready]
        writer.replace_cells(names, cells.filter(pl.col("metric").is_in(names)))
        writer.store_definitions(definitions_of(ready, actor.name, at))
        writer.store_readings(_readings(writer, done, at))
    company.warehouse.retain()
    return tuple(done.values())


def _there(metric: Metric, done: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(sorted(name for name in metric.tables if name in done))


def _counted(
    company: Company, reader: Reader, found: Opened, metrics: Sequence[Metric]
) -> tuple[dict[str, Refreshed], pl.DataFrame]:
    """Return what became of each table, and the cells of the metrics that could be counted."""
    done = {
        table.name: Refreshed(
            table.name,
            str(table.engine),
            tuple(metric.name for metric in metrics if table.name in metric.tables),
            problem=_said(found.problems.get(table.name, ())),
        )
        for table in external_tables(company)
    }
    frames = [cells_of(reader, [], found.tables, company.as_of)]
    groups: dict[tuple[Calendar, tuple[str, ...]], list[Metric]] = {}
    for metric in metrics:
        groups.setdefault((metric.calendar, _there(metric, done)), []).append(metric)
    for (calendar, names), group in groups.items():
        if any(done[name].problem for name in names):
            continue
        try:
            cells = cells_of(
                reader, group, found.tables, company.as_of, calendar, engines=found.readers
            )
        except SourceError as error:
            done |= {name: replace(done[name], problem=str(error)) for name in names}
        else:
            frames.append(cells)
    whole = [name for name, each in done.items() if each.problem is None]
    for name in whole:
        own = sum(
            frame.filter(pl.col("metric").is_in(done[name].metrics)).height for frame in frames
        )
        days = answered(reader, found.readers, compile_days(name, found.tables)).row(0, named=True)
        done[name] = replace(done[name], cells=own, **days)
    return done, pl.concat(frames)


def _said(problems: Sequence[Problem]) -> str | None:
    """Return what is wrong with a table in words; what is wrong with all of it needs no key."""
    told = (
        each.message if each.key.startswith("table.") else f"{each.key}: {each.message}"
        for each in problems
    )
    return " ".join(told) or None


def _readings(reader: Reader, done: Mapping[str, Refreshed], at: datetime) -> pl.DataFrame:
    """Return READING_SCHEMA: of a table that could not be counted, when it last could be."""
    before = {row["table_name"]: row for row in reader.readings().iter_rows(named=True)}
    rows = []
    for name, each in done.items():
        was = before.get(name, {})
        is_done = each.problem is None
        rows.append(
            {
                "table_name": name,
                "engine": each.engine,
                "read_at": at if is_done else was.get("read_at"),
                "first_day": each.first_day if is_done else was.get("first_day"),
                "last_day": each.last_day if is_done else was.get("last_day"),
                "tried_at": at,
                "problem": each.problem,
            }
        )
    return pl.DataFrame(rows, schema=READING_SCHEMA)


def rows_behind(
    company: Company, side: Side, metric: Metric, cell: tuple[Period, Mapping[str, str]], limit: int
) -> tuple[pl.DataFrame, str]:
    """Return the rows behind one side of a cell, asked of the engine that keeps them, and the SQL.

    Raises SourceError where it cannot be asked, or its table no longer has what is needed.
    """
    name = metric.sources[side].table
    with opened(company, [metric], name) as found, company.warehouse.read() as reader:
        if name in found.problems:
            raise SourceError(
                f"The rows behind the figure lie in {company.tables[name].engine}, and cannot be "
                f"shown now. {_said(found.problems[name])}"
            )
        query = compile_rows(metric, side, *cell, found.tables, limit)
        return answered(reader, found.readers, query), query.sql


def read_when(company: Company, reader: Reader, table: Table) -> str:
    """Return when the rows of an external table were counted, as a sentence."""
    for row in reader.readings().iter_rows(named=True):
        if row["table_name"] == table.name and row["read_at"] is not None:
            return f"From {table.engine}, counted on {_instant(company, row['read_at'])}."
    return f"From {table.engine}, not counted yet."


def stale(company: Company, name: str) -> tuple[str, ...]:
    """Return a sentence for each external table of a metric that its figures are not up to."""
    with company.warehouse.read() as reader:
        known = {row["table_name"]: row for row in reader.readings().iter_rows(named=True)}
    leaves = company.catalogue.metrics[name].leaf_metrics
    read = {table for leaf in leaves for table in leaf.tables}
    told = []
    for table in (each for each in external_tables(company) if each.name in read):
        row = known.get(table.name)
        title = f"{table.title} are kept by {table.engine}"
        if row is None:
            told.append(f"{title} and were not counted yet. Count them: clause9 compute")
        elif row["problem"] is not None:
            read, tried = row["read_at"], _instant(company, row["tried_at"])
            since = f"those of {_instant(company, read)}" if read else "missing"
            told.append(
                f"{title}, where they could not be counted on {tried}; the figures are {since}. "
                f"{row['problem']}"
            )
    return tuple(told)


def _instant(company: Company, value: datetime) -> str:
    here = value.astimezone(ZoneInfo(company.workspace.settings.time_zone))
    return f"{here.day} {here:%b %Y, %H:%M}"


def covered(company: Company, readings: pl.DataFrame) -> pl.DataFrame:
    """Return what external tables speak for, as the coverage of uploads is told.

    That is from their first row to their last, but not beyond the day they were read on: where
    rows end, nobody knows whether nothing happened or nothing was entered.
    """
    read_at = pl.col("read_at").dt.convert_time_zone(company.workspace.settings.time_zone)
    last = pl.min_horizontal("last_day", read_at.dt.date())
    return readings.filter(pl.col("first_day") <= last).select(
        batch=pl.lit(0, dtype=pl.Int32),
        mapping=pl.lit("engine ") + pl.col("engine"),
        table_name="table_name",
        covers_from="first_day",
        covers_to=last,
        slice=pl.lit("{}"),
    )


def as_json(done: Sequence[Refreshed]) -> list[dict[str, Any]]:
    """Return what became of external tables as plain values."""
    return [{**asdict(each), "metrics": list(each.metrics)} for each in done]
