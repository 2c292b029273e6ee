"""What changed between two stretches of time: each part's own rate, the mix of parts, or amounts.

The whole of a ratio is the mean of its parts' rates, each weighted by its share of the denominator.
So it changes in two ways: a part's own rate moves (rate), or parts weigh more or less than before
(mix). Both are taken at the midpoint of before and after, so that neither side is favoured, nothing
is left over, and before and after may change places:

    rate of a part = mean of its two shares x change of its rate
    mix of a part  = (mean of its two rates - mean of the two wholes) x change of its share

The sum over all parts is the change of the whole, exactly: it is worked out in fractions. An amount
changes by the sum of what each part added or lost.

Source: Kitagawa, Components of a Difference Between Two Rates, JASA 50 (1955) 1168-1194; the
midpoint weights are those of Marshall and Edgeworth. Subtracting the mean of the wholes leaves the
sum as it is and makes the mix of one part readable: more weight above the average raises the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple

import polars as pl

from data.errors import NotFoundError, UsageError
from metrics.model import Metric
from metrics.periods import Period
from metrics.trend.wording import listed

NOTHING = Fraction(0)

Effect = Literal["rate", "mix", "volume", "unweighted"]
"""The ways a part adds to a change."""


@dataclass(frozen=True)
class Standing:
    """One part in one stretch: its sums, its rate (None without a denominator) and its share.

    Of an amount the rate is the amount itself, and the denominator and the share are 0.
    """

    numerator: Fraction = NOTHING
    denominator: Fraction = NOTHING
    rate: Fraction | None = None
    share: Fraction = NOTHING

    @property
    def is_there(self) -> bool:
        """Return whether there was anything of the part at all."""
        return bool(self.numerator or self.denominator)


@dataclass(frozen=True)
class Contribution:
    """What one part, `kind`, adds to the change of the whole, and in which way.

    `rate` and `mix` as above; `volume` is the change of an amount; `unweighted` is what happened in
    a part without a denominator in one of the two stretches: it has no rate to speak of.
    """

    kind: str | None
    before: Standing
    after: Standing
    rate: Fraction = NOTHING
    mix: Fraction = NOTHING
    volume: Fraction = NOTHING
    unweighted: Fraction = NOTHING

    @property
    def total(self) -> Fraction:
        """Return what the part adds in all."""
        return self.rate + self.mix + self.volume + self.unweighted

    @property
    def is_new(self) -> bool:
        """Return whether the part was not there before."""
        return self.after.is_there and not self.before.is_there

    @property
    def is_gone(self) -> bool:
        """Return whether the part is no longer there."""
        return self.before.is_there and not self.after.is_there


@dataclass(frozen=True)
class Change:
    """How the whole came from `value_before` to `value_after`; contributions, the largest first.

    `left_out` are the parts of which something is not known in one of the two stretches, with why:
    they are in neither value, so that like is compared with like.
    """

    dimension: str
    before: Period
    after: Period
    value_before: Fraction
    value_after: Fraction
    is_ratio: bool
    contributions: tuple[Contribution, ...]
    left_out: Mapping[str | None, str]

    @property
    def total(self) -> Fraction:
        """Return the change of the whole: the sum of all contributions."""
        return self.value_after - self.value_before

    def sum_of(self, effect: Effect) -> Fraction:
        """Return what one effect adds over all parts."""
        return sum((getattr(each, effect) for each in self.contributions), NOTHING)

    @property
    def is_reversed(self) -> bool:
        """Return whether every rate that moved went the other way than the whole did.

        Then the mix alone turned it: Simpson's paradox.
        """
        moves = [
            each.after.rate - each.before.rate
            for each in self.contributions
            if each.before.rate is not None and each.after.rate is not None
        ]
        against = [move * self.total < 0 for move in moves if move]
        return self.is_ratio and bool(against) and all(against)


def refusal(metric: Metric) -> str | None:
    """Return why a metric's change cannot be shared out among parts, and what to do; else None."""
    if metric.measure.kind == "formula":
        return (
            f"{metric.title} is worked out from other metrics: see what changed in "
            f"{listed([part.title for part in metric.leaf_metrics])}."
        )
    if metric.is_holistic:
        return (
            f"{metric.title} does not add up from its parts, so its change cannot be shared out "
            "among them. Compare the parts themselves."
        )
    return None


def change(
    metric: Metric, found: pl.DataFrame, dimension: str, before: Period, after: Period
) -> Change:
    """Return what each value of a dimension adds to a metric's change from `before` to `after`.

    `found` is of metrics.readings by that dimension, over both stretches. A part with a hole in
    either is left out of both; one that was not there yet, or is no more, is not a hole. Raises
    UsageError for a metric whose parts do not add up, NotFoundError when nothing can be compared.
    """
    if words := refusal(metric):
        raise UsageError(words)
    _refuse_before_the_first(metric, found, before)
    left_out = _left_out(found, dimension)
    holed = pl.Series(list(left_out), dtype=pl.String)
    known = found.filter(~pl.col(dimension).is_in(holed.implode(), nulls_equal=True))
    is_ratio = not metric.is_additive or bool(known["denominator"].is_not_null().any())
    if is_ratio:
        _refuse_bare_values(metric, known, dimension)
    then, now = (_sums(known, dimension, each) for each in (before, after))
    whole_then, whole_now = (
        _whole(metric, side, stretch, left_out, is_ratio=is_ratio)
        for side, stretch in ((then, before), (now, after))
    )
    worked = (
        _of_ratio(metric, then, now, (whole_then + whole_now) / 2)
        if is_ratio
        else _of_amount(then, now)
    )
    ordered = tuple(sorted(worked, key=lambda each: (-abs(each.total), each.kind or "")))
    return Change(dimension, before, after, whole_then, whole_now, is_ratio, ordered, left_out)


