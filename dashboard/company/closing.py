"""Closing and reopening periods of the company, and which of them are closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dashboard.company import calendar_periods
from dashboard.company.opened import Company
from data.errors import NotFoundError, UsageError, near_miss
from data.records import closings as closing_records
from data.records.access import Actor
from data.records.closings import Extent
from data.records.models import PeriodClosing


def close(  # noqa: PLR0913 - what is closed, why, by whom and when
    company: Company,
    period: str,
    *,
    source: str | None = None,
    process: str | None = None,
    note: str = "",
    actor: Actor,
    at: datetime,
) -> PeriodClosing:
    """Close a period of a source, of a process, or of everything, once no publish is under way.

    Raises UsageError for one that is not over on the company's day.
    """
    extent = extent_of(company, period, source, process)
    if extent.last_on >= company.as_of:
        raise UsageError(
            f"{period} ends on {extent.last_on} and is not over on {company.as_of}. A period is "
            "closed when nothing can happen in it any more."
        )
    with company.warehouse.hold(f"{actor.name}, closing {period}"):
        return closing_records.close_period(company.records, actor, extent, note, at)


def reopen(  # noqa: PLR0913 - what is reopened, why, by whom and when
    company: Company,
    period: str,
    reason: str,
    *,
    source: str | None = None,
    process: str | None = None,
    actor: Actor,
    at: datetime,
) -> PeriodClosing:
    """Open a closed period again, for a reason that is kept."""
    extent = extent_of(company, period, source, process)
    return closing_records.reopen_period(company.records, actor, extent, reason, at)


def closings(company: Company) -> list[PeriodClosing]:
    """Return every closing there ever was, the newest period first."""
    return closing_records.closings(company.records)


MONTHS_OFFERED = 24
"""Months a page offers to close: older ones are closed by the command line."""


def closable_months(company: Company) -> list[str]:
    """Return the months that are over and not closed for everything, the newest first."""
    closed = {
        row.period
        for row in closing_records.closings(company.records, standing=True)
        if row.source is None and row.process is None
    }
    months = [calendar_periods.last_over(company)]
    while len(months) < MONTHS_OFFERED:
        months.append(calendar_periods.before(company, months[-1]))
    return [month.label for month in months if month.label not in closed]


def as_row(row: PeriodClosing) -> dict[str, Any]:
    """Return a closing as plain values, with its state and what it is of."""
    of = f"source {row.source}" if row.source else None
    of = f"process {row.process}" if row.process else of
    state = "reopened" if row.reopened_at else "closed"
    return {**row.model_dump(), "state": state, "of": of or "everything"}


def extent_of(company: Company, period: str, source: str | None, process: str | None) -> Extent:
    """Return what is meant; NotFoundError for a source that is neither a mapping nor a table."""
    if source is not None and process is not None:
        raise UsageError("Name a source or a process, not both.")
    known = {**company.mappings, **company.tables}
    if source is not None and source not in known:
        raise NotFoundError(f"There is no source '{source}'.{near_miss(source, known)}")
    named = calendar_periods.named(company, period)
    return Extent(named.label, named.first, named.last, source, process)
