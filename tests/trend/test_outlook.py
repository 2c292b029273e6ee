"""What is to be expected of a target: one sentence, true of the summary it is made from."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.trend.outlook import outlook
from tests.support.series import ALTERNATING, a_spec, at_least, at_most, monthly, summary_of


def said(values: Sequence[float | None], **given: object) -> str:
    return outlook(summary_of(monthly(values), **given), a_spec(**given))


def test_a_stable_process_is_told_how_often_it_will_meet_its_target_and_how_often_it_did() -> None:
    told = said(ALTERNATING, better="lower", targets=(at_most(11.0),))
    # The centre is 10, the target 1 above it, sigma 1.77: phi(1 / (1.77 x 1.02)) = 0.71.
    summary = summary_of(monthly(ALTERNATING), better="lower", targets=(at_most(11.0),))
    low, high = (100 * (each or 0) for each in (summary.p_low, summary.p_high))
    # Wilson of 20 of 20 at 95 %: 20 / (20 + 1.96²) = 0.84.
    assert told == (
        f"Will meet the target in about 71 % of months ({low:.0f} to {high:.0f} %); "
        "met in 20 of 20 so far (84 to 100 %)."
    )
    assert low < 71 < high
    sure = said(ALTERNATING, better="lower", targets=(at_most(40.0),))
    assert sure.startswith("Will meet the target in more than 99 % of months")
    never = said(ALTERNATING, better="higher", targets=(at_least(40.0),))
    assert never.startswith("Will meet the target in less than 1 % of months")
    assert "met in 0 of 20 so far" in never


def test_nothing_is_promised_of_a_process_that_got_worse() -> None:
    told = said([*ALTERNATING, 30.0], better="lower", targets=(at_most(12.0),))
    assert told.startswith("Not predictable, so nothing is promised of the next months; target met")


def test_a_process_that_got_better_is_not_judged_as_if_it_had_not() -> None:
    told = said([*ALTERNATING, *[8.0] * 8], better="lower", targets=(at_most(9.0),))
    assert told.startswith("By limits from before the change it would meet the target in")


def test_nothing_is_promised_where_the_present_level_is_not_known() -> None:
    told = said([*ALTERNATING, None, None], better="lower", targets=(at_most(12.0),))
    assert told == "Target met in 20 of 20 so far (84 to 100 %)."


def test_with_few_points_only_what_was_seen_is_said() -> None:
    told = said([9.0, 11.0, 13.0], better="lower", targets=(at_most(12.0),))
    assert told.startswith("Target met in 2 of 3 so far")


def test_without_a_target_nothing_is_said() -> None:
    assert said(ALTERNATING) == ""
