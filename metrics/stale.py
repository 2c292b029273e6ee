"""Which periods of a metric no longer hold: those that the days touched since lie in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from data.tables import Table
from metrics.compile import Scan, scan_of
from metrics.model import Metric, Reported
from metrics.periods import Calendar, Grain, Period, grid, period_of, start_of


@dataclass(frozen=True)
class Stale:
    """The periods whose cells no longer hold: those beginning on `starts`, and all from `since` on.

    Everything a stock or an age counts after a touched day may be different, to the end.
    """

    starts: frozenset[date] = frozenset()
    since: date | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether every cell still holds."""
        return not self.starts and self.since is None

    def periods(self, grain: Grain, last: date | None, calendar: Calendar) -> tuple[Period, ...]:
        """Return the periods, in order; what is followed ends with the one that holds `last`."""
        found = {period_of(start, grain, calendar) for start in self.starts}
        if self.since is not None and last is not None:
            found |= set(grid(self.since, last, grain, calendar))
        return tuple(sorted(found))


class TouchedDays:
    """The days on which facts say something else than when the cells were computed."""

    def __init__(self, touched: pl.DataFrame) -> None:
        """`touched` has table_name, figure, column_name and day, as the writer gives them."""
        self._days: dict[tuple[str, str], list[tuple[str | None, date]]] = {}
        for table, figure, column, day in touched.iter_rows():
            self._days.setdefault((table, column), []).append((figure, day))

    def of(self, table: str, column: str, figure: str | None = None) -> list[date]:
        """Return the touched days of a column, with `figure` those of that figure alone."""
        days = self._days.get((table, column), [])
        return [day for of, day in days if figure is None or of == figure]


def stale_periods(
    metric: Metric,
    tables: Mapping[str, Table],
    touched: TouchedDays,
    moved: tuple[date | None, date | None],
) -> Stale | None:
    """Return what of the metric no longer holds; None where that is all of it.

    `moved` is the last day things were followed to when its cells were computed, and the last now.
    """
    starts: set[date] = set()
    since: set[date] = set()
    for scan, days in _touched_scans(metric, tables, touched):
        begun = {start_of(day, metric.period, metric.calendar) for day in days}
        if scan.followed:
            since |= begun
        else:
            starts |= begun
        if len(scan.dates) > 1 and moved[0] != moved[1]:
            if moved[0] is None or moved[1] is None:
                return None
            was, now = (start_of(day, metric.period, metric.calendar) for day in moved if day)
            since |= {min(was, now)} if was != now else set()
    first = min(since, default=None)
    return Stale(frozenset(day for day in starts if first is None or day < first), first)


def _touched_scans(
    metric: Metric, tables: Mapping[str, Table], touched: TouchedDays
) -> Iterator[tuple[Scan, Iterable[date]]]:
    """Yield each side of a metric as it is read, with the days that place its touched rows."""
    figure = metric.measure.metric if isinstance(metric.measure, Reported) else None
    for source in metric.sources.values():
        scan = scan_of(metric, source, tables)
        # A record that is followed counts from the day it opened on, whenever it closed.
        placed_by = scan.dates[:1] if scan.followed else scan.dates
        yield (
            scan,
            [day for column in placed_by for day in touched.of(scan.table, column, figure)],
        )
