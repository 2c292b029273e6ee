"""The sentence of a verdict: since when, how much, how sure, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import inf, isfinite

from metrics.periods import MONTH_NAMES
from metrics.trend.claim import VERDICT_WORDS, Claim, Judgement
from metrics.trend.intervals import Interval
from metrics.trend.spec import ASSURANCE_WORDS, TrendSpec
from metrics.trend.wording import exact, number, periods, told_apart, unit_of, with_unit


def sentence(judgement: Judgement, claim: Claim, spec: TrendSpec) -> str:
    """Return what a judgement says, each number of it once, with its unit and its interval.

    "Since 1 Nov 2014 (12 months): 5.0 falls per 10,000 days, was 13.0; 62 % lower (95 % interval 51
    to 70 %); 6 of 12 months below the old lower limit; no recurrence; effective, sustained."
    """
    if judgement.verdict == "not_assessable":
        return f"{VERDICT_WORDS['not_assessable']}: {judgement.why}.{_flags(judgement)}"
    parts = [
        *_measured(judgement, spec),
        *_since(judgement, claim),
        _verdict(judgement, claim, spec),
    ]
    return f"{_when(judgement, claim, spec)}: {'; '.join(parts)}.{_flags(judgement)}"


def in_short(judgement: Judgement, spec: TrendSpec) -> str:
    """Return the change and where it lies, or why there is none, for a line with little room.

    "62 % lower (95 % interval 51 to 70 %); judge in March 2027."
    """
    moved = change(judgement, spec)
    if moved is None or judgement.verdict == "not_assessable":
        told = judgement.why
    else:
        levels = [judgement.level_before or 0.0, judgement.level_after or 0.0]
        told = _change(moved, told_apart(levels, spec.decimals + 1), judgement)
    if judgement.confirm_on is not None:
        told += f"; judge {_month(judgement.confirm_on, spec)}"
    return f"{told[:1].upper()}{told[1:]}."


def change(judgement: Judgement, spec: TrendSpec) -> Interval | None:
    """Return how the level changed, up above zero: in percent of before where a ratio, else as is.

    None where nothing was measured; an end that is not known is infinite.
    """
    found = judgement.effect
    return _as_seen(found, spec, is_ratio=judgement.is_ratio) if found else None


def _as_seen(found: Interval, spec: TrendSpec, *, is_ratio: bool) -> Interval:
    up = spec.better == "higher"
    low, high = (found.low, found.high) if up else (found.high, found.low)
    ends = (found.estimate, low, high)
    if is_ratio:
        return Interval(*(_percent(part if up else _inverse(part)) for part in ends))
    return Interval(*(part if up else -part for part in ends))


def _percent(ratio: float) -> float:
    return 100 * (ratio - 1)


def _inverse(ratio: float) -> float:
    return 1 / ratio if ratio > 0 else inf


def _when(judgement: Judgement, claim: Claim, spec: TrendSpec) -> str:
    if judgement.after == 0:
        return f"Since {_day(claim.implemented_on)} (no whole {unit_of(spec.grain)[:-1]} yet)"
    counted = periods(judgement.after, spec.grain)
    if claim.lag + claim.wash_out and judgement.after_from:
        counted += f" from {_day(judgement.after_from)}"
    return f"Since {_day(claim.implemented_on)} ({counted})"


def _measured(judgement: Judgement, spec: TrendSpec) -> Iterator[str]:
    """Yield the levels, the change between them, and how many periods lie beyond the old limit."""
    moved = change(judgement, spec)
    if moved is None or judgement.level_before is None or judgement.level_after is None:
        return
    before, after = judgement.level_before, judgement.level_after
    places = told_apart([before, after], max(spec.decimals, 2 if max(before, after) < 100 else 1))
    yield f"{with_unit(number(after, places), spec.unit)}, was {number(before, places)}"
    yield _change(moved, places, judgement)
    if judgement.beyond_old_limit:
        line = "below the old lower" if spec.better == "lower" else "above the old upper"
        of = f"{judgement.beyond_old_limit} of {periods(judgement.after, spec.grain)}"
        yield f"{of} {line} limit"
    elif judgement.has_signal:
        yield "a signal against the old limits"
    else:
        yield ("a signal for the worse" if judgement.is_adverse else "no signal") + _AGAINST


_AGAINST = " against the old limits"


def beside(judgement: Judgement, spec: TrendSpec) -> str:
    """Return the second opinion on the effect as a sentence; nothing where there is none."""
    found = judgement.beside
    if found is None:
        return ""
    if judgement.beside_method == "odds":
        moved = _as_seen(found, spec, is_ratio=True)
        return f"In odds: {_interval(moved, 0, percent=True)}."
    moved = _as_seen(found, spec, is_ratio=False)
    return (
        "The values are skewed; by the middle of all differences between one after and one before:"
        f" {_interval(moved, spec.decimals, percent=False)}."
    )


def _change(moved: Interval, places: int, judgement: Judgement) -> str:
    beside_course = " than its course before would give" if judgement.method == "series" else ""
    return _interval(moved, places, percent=judgement.is_ratio, than=beside_course)


def _interval(moved: Interval, places: int, *, percent: bool, than: str = "") -> str:
    """Return "62 % lower (95 % interval 51 to 70 %)"; each end with its word where they differ."""
    sign = " %" if percent else ""
    ends = [moved.low, moved.high]
    known = [abs(v) for v in (0.0, moved.estimate, *ends) if isfinite(v)]
    places = told_apart(known, 1) if percent else max(places, told_apart(known, places))
    shown = [_end(value, places) for value in (moved.estimate, *ends)]
    word = _word(moved.estimate)
    if not isfinite(moved.estimate):
        return f"at least {shown[1]}{sign} higher{than} (95 % interval without upper end)"
    if not isfinite(moved.high):
        inner = f"from {shown[1]}{sign} {_word(moved.low)}, without upper end"
    elif min(ends) < 0 < max(ends):
        inner = f"{shown[1]}{sign} lower to {shown[2]}{sign} higher"
    else:
        near, far = (shown[2], shown[1]) if moved.estimate < 0 else (shown[1], shown[2])
        inner = f"{near} to {far}{sign}"
    told = f"{shown[0]}{sign} {word}" if moved.estimate else "no different"
    return f"{told}{than} (95 % interval {inner})"


def _end(value: float, places: int) -> str:
    return number(abs(value), places) if isfinite(value) else "any"


def _word(value: float) -> str:
    return "higher" if value > 0 else "lower" if value < 0 else "different"


def _since(judgement: Judgement, claim: Claim) -> Iterator[str]:
    """Yield whether the cause came back, and what became of the target."""
    if judgement.recurrences:
        times = judgement.recurrences
        yield "the cause came back " + ("once" if times == 1 else f"{times} times")
    elif judgement.recurrence_bound is not None and claim.opportunities:
        most = number(100 * judgement.recurrence_bound, 1)
        yield (
            f"no recurrence in {number(claim.opportunities, 0)} opportunities (at most {most} % of"
            " them)"
        )
    elif judgement.recurrences == 0:
        yield "no recurrence"
    before, after = judgement.target_before, judgement.target_after
    if before and after and after.assurance != "no_target":
        now, was = (ASSURANCE_WORDS[side.assurance].lower() for side in (after, before))
        yield f"target: {now}" + (f", was: {was}" if was != now else ", as before")


def _verdict(judgement: Judgement, claim: Claim, spec: TrendSpec) -> str:
    """Return the verdict in words, and what it waits for or falls short of."""
    word = VERDICT_WORDS[judgement.verdict]
    word = word[0].lower() + word[1:]
    when = _month(judgement.confirm_on, spec) if judgement.confirm_on else ""
    match judgement.verdict:
        case "too_early":
            return f"{word}: {judgement.why}; judge {when}" if when else f"{word}: {judgement.why}"
        case "improved":
            return f"improved, confirm {when}: {judgement.why}"
        case "inconclusive":
            return f"{word}: {judgement.why}"
        case "not_effective" if not judgement.recurrences:
            return f"{word}: {judgement.why}"
        case "effective" if judgement.is_worthwhile is not None:
            reach = "as much as" if judgement.is_worthwhile else "less than"
            return f"{word}, {reach} was wanted ({wanted_text(claim, spec)})"
    return word


def wanted_text(claim: Claim, spec: TrendSpec) -> str:
    """Return the least change that matters with its unit: "2.0 days"."""
    text = exact(claim.wanted or 0.0)
    return with_unit("1.0" if text == "1" else text, spec.unit)


def more_text(more: int | None, spec: TrendSpec) -> str:
    """Return "4 more months", or that of any number."""
    if more is None:
        return f"no number of {unit_of(spec.grain)}"
    return periods(more, spec.grain).replace(" ", " more ")


def _flags(judgement: Judgement) -> str:
    return f" Note: {'; '.join(judgement.flags)}." if judgement.flags else ""


def _month(day: date, spec: TrendSpec) -> str:
    """Return "in January 2027", or of shorter periods "on 4 Jan 2027"."""
    if spec.grain in {"day", "week"}:
        return f"on {_day(day)}"
    return f"in {MONTH_NAMES[day.month - 1]} {day.year}"


def _day(day: date) -> str:
    return f"{day.day} {MONTH_NAMES[day.month - 1][:3]} {day.year}"
