"""The metrics a site uses: its own definitions, and those of the shipped library it names.

A file of the site's metrics/ folder holds one section a metric. `use` at the top of any file takes
metrics from the library, as they are or with changes:

    use = ["complaint_count", { name = "complaint_rate", process = "care", by = ["site"] }]

What is not named is not used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from data.definitions import read_toml, validated
from data.errors import DefinitionError, Problem, near_miss
from data.expressions import ExpressionError, parse
from data.expressions.parse import LONGEST, unseen
from data.tables import Table
from metrics.model import Elapsed, Metric, Reported, Side, Source, Stock, Topic
from metrics.parts import with_parts
from metrics.periods import COMMON, Calendar, Grain
from metrics.trend_settings import TrendSettings
from metrics.trend_settings import misfits as trend_misfits

LONGEST_NAME = 64
"""Characters of a metric's name: it stands in addresses, columns and file names."""

MOST_PROBLEMS = 1_000
"""Problems after which no further metric is read: such a file is no work of a person's."""

LIBRARY = Path(__file__).parent / "definitions"

RESERVED = frozenset({"period", "slice", "numerator", "denominator", "n", "left_out"}) | {
    "value",
    "status",
    "label",
}
"""Columns of every result; a dimension of the same name could not stand beside them."""


class Adoption(BaseModel):
    """A metric of the library as a site takes it: by name, with what the site says differently."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="The metric's name in the library.")
    title: str | None = Field(default=None, description="The title on the site's pages.")
    why: str | None = Field(default=None, description="Why the site looks at it.")
    unit: str | None = Field(default=None, description="The unit in the site's words.")
    process: str | None = Field(default=None, description="The site's process that answers for it.")
    topic: Topic | None = Field(default=None, description="The review topic it feeds.")
    purpose: str | None = Field(default=None, description="The purpose it serves.")
    approved_by: str | None = Field(default=None, description="The role that approved its use.")
    approved_on: date | None = Field(default=None, description="When it was approved.")
    review_by: date | None = Field(default=None, description="When to look at it again.")
    by: tuple[str, ...] | None = Field(default=None, description="The site's dimensions.")
    period: Grain | None = Field(default=None, description="The site's interval.")
    decimals: int | None = Field(default=None, strict=True, description="Digits shown.")
    trend: TrendSettings | None = Field(default=None, description="How the site reads its trend.")


@dataclass(frozen=True)
class Catalogue:
    """The metrics in use by name, in order of name, and the file each comes from."""

    metrics: Mapping[str, Metric]
    files: Mapping[str, str] = field(default_factory=dict)
    calendar: Calendar = COMMON

    def calendar_of(self, metric: Metric) -> Calendar:
        """Return the site's calendar; of a metric still counted in the one before it, that."""
        is_current = metric.calendar == self.calendar.narrowed(metric.period)
        return self.calendar if is_current else metric.calendar


def load_metrics(
    tables: Mapping[str, Table], site_folder: Path | None = None, calendar: Calendar = COMMON
) -> Catalogue:
    """Return the metrics of a site; without `site_folder`, the whole shipped library.

    Raises DefinitionError with every problem of every file: key, place in the expression and the
    nearest name there is.
    """
    loader = _Loader(tables, calendar)
    found = loader.read_folder(LIBRARY, "metrics/definitions")
    shipped = {name: each.metric for name, each in found.items()}
    if site_folder is not None:
        loader.forget()
        found = loader.read_site(site_folder, shipped)
    metrics = loader.resolved(shipped)
    if loader.problems:
        raise DefinitionError(loader.problems)
    files = {name: found[name].file for name in metrics}
    return Catalogue(metrics, files, calendar)


@dataclass(frozen=True)
class _Definition:
    """A metric as its file has it, and the file and the key in it."""

    metric: Metric
    file: str
    key: str


Found = dict[str, _Definition]


