"""What a person fills in for a PDCA cycle: its plan, what was done, what is decided on it."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from data.records.cycle_models import Criterion, Outcome, SourceKind
from data.records.forms import Day, Form, Number, Slice, Text


def _names(value: object) -> object:
    """Return names written in one cell of a sheet (late_share; backlog) as a list."""
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(";") if part.strip()]


Periods = Annotated[int, Field(ge=0, le=60)]
Names = Annotated[tuple[Text, ...], BeforeValidator(_names)]


class PlanForm(Form):
    """What a cycle is judged by; nothing of it changes once the plan is fixed.

    `lag` periods pass until the action can show, `wash_out` more do not count. The trigger are the
    days the trouble was seen in; the metrics in `balancing` must not get worse.
    """

    hypothesis: Text | None = None
    criterion: Criterion | None = None
    expected_change: Number | None = None
    worthwhile: Number | None = None
    lag: Periods = 0
    wash_out: Periods = 0
    trigger_from: Day | None = None
    trigger_to: Day | None = None
    check_on: Day | None = None
    balancing: Names = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.worthwhile is not None and self.worthwhile <= 0:
            raise ValueError(
                f"worthwhile {self.worthwhile:g} is no change: write the least change that matters,"
                " as a number above 0 in the metric's unit."
            )
        if (self.trigger_from is None) != (self.trigger_to is None):
            raise ValueError("trigger_from and trigger_to belong together: write both, or neither.")
        if self.trigger_from and self.trigger_to and self.trigger_to < self.trigger_from:
            raise ValueError(f"trigger_to {self.trigger_to} is before {self.trigger_from}.")
        return self


class DoForm(Form):
    """What was done, by whom, and the days the change itself took."""

    implemented_from: Day | None = None
    implemented_on: Day
    done_by: Text
    done_text: Text

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.implemented_from is not None and self.implemented_from > self.implemented_on:
            raise ValueError(
                f"implemented_from {self.implemented_from} is after implemented_on "
                f"{self.implemented_on}."
            )
        return self


class OpeningForm(PlanForm):
    """A new cycle: what it is to change, why that should work, whose it is, what it answers.

    Without a process it is that of its metric.
    """

    title: Text
    metric: Text
    slice: Slice = Field(default_factory=dict)
    process: Text | None = None
    owner: Text
    source_kind: SourceKind = "other"
    source: Text | None = None
    cause: Text
    hypothesis: Text
    opened_on: Day | None = None

    @model_validator(mode="after")
    def _answers(self) -> Self:
        if self.source_kind != "other" and self.source is None:
            raise ValueError(
                f"a cycle opened by a {self.source_kind.replace('_', ' ')} names it: write source."
            )
        return self


class CycleForm(OpeningForm):
    """A cycle in a file of records; with `is_fixed` its plan is fixed on the day it is loaded."""

    is_fixed: bool = False
    implemented_from: Day | None = None
    implemented_on: Day | None = None
    done_by: Text | None = None
    done_text: Text | None = None

    @property
    def done(self) -> DoForm | None:
        """Return what was done, None where nothing is said of it."""
        written = self.model_dump(include=set(DoForm.model_fields), exclude_none=True)
        return DoForm.model_validate(written) if written else None

    @model_validator(mode="before")
    @classmethod
    def _done_whole(cls, values: Any) -> Any:  # noqa: ANN401 whatever the file holds
        if not isinstance(values, dict):
            return values
        needed = ("implemented_on", "done_by", "done_text")
        given = [name for name in DoForm.model_fields if values.get(name) is not None]
        missing = [name for name in needed if given and values.get(name) is None]
        if missing:
            raise ValueError(f"what was done is not whole: write {', '.join(missing)} too.")
        if given and not values.get("is_fixed"):
            raise ValueError(
                "something was done and the plan is not fixed: write is_fixed = true, or leave "
                f"{', '.join(given)} out."
            )
        return values


class CheckForm(Form):
    """The verdict of a check as it was read, by whom, on which day, from which figures."""

    done_by: Text
    done_on: Day
    verdict: Text
    sentence: Text
    detail: dict[str, Any] = Field(default_factory=dict)
    warehouse_version: int | None = None


class ActForm(Form):
    """What follows from the check: standardise, adjust, abandon, or the next cycle.

    To standardise takes the first day and the label of the new phase where they are not those of
    the action, and a reason where the new level is worse. To adjust takes the day of the next
    check; the next cycle may have a title and a hypothesis of its own.
    """

    outcome: Outcome
    note: Text
    from_on: Day | None = None
    label: Text | None = None
    accepted_reason: Text | None = None
    check_on: Day | None = None
    title: Text | None = None
    hypothesis: Text | None = None

    @model_validator(mode="after")
    def _takes_what_it_needs(self) -> Self:
        if self.outcome == "adjust" and self.check_on is None:
            raise ValueError("an action that is adjusted is checked again: write check_on.")
        allowed = {
            "standardise": {"from_on", "label", "accepted_reason"},
            "adjust": {"check_on"},
            "abandon": set(),
            "next_cycle": {"title", "hypothesis"},
        }[self.outcome]
        given = {name for name, value in self if value is not None} - {"outcome", "note"}
        if stray := sorted(given - allowed):
            raise ValueError(
                f"{', '.join(stray)} says nothing where the outcome is {self.outcome}."
            )
        return self
