"""The tables of the records database, one class a table.

Nothing here is ever deleted. Dates are days of the site's calendar; instants are UTC.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import JSON, Dialect, Float, Index, String, Text, TypeDecorator, UniqueConstraint
from sqlmodel import Field, SQLModel

from data.records.access import Role

TargetKind = Literal["at_most", "at_least", "band"]
BatchState = Literal["received", "pending", "published", "rejected", "reverted"]
ReviewState = Literal["planned", "preparing", "held", "closed"]
DecisionKind = Literal["improvement", "change", "resources"]
Disposition = Literal["accept", "investigate", "act"]
ActionState = Literal["open", "done", "verified", "cancelled"]

WHOLE = "{}"
"""The slice of a metric over everything."""


def slice_text(values: Mapping[str, str]) -> str:
    """Return a slice as it is stored: canonical JSON, keys in order."""
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Instant(TypeDecorator[datetime]):
    """A UTC instant as ISO text, which sorts as time does on every database."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Return the text; a datetime without a time zone is a bug and raises ValueError."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; records keep UTC.")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401 the parent's signature
        """Return the instant, in UTC."""
        del dialect
        return None if value is None else datetime.fromisoformat(str(value))


class Person(SQLModel, table=True):
    """Somebody named in records; `role` is what they may do, `title` their job."""

    __tablename__ = "people"

    id: str = Field(primary_key=True)
    name: str
    role: Role = Field(default="viewer", sa_type=String)
    title: str | None = None
    email: str | None = None


class Process(SQLModel, table=True):
    """A process of the quality management system."""

    __tablename__ = "processes"

    id: str = Field(primary_key=True)
    title: str


class Owner(SQLModel, table=True):
    """Who answers for a process, or for the part of it where `dimension` is `value`, from a day on.

    `to_on` is the last day, or None.
    """

    __tablename__ = "owners"
    __table_args__ = (UniqueConstraint("process", "dimension", "value", "from_on"),)

    id: int | None = Field(default=None, primary_key=True)
    process: str = Field(foreign_key="processes.id", index=True)
    dimension: str | None = None
    value: str | None = None
    person: str = Field(foreign_key="people.id", index=True)
    from_on: date
    to_on: date | None = None


class Objective(SQLModel, table=True):
    """A quality objective and its plan: what, resources, who, when, how evaluated."""

    __tablename__ = "objectives"

    id: str = Field(primary_key=True)
    title: str
    policy: str
    process: str | None = Field(default=None, foreign_key="processes.id")
    metric: str | None = None
    what: str
    resources: str
    owner: str = Field(foreign_key="people.id")
    due_on: date
    evaluation: str


class Target(SQLModel, table=True):
    """What a metric should reach from a day on, who approved it and why; only ever added."""

    __tablename__ = "targets"
    __table_args__ = (Index("ix_targets_metric_slice", "metric", "slice", "from_on"),)

    id: int | None = Field(default=None, primary_key=True)
    metric: str
    slice: str = WHOLE
    from_on: date
    kind: TargetKind = Field(sa_type=String)
    low: float | None = Field(default=None, sa_type=Float)
    high: float | None = Field(default=None, sa_type=Float)
    approver: str
    reason: str
    objective: str | None = Field(default=None, foreign_key="objectives.id")
    set_at: datetime = Field(sa_type=Instant)


class Event(SQLModel, table=True):
    """Something that happened on a day and may explain a series; shown on its charts.

    Without `process` and `metric` it concerns all of them.
    """

    __tablename__ = "events"

    id: int | None = Field(default=None, primary_key=True)
    on: date = Field(index=True)
    title: str
    detail: str | None = None
    process: str | None = Field(default=None, foreign_key="processes.id")
    metric: str | None = None
    slice: str = WHOLE


class Batch(SQLModel, table=True):
    """One ingestion of one file: what it was, what became of it, and its report.

    `note` is what its sender says of it, `late_reason` why it came late; `retries` is the batch
    whose refused rows it tried again.
    """

    __tablename__ = "batches"
    __table_args__ = {"sqlite_autoincrement": True}  # an id is never given twice

    id: int | None = Field(default=None, primary_key=True)
    file_name: str
    sha256: str = Field(index=True)
    bytes: int
    source: str
    period: str | None = None
    process: str | None = None
    state: BatchState = Field(default="pending", sa_type=String)
    actor: str
    received_at: datetime = Field(sa_type=Instant)
    published_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int | None = None
    accepted: int = 0
    refused: int = 0
    restated: int = 0
    unchanged: int = 0
    new: int = 0
    removed: int = 0
    left_out: int = 0
    reason: str | None = None
    reverted_at: datetime | None = Field(default=None, sa_type=Instant)
    reverted_by: str | None = None
    report: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    note: str | None = None
    late_reason: str | None = None
    retries: int | None = None


