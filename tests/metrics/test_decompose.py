"""What changed, worked by hand, and on any numbers: contributions sum to the change exactly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import NotFoundError, UsageError
from metrics.change_words import sentence, shares, signed
from metrics.decompose import Change, change
from metrics.model import Metric
from metrics.readings import READINGS_SCHEMA, value_of_sums
from metrics.stretches import window
from tests.metrics.test_kinds import a_metric, complaint_count

JUNE, JULY = (
    window(date(2026, 6, 1), date(2026, 6, 30)),
    window(date(2026, 7, 1), date(2026, 7, 31)),
)

late_share = Metric.model_validate(
    {
        **a_metric(
            "proportion",
            numerator={"table": "outputs", "sum": "on_time_quantity"},
            denominator={"table": "outputs", "sum": "quantity"},
        ).model_dump(),
        "title": "Late deliveries",
        "unit": "% of deliveries",
    }
)

Amount = tuple[int | Decimal, int | Decimal | None] | str | None
"""Numerator and denominator, why there is none, or None for a part that is not there."""


def found(metric: Metric, parts: Mapping[str | None, tuple[Amount, Amount]]) -> pl.DataFrame:
    """Return readings of June and July by site."""
    rows = []
    for site, both in parts.items():
        for month, amount in zip((JUNE, JULY), both, strict=True):
            numerator, denominator = amount if isinstance(amount, tuple) else (None, None)
            sums = [None if each is None else Decimal(each) for each in (numerator, denominator)]
            hole = f"{month.label} is {amount}" if isinstance(amount, str) else ""
            rows.append(
                {
                    "period": month.start, "label": month.label, "slice": "{}", "n": 0,
                    "numerator": sums[0], "denominator": sums[1], "left_out": 0,
                    "value": value_of_sums(metric, *sums), "status": amount if hole else "ok",
                    "remark": "", "holes": hole, "begun": date(2026, 1, 1), "counted": [],
                    "site": site,
                }
            )  # fmt: skip
    return pl.DataFrame(rows, schema={**READINGS_SCHEMA, "site": pl.String()})


def changed(metric: Metric, parts: Mapping[str | None, tuple[Amount, Amount]]) -> Change:
    return change(metric, found(metric, parts), "site", JUNE, JULY)


def effects(told: Change) -> dict[str | None, dict[str, float]]:
    """Return the effects of each part that are not 0."""
    return {
        each.kind: {
            effect: float(amount)
            for effect in ("rate", "mix", "volume", "unweighted")
            if (amount := getattr(each, effect))
        }
        for each in told.contributions
    }


def test_a_rate_that_rises_and_a_part_that_weighs_more() -> None:
    """The example of docs/reference/metrics.md, by hand."""
    told = changed(late_share, {"Porto": ((20, 200), (48, 400)), "Lyon": ((32, 800), (24, 600))})
    # June: 52 of 1,000 are late, 5.2 %. July: 72 of 1,000, 7.2 %. Porto 10 % -> 12 %, its share
    # 20 % -> 40 %; Lyon 4 % -> 4 %, its share 80 % -> 60 %. The two wholes' middle is 6.2 %.
    assert told.total == Fraction(72, 10) - Fraction(52, 10) == 2
    assert effects(told) == {
        "Porto": {
            "rate": pytest.approx((0.2 + 0.4) / 2 * (12 - 10)),  # 0.6
            "mix": pytest.approx((11 - 6.2) * (0.4 - 0.2)),  # 0.96
        },
        "Lyon": {"mix": pytest.approx((4 - 6.2) * (0.6 - 0.8))},  # 0.44
    }
    assert sentence(late_share, told) == (
        "Up 2.0 points (worse), from 5.2 in June 2026 to 7.2 % of deliveries in July 2026: "
        "+1.0 because Porto's share of deliveries grew, +0.6 because Porto's rate rose, "
        "+0.4 because Lyon's share of deliveries shrank."
    )


def test_every_part_better_and_the_whole_worse_is_the_mix_alone() -> None:
    """Simpson's paradox."""
    told = changed(late_share, {"Porto": ((30, 100), (252, 900)), "Lyon": ((90, 900), (9, 100))})
    # Porto 30 -> 28 %, Lyon 10 -> 9 %: both better. The whole: 12 % -> 26.1 %, worse.
    assert told.total == Fraction(261, 10) - 12
    assert told.sum_of("rate") == Fraction(1, 2) * -2 + Fraction(1, 2) * -1
    assert told.sum_of("mix") == told.total + Fraction(3, 2)
    assert told.is_reversed
    assert sentence(late_share, told).endswith(
        "Every rate that moved fell: the whole rose only because the mix shifted."
    )


