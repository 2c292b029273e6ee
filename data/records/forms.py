"""What a person fills in, in TOML, a sheet or a page: frozen, checked, unknown keys refused."""

from __future__ import annotations

import json
import math
import re
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    model_validator,
)

from data.records.access import Role
from data.records.models import DecisionKind, Disposition, TargetKind, slice_text


def _text(value: str) -> str:
    stripped = value.strip()
    if not stripped:
        raise ValueError("is empty. Write something, or leave the key out.")
    return stripped


def _identifier(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", value):
        raise ValueError(f"'{value}' is no id. Use small letters, digits, - _ and . only.")
    return value


def _number(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d+(\.\d+)?", value.strip()):
        return float(value)
    raise ValueError(
        f"'{value}' is not a number. Write digits alone, like 5 or 2.5; "
        f"the unit is the metric's, the direction is the kind.{_instead(value)}"
    )


_NUMBER = r"(\d+(?:\.\d+)?)"

_LIKE_A_NUMBER: tuple[tuple[str, str], ...] = (
    (_NUMBER + r"\s*(?:-|–|to|\.\.)\s*" + _NUMBER + r"\s*%?",
     "That is a band, with low {0} and high {1}."),
    (r"(?:≤|<=?|max\.?)\s*" + _NUMBER + r"\s*%?", "That is the kind at_most with high {0}."),
    (r"(?:≥|>=?|min\.?)\s*" + _NUMBER + r"\s*%?", "That is the kind at_least with low {0}."),
    (_NUMBER + r"\s*(?:%|‰|[^\W\d]+)", "Write {0}."),
    (r"(\d+),(\d{1,2})", "Write {0}.{1}."),
    (r"n/?a|-|–|none|tbd|\?", "Where there is no target, write none."),
)  # fmt: skip
"""What people write for a number, and what to write in its place."""


def _instead(value: object) -> str:
    """Return what to write in place of what looks like a number and is none, where it is clear."""
    if isinstance(value, date):
        return " It is a day: Excel makes one of 3-5, which is a band with low 3 and high 5."
    for pattern, words in _LIKE_A_NUMBER:
        if found := re.fullmatch(pattern, str(value).strip(), re.IGNORECASE):
            return f" {words.format(*found.groups())}"
    return ""


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise ValueError(f"'{value}' is no date. Write it like 2026-09-30.") from error


def _slice(value: object) -> object:
    """Return a slice written in one cell of a sheet (site=Porto; product=A) as a mapping."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("{"):
        return json.loads(value)
    pairs = [pair.split("=", 1) for pair in value.split(";") if pair.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"'{value}' is no slice. Write it like site=Porto; product=A.")
    return {key.strip(): part.strip() for key, part in pairs}


Text = Annotated[str, AfterValidator(_text)]
Identifier = Annotated[str, AfterValidator(_identifier)]
Number = Annotated[float, BeforeValidator(_number)]
Day = Annotated[date, BeforeValidator(_day)]
Slice = Annotated[dict[str, str], BeforeValidator(_slice)]


class Form(BaseModel):
    """The common strictness of all forms."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PersonForm(Form):
    """A person; without an id it is made of the name."""

    id: Identifier
    name: Text
    role: Role = "viewer"
    title: Text | None = None
    email: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _id_of_the_name(cls, values: Any) -> Any:  # noqa: ANN401 whatever the file holds
        if (
            not isinstance(values, dict)
            or "id" in values
            or not isinstance(values.get("name"), str)
        ):
            return values
        return {**values, "id": identifier_of(values["name"])}


class ProcessForm(Form):
    """A process."""

    id: Identifier
    title: Text


class OwnerForm(Form):
    """Who (id or name) answers for a process, or for its part where `dimension` is `value`."""

    process: Text
    dimension: Text | None = None
    value: Text | None = None
    person: Text
    from_on: Day
    to_on: Day | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.dimension is None) != (self.value is None):
            raise ValueError("dimension and value belong together: write both, or neither.")
        if self.to_on is not None and self.to_on < self.from_on:
            raise ValueError(f"to_on {self.to_on} is before from_on {self.from_on}.")
        return self


class ObjectiveForm(Form):
    """An objective with what its plan must say."""

    id: Identifier
    title: Text
    policy: Text
    process: Text | None = None
    metric: Text | None = None
    what: Text
    resources: Text
    owner: Text
    due_on: Day
    evaluation: Text


class TargetForm(Form):
    """What a metric should reach from a day on: at_most `high`, at_least `low`, a band both."""

    metric: Text
    slice: Slice = Field(default_factory=dict)
    kind: TargetKind
    low: Number | None = None
    high: Number | None = None
    from_on: Day
    approver: Text
    reason: Text
    objective: Text | None = None

    @property
    def slice_text(self) -> str:
        """Return the slice as it is stored."""
        return slice_text(self.slice)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        wanted = {"at_most": {"high"}, "at_least": {"low"}, "band": {"low", "high"}}[self.kind]
        given = {name for name in ("low", "high") if getattr(self, name) is not None}
        if wanted != given:
            needs = " and ".join(sorted(wanted, reverse=True))
            has = " and ".join(sorted(given, reverse=True)) or "neither low nor high"
            raise ValueError(f"the kind {self.kind} takes {needs}, and here is {has}.")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low:g} is above high {self.high:g}.")
        return self


