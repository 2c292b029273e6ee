"""What a review is assembled from, and what the assembly says, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import polars as pl

from metrics.periods import COMMON, Calendar, Period
from metrics.readings import Reading

if TYPE_CHECKING:
    from data.records.models import Action, Decision, Objective, Review, ReviewInput, Target
    from data.tables.contract import Table
    from metrics.model import Metric
    from metrics.review.standards import Standard
    from metrics.trend import Summary

InputState = Literal["fed", "gap", "late", "waived"]
"""fed: evidence is there; late: some is overdue; gap: none is there; waived: a person said why."""

NOT_KNOWN = "not known"
"""What is said of a state, a target or a value that nothing supports: never zero, never good."""


@dataclass(frozen=True)
class Figure:
    """One metric of one slice as a review shows it: the whole period, its last period, and before.

    `state` is the trend's word (concern, improvement, mixed, common_cause, too_few_points, stale,
    no_data) or `not known`. `target_met` None means there is no target, or it is not known;
    `standing` says it in words, `judged` is the reading that decides: the whole one, or of a sum,
    whose targets are for one period, the last period that missed, else the last that is known.
    """

    id: str
    metric: str
    definition_hash: str
    title: str
    unit: str
    decimals: int
    better: str
    slice: Mapping[str, str]
    whole: Reading
    latest: Reading
    previous: Reading | None
    target: str
    target_met: bool | None
    standing: str
    judged: Reading
    state: str
    since: date | None
    headline: str
    assurance: str = ""
    objective: str | None = None
    owner: str | None = None

    @property
    def value(self) -> float | None:
        """Return the value over the whole review period."""
        return self.whole.value

    @property
    def numerator(self) -> Decimal | None:
        """Return the numerator over the whole review period."""
        return self.whole.numerator

    @property
    def denominator(self) -> Decimal | None:
        """Return the denominator over the whole review period."""
        return self.whole.denominator

    @property
    def status(self) -> str:
        """Return the status over the whole review period."""
        return self.whole.status

    @property
    def label(self) -> str:
        """Return the words for the whole review period."""
        return self.whole.period.label

    @property
    def previous_value(self) -> float | None:
        """Return the value over the period before, as today's data have it."""
        return self.previous.value if self.previous else None


@dataclass(frozen=True)
class Signal:
    """A special cause in one figure; a concern needs an answer before the review can close."""

    figure: str
    kind: Literal["concern", "improvement", "mixed"]
    sentence: str
    since: date | None


@dataclass(frozen=True)
class RecordTable:
    """A list of records under an input; `remark` speaks of all `total` rows, not the shown ones."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shown: int
    total: int
    remark: str = ""
    table: str | None = None
    evidence: str = ""

    @property
    def extent(self) -> str:
        """Return "20 of 57" when the list is cut, else the count."""
        return f"{self.shown:,} of {self.total:,}" if self.shown < self.total else f"{self.total:,}"


@dataclass(frozen=True)
class Gap:
    """Evidence that is absent: what, since when, and what cannot be said without it.

    `headline` is the sentence without its way out, where the sentence has one.
    """

    sentence: str
    since: date | None
    prevents: str
    headline: str = ""


@dataclass(frozen=True)
class PastDecision:
    """What an earlier review decided on this input, and how far its actions are."""

    review: str
    held_on: date | None
    text: str
    standing: str


@dataclass(frozen=True)
class RankReason:
    """Why an input stands where it does: the kind orders, the words are shown."""

    kind: str
    words: str
    sort: tuple[int, ...] = ()


@dataclass(frozen=True)
class Input:
    """One topic in one review. Only `narrative` is a person's; everything else comes from data."""

    topic: str
    clauses: tuple[str, ...]
    title: str
    mandatory: bool
    state: InputState
    headline: str
    evidence: str
    why_here: RankReason = RankReason("quiet", "")
    changes: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    signals: tuple[Signal, ...] = ()
    tables: tuple[RecordTable, ...] = ()
    gaps: tuple[Gap, ...] = ()
    late: tuple[str, ...] = ()
    decided_last_time: tuple[PastDecision, ...] = ()
    narrative: str | None = None
    narrative_by: str | None = None
    waived_reason: str | None = None
    waived_by: str | None = None
    owner: str | None = None
    still_needs: str = ""


