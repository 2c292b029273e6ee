"""Reading some periods only: conditions on dates as stored, by which whole blocks are skipped."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from metrics.compile.amounts import Context
from metrics.compile.query import any_of
from metrics.periods import Calendar, Grain, Period, period_of

_A_DAY = timedelta(days=1)


def periods_of(periods: Collection[Period], grain: Grain, calendar: Calendar) -> tuple[Period, ...]:
    """Return those of `periods` that are periods of `grain`, in order, each once."""
    days = {(period.start, period.end) for period in periods}
    own = (period_of(start, grain, calendar) for start, _ in sorted(days))
    return tuple(dict.fromkeys(period for period in own if (period.start, period.end) in days))


def falls_in(column: str, periods: Sequence[Period], context: Context) -> list[str]:
    """Return the conditions of a row whose `column`, a date or an instant, lies in `periods`.

    The first two hold for whole blocks of a table, which are not read where they fail.
    """
    if not periods:
        return ["FALSE"]
    runs = _runs(periods)
    hull = from_to(column, runs[0][0], runs[-1][1], context)
    if len(runs) == 1:
        return hull
    each = [" AND ".join(from_to(column, *run, context)) for run in runs]
    return [*hull, any_of([f"({run})" for run in each])]


def from_to(column: str, first: date, last: date, context: Context) -> list[str]:
    """Return the conditions of a day from `first` to `last`, both inclusive."""
    # The day after, exclusive: an instant of the last day belongs to it.
    return [f"{column} >= {context.day(first)}", f"{column} < {context.day(last + _A_DAY)}"]


def _runs(periods: Sequence[Period]) -> list[tuple[date, date]]:
    """Return the first and last days of what is left when periods that touch are joined."""
    runs: list[tuple[date, date]] = []
    for period in periods:
        if runs and runs[-1][1] + _A_DAY == period.start:
            runs[-1] = (runs[-1][0], period.end)
        else:
            runs.append((period.start, period.end))
    return runs