def test_where_one_rate_moved_with_the_whole_the_mix_is_not_alone() -> None:
    told = changed(late_share, {"Porto": ((30, 100), (252, 900)), "Lyon": ((90, 900), (11, 100))})
    # Porto 30 -> 28 %, better; Lyon 10 -> 11 %, worse like the whole.
    assert not told.is_reversed
    assert "Every rate that moved" not in sentence(late_share, told)


def test_a_part_that_is_new_and_one_that_is_gone_are_mix() -> None:
    told = changed(late_share, {"Porto": ((5, 100), (5, 100)), "Lyon": ((9, 100), None),
                                "Braga": ((0, 0), (21, 100))})  # fmt: skip
    # 14 of 200 -> 26 of 200: 7 % -> 13 %, middle 10 %.
    assert effects(told) == {
        "Braga": {"mix": pytest.approx((21 - 10) * (0.5 - 0))},
        "Lyon": {"mix": pytest.approx((9 - 10) * (0 - 0.5))},
        "Porto": {},
    }
    told_words = sentence(late_share, told)
    assert "+5.5 because Braga had no deliveries before" in told_words
    assert "+0.5 because Lyon has no deliveries any more" in told_words


def test_events_where_nothing_was_delivered_are_told_apart() -> None:
    told = changed(
        a_metric("rate", per=100, numerator={"table": "complaints"},
                 denominator={"table": "outputs"}),
        {"Porto": ((4, 100), (4, 100)), "Lyon": ((0, 0), (3, 0))},
    )  # fmt: skip
    assert told.total == Fraction(3)  # 4 -> 7 of 100
    assert effects(told) == {"Lyon": {"unweighted": 3.0}, "Porto": {}}


def test_an_amount_changes_by_what_each_part_added() -> None:
    lyon: tuple[Amount, Amount] = ((20, None), (15, None))
    told = changed(
        complaint_count,
        {"Porto": ((30, None), (42, None)), "Lyon": lyon, None: (None, (2, None))},
    )
    assert told.total == 12 - 5 + 2
    assert effects(told) == {
        "Porto": {"volume": 12.0}, "Lyon": {"volume": -5.0}, None: {"volume": 2.0}
    }  # fmt: skip
    assert sentence(complaint_count, told) == (
        "Up 9.0 (worse), from 50.0 in June 2026 to 59.0 units in July 2026: "
        "+12.0 from Porto, −5.0 from Lyon, +2.0 from not given."
    )


def test_a_part_that_is_late_is_left_out_of_both_and_said() -> None:
    told = changed(late_share, {"Porto": ((10, 100), (20, 100)), "Lyon": ((90, 100), "late")})
    assert (int(told.value_before), int(told.value_after)) == (10, 20)  # not 50 -> 20
    assert told.left_out == {"Lyon": "July 2026 is late"}
    assert sentence(late_share, told).endswith("Without Lyon (July 2026 is late).")


