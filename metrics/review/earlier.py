"""What earlier reviews decided; an action stays in view until it ends, whatever its age."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from data.records.actions import due_on, is_open_on, state_on, times_re_dated
from data.records.actions import overdue_days as days_overdue
from metrics.review.model import Evidence, PastDecision, RecordTable
from metrics.review.tables import SHOWN
from metrics.review.wording import counted, day, listed, sentence, short_day

if TYPE_CHECKING:
    from data.records.models import Action

COLUMNS = ("Action", "What", "Decided in", "Owner", "Due", "Days overdue", "Re-dated", "Standing")

WORKED = "Worked"
"""What the PDCA cycle an action opened says of it; a column where there are such cycles.

It stands beside what was to be done: whether that worked is what the review asks first.
"""


def earlier_actions(evidence: Evidence) -> tuple[Action, ...]:
    """Return the actions of every review before this one, the longest overdue first."""
    earlier = [action for action in evidence.actions if _is_earlier(action, evidence)]
    until = evidence.period.end
    return tuple(
        sorted(earlier, key=lambda each: (-overdue_days(each, evidence), due_on(each, until)))
    )


def is_open(action: Action, evidence: Evidence) -> bool:
    """Return whether the action was open at the end of the period, whatever happened since.

    Done and not yet verified is open too: data.records.actions.is_open_on.
    """
    return is_open_on(action, evidence.period.end)


def awaits_verification(action: Action, evidence: Evidence) -> bool:
    """Return whether the action was done by the end of the period, but nobody had verified it."""
    return state_on(action, evidence.period.end) == "done"


def overdue_days(action: Action, evidence: Evidence) -> int:
    """Return the days the action was overdue at the end of the period, by its due date then."""
    return days_overdue(action, evidence.period.end)


def actions_table(evidence: Evidence) -> RecordTable | None:
    """Return actions open, unverified or ended in the period; None without an earlier review."""
    actions = earlier_actions(evidence)
    if not actions and evidence.previous is None:
        return None
    in_view = [
        each
        for each in actions
        if is_open(each, evidence) or _opened_since(each, evidence) or _ended_now(each, evidence)
    ]
    rows = tuple(_row(action, evidence) for action in in_view[:SHOWN])
    return RecordTable(
        id="actions",
        title="Actions of earlier reviews",
        columns=(*COLUMNS[:2], WORKED, *COLUMNS[2:]) if evidence.worked else COLUMNS,
        rows=rows,
        shown=len(rows),
        total=len(in_view),
        remark=_remark(actions, evidence),
        evidence=_evidence(actions, evidence),
    )


def decided_last_time(evidence: Evidence, topic: str) -> tuple[PastDecision, ...]:
    """Return what the previous review decided on a topic and how its actions stand."""
    previous = evidence.previous
    if previous is None:
        return ()
    return tuple(
        PastDecision(previous.title, previous.held_on, each.text, _standing_of(each.id, evidence))
        for each in evidence.decisions
        if each.review == previous.id and each.topic == topic
    )


def _is_earlier(action: Action, evidence: Evidence) -> bool:
    if action.review == evidence.review.id:
        return False
    ends = {review.id: review.period_to for review in evidence.reviews}
    if action.review in ends:
        return ends[action.review] < evidence.review.period_to
    return action.opened_on <= evidence.period.end


def _opened_since(action: Action, evidence: Evidence) -> bool:
    return action.opened_on > evidence.period.end


def _ended_now(action: Action, evidence: Evidence) -> bool:
    ends = (action.done_on, action.verified_on, action.cancelled_on)
    return any(on and _is_in(on, evidence) for on in ends)


def _is_in(on: date, evidence: Evidence) -> bool:
    return evidence.period.start <= on <= evidence.period.end


def _row(action: Action, evidence: Evidence) -> tuple[str, ...]:
    titles = {review.id: review.title for review in evidence.reviews}
    overdue, until = overdue_days(action, evidence), evidence.period.end
    moved = times_re_dated(action, until)
    worked = (evidence.worked.get(action.id, _unknown(action)),) if evidence.worked else ()
    return (
        action.id,
        action.title,
        *worked,
        titles.get(action.review or "", action.review or "outside a review"),
        evidence.people.get(action.owner, action.owner),
        short_day(due_on(action, until)),
        f"{overdue:,}" if overdue else "–",
        f"{moved}×" if moved else "–",
        standing(action, evidence),
    )


def _unknown(action: Action) -> str:
    """Return what is said of an action without a cycle: done, nobody knows whether it worked."""
    return "effect unknown: no cycle" if action.done_on else "–"


def standing(action: Action, evidence: Evidence) -> str:
    """Return where an action stands, in words, as known on the day of the assembly."""
    ended = [on for on in (action.done_on, action.cancelled_on) if on]
    late = " after the period" if ended and min(ended) > evidence.period.end else ""
    if action.cancelled_on:
        return f"cancelled {short_day(action.cancelled_on)}{late}: {action.cancelled_reason}"
    if action.done_on is None:
        since = f", opened {short_day(action.opened_on)} after the period"
        return f"open{since}" if _opened_since(action, evidence) else "open"
    done = f"done {short_day(action.done_on)}{late}"
    if action.verified_on is None:
        return f"{done}, not verified"
    by = evidence.people.get(action.verified_by or "", action.verified_by or "")
    return f"{done}, verified by {by}"


def _remark(actions: Sequence[Action], evidence: Evidence) -> str:
    until, label = evidence.period.end, evidence.period.label
    still_open = [each for each in actions if is_open(each, evidence)]
    late = [days for each in still_open if (days := overdue_days(each, evidence))]
    overdue = f", {len(late)} overdue by up to {counted(max(late), 'day')}" if late else ""
    parts = [f"{counted(len(still_open), 'action')} open at {day(until)}{overdue}"]
    done = [each for each in actions if each.done_on and _is_in(each.done_on, evidence)]
    if done:
        parts.append(f"{len(done)} done in {label}")
    waiting = sum(awaits_verification(each, evidence) for each in actions)
    if waiting:
        parts.append(f"{waiting} of the open ones done, not verified")
    re_dated = sum(times_re_dated(each, until) > 0 for each in still_open)
    if re_dated:
        parts.append(f"{re_dated} of the open ones re-dated")
    return sentence("; ".join(parts))


def _evidence(actions: Sequence[Action], evidence: Evidence) -> str:
    still_open = [each for each in actions if is_open(each, evidence)]
    late = sum(overdue_days(each, evidence) > 0 for each in still_open)
    return f"{counted(len(still_open), 'action')} open, {late or 'none'} overdue"


def _standing_of(decision: str, evidence: Evidence) -> str:
    answers = [
        f"{each.id} {standing(each, evidence)}"
        for each in evidence.actions
        if each.decision == decision
    ]
    return listed(answers) if answers else "no action followed"