class _Sums(NamedTuple):
    numerator: Fraction
    denominator: Fraction


_NONE = _Sums(NOTHING, NOTHING)

_Side = Mapping[str | None, _Sums]


def _refuse_before_the_first(metric: Metric, found: pl.DataFrame, before: Period) -> None:
    """Raise NotFoundError for a stretch in which no figure, or only some, had begun."""
    first = found["begun"].min()
    if not isinstance(first, date):
        raise NotFoundError(f"{metric.title} has no figures yet.")
    if first > before.start:
        raise NotFoundError(
            f"{metric.title} cannot be compared with {before.label}: the first figures there are "
            f"begin on {first}. Choose a later one."
        )


def _left_out(found: pl.DataFrame, dimension: str) -> dict[str | None, str]:
    """Return the parts with a hole in either stretch, and what is not known of each."""
    holes: dict[str | None, list[str]] = {}
    for row in found.filter(pl.col("holes") != "").sort("period").iter_rows(named=True):
        holes.setdefault(row[dimension], []).append(row["holes"])
    return {kind: "; ".join(said) for kind, said in holes.items()}


def _sums(known: pl.DataFrame, dimension: str, stretch: Period) -> dict[str | None, _Sums]:
    rows = known.filter(pl.col("period") == stretch.start).iter_rows(named=True)
    return {
        row[dimension]: _Sums(Fraction(row["numerator"] or 0), Fraction(row["denominator"] or 0))
        for row in rows
    }


def _refuse_bare_values(metric: Metric, known: pl.DataFrame, dimension: str) -> None:
    """Raise UsageError where a ratio was handed in without anything to weigh it by."""
    bare = known.filter(pl.col("value").is_not_null(), pl.col("denominator").is_null())
    if not bare.is_empty():
        kinds = sorted({str(kind) for kind in bare[dimension]})
        raise UsageError(
            f"{metric.title} came without a denominator for {listed(kinds)}: nothing says how much "
            "each part weighs. Hand in numerator and denominator to see what changed it."
        )


def _whole(
    metric: Metric,
    side: _Side,
    stretch: Period,
    left_out: Mapping[str | None, str],
    *,
    is_ratio: bool,
) -> Fraction:
    """Return the value over all known parts; NotFoundError, with why, where there is none."""
    numerator = sum((each.numerator for each in side.values()), NOTHING)
    denominator = sum((each.denominator for each in side.values()), NOTHING)
    if side and not is_ratio:
        return numerator
    if denominator:
        return _per(metric) * numerator / denominator
    why = next((f": {said}" for said in left_out.values()), ", nothing to divide by")
    raise NotFoundError(
        f"{metric.title} has no value to compare in {stretch.label}{why}. Choose another period."
    )


def _of_amount(before: _Side, after: _Side) -> Iterator[Contribution]:
    for kind in dict.fromkeys([*before, *after]):
        then, now = (side.get(kind, _NONE).numerator for side in (before, after))
        yield Contribution(
            kind, Standing(then, rate=then), Standing(now, rate=now), volume=now - then
        )


def _of_ratio(
    metric: Metric, before: _Side, after: _Side, middle: Fraction
) -> Iterator[Contribution]:
    was, is_ = _standings(metric, before), _standings(metric, after)
    for kind in dict.fromkeys([*was, *is_]):
        then, now = was.get(kind, Standing()), is_.get(kind, Standing())
        shift = now.share - then.share
        rates = [each.rate for each in (then, now) if each.rate is not None]
        if any(each.numerator and each.rate is None for each in (then, now)):
            # Events without exposure: no rate, so what they add to the whole is told on its own.
            added = _of_whole(metric, now, after) - _of_whole(metric, then, before)
            yield Contribution(kind, then, now, unweighted=added - middle * shift)
        elif rates:
            # A part that is new, or gone, has one rate: all it adds is mix.
            move, mean = rates[-1] - rates[0], (rates[0] + rates[-1]) / 2
            weight = (then.share + now.share) / 2
            yield Contribution(kind, then, now, rate=weight * move, mix=(mean - middle) * shift)
        else:
            yield Contribution(kind, then, now)


def _standings(metric: Metric, side: _Side) -> dict[str | None, Standing]:
    whole = sum((each.denominator for each in side.values()), NOTHING)
    return {
        kind: Standing(
            each.numerator,
            each.denominator,
            _per(metric) * each.numerator / each.denominator if each.denominator else None,
            each.denominator / whole,
        )
        for kind, each in side.items()
    }


def _of_whole(metric: Metric, own: Standing, side: _Side) -> Fraction:
    """Return how much of the whole's rate is of one part."""
    whole = sum((each.denominator for each in side.values()), NOTHING)
    return _per(metric) * own.numerator / whole


def _per(metric: Metric) -> Fraction:
    return Fraction(str(metric.per))
