"""What compiling gives, and the bits of SQL that every query is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from data.calendars import COMMON, LONGEST, QUARTER_DAYS
from data.tables import Table, quoted
from metrics.model import Elapsed, Metric, Side, Source, Stock
from metrics.periods import Calendar, Grain

Part = Literal["amount", "n", "squares", "left_out", "mark", "reason"]

STEPS: Mapping[Grain, str] = {
    "day": "INTERVAL '1 day'",
    "week": "INTERVAL '7 day'",
    "month": "INTERVAL '1 month'",
    "quarter": "INTERVAL '3 month'",
    "year": "INTERVAL '12 month'",
}


@dataclass(frozen=True)
class Aggregate:
    """One side of one metric in a fused query: the columns it is read from.

    `columns` maps amount and n to columns of the result; squares for a mean alone, left_out only
    where a row can be; `mark` and `reason`, for reported figures, say what whoever handed them in
    said of them (metrics.compile.amounts.MARKS and REASONS).
    """

    metric: str
    side: Side
    columns: Mapping[Part, str]


@dataclass(frozen=True)
class Query:
    """SQL with its bound values; of cells, the result has `period` and the dimensions d0, d1, ….

    Of holistic metrics it also has `kept`: which of `roll_ups` a row is, a bit for each dimension
    that was rolled up, the first dimension's the highest.
    `engine` is the external engine it is written for; without one, the warehouse.
    """

    sql: str
    parameters: Mapping[str, object]
    by: tuple[str, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()
    roll_ups: tuple[tuple[str, ...], ...] = ()
    engine: str | None = None


@dataclass(frozen=True, order=True)
class Scan:
    """What metrics must share to be read in one pass."""

    table: str
    dates: tuple[str, ...]
    by: tuple[str, ...]
    grain: Grain
    followed: bool


def scan_of(metric: Metric, source: Source, tables: Mapping[str, Table]) -> Scan:
    """Return the scan that a side of `metric` is read in."""
    measure, followed = metric.measure, False
    dates: tuple[str, ...] = (source.dated_by or tables[source.table].dated_by,)
    if isinstance(measure, Stock | Elapsed):
        dates = (measure.from_, measure.to)
        followed = isinstance(measure, Stock) or measure.open == "aged"
    return Scan(source.table, dates, metric.by, metric.period, followed)


class Columns:
    """The aggregates of a query; what two metrics need is worked out once.

    What an aggregate takes from a row is a column of its own, worked out before anything is summed:
    engines evaluate each FILTER again for every aggregate, and a CASE that several share only once.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._taken: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def taken(self, value: str, conditions: Sequence[str]) -> str:
        """Return the name of `value` from the rows that meet every condition; NULL of others."""
        met = f"CASE WHEN {' AND '.join(conditions)} THEN {value} END" if conditions else value
        return self._taken.setdefault(met, f"{self._prefix}_row{len(self._taken)}")

    def name(self, sql: str) -> str:
        """Return the name of the column that holds `sql`, an aggregate of what is taken."""
        return self._names.setdefault(sql, f"{self._prefix}{len(self._names)}")

    def names(self) -> tuple[str, ...]:
        """Return the names of all columns."""
        return tuple(self._names.values())

    def text(self) -> str:
        """Return the columns as they stand in SELECT, each after a comma."""
        return _listed(self._names)

    def summed(
        self,
        start: str,
        by: Sequence[str],
        rows: str,
        chosen: Sequence[str],
        shown: str | None = None,
    ) -> str:
        """Return the query of the columns by period and dimensions.

        `start` is the first day of a row's period, `rows` what stands after FROM; `shown` stands in
        place of the columns alone, where others have to be beside them.
        """
        dimensions = "".join(f", d{index}" for index in range(len(by)))
        return (
            f"SELECT period{dimensions}{self.text() if shown is None else shown}\nFROM (\n"
            f"SELECT {start} AS period{dimensions_of(by)}{_listed(self._taken)}\n"
            f"FROM {rows}\nWHERE {' AND '.join(chosen)}\n) AS taken\nGROUP BY period{dimensions}"
        )


