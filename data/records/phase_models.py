"""The tables of phases and of excluded points; they are of the records as those in `models` are."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from data.records.models import WHOLE, Instant


class Phase(SQLModel, table=True):
    """A stretch of a series with limits of its own, from the period that begins on `from_on` on.

    It holds for its slice and every narrower one. `evidence`, `action` and `cycle` say what it
    rests on; `accepted_reason` why a level that is worse is accepted as the new usual one.
    """

    __tablename__ = "phases"
    __table_args__ = (Index("ix_phases_metric_slice", "metric", "slice", "from_on"),)

    id: int | None = Field(default=None, primary_key=True)
    metric: str
    slice: str = WHOLE
    from_on: date
    label: str
    cause: str
    evidence: str | None = None
    action: str | None = None
    cycle: str | None = None
    accepted_reason: str | None = None
    author: str
    recorded_at: datetime = Field(sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    withdrawn_by: str | None = None
    withdrawn_reason: str | None = None


class Exclusion(SQLModel, table=True):
    """A point that the limits of its series do not come from, and why; it stays on the chart.

    It holds for its slice and every narrower one.
    """

    __tablename__ = "exclusions"
    __table_args__ = (Index("ix_exclusions_metric_slice", "metric", "slice", "period_on"),)

    id: int | None = Field(default=None, primary_key=True)
    metric: str
    slice: str = WHOLE
    period_on: date
    reason: str
    author: str
    recorded_at: datetime = Field(sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    withdrawn_by: str | None = None
    withdrawn_reason: str | None = None