class _Loader:
    def __init__(self, tables: Mapping[str, Table], calendar: Calendar) -> None:
        self.tables, self.calendar = tables, calendar
        self.problems: list[Problem] = []
        self._found: Found = {}

    def forget(self) -> None:
        """Start anew: what the library says counts only for what a site takes from it."""
        self._found, self.problems = {}, []

    def read_folder(self, folder: Path, shown: str) -> Found:
        """Return the metrics every file of `folder` defines."""
        for path in sorted(folder.glob("*.toml")):
            self._read_file(path, f"{shown}/{path.name}")
        return self._found

    def read_site(self, folder: Path, shipped: Mapping[str, Metric]) -> Found:
        """Return the metrics every file of a site defines or takes from `shipped`.

        What the site defines itself stands, also where it names the library's metric too.
        """
        adopted = [
            (f"metrics/{path.name}", self._read_file(path, f"metrics/{path.name}"))
            for path in sorted(folder.glob("*.toml"))
        ]
        own = frozenset(self._found)
        for file, entries in adopted:
            for index, entry in enumerate(entries):
                self._adopt(entry, (file, f"use[{index}]"), shipped, own)
        return self._found

    def resolved(self, shipped: Mapping[str, Metric]) -> dict[str, Metric]:
        """Return the metrics by name, in order of name, with the parts of formulas in place."""
        found = {name: each.metric for name, each in sorted(self._found.items())}
        counted = [
            {name: each.counted_in(self.calendar) for name, each in metrics.items()}
            for metrics in (found, shipped)
        ]
        metrics, flaws = with_parts(*counted)
        for name, key, message in flaws:
            place = self._found[name]
            self._complain(place.file, f"{place.key}.{key}", message)
        self._check_balancing()
        return metrics

    def _check_balancing(self) -> None:
        """Keep a problem for each metric that is to balance another and that nobody defines."""
        for each in self._found.values():
            for name in dict.fromkeys(each.metric.trend.balancing):
                if name not in self._found:
                    message = f"no metric '{name}' is in use.{near_miss(name, self._found)}"
                    self._complain(each.file, f"{each.key}.trend.balancing", message)

    def _read_file(self, path: Path, file: str) -> list[Any]:
        """Keep the metrics a file defines, and return what it takes from the library."""
        content, problems = read_toml(path, file)
        self.problems += problems
        adopted = content.pop("use", [])
        for name, section in content.items():
            if len(self.problems) > MOST_PROBLEMS:
                break
            self._define(name, section, file)
        if isinstance(adopted, list):
            return adopted
        self._complain(file, "use", 'must be a list: use = ["complaint_count"].')
        return []

    def _define(self, name: str, section: object, file: str) -> None:
        if not isinstance(section, dict):
            known = "a metric is a section: [name] and, below it, its keys."
            self._complain(file, name, f"is not a metric; {known}")
            return
        if "name" in section:
            message = f"unknown key 'name': a metric's name is its section, [{name}]."
            self._complain(file, f"{name}.name", message)
        if isinstance(section.get("measure"), dict) and "parts" in section["measure"]:
            message = "is found from the expression; leave it out."
            self._complain(file, f"{name}.measure.parts", message)
            return
        if "calendar" in section:
            self._complain(file, f"{name}.calendar", "is said once for all, in clause9.toml.")
            return
        metric, problems = validated(Metric, {**section, "name": name}, file, name)
        self.problems += [_without_own_name(problem, name) for problem in problems]
        if metric is not None:
            self._keep(metric, file, name)

    def _adopt(
        self,
        entry: Any,  # noqa: ANN401 whatever the file holds
        place: tuple[str, str],
        shipped: Mapping[str, Metric],
        own: frozenset[str],
    ) -> None:
        file, key = place
        values = {"name": entry} if isinstance(entry, str) else entry
        adoption, problems = validated(Adoption, values, file, key)
        self.problems += problems
        if adoption is None:
            return
        if adoption.name not in shipped:
            hint = near_miss(adoption.name, shipped) or f" Known are: {', '.join(sorted(shipped))}."
            self._complain(file, key, f"the library has no metric '{adoption.name}'.{hint}")
            return
        if adoption.name in own:
            return
        changes = adoption.model_dump(exclude_none=True)
        resolved = shipped[adoption.name].model_dump(by_alias=True) | changes
        metric, problems = validated(Metric, resolved, file, key)
        self.problems += problems
        if metric is not None:
            self._keep(metric, file, key)

    def _keep(self, metric: Metric, file: str, key: str) -> None:
        if metric.name in self._found:
            other = self._found[metric.name].file
            self._complain(file, key, f"the metric '{metric.name}' is also defined in {other}.")
            return
        problems = [Problem(file, f"{key}.{at}", text) for at, text in _flaws(metric, self.tables)]
        self.problems += problems
        self._found[metric.name] = _Definition(metric, file, key)

    def _complain(self, file: str, key: str, message: str) -> None:
        self.problems.append(Problem(file, key, message))


