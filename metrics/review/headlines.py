"""The one sentence an input leads with: generated from data, never a person's word."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.review.model import Figure, Input, RecordTable, Signal
from metrics.review.wording import counted, listed, measured, sentence


def headline(each: Input) -> str:
    """Return the weightiest thing to say: hole, concern, missed target, good news, state."""
    if each.state == "waived":
        return sentence(f"Waived: {each.waived_reason}")
    if each.state == "gap":
        return each.gaps[0].headline or each.gaps[0].sentence
    if each.topic == "objectives" and each.tables:
        # Its figures lead the topics of their own metrics; here the count of objectives does.
        return each.tables[0].remark
    return (
        _of_signals(each.signals, ("concern",))
        or _of_missed_targets(each.figures)
        or _of_signals(each.signals, ("mixed", "improvement"))
        or _of_records(each.tables, each.figures)
        or "Rests on the owner's statement; nothing in the data speaks for or against it."
    )


def evidence_in_words(
    figures: Sequence[Figure], counts: Sequence[str], narrative: str | None
) -> str:
    """Return "2 of 3 metrics, 7 audits": what an input rests on."""
    parts = list(counts)
    if figures:
        known = sum(each.value is not None for each in figures)
        parts.insert(0, f"{known} of {counted(len(figures), 'metric')}")
    if not parts and narrative:
        return "a written statement"
    return ", ".join(parts) or "nothing"


def _of_signals(signals: Sequence[Signal], kinds: tuple[str, ...]) -> str:
    found = [each for kind in kinds for each in signals if each.kind == kind]
    if not found:
        return ""
    rest = len(found) - 1
    more = f" {rest} more {'signal' if rest == 1 else 'signals'} below." if rest else ""
    return found[0].sentence + more


def _of_missed_targets(figures: Sequence[Figure]) -> str:
    missed = [each for each in figures if each.target_met is False]
    if not missed:
        return ""
    first = missed[0]
    judged = first.judged
    value = measured(judged.value, first.unit, first.decimals)
    rest = len(missed) - 1
    more = f" {counted(rest, 'more target')} missed." if rest else ""
    said = f"{first.title} missed its target in {judged.period.label}: {value}, {first.target}"
    return sentence(said) + more


def _of_records(tables: Sequence[RecordTable], figures: Sequence[Figure]) -> str:
    """Return the quiet figures and what the first lists say before their first semicolon."""
    firsts = [each.remark.partition(";")[0] for each in tables if each.remark]
    return " ".join(sentence(each) for each in [*_of_quiet(figures), *firsts[:2]])


def _of_quiet(figures: Sequence[Figure]) -> list[str]:
    known = [each for each in figures if each.value is not None]
    if not known:
        return []
    first = known[0]
    trended = sum(each.state == "common_cause" for each in known)
    if len(known) == 1:
        value = measured(first.value, first.unit, first.decimals)
        signal = "no signal" if trended else "too early for a trend"
        return [f"{first.title}: {value} in {first.label}, {signal}"]
    met = sum(each.target_met is True for each in known)
    judged = sum(each.target_met is not None for each in known)
    targets = [f"{met} of {counted(judged, 'target')} met"] if judged else []
    if not trended:
        signals = f"too early for a trend in any of {len(known)} metrics"
    else:
        looked_at = "any" if trended == len(known) else str(trended)
        signals = f"no signal in {looked_at} of {len(known)} metrics"
    return [listed([*targets, signals])]
