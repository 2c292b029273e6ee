"""PDCA cycles as pages and commands show them, and the steps that take one on.

Steps take their values as a file or a page has them, the keys of the forms in
`data.records.cycle_forms`; a value that cannot be read is told with its key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar, cast, get_args

from dashboard.company import claims, figures
from dashboard.company.claims import Judged, judgement_values, slice_of
from dashboard.company.cycle_cards import Card, Cards
from dashboard.company.figures import MetricView, find_metric, known_part, series_key
from dashboard.company.opened import Company
from dashboard.company.series import EVERYTHING
from dashboard.company.targets import measured
from dashboard.company.without_cycles import (
    CORRECTIVE_ACTIONS,
    Ignored,
    done_without,
    ignored,
    implemented_without,
)
from data.definitions import validated
from data.errors import NotFoundError, UsageError, near_miss
from data.records import cycle_checks
from data.records import cycles as records
from data.records.access import Actor
from data.records.cycle_checks import Follows
from data.records.cycle_forms import ActForm, CheckForm, DoForm, OpeningForm, PlanForm
from data.records.cycle_models import Cycle, CycleCheck, Outcome
from data.records.forms import Form, PhaseForm
from data.records.models import Action
from data.records.phases import add_phase
from metrics import pdca
from metrics.model import Metric
from metrics.pdca import Share
from metrics.trend.verdict import Judgement
from metrics.trend.wording import number

__all__ = [
    "Board",
    "Card",
    "CycleView",
    "Ignored",
    "Share",
    "act",
    "board",
    "check",
    "cycle_view",
    "cycles_of",
    "fix_plan",
    "open_cycle",
    "plan_warnings",
    "planned_warnings",
    "record_do",
]

LABELS = {
    "hypothesis": "what we do, and why it should work",
    "criterion": "it has worked when",
    "worthwhile": "least change that matters",
    "implemented_from": "begun on",
    "implemented_on": "complete on",
    "done_text": "what was done",
    "note": "why",
}
"""What keys of a file of cycles are called on the pages, where that is another word."""

Filled = TypeVar("Filled", bound=Form)


@dataclass(frozen=True)
class Board:
    """Every cycle, the signals nobody took up, what worked against which cause.

    `unknown_actions` were done without a cycle, as were so many `unknown_corrective_actions`:
    closed, effect unknown.
    """

    cards: tuple[Card, ...]
    ignored: tuple[Ignored, ...]
    worked: tuple[Share, ...]
    unknown_actions: tuple[Action, ...]
    unknown_corrective_actions: int


@dataclass(frozen=True)
class CycleView:
    """One cycle in full. `judgement` is today's verdict; what was read at a check is kept in it.

    `metric` and `view` are None where the metric is no longer defined; `offers` is what may follow
    now, `warnings` what to think of before the plan is fixed.
    """

    cycle: Cycle
    card: Card
    metric: Metric | None
    view: MetricView | None
    judged: Judged | None
    checks: tuple[CycleCheck, ...]
    done_by: str | None
    offers: tuple[Outcome, ...]
    warnings: tuple[str, ...]

    @property
    def judgement(self) -> Judgement | None:
        """Return the verdict as the figures give it today, None before something was done."""
        return self.judged.judgement if self.judged else None

    @property
    def sentence(self) -> str:
        """Return today's verdict in a sentence, or what the cycle waits for."""
        return self.judged.sentence if self.judged else self.card.sentence


def board(company: Company) -> Board:
    """Return all cycles with their verdicts, judged in one pass, and what has no cycle."""
    every, checks = records.cycles(company.records), records.checks(company.records)
    totals = [(metric, EVERYTHING) for metric in company.catalogue.metrics.values()]
    with company.warehouse.read() as reader:
        views = figures.views(company, reader, [*totals, *claims.series_wanted(company, every)])
        judged = claims.judge_cycles(company, reader, every, checks, views)
        unknown = implemented_without(company, reader, every)
    cards = Cards(company, checks, judged)
    return Board(
        tuple(cards.card(each) for each in every),
        ignored(company, views, every),
        pdca.worked_by_cause(every, checks),
        done_without(company, every),
        unknown,
    )


def cycle_view(company: Company, cycle: str) -> CycleView:
    """Return one cycle with everything known of it; NotFoundError names the nearest one."""
    row = records.known_cycle(company.records, cycle)
    now = _now(company, row)
    judged = {row.id: now.judged} if now.judged else {}
    cards = Cards(company, {row.id: now.checks}, judged)
    return CycleView(
        row,
        cards.card(row),
        company.catalogue.metrics.get(row.metric),
        now.view,
        now.judged,
        tuple(now.checks),
        cards.name(row.done_by),
        get_args(Outcome) if row.state == "act" else (),
        plan_warnings(company, row) if row.state == "plan" else (),
    )


