"""The tables of PDCA cycles: what was planned, done, checked and decided on one metric."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from sqlalchemy import JSON, Float, String, Text
from sqlmodel import Field, SQLModel

from data.records.models import WHOLE

SourceKind = Literal["signal", "action", "corrective_action", "other"]
CycleState = Literal["plan", "do", "check", "act", "closed"]
Criterion = Literal["improve", "restore", "reach_target"]
Outcome = Literal["standardise", "adjust", "abandon", "next_cycle"]
CheckKind = Literal["first", "6_months", "12_months"]


class Cycle(SQLModel, table=True):
    """One attempt to change one metric: plan, do, check, act.

    Everything down to `balancing` is the plan and stays as it is once `plan_fixed_on` is set; `lag`
    and `wash_out` count periods. `source` names what it answers: an action's id, that of a
    corrective action, a signal, the cycle before. `implemented_from` and `implemented_on` are the
    first and the last day of the change itself, `done_by` who carried it out.
    """

    __tablename__ = "cycles"

    id: str = Field(primary_key=True)
    title: str
    metric: str = Field(index=True)
    slice: str = WHOLE
    process: str = Field(foreign_key="processes.id")
    owner: str = Field(foreign_key="people.id", index=True)
    source_kind: SourceKind = Field(default="other", sa_type=String)
    source: str | None = None
    cause: str
    hypothesis: str
    opened_on: date
    state: CycleState = Field(default="plan", sa_type=String)
    criterion: Criterion | None = Field(default=None, sa_type=String)
    expected_change: float | None = Field(default=None, sa_type=Float)
    worthwhile: float | None = Field(default=None, sa_type=Float)
    lag: int = 0
    wash_out: int = 0
    trigger_from: date | None = None
    trigger_to: date | None = None
    check_on: date | None = None
    balancing: list[str] = Field(default_factory=list, sa_type=JSON)
    plan_fixed_on: date | None = None
    plan_fixed_by: str | None = None
    implemented_from: date | None = None
    implemented_on: date | None = None
    done_text: str | None = Field(default=None, sa_type=Text)
    done_by: str | None = Field(default=None, foreign_key="people.id")
    outcome: Outcome | None = Field(default=None, sa_type=String)
    outcome_on: date | None = None
    outcome_by: str | None = None
    outcome_note: str | None = Field(default=None, sa_type=Text)
    phase: int | None = None
    next_cycle: str | None = Field(default=None, foreign_key="cycles.id")

    @property
    def is_after_the_fact(self) -> bool:
        """Whether the plan was fixed only when the action had already begun."""
        begun = self.implemented_from or self.implemented_on
        return self.plan_fixed_on is not None and begun is not None and self.plan_fixed_on > begun


class CycleCheck(SQLModel, table=True):
    """A check of a cycle: planned for a day, then done with the verdict as it was that day.

    `detail` holds the numbers of the verdict and its interval; `warehouse_version` says which
    figures it was read from.
    """

    __tablename__ = "cycle_checks"

    id: int | None = Field(default=None, primary_key=True)
    cycle: str = Field(foreign_key="cycles.id", index=True)
    due_on: date
    kind: CheckKind = Field(default="first", sa_type=String)
    done_on: date | None = None
    done_by: str | None = Field(default=None, foreign_key="people.id")
    verdict: str | None = None
    sentence: str | None = Field(default=None, sa_type=Text)
    detail: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    warehouse_version: int | None = None
