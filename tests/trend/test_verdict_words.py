"""The sentence of a verdict is true of the judgement it is made from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.trend import TrendSpec, analyse
from metrics.trend.verdict import Claim, Judgement, judge
from metrics.trend.verdict_words import beside, change, sentence
from metrics.trend.wording import number
from tests.support.series import a_spec, at_most, counted, month, monthly

LATER = date(2035, 1, 1)
ACTION = Claim(month(24), worthwhile=2.0, recurrences=())


def told(points: pl.DataFrame, claim: Claim = ACTION, **spec: object) -> str:
    how = a_spec(**({"better": "lower"} | spec))
    return sentence(judge(analyse(points, {"s": how}).points, how, claim, LATER), claim, how)


def test_the_sentence_of_an_action_that_worked() -> None:
    points = counted([(26, 20000)] * 12 + [(25, 20000), (27, 20000)] * 6 + [(9, 18000)] * 12)
    claim = replace(ACTION, worthwhile=4.0, opportunities=300)
    assert told(points, claim, kind="u", per=10000, unit="falls per 10,000 days") == (
        "Since 1 Jan 2025 (12 months): 5.0 falls per 10,000 days, was 13.0; 62 % lower (95 % "
        "interval 53 to 69 %); a signal against the old limits; no recurrence in 300 opportunities "
        "(at most 1.0 % of them); effective, sustained, as much as was wanted (4 falls per "
        "10,000 days)."
    )


@pytest.mark.parametrize(
    ("after", "ending"),
    [
        ([6.0], "no recurrence; too early: 1 of the 8 months it takes; judge in September 2025."),
        (
            [4.0, 6.0, 4.5, 6.0, 5.0, 6.0],
            "2 of 6 months below the old lower limit; no recurrence; improved, confirm in September"
            " 2025: a signal and an effect beyond chance; 6 of the 8 months it takes.",
        ),
        (
            [9.0, 11.0] * 6,
            "no signal against the old limits; no recurrence; not effective: the change wanted"
            " (2 days) is outside the interval.",
        ),
        ([16.0, 17.0] * 4, "a signal for the worse against the old limits; no recurrence; worse."),
    ],
)
def test_the_end_of_the_sentence_says_what_the_verdict_rests_on(
    after: list[float], ending: str
) -> None:
    assert told(monthly([9.0, 11.0] * 12 + after)).endswith(ending)


def test_the_end_with_too_little_to_decide_says_how_many_periods_would() -> None:
    points = monthly([9.0, 11.0] * 12 + [9.0, 11.0, 8.0, 10.0] * 2)
    assert told(points, replace(ACTION, worthwhile=1.0)).endswith(
        "inconclusive: the interval holds both no change and the change wanted (1.0 days);"
        " 22 more months would tell, 80 times in 100."
    )


def test_what_cannot_be_judged_says_why_and_nothing_else() -> None:
    assert told(monthly([9.0, 11.0] * 12), better="neutral") == (
        "Not assessable: the metric has no good side, so no change of it is better."
    )


def test_a_cause_that_came_back_is_counted() -> None:
    claim = replace(ACTION, recurrences=(date(2025, 2, 1), date(2025, 3, 1)))
    assert told(monthly([9.0, 11.0] * 12 + [6.0, 7.0] * 4), claim).endswith(
        "the cause came back 2 times; not effective."
    )


def test_where_nobody_writes_causes_down_nothing_is_said_of_them() -> None:
    text = told(monthly([9.0, 11.0] * 12 + [6.0, 7.0] * 4), replace(ACTION, recurrences=None))
    assert "recurrence" not in text


def test_an_action_of_this_month_has_no_month_after_it_yet() -> None:
    assert told(monthly([9.0, 11.0] * 12)) == (
        "Since 1 Jan 2025 (no whole month yet): no recurrence; too early: 0 of the 8 months it"
        " takes; judge in September 2025."
    )


def test_notes_stand_after_the_verdict() -> None:
    claim = replace(ACTION, side_effects=("Cost per order",), is_after_the_fact=True)
    assert told(monthly([9.0, 11.0] * 12 + [6.0, 7.0] * 4), claim).endswith(
        ". Note: side effect in Cost per order; plan written after the action began."
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0, 0, "; no different (95 % interval from 100 % lower, without upper end); "),
        (0, 3, "% higher (95 % interval without upper end); "),
        (4, 0, "; 100 % lower (95 % interval 88 to 100 %); "),
    ],
)
def test_without_an_event_on_a_side_an_end_is_open(before: int, after: int, said: str) -> None:
    points = counted([(before, 100)] * 24 + [(after, 100)] * 8)
    assert said in told(points, kind="u", per=100)


def test_the_same_again_is_no_different() -> None:
    text = told(monthly([10.0] * 32))
    assert "; no different (95 % interval 0.0 to 0.0); " in text


def test_the_target_is_told_before_and_after() -> None:
    points = monthly([9.0, 11.0] * 12 + [6.0, 7.0] * 6)
    assert "; target: will meet, was: hit or miss; " in told(points, targets=(at_most(9.5),))


def test_a_lag_is_told_with_the_month_that_counts_first() -> None:
    points = monthly([9.0, 11.0] * 12 + [6.0, 7.0] * 6)
    text = told(points, replace(ACTION, lag=2))
    assert text.startswith("Since 1 Jan 2025 (10 months from 1 Mar 2025): 6.5 days, was 10.0; ")


def test_a_skewed_baseline_gets_a_second_opinion() -> None:
    how = a_spec(better="lower")
    values = [5.0, 5.5, 6.0, 5.2, 5.8, 5.4, 14.0, 5.6] * 3 + [3.0, 3.2, 3.4, 3.1] * 2
    found = judge(analyse(monthly(values), {"s": how}).points, how, ACTION, LATER)
    assert found.beside_method == "shift"
    assert beside(found, how).startswith(
        "The values are skewed; by the middle of all differences between one after and one before:"
        " 2.4 lower (95 % interval "
    )


def test_a_share_gets_its_odds_beside_the_difference() -> None:
    how = a_spec(better="lower", kind="p", per=100)
    points = counted([(13, 100), (12, 100)] * 12 + [(5, 100), (6, 100)] * 4)
    found = judge(analyse(points, {"s": how}).points, how, ACTION, LATER)
    # (5.5 / 94.5) / (12.5 / 87.5) = 0.41
    assert beside(found, how).startswith("In odds: 59 % lower (95 % interval ")


NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")
FIXED = {"95", "80", "100", "8", "12"}
"""The level of the interval, the power, and the numbers of periods that decide."""

levels = st.floats(2, 40).map(lambda value: round(value, 2))
cases = st.fixed_dictionaries(
    {
        "before": st.lists(levels, min_size=6, max_size=30),
        "after": st.lists(levels, max_size=14),
        "kind": st.sampled_from(["xmr", "u", "p"]),
        "better": st.sampled_from(["lower", "higher"]),
        "worthwhile": st.floats(0, 10),
        "opportunities": st.none() | st.integers(1, 5000),
        "back": st.integers(0, 2),
        "lag": st.integers(0, 2),
    }
)


def judged(case: dict[str, object]) -> tuple[Judgement, Claim, TrendSpec]:
    before, after = (list(case[name]) for name in ("before", "after"))  # type: ignore[call-overload]
    how = a_spec(better=case["better"], kind=case["kind"], per=100.0, targets=(at_most(9),))
    if case["kind"] == "xmr":
        points = monthly([*before, *after])
    else:
        points = counted([(round(value), 100 + at) for at, value in enumerate([*before, *after])])
    claim = Claim(
        month(len(before)),
        worthwhile=float(str(case["worthwhile"])),
        lag=int(str(case["lag"])),
        recurrences=(date(2034, 1, 1),) * int(str(case["back"])),
        opportunities=case["opportunities"],  # type: ignore[arg-type]
    )
    return judge(analyse(points, {"s": how}).points, how, claim, LATER), claim, how


def facts(found: Judgement, claim: Claim, how: TrendSpec) -> Iterator[float]:
    """Yield every number the sentence may hold."""
    yield from (found.before, found.after, found.recurrences or 0, found.beyond_old_limit)
    yield from (x for x in (found.level_before, found.level_after) if x is not None)
    moved = change(found, how)
    yield from (moved.estimate, moved.low, moved.high) if moved else ()
    yield from (x for x in (found.more_periods, claim.opportunities, claim.wanted) if x)
    yield from (100 * found.recurrence_bound,) if found.recurrence_bound else ()
    for day in (claim.implemented_on, found.after_from, found.confirm_on):
        yield from (day.day, day.year) if day else ()


@settings(max_examples=40, deadline=None)
@given(cases)
def test_every_number_of_the_sentence_is_one_of_the_judgement(case: dict[str, object]) -> None:
    found, claim, how = judged(case)
    text = sentence(found, claim, how)
    known = FIXED | {
        number(abs(fact), places) for fact in facts(found, claim, how) for places in range(8)
    }
    known |= {str(claim.implemented_on.year), *(str(d.year) for d in (found.after_from,) if d)}
    known |= {str(found.confirm_on.year)} if found.confirm_on else set()
    assert not [part for part in NUMBER.findall(text) if part not in known], text


@settings(max_examples=40, deadline=None)
@given(cases)
def test_lower_and_higher_are_what_the_levels_did(case: dict[str, object]) -> None:
    found, claim, how = judged(case)
    text = sentence(found, claim, how)
    moved = change(found, how)
    if moved is None or found.method == "series":
        return
    assert found.level_before is not None
    assert found.level_after is not None
    went_up = found.level_after - found.level_before
    assert moved.estimate * went_up >= -1e-9
    assert moved.low <= moved.estimate <= moved.high
    word = re.search(r"; [^;]*? (lower|higher|different) \(95 %", text)
    assert word, text
    assert word[1] == (
        "higher" if moved.estimate > 0 else "lower" if moved.estimate else "different"
    )