def cycles_of(company: Company, metric: str, part: Mapping[str, str]) -> tuple[Cycle, ...]:
    """Return the cycles on a part of a metric or a wider one, in the order they were opened."""
    return tuple(
        each
        for each in records.cycles(company.records, metric)
        if all(part.get(name) == value for name, value in slice_of(each).items())
    )


def plan_warnings(company: Company, cycle: Cycle) -> tuple[str, ...]:
    """Return what to think of before a plan is fixed: it may be, and will say little."""
    metric = company.catalogue.metrics.get(cycle.metric)
    if metric is None:
        return (f"There is no metric {cycle.metric} any more, so nothing can be judged.",)
    told = []
    day = company.as_of
    if enough := pdca.check_is_too_soon(cycle, day, metric.period, metric.calendar):
        told.append(
            f"check_on {cycle.check_on} is too early for a verdict: {pdca.PERIODS_TO_JUDGE} whole "
            f"periods after the action are there on {enough} at the soonest. Write that day, or "
            "later."
        )
    hoped, least = cycle.expected_change, cycle.worthwhile
    if hoped is not None and least is not None and abs(hoped) < least:
        told.append(
            f"expected_change {hoped:g} is less than what is worthwhile, {least:g}: if all goes as "
            "expected, it will not have been worth it."
        )
    highest = _highest(company, cycle)
    if hoped is not None and hoped < 0 and highest is not None and -hoped > highest:
        told.append(
            f"expected_change {hoped:g} is more than there is: the highest figure so far is "
            f"{number(highest, metric.decimals)}."
        )
    return tuple(told)


def _highest(company: Company, cycle: Cycle) -> float | None:
    """Return the highest value of a metric that has none below zero; None without one."""
    values = figures.metric_view(company, cycle.metric, slice_of(cycle)).points["value"]
    kept = [value for value in values if value is not None]
    return max(kept) if kept and min(kept) >= 0 else None


def planned_warnings(
    company: Company, cycle: str, values: Mapping[str, object]
) -> tuple[str, ...]:  # fmt: skip
    """Return what to think of before a plan is fixed as somebody wrote it; nothing is recorded."""
    form = _form(PlanForm, _written(values), "The plan")
    row = records.known_cycle(company.records, cycle)
    given = form.model_dump(exclude_unset=True)
    return plan_warnings(company, Cycle(**(row.model_dump() | given)))


def open_cycle(
    company: Company, values: Mapping[str, object], *, actor: Actor, at: datetime
) -> Cycle:
    """Open a cycle, its plan as far as it is known; worthwhile and balancing are the metric's own.

    Raises UsageError for values that cannot be read and where the source has a cycle already.
    """
    form = _form(OpeningForm, {"opened_on": company.as_of, **_written(values)}, "The cycle")
    metric = find_metric(company, form.metric)
    known_part(company, metric, form.slice)
    _refuse_unknown(company, form)
    own = {"worthwhile": metric.trend.worthwhile, "balancing": metric.trend.balancing}
    added = {key: value for key, value in own.items() if value and key not in form.model_fields_set}
    form = form.model_copy(update=added)
    return records.open_cycle(company.records, actor, form, _played(company, at), measured(metric))


def fix_plan(
    company: Company, cycle: str, values: Mapping[str, object], *, actor: Actor, at: datetime
) -> Cycle:
    """Fix the plan of a cycle, with the values it still lacks; from then on it cannot change."""
    form = _form(PlanForm, _written(values), "The plan")
    row = records.known_cycle(company.records, cycle)
    metric = find_metric(company, row.metric)
    for name in form.balancing:
        find_metric(company, name)
    return records.fix_plan(
        company.records, actor, row.id, form, _played(company, at), measured(metric)
    )


def record_do(
    company: Company, cycle: str, values: Mapping[str, object], *, actor: Actor, at: datetime
) -> Cycle:
    """Say what was done; from then on the cycle waits for its check."""
    form = _form(DoForm, _written(values), "What was done")
    return records.record_do(company.records, actor, cycle, form, _played(company, at))


def check(company: Company, cycle: str, done_by: str, *, actor: Actor, at: datetime) -> CycleCheck:
    """Keep today's verdict on a cycle as its check, done by somebody else than the doer.

    What follows is planned with it: later checks of an effect, another one where it is too early.
    """
    row = records.known_cycle(company.records, cycle)
    cycle_checks.refuse_checking(row)
    now = _now(company, row)
    if now.judged is None:
        raise NotFoundError(
            f"{row.id} cannot be judged: there is no metric {row.metric} any more, or no figures."
        )
    form = CheckForm(
        done_by=done_by,
        done_on=company.as_of,
        verdict=now.judged.judgement.verdict,
        sentence=now.judged.sentence,
        detail=judgement_values(now.judged.judgement) | {"in_short": now.judged.in_short},
        warehouse_version=now.version,
    )
    follows = _follows(company, row, now)
    return cycle_checks.record_check(
        company.records, actor, row.id, form, follows, _played(company, at)
    )


