"""How ready a review is: inputs counted, and what stands in the way of closing it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from metrics.review.model import Assembly, Blocker, Input, Readiness, Signal
from metrics.review.wording import counted, listed

if TYPE_CHECKING:
    from data.records.models import Decision, Review
    from metrics.review.standards import Standard


def readiness(
    assembly: Assembly,
    review: Review,
    decisions: Sequence[Decision],
    standards: Sequence[Standard],
) -> Readiness:
    """Return the counts of inputs by state and everything that stands in the way of closing.

    `decisions` may hold those of other reviews; only this review's answer its signals.
    """
    states = [each.state for each in assembly.inputs]
    own = [each for each in decisions if each.review == review.id]
    blockers = (
        *_unfed(assembly),
        *_unanswered(assembly, own),
        *_attendance(review),
        *_conclusion(review, standards),
    )
    ready = states.count("fed") + states.count("waived")
    return Readiness(
        total=len(states),
        fed=states.count("fed"),
        waived=states.count("waived"),
        late=states.count("late"),
        gaps=states.count("gap"),
        percent=ready * 100 // len(states) if states else 0,
        sentence=_in_words(assembly),
        blockers=blockers,
        chase=tuple(_chase(assembly)),
    )


def open_signals(assembly: Assembly, decisions: Sequence[Decision]) -> tuple[Signal, ...]:
    """Return the concern signals that no decision answers, each once, in clause order.

    An answer names the figure in `answers` and says accept (with a reason), investigate or act:
    a concern cannot be closed as noted.
    """
    answered = {name for each in decisions if _is_answer(each) for name in _named_in(each)}
    concerns = {
        signal.figure: signal
        for each in assembly.inputs
        for signal in each.signals
        if signal.kind == "concern"
    }
    return tuple(signal for name, signal in concerns.items() if name not in answered)


def _is_answer(decision: Decision) -> bool:
    if decision.disposition is None:
        return False
    return decision.disposition != "accept" or bool((decision.reason or "").strip())


def _named_in(decision: Decision) -> tuple[str, ...]:
    whole = (decision.answers or "").strip()
    return (whole, *(part.strip() for part in whole.split(";")))


def _unfed(assembly: Assembly) -> Iterator[Blocker]:
    for each in assembly.inputs:
        if each.mandatory and each.state == "gap":
            clauses = listed(each.clauses)
            words = (
                f"{clauses} {each.title} is neither fed nor waived."
                " Feed it, let its owner write what is known, or waive it with a reason."
            )
            yield Blocker("input", each.topic, words)


def _unanswered(assembly: Assembly, decisions: Sequence[Decision]) -> Iterator[Blocker]:
    for signal in open_signals(assembly, decisions):
        words = (
            f"No decision answers this concern: {signal.sentence}"
            f" Accept it with a reason, investigate or act (answers = {signal.figure})."
        )
        yield Blocker("signal", signal.figure, words)


def _attendance(review: Review) -> Iterator[Blocker]:
    if not review.attendance:
        yield Blocker("attendance", "attendance", "Nobody is recorded as present. Record who was.")


def _conclusion(review: Review, standards: Sequence[Standard]) -> Iterator[Blocker]:
    asked = dict.fromkeys(word for each in standards for word in each.interval.conclusion)
    said = review.conclusion or {}
    unsaid = [word for word in asked if said.get(word) is None]
    if unsaid:
        words = f"The conclusion does not say whether the system is {listed(unsaid)}. Say so."
        yield Blocker("conclusion", "conclusion", words)


def _in_words(assembly: Assembly) -> str:
    blocked = [each for each in assembly.inputs if each.mandatory and each.state == "gap"]
    if not blocked:
        return "Every mandatory input is fed, late in part, or waived with a reason."
    names = listed([_letter(each) for each in blocked])
    verb = "stands" if len(blocked) == 1 else "stand"
    return (
        "The review cannot close while a mandatory input is neither fed nor waived with a reason:"
        f" {names} {verb} in the way."
    )


def _letter(each: Input) -> str:
    return each.clauses[0].removeprefix("9.3.2.")


def _chase(assembly: Assembly) -> Iterator[str]:
    """Yield one line for each thing somebody still owes, late uploads first."""
    for each in assembly.inputs:
        yield from each.late
    for each in assembly.inputs:
        owner = each.owner or "No owner is set"
        if each.state == "gap":
            yield f"{owner} · {each.title}: feed it or waive it with a reason."
        elif each.narrative is None and each.state != "waived":
            said = counted(len(each.signals), "signal")
            if each.signals:
                yield f"{owner} · {each.title}: {said} and no word from the owner."
