"""What comes first in the meeting, and why it stands there, in words."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.review.model import Input, RankReason
from metrics.review.wording import counted, day

ORDER = (
    "gap",
    "concern",
    "target_missed",
    "overdue",
    "late",
    "mixed",
    "improvement",
    "quiet",
    "waived",
)
"""Kinds of reason, weightiest first. A hole outranks a bad figure: nobody knows what is in it."""


def ranked(inputs: Sequence[Input]) -> tuple[Input, ...]:
    """Return the inputs by weight; equal weights keep the order of the clauses."""
    return tuple(sorted(inputs, key=lambda each: each.why_here.sort))


def reason(each: Input, overdue: Sequence[int]) -> RankReason:
    """Return why an input stands where it does; `overdue` are the days of earlier actions.

    Order: mandatory gap, concern signal, target missed (both: with an objective resting on it
    first), overdue earlier actions, late evidence, mixed signals, improvement, nothing unusual.
    """
    if each.state == "waived":
        return _reason("waived", "waived with a reason")
    if each.state == "gap":
        return _of_gap(each)
    return (
        _of_concerns(each)
        or _of_missed_targets(each)
        or _of_overdue(overdue)
        or _of_late(each)
        or _of_other_signals(each)
        or _reason("quiet", "nothing unusual on record")
    )


def _of_gap(each: Input) -> RankReason:
    since = next((f" since {day(gap.since)}" for gap in each.gaps if gap.since), "")
    word = "mandatory gap" if each.mandatory else "gap"
    return _reason("gap", f"{word}: nothing on record{since}", 0 if each.mandatory else 1)


def _of_concerns(each: Input) -> RankReason | None:
    concerns = {signal.figure for signal in each.signals if signal.kind == "concern"}
    if not concerns:
        return None
    weight = _on_objectives(each, concerns)
    said = _with_objectives(counted(len(concerns), "concern signal"), weight)
    return _reason("concern", said, -weight, -len(concerns))


def _of_missed_targets(each: Input) -> RankReason | None:
    missed = {shown.id for shown in each.figures if shown.target_met is False}
    if not missed:
        return None
    weight = _on_objectives(each, missed)
    said = _with_objectives(f"{counted(len(missed), 'target')} missed", weight)
    return _reason("target_missed", said, -weight, -len(missed))


def _of_overdue(overdue: Sequence[int]) -> RankReason | None:
    if not overdue:
        return None
    longest = counted(max(overdue), "day")
    words = f"{counted(len(overdue), 'earlier action')} overdue, by up to {longest}"
    return _reason("overdue", words, -max(overdue))


def _of_late(each: Input) -> RankReason | None:
    if not each.late:
        return None
    return _reason("late", f"{counted(len(each.late), 'upload')} late", -len(each.late))


def _of_other_signals(each: Input) -> RankReason | None:
    kinds = [signal.kind for signal in each.signals]
    if "mixed" in kinds:
        words = f"{counted(kinds.count('mixed'), 'signal')} without a clear side"
        return _reason("mixed", words)
    if "improvement" in kinds:
        words = f"{counted(kinds.count('improvement'), 'improvement')} to confirm"
        return _reason("improvement", words)
    return None


def _reason(kind: str, words: str, *weights: int) -> RankReason:
    return RankReason(kind, words, (ORDER.index(kind), *weights))


def _on_objectives(each: Input, ids: set[str]) -> int:
    return len({shown.objective for shown in each.figures if shown.id in ids and shown.objective})


def _with_objectives(words: str, weight: int) -> str:
    resting = f"{counted(weight, 'objective')} {'rests' if weight == 1 else 'rest'} on it"
    return f"{words}, {resting}" if weight else words