def test_what_cannot_be_compared_says_why() -> None:
    with pytest.raises(NotFoundError, match="no value to compare in June 2026: July 2026 is late"):
        changed(late_share, {"Lyon": ((90, 100), "late")})
    with pytest.raises(NotFoundError, match="in July 2026, nothing to divide by"):
        changed(late_share, {"Lyon": ((90, 100), None)})
    early = found(late_share, {"Lyon": ((9, 100), (9, 100))}).with_columns(begun=JULY.start)
    with pytest.raises(NotFoundError, match="begin on 2026-07-01"):
        change(late_share, early, "site", JUNE, JULY)
    share = a_metric("reported", metric="energy")
    with pytest.raises(UsageError, match="without a denominator for Lyon"):
        changed(share, {"Lyon": ((9, None), (9, None)), "Porto": ((9, 10), (9, 10))})


def test_what_cancels_out_is_no_change_and_still_told() -> None:
    told = changed(late_share, {"Porto": ((10, 100), (20, 100)), "Lyon": ((20, 100), (10, 100))})
    assert sentence(late_share, told) == (
        "Unchanged at 15.0 % of deliveries from June 2026 to July 2026: "
        "−5.0 because Lyon's rate fell, +5.0 because Porto's rate rose."
    )


TENTHS = st.integers(0, 9999).map(lambda n: Decimal(n).scaleb(-1))
RATIOS = st.none() | st.tuples(TENTHS, st.sampled_from([Decimal(0), Decimal(7)]) | TENTHS)
PARTS = st.dictionaries(
    st.sampled_from(["A", "B", "C", "D", None]), st.tuples(RATIOS, RATIOS), min_size=1
)
rate = Metric.model_validate(
    {
        **a_metric("rate", per=1000, numerator={"table": "complaints"},
                   denominator={"table": "outputs"}).model_dump(),
        "unit": "per 1,000 deliveries",
    }
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(parts=PARTS)
def test_contributions_always_sum_exactly_to_the_change_of_the_whole(
    parts: dict[str | None, tuple[Amount, Amount]],
) -> None:
    whole = []
    for side in (0, 1):
        known = [each for both in parts.values() if isinstance(each := both[side], tuple)]
        below = sum((Fraction(each[1] or 0) for each in known), Fraction(0))
        above = sum((Fraction(each[0]) for each in known), Fraction(0))
        whole.append(1000 * above / below if below else None)
    if whole[0] is None or whole[1] is None:
        with pytest.raises(NotFoundError):
            changed(rate, parts)
        return
    told = changed(rate, parts)
    assert told.total == whole[1] - whole[0]
    assert sum((each.total for each in told.contributions), Fraction(0)) == told.total
    assert is_true(sentence(rate, told), told)
    back = change(rate, _swapped(rate, parts), "site", JUNE, JULY)
    assert {each.kind: -each.total for each in back.contributions} == {
        each.kind: each.total for each in told.contributions
    }


def _swapped(metric: Metric, parts: dict[str | None, tuple[Amount, Amount]]) -> pl.DataFrame:
    return found(metric, {kind: (after, before) for kind, (before, after) in parts.items()})


def is_true(said: str, told: Change) -> bool:
    """Return whether every number and every word of a direction in a sentence is the result's."""
    digits = len(re.findall(r"\.(\d+)", said)[0])
    first = said.split(",", maxsplit=1)[0].split(":", maxsplit=1)[0]
    assert first.startswith("Up" if told.total > 0 else "Down" if told.total < 0 else "Unchanged")
    if told.total:
        number = re.search(r"[\d,]+\.\d+", said)
        assert number is not None
        assert Fraction(number[0].replace(",", "")) == round(abs(told.total), digits)
    named = re.findall(
        r"([+−]?[\d,]+\.\d+) (?:because|from) (not given|\w)('s rate (?:rose|fell))?", said
    )
    numbers = {signed(each.amount, digits): each for each in shares(told)}
    for amount, kind, rate_word in named:
        share = next(
            each
            for each in shares(told)
            if signed(each.amount, digits) == amount
            and (each.contribution.kind or "not given") == kind
        )
        assert amount in numbers
        if rate_word:
            before, after = share.contribution.before.rate, share.contribution.after.rate
            assert before is not None and after is not None  # noqa: PT018
            assert ("rose" in rate_word) == (after > before)
    return True