class QuarantinedRow(SQLModel, table=True):
    """One reason why one row of one batch was refused; a row has as many as it has reasons.

    `accepted` says what would have been; `row_json` is the whole row as it was read. `retried_by`
    is the batch in which the row counts since it was tried again; `replaced_at` is when another
    try found other reasons, which then stand beside it.
    """

    __tablename__ = "quarantine"

    id: int | None = Field(default=None, primary_key=True)
    batch: int = Field(foreign_key="batches.id", index=True)
    mapping: str
    table_name: str
    sheet: str | None = None
    row: int
    column: str | None = None
    value: str | None = Field(default=None, sa_type=Text)
    rule: str
    reason: str
    accepted: str | None = None
    row_json: str = Field(default="{}", sa_type=Text)
    retried_by: int | None = None
    replaced_at: datetime | None = Field(default=None, sa_type=Instant)


class PeriodClosing(SQLModel, table=True):
    """The closing of a period: from then on no row dated in it changes, until it is reopened.

    It holds for one source (a mapping's name), one process, or without both for everything.
    """

    __tablename__ = "period_closings"
    __table_args__ = {"sqlite_autoincrement": True}  # an id is never given twice

    id: int | None = Field(default=None, primary_key=True)
    period: str
    first_on: date = Field(index=True)
    last_on: date
    source: str | None = None
    process: str | None = Field(default=None, foreign_key="processes.id")
    note: str | None = None
    closed_by: str
    closed_at: datetime = Field(sa_type=Instant)
    reopened_by: str | None = None
    reopened_at: datetime | None = Field(default=None, sa_type=Instant)
    reopened_reason: str | None = None


class Review(SQLModel, table=True):
    """One management review, from plan to sealed pack.

    `conclusion` holds suitable, adequate, effective, aligned (booleans), text, by and at.
    """

    __tablename__ = "reviews"

    id: str = Field(primary_key=True)
    title: str
    period_from: date
    period_to: date
    standards: list[str] = Field(sa_type=JSON)
    participants: list[str] = Field(default_factory=list, sa_type=JSON)
    state: ReviewState = Field(default="planned", sa_type=String)
    held_on: date | None = None
    attendance: list[str] = Field(default_factory=list, sa_type=JSON)
    conclusion: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    planned_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_by: str | None = None
    pack_path: str | None = None
    pack_sha256: str | None = None
    warehouse_version: int | None = None


class ReviewInput(SQLModel, table=True):
    """What people said on one topic of one review: the narrative, or why it is waived."""

    __tablename__ = "review_inputs"

    review: str = Field(primary_key=True, foreign_key="reviews.id")
    topic: str = Field(primary_key=True)
    narrative: str | None = None
    narrative_by: str | None = None
    narrative_at: datetime | None = Field(default=None, sa_type=Instant)
    waived_reason: str | None = None
    waived_by: str | None = None
    waived_at: datetime | None = Field(default=None, sa_type=Instant)


class Decision(SQLModel, table=True):
    """What a review decided on one topic; `answers` names the figure whose signal it answers."""

    __tablename__ = "decisions"

    id: str = Field(primary_key=True)
    review: str = Field(foreign_key="reviews.id", index=True)
    topic: str
    kind: DecisionKind = Field(sa_type=String)
    text: str
    owner: str = Field(foreign_key="people.id")
    due_on: date | None = None
    answers: str | None = None
    disposition: Disposition | None = Field(default=None, sa_type=String)
    reason: str | None = None
    decided_at: datetime = Field(sa_type=Instant)
    decided_by: str


class Action(SQLModel, table=True):
    """Something a review asked for; open until somebody else verified it, or it is cancelled.

    `re_dates` is the history of due dates: on, from, to, by, reason of each change.
    """

    __tablename__ = "actions"

    id: str = Field(primary_key=True)
    review: str | None = Field(default=None, foreign_key="reviews.id", index=True)
    decision: str | None = Field(default=None, foreign_key="decisions.id", index=True)
    title: str
    owner: str = Field(foreign_key="people.id", index=True)
    process: str | None = Field(default=None, foreign_key="processes.id")
    metric: str | None = None
    expected_effect: str
    opened_on: date
    due_on: date
    original_due_on: date
    re_dated: int = 0
    re_dates: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    state: ActionState = Field(default="open", sa_type=String)
    done_on: date | None = None
    done_by: str | None = Field(default=None, foreign_key="people.id")
    verified_on: date | None = None
    verified_by: str | None = Field(default=None, foreign_key="people.id")
    evidence: str | None = None
    cancelled_on: date | None = None
    cancelled_reason: str | None = None


class Note(SQLModel, table=True):
    """What somebody said about something: `subject` names it ("metric:late_deliveries/2026-09")."""

    __tablename__ = "notes"

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(index=True)
    process: str | None = Field(default=None, foreign_key="processes.id")
    text: str
    by: str
    at: datetime = Field(sa_type=Instant)


class AuditEntry(SQLModel, table=True):
    """One change, chained by hash to the one before; `before` and `after` are canonical JSON."""

    __tablename__ = "audit_log"
    __table_args__ = {
        "sqlite_autoincrement": True
    }  # keeps the highest seq ever, so a cut tail shows

    seq: int | None = Field(default=None, primary_key=True)
    at: str
    actor: str
    action: str
    subject: str = Field(index=True)
    before: str | None = Field(default=None, sa_type=Text)
    after: str | None = Field(default=None, sa_type=Text)
    previous_hash: str
    hash: str
