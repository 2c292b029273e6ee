"""The minutes of a review as a file: who was there, what was said, decided and concluded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field

from data.definitions import read_toml
from data.errors import near_miss
from data.records.access import Actor, require
from data.records.actions import add_action, complete_action, redate_action, verify_action
from data.records.forms import (
    ActionForm,
    ConclusionForm,
    Day,
    DecisionForm,
    Form,
    Text,
    VerificationForm,
)
from data.records.intake import Intake
from data.records.meetings import (
    add_decision,
    conclude,
    record_attendance,
    record_narrative,
    waive_input,
)
from data.records.models import Decision, ReviewInput
from data.records.records import Records
from data.records.reviews import hold_review, prepare_review
from data.records.reviews import review as review_of

Stored = TypeVar("Stored")


class Heading(Form):
    """What stands at the top of the file."""

    held_on: Day | None = None
    attendance: tuple[Text, ...] | None = None
    narratives: dict[str, Text] = Field(default_factory=dict)
    waivers: dict[str, Text] = Field(default_factory=dict)


class Completed(Form):
    """An action that was carried out."""

    action: Text
    done_by: Text
    done_on: Day


class Verified(VerificationForm):
    """An action that was seen to work."""

    action: Text


class Redated(Form):
    """An action that gets another due date."""

    action: Text
    due_on: Day
    reason: Text


SECTIONS = ("decisions", "actions", "completed", "verified", "redated")
"""The sections of entries; actions can stand under their decision too, as [[decisions.actions]]."""


@dataclass(frozen=True)
class MinutesReport:
    """What a file of minutes changed, and the ids of its decisions and actions, in file order."""

    changed: int
    unchanged: int
    decisions: tuple[str, ...]
    actions: tuple[str, ...]


def record_review_file(
    records: Records, actor: Actor, review: str, path: Path, topics: Collection[str], at: datetime
) -> MinutesReport:
    """Record the minutes in a TOML file, all of them or none; recording them twice changes nothing.

    `topics` are the topics a review may speak of. Raises DefinitionError with every problem of
    the file, NotFoundError for a review there is not.
    """
    require(actor, "record_minutes")
    written, problems = read_toml(path, path.name)
    intake = Intake(path.name, list(problems))
    with records.together() as joined:
        review_of(joined, review)
        minutes = _Minutes(joined, actor, review, at, intake, topics)
        minutes.take_heading(written)
        minutes.take_decisions(written)
        minutes.take_actions(written)
        minutes.take_conclusion(written)
        intake.finish()
    return MinutesReport(
        intake.changed, intake.unchanged, tuple(minutes.decisions), tuple(minutes.actions)
    )


@dataclass
class _Minutes:
    """One file of minutes under way."""

    records: Records
    actor: Actor
    review: str
    at: datetime
    intake: Intake
    topics: Collection[str]
    decisions: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)

    def take_heading(self, written: Mapping[str, Any]) -> None:
        heading = self.intake.form(Heading, self._top(written), "")
        if heading is None:
            return
        if heading.held_on is not None:
            self._hold(heading.held_on)
        if heading.attendance is not None:
            self._store("attendance", partial(record_attendance, *self._on, heading.attendance))
        self._take_topics("narratives", heading.narratives, record_narrative)
        self._take_topics("waivers", heading.waivers, waive_input)

    def take_decisions(self, written: Mapping[str, Any]) -> None:
        for key, values in self.intake.entries(written, "decisions"):
            under_it = values.get("actions", []) if isinstance(values, dict) else []
            decision = self._take_decision(key, values)
            for place, action in self.intake.entries({"actions": under_it}, "actions"):
                self._take_action(f"{key} {place}", action, decision)

    def take_actions(self, written: Mapping[str, Any]) -> None:
        for key, values in self.intake.entries(written, "actions"):
            self._take_action(key, values, None)
        for key, values in self.intake.entries(written, "redated"):
            if (new := self.intake.form(Redated, values, key)) is not None:
                day = (new.action, new.due_on, new.reason)
                self._store(key, partial(redate_action, self.records, self.actor, *day))
        for key, values in self.intake.entries(written, "completed"):
            if (done := self.intake.form(Completed, values, key)) is not None:
                doing = (done.action, done.done_by, done.done_on)
                self._store(key, partial(complete_action, self.records, self.actor, *doing))
        for key, values in self.intake.entries(written, "verified"):
            if (seen := self.intake.form(Verified, values, key)) is not None:
                form = VerificationForm(**seen.model_dump(exclude={"action"}))
                verify = partial(verify_action, self.records, self.actor, seen.action, form)
                self._store(key, verify)

    def take_conclusion(self, written: Mapping[str, Any]) -> None:
        if "conclusion" in written:
            form = self.intake.form(ConclusionForm, written["conclusion"], "conclusion")
            if form is not None:
                self._store("conclusion", partial(conclude, *self._on, form))

    @property
    def _on(self) -> tuple[Records, Actor, str]:
        return self.records, self.actor, self.review

    def _top(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """Return the keys of the heading; what is neither in it nor a section is a problem."""
        known = {*SECTIONS, "conclusion", *Heading.model_fields}
        for key in written:
            if key not in known:
                hint = near_miss(key, known) or f" Known are: {', '.join(sorted(known))}."
                self.intake.problem(key, f"unknown key '{key}'.{hint}")
        return {key: value for key, value in written.items() if key in Heading.model_fields}

    def _hold(self, held_on: date) -> None:
        if review_of(self.records, self.review).state == "planned":
            prepare_review(*self._on, self.at)
        self._store("held_on", partial(hold_review, *self._on, held_on))

    def _take_topics(
        self,
        section: str,
        said: Mapping[str, str],
        write: Callable[[Records, Actor, str, str, str, datetime], ReviewInput],
    ) -> None:
        for topic, text in said.items():
            if self._is_topic(f"{section}.{topic}", topic):
                self._store(f"{section}.{topic}", partial(write, *self._on, topic, text))

    def _take_decision(self, key: str, values: object) -> Decision | None:
        if isinstance(values, dict):
            values = {name: each for name, each in values.items() if name != "actions"}
        form = self.intake.form(DecisionForm, values, key)
        if form is None or not self._is_topic(f"{key}.topic", form.topic):
            return None
        decision = self._store(key, partial(add_decision, *self._on, form))
        self.decisions += [] if decision is None else [decision.id]
        return decision

    def _take_action(self, key: str, values: object, decision: Decision | None) -> None:
        form = self.intake.form(ActionForm, values, key)
        if form is None:
            return
        place = {"review": form.review or self.review}
        if decision is not None:
            place["decision"] = decision.id
        placed = form.model_copy(update=place)
        action = self._store(key, partial(add_action, self.records, self.actor, placed))
        self.actions += [] if action is None else [action.id]

    def _is_topic(self, key: str, topic: str) -> bool:
        if topic in self.topics:
            return True
        known = f" Known are: {', '.join(sorted(self.topics))}."
        hint = near_miss(topic, self.topics) or known
        self.intake.problem(key, f"there is no topic '{topic}'.{hint}")
        return False

    def _store(self, key: str, write: Callable[[datetime], Stored]) -> Stored | None:
        return self.intake.store(self.records, key, partial(write, self.at))
