"""The sentence of a verdict: since when, how much, how sure, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import inf, isfinite

from metrics.periods import MONTH_NAMES
from metrics.trend.claim import VERDICT_WORDS, Claim, Judgement
from metrics.trend.intervals import Interval
from metrics.trend.spec import ASSURANCE_WORDS, TrendSpec
from metrics.trend.wording import number, periods, told_apart, unit_of, with_unit


def sentence(judgement: Judgement, claim: Claim, spec: TrendSpec) -> str:
    """Return what a judgement says, each number of it once, with its unit and its interval.

    "Since 1 Nov 2014 (12 months): 5.0 falls per 10,000 days, was 13.0; 62 % lower (95 % interval 51
    to 70 %); 6 of 12 months below the old lower limit; no recurrence; effective, sustained."
    """
    if judgement.verdict == "not_assessable":
        return f"{VERDICT_WORDS['not_assessable']}: {judgement.why}.{_flags(judgement)}"
    parts = [*_measured(judgement, spec), *_since(judgement, claim), _verdict(judgement, spec)]
    return f"{_when(judgement, claim, spec)}: {'; '.join(parts)}.{_flags(judgement)}"


def change(judgement: Judgement) -> Interval | None:
    """Return how the level changed, up above zero: in percent of before where a ratio, else as is.

    None where nothing was measured; an end that is not known is infinite.
    """
    found = judgement.effect
    if found is None or judgement.level_before is None or judgement.level_after is None:
        return None
    went_up = judgement.level_after >= judgement.level_before
    is_better = found.estimate >= (1.0 if judgement.is_ratio else 0.0)
    rises = went_up == is_better
    if not judgement.is_ratio:
        return found if rises else Interval(-found.estimate, -found.high, -found.low)
    if rises:
        return Interval(*(100 * (part - 1) for part in (found.estimate, found.low, found.high)))
    return Interval(
        *(100 * (1 / part - 1) if part > 0 else inf
          for part in (found.estimate, found.high, found.low))
    )  # fmt: skip


def _when(judgement: Judgement, claim: Claim, spec: TrendSpec) -> str:
    counted = periods(judgement.after, spec.grain)
    if claim.lag + claim.wash_out and judgement.after_from:
        counted += f" from {_day(judgement.after_from)}"
    return f"Since {_day(claim.implemented_on)} ({counted})"


def _measured(judgement: Judgement, spec: TrendSpec) -> Iterator[str]:
    """Yield the levels, the change between them, and how many periods lie beyond the old limit."""
    moved = change(judgement)
    if moved is None or judgement.level_before is None or judgement.level_after is None:
        return
    before, after = judgement.level_before, judgement.level_after
    places = told_apart([before, after], spec.decimals + 1)
    yield f"{with_unit(number(after, places), spec.unit)}, was {number(before, places)}"
    yield _change(moved, places, percent=judgement.is_ratio)
    if judgement.beyond_old_limit:
        line = "below the old lower" if spec.better == "lower" else "above the old upper"
        of = f"{judgement.beyond_old_limit} of {periods(judgement.after, spec.grain)}"
        yield f"{of} {line} limit"
    elif not judgement.has_signal:
        yield "no signal against the old limits"


def _change(moved: Interval, places: int, *, percent: bool) -> str:
    """Return "62 % lower (95 % interval 51 to 70 %)"; each end with its word where they differ."""
    sign = " %" if percent else ""
    ends = [moved.low, moved.high]
    if percent:
        places = told_apart([abs(v) for v in (moved.estimate, *ends) if isfinite(v)], 1)
    shown = [_end(value, places) for value in (moved.estimate, *ends)]
    word = _word(moved.estimate)
    if not isfinite(moved.estimate):
        return f"at least {shown[1]}{sign} higher (95 % interval, no upper end)"
    if min(ends) < 0 < max(ends):
        inner = f"{shown[1]}{sign} lower to {shown[2]}{sign} higher"
    else:
        near, far = (shown[2], shown[1]) if moved.estimate < 0 else (shown[1], shown[2])
        inner = f"{near} to {far}{sign}"
    return f"{shown[0]}{sign} {word} (95 % interval {inner})"


def _end(value: float, places: int) -> str:
    return number(abs(value), places) if isfinite(value) else "any number of"


def _word(value: float) -> str:
    return "higher" if value > 0 else "lower" if value < 0 else "different"


def _since(judgement: Judgement, claim: Claim) -> Iterator[str]:
    """Yield whether the cause came back, and what became of the target."""
    if judgement.recurrences:
        times = judgement.recurrences
        yield "the cause came back " + ("once" if times == 1 else f"{times} times")
    elif judgement.recurrence_bound is not None and claim.opportunities:
        most = number(100 * judgement.recurrence_bound, told_apart([1.0], 2))
        yield (
            f"no recurrence in {number(claim.opportunities, 0)} opportunities (at most {most} % of"
            " them)"
        )
    else:
        yield "no recurrence"
    before, after = judgement.target_before, judgement.target_after
    if before and after and after.assurance != "no_target":
        now, was = (ASSURANCE_WORDS[side.assurance].lower() for side in (after, before))
        yield f"target: {now}" + (f", was: {was}" if was != now else ", as before")


def _verdict(judgement: Judgement, spec: TrendSpec) -> str:
    word = VERDICT_WORDS[judgement.verdict]
    word = word[0].lower() + word[1:]
    if judgement.verdict in {"too_early", "not_effective"}:
        word += f": {judgement.why}"
    if judgement.verdict == "inconclusive":
        word += f": {judgement.why}; {_more(judgement, spec)}"
    if judgement.confirm_on is None:
        return word
    month = f"{MONTH_NAMES[judgement.confirm_on.month - 1]} {judgement.confirm_on.year}"
    if judgement.verdict == "improved":
        return f"improved, confirm in {month}: {judgement.why}"
    return f"{word}; judge in {month}"


def _more(judgement: Judgement, spec: TrendSpec) -> str:
    if judgement.more_periods is None:
        return f"more {unit_of(spec.grain)} alone will not tell"
    counted = periods(judgement.more_periods, spec.grain).replace(" ", " more ")
    return f"{counted} would show it 80 times in 100"


def _flags(judgement: Judgement) -> str:
    if not judgement.flags:
        return ""
    text = "; ".join(judgement.flags)
    return f" Note: {text}."


def _day(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"