@dataclass(frozen=True)
class PurposeCoverage:
    """A purpose that analysis must serve, and the metrics that serve it; none is a hole."""

    clause: str
    title: str
    metrics: tuple[str, ...]


@dataclass(frozen=True)
class Assembly:
    """One review as its evidence makes it: inputs in clause order, and again by weight."""

    review: str
    title: str
    period: Period
    as_of: date
    standards: tuple[str, ...]
    inputs: tuple[Input, ...]
    ranked: tuple[Input, ...]
    restatements: RecordTable | None
    purposes: tuple[PurposeCoverage, ...]
    previous: str | None = None
    redefinitions: RecordTable | None = None

    def figures(self) -> dict[str, Figure]:
        """Return every figure once, by id."""
        return {figure.id: figure for each in self.inputs for figure in each.figures}


@dataclass(frozen=True)
class Blocker:
    """One thing that stands in the way of closing, and what removes it."""

    kind: Literal["input", "signal", "attendance", "conclusion"]
    subject: str
    sentence: str


@dataclass(frozen=True)
class Readiness:
    """How far the inputs are, and what closing still lacks."""

    total: int
    fed: int
    waived: int
    late: int
    gaps: int
    percent: int
    sentence: str
    blockers: tuple[Blocker, ...]
    chase: tuple[str, ...]

    @property
    def can_close(self) -> bool:
        """Return whether nothing stands in the way."""
        return not self.blockers


@dataclass(frozen=True)
class MetricEvidence:
    """One metric of one slice: its series up to the end of the review period, and the trend's word.

    `series` has the columns of metrics.status.series; `summary` is of the same points, so that
    nothing after the review period colours it. None: no trend was computed, the state is not known.
    `leaves` are the series of the metrics a formula rests on, by name.
    """

    metric: Metric
    series: pl.DataFrame
    summary: Summary | None = None
    slice: Mapping[str, str] = field(default_factory=dict)
    owner: str | None = None
    leaves: Mapping[str, pl.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class LateUpload:
    """An expected upload that is not there: whose, for which stretch, since when it is due."""

    mapping: str
    title: str
    table: str
    label: str
    due_on: date
    owner: str | None = None


@dataclass(frozen=True)
class Restatement:
    """A batch published since the last pack that changed rows already in force."""

    batch: int
    file_name: str
    actor: str
    published_at: datetime
    restated: int
    removed: int
    tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Redefinition:
    """A definition that changed since the last pack: what it says, and a figure by either.

    `at` is when it came into force, None while `clause9 compute` is still to put it there. `label`
    is the metric's last period in the review's, with its figure `before` and `after` on the facts
    of today; `different` of the review's `periods` have another one. No period: words alone.
    """

    metric: Metric
    at: datetime | None
    actor: str
    changes: str
    label: str = ""
    before: float | None = None
    after: float | None = None
    different: int = 0
    periods: int = 0


@dataclass(frozen=True)
class Evidence:
    """Everything a review is assembled from, gathered outside and never changed here.

    `records` holds, by table name, all rows in force dated up to the end of the review period
    (columns of the contract). `decisions` and `actions` are those of every review, this one
    included; `owners` maps topics to names; `people` maps person ids to names. `unlisted` has the
    tables left out of `records` for holding too many rows, with how many. `worked` says of actions,
    by their id, what the PDCA cycle they opened says of them.
    """

    period: Period
    as_of: date
    standards: tuple[Standard, ...]
    review: Review
    previous: Review | None
    metrics: tuple[MetricEvidence, ...] = ()
    targets: tuple[Target, ...] = ()
    actions: tuple[Action, ...] = ()
    worked: Mapping[str, str] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    objectives: tuple[Objective, ...] = ()
    inputs: tuple[ReviewInput, ...] = ()
    records: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    unlisted: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    late_uploads: tuple[LateUpload, ...] = ()
    restatements: tuple[Restatement, ...] = ()
    redefinitions: tuple[Redefinition, ...] = ()
    reviews: tuple[Review, ...] = ()
    calendar: Calendar = COMMON