class EventForm(Form):
    """Something that happened and may explain a series."""

    on: Day
    title: Text
    detail: Text | None = None
    process: Text | None = None
    metric: Text | None = None
    slice: Slice = Field(default_factory=dict)


class PhaseForm(Form):
    """A stretch of a metric's series with limits of its own: since when, and what caused it.

    `from_on` is the first day of a period. `accepted_reason` says why a worse level is accepted;
    without `author` that is whoever records it.
    """

    metric: Text
    slice: Slice = Field(default_factory=dict)
    from_on: Day
    label: Text
    cause: Text
    evidence: Text | None = None
    action: Text | None = None
    cycle: Text | None = None
    accepted_reason: Text | None = None
    author: Text | None = None


class ExclusionForm(Form):
    """A point that limits are not to come from, with the reason; it stays on the chart.

    `period_on` is the first day of its period.
    """

    metric: Text
    slice: Slice = Field(default_factory=dict)
    period_on: Day
    reason: Text
    author: Text | None = None


class ReviewForm(Form):
    """A review to be held: its period, the standards it answers, who is expected."""

    id: Identifier
    title: Text
    period_from: Day
    period_to: Day
    standards: tuple[Text, ...] = Field(default=("iso9001_2015",), min_length=1)
    participants: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.period_to < self.period_from:
            raise ValueError(f"period_to {self.period_to} is before {self.period_from}.")
        return self


class DecisionForm(Form):
    """A decision on one topic; one that answers a signal says what is done about it."""

    topic: Text
    kind: DecisionKind
    text: Text
    owner: Text
    due_on: Day | None = None
    answers: Text | None = None
    disposition: Disposition | None = None
    reason: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _not_noted(cls, values: Any) -> Any:  # noqa: ANN401 whatever the file holds
        word = values.get("disposition") if isinstance(values, dict) else None
        if isinstance(word, str) and word.strip().lower() in {"noted", "note"}:
            raise ValueError(
                "a signal cannot be answered 'noted': accept it with a reason, investigate, or act."
            )
        return values

    @model_validator(mode="after")
    def _answered(self) -> Self:
        if self.answers is not None and self.disposition is None:
            raise ValueError(
                f"it answers {self.answers} without a disposition: accept, investigate or act."
            )
        if self.disposition == "accept" and self.reason is None:
            raise ValueError("accepting a signal takes a reason.")
        if self.disposition != "accept" and self.due_on is None:
            raise ValueError("due_on is missing: when is it to be carried out?")
        return self


class ActionForm(Form):
    """Something to be done, by whom, by when, and what it is expected to change.

    `opened_on` is the day it was asked for; without it that is the review's day, or today.
    """

    title: Text
    owner: Text
    due_on: Day
    expected_effect: Text
    review: Text | None = None
    decision: Text | None = None
    process: Text | None = None
    metric: Text | None = None
    opened_on: Day | None = None


class VerificationForm(Form):
    """Who saw, and on what evidence, that an action worked."""

    verified_by: Text
    verified_on: Day
    evidence: Text


class ConclusionForm(Form):
    """What top management concludes on the system, in the standard's four words and its own."""

    suitable: StrictBool
    adequate: StrictBool
    effective: StrictBool
    aligned: StrictBool
    text: Text


class NoteForm(Form):
    """What somebody says about something."""

    subject: Text
    text: Text
    process: Text | None = None


def identifier_of(name: str) -> str:
    """Return an id made of a name: "Station manager, ATL" becomes "station-manager-atl"."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