def act(
    company: Company, cycle: str, values: Mapping[str, object], *, actor: Actor, at: datetime
) -> Cycle:
    """Decide what follows from a check; the new standard is a phase, the cycle its evidence."""
    form = _form(ActForm, _written(values), "What follows")
    row = records.known_cycle(company.records, cycle)
    cycle_checks.refuse_acting_on(row)
    instant = _played(company, at)
    with company.records.together() as joined:
        phase = None
        if form.outcome == "standardise":
            metric = find_metric(company, row.metric)
            new = _phase(row, form, pdca.last_done(records.checks(joined).get(row.id, ())), metric)
            phase = add_phase(joined, actor, new, instant, measured(metric)).id
        return cycle_checks.act(joined, actor, row.id, form, phase, instant)


@dataclass(frozen=True)
class _Now:
    """What the figures say of one cycle today, and the version of the warehouse they are of."""

    checks: Sequence[CycleCheck]
    view: MetricView | None
    judged: Judged | None
    version: int


def _now(company: Company, row: Cycle) -> _Now:
    every, checks = records.cycles(company.records, row.metric), records.checks(company.records)
    with company.warehouse.read() as reader:
        views = figures.views(company, reader, claims.series_wanted(company, [row]))
        judged = claims.judge_cycles(company, reader, every, checks, views)
        version = reader.version
    view = views.get(series_key(row.metric, slice_of(row)))
    return _Now(checks.get(row.id, ()), view, judged.get(row.id), version)


def _follows(company: Company, row: Cycle, now: _Now) -> Follows:
    """Return what today's verdict means for a cycle."""
    metric, day = find_metric(company, row.metric), company.as_of
    found = cast("Judged", now.judged).judgement
    due = pdca.next_check(row, now.checks)
    kind = due.kind if due else "first"
    enough = pdca.enough_on(row, day, metric.period, metric.calendar)
    again = pdca.checks_to_come(kind, found.verdict, day, found.confirm_on or enough)
    gone = pdca.reopens(kind, found.verdict, is_sustained=found.is_sustained)
    return Follows(pdca.decides(found.verdict), gone, again)


def _phase(row: Cycle, form: ActForm, last: CycleCheck | None, metric: Metric) -> PhaseForm:
    """Return the phase a cycle makes the new standard; a worse level has to be accepted."""
    detail = (last.detail if last else None) or {}
    before, after = detail.get("level_before"), detail.get("level_after")
    sign = -1 if metric.better == "lower" else 1
    is_worse = before is not None and after is not None and (after - before) * sign < 0
    if is_worse and form.accepted_reason is None:
        levels = [number(float(level or 0), metric.decimals) for level in (after, before)]
        raise UsageError(
            f"{metric.title} is worse since the action ({levels[0]}, was {levels[1]}). Why is that "
            "accepted as the new usual level? Write accepted_reason."
        )
    begun = row.implemented_on or row.opened_on
    first = pdca.periods_later(begun, row.lag + row.wash_out, metric.period, metric.calendar)
    return PhaseForm(
        metric=row.metric,
        slice=slice_of(row),
        from_on=form.from_on or first,
        label=form.label or row.title,
        cause=row.done_text or row.hypothesis,
        evidence=last.sentence if last else None,
        action=row.source if row.source_kind in {"action", "corrective_action"} else None,
        cycle=row.id,
        accepted_reason=form.accepted_reason,
    )


def _refuse_unknown(company: Company, form: OpeningForm) -> None:
    """Raise NotFoundError for a balancing metric or a corrective action there is not."""
    for name in form.balancing:
        find_metric(company, name)
    table = company.tables.get(CORRECTIVE_ACTIONS)
    if form.source_kind != "corrective_action" or table is None or table.engine is not None:
        return
    with company.warehouse.read() as reader:
        known = reader.browse(
            CORRECTIVE_ACTIONS, equals={"corrective_action_id": form.source}, limit=1
        )
        if not known.total:
            every = reader.facts_frame(CORRECTIVE_ACTIONS, ["corrective_action_id"])
            hint = near_miss(form.source or "", every["corrective_action_id"].to_list())
            raise NotFoundError(f"there is no corrective action '{form.source}'.{hint}")


def _written(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values somebody wrote: a field of a page that was left empty is none."""
    return {key: value for key, value in values.items() if value is not None and value != ""}


def _form(model: type[Filled], values: Mapping[str, object], what: str) -> Filled:
    form, problems = validated(model, dict(values), what)
    if form is None:
        raise UsageError(" ".join(str(replace(each, key=_called(each.key))) for each in problems))
    return form


def _called(key: str) -> str:
    return f"{key} ({LABELS[key]})" if key in LABELS else key


def _played(company: Company, at: datetime) -> datetime:
    """Return the instant a step is written down at: a synthetic company plays on its own day."""
    if not company.workspace.settings.synthetic:
        return at
    return datetime.combine(company.as_of, at.timetz())