def _listed(columns: Mapping[str, str]) -> str:
    return "".join(f",\n  {sql} AS {name}" for sql, name in columns.items())


def dimensions_of(by: Sequence[str]) -> str:
    """Return the dimensions as they stand in SELECT, each after a comma: d0, d1 and so on."""
    return "".join(f", {as_text(name)} AS d{index}" for index, name in enumerate(by))


def grouped(by: Sequence[str]) -> str:
    """Return the grouping by period and dimensions, which come first in SELECT."""
    return f"GROUP BY {', '.join(str(index + 1) for index in range(len(by) + 1))}"


def as_text(name: str) -> str:
    """Return column `name` as the text its value has in a slice."""
    return f"CAST({quoted(name)} AS VARCHAR)"


def day_of(name: str) -> str:
    """Return column `name` as a day."""
    return f"CAST({quoted(name)} AS DATE)"


def period_start(day: str, grain: Grain, calendar: Calendar) -> str:
    """Return the first day of the period that holds `day`, an expression of type DATE."""
    if grain == "week":
        return _week(day, calendar)
    if calendar.is_of_weeks and grain != "day":
        return _period_of_weeks(day, grain, calendar)
    months = (calendar.fiscal_year_start - 1) % {"quarter": 3, "year": 12}.get(grain, 1)
    if not months:
        return f"CAST(date_trunc('{grain}', {day}) AS DATE)"
    shift = f"INTERVAL '{months} month'"
    return f"CAST(date_trunc('{grain}', {day} - {shift}) + {shift} AS DATE)"


def _week(day: str, calendar: Calendar) -> str:
    shift = calendar.monday_shift
    if not shift:
        return f"CAST(date_trunc('week', {day}) AS DATE)"
    return f"(CAST(date_trunc('week', {day} + {shift}) AS DATE) - {shift})"


def _period_of_weeks(day: str, grain: Grain, calendar: Calendar) -> str:
    """Return the same for years of whole weeks, by the sums of `Calendar.start_of`."""
    months = replace(COMMON, fiscal_year_start=calendar.fiscal_year_start)
    decides = f"({_week(day, calendar)} + {calendar.deciding_day})"
    nominal = period_start(decides, "year", months)
    first = _week(f"({nominal} + {6 - calendar.deciding_day})", calendar)
    over = calendar.week_over
    match grain:
        case "month":
            weeks = _whole(f"({day} - {first}) / 7.0")
            period = f"LEAST({_whole(f'(3 * {weeks} + {2 - over}) / 13.0')}, 11)"
            return f"({first} + 7 * {_whole(f'(13 * {period} + {over}) / 3.0')})"
        case "quarter":
            quarter = f"LEAST({_whole(f'({day} - {first}) / {QUARTER_DAYS}.0')}, 3)"
            return f"({first} + {QUARTER_DAYS} * {quarter})"
        case _:
            return first


def _whole(number: str) -> str:
    return f"CAST(floor({number}) AS INTEGER)"


def next_start(start: str, grain: Grain, calendar: Calendar) -> str:
    """Return the first day of the period after the one that begins on `start`."""
    if calendar.is_of_weeks and grain in LONGEST:
        return period_start(f"({start} + {LONGEST[grain]})", grain, calendar)
    return f"CAST({start} + {STEPS[grain]} AS DATE)"


def starts_between(grain: Grain, calendar: Calendar) -> tuple[str, str]:
    """Return the step from one start of a period to another, and the period that a `day` begins.

    Whole weeks go to the next period unevenly: every week of one begins it again.
    """
    if calendar.is_of_weeks and grain in LONGEST:
        return STEPS["week"], period_start("day", grain, calendar)
    return STEPS[grain], "day"


def filtered(aggregate: str, conditions: Sequence[str]) -> str:
    """Return `aggregate` over the rows that meet every condition."""
    return f"{aggregate} FILTER (WHERE {' AND '.join(conditions)})" if conditions else aggregate


def any_of(conditions: Sequence[str]) -> str:
    """Return the condition that one of `conditions` holds."""
    return f"({' OR '.join(conditions)})"