def _without_own_name(problem: Problem, name: str) -> Problem:
    if problem.key == f"{name}.name" and "unknown key" not in problem.message:
        message = "a metric's name is in small letters, digits and _, and begins with a letter."
        return Problem(problem.file, name, message)
    return problem


def misfits(metric: Metric, tables: Mapping[str, Table]) -> tuple[str, ...]:
    """Return everything in a metric that does not fit the tables, a sentence each."""
    return tuple(f"{key}: {text}" for key, text in _flaws(metric, tables))


Flaws = Iterator[tuple[str, str]]


def _flaws(metric: Metric, tables: Mapping[str, Table]) -> Flaws:
    """Yield the key and the sentence of everything in a metric that does not fit the tables."""
    yield from _text_flaws(metric)
    yield from trend_misfits(metric.trend, metric.name, metric.measure.kind)
    for name in metric.by:
        if name in RESERVED:
            yield "by", f"'{name}' is a word of every result and cannot be a dimension."
    for side, source in metric.sources.items():
        key = "measure" if isinstance(metric.measure, Reported) else f"measure.{side}"
        if source.table not in tables:
            yield f"{key}.table", f"no table '{source.table}'.{near_miss(source.table, tables)}"
            continue
        table = tables[source.table]
        yield from _dimension_flaws(metric, table)
        yield from _source_flaws(metric, side, source, table, key)


def _text_flaws(metric: Metric) -> Flaws:
    if len(metric.name) > LONGEST_NAME:
        yield "name", f"has {len(metric.name):,} characters; {LONGEST_NAME} are allowed."
    for key in ("title", "why", "unit", "process", "purpose", "approved_by"):
        text = getattr(metric, key) or ""
        if len(text) > LONGEST:
            yield key, f"has {len(text):,} characters; {LONGEST:,} are allowed."
        elif (found := unseen(text)) is not None:
            code, place = found
            yield key, f"character {place}: the invisible character {code} is not allowed."


def _dimension_flaws(metric: Metric, table: Table) -> Flaws:
    for name in metric.by:
        if name not in table.dimensions and name not in RESERVED:
            hint = near_miss(name, table.dimensions)
            known = hint or f" It has: {', '.join(table.dimensions)}."
            yield "by", f"'{name}' is no dimension of {table.name}.{known}"


def _source_flaws(metric: Metric, side: Side, source: Source, table: Table, key: str) -> Flaws:
    wanted = {"where": ("boolean",), "sum": _NUMBERS, "value": _NUMBERS, "distinct": _ANY}
    for name, kinds in wanted.items():
        text = getattr(source, name)
        if text is not None:
            yield from _expression_flaws(text, table, f"{key}.{name}", kinds)
    if source.dated_by is not None:
        yield from _date_flaws(source.dated_by, table, f"{key}.dated_by")
    if isinstance(metric.measure, Stock | Elapsed) and side == "numerator":
        yield from _date_flaws(metric.measure.from_, table, "measure.from")
        yield from _date_flaws(metric.measure.to, table, "measure.to")


_NUMBERS = ("integer", "decimal", "float")
_ANY = (*_NUMBERS, "text", "boolean", "date", "timestamp")


def _expression_flaws(text: str, table: Table, key: str, kinds: tuple[str, ...]) -> Flaws:
    try:
        found = parse(text, table.column_types).type
    except ExpressionError as error:
        yield key, str(error)
        return
    if found not in kinds:
        what = {("boolean",): "a condition, true or false", _ANY: "a column"}.get(kinds, "a number")
        yield key, f"must be {what}, not {found}."


def _date_flaws(name: str, table: Table, key: str) -> Flaws:
    types = table.column_types
    dates = [column for column, kind in types.items() if kind in {"date", "timestamp"}]
    if name not in types:
        hint = near_miss(name, dates) or f" Its dates are: {', '.join(dates)}."
        yield key, f"{table.name} has no column '{name}'.{hint}"
    elif name not in dates:
        yield key, f"'{name}' is {types[name]}; a date is needed: {', '.join(dates)}."
