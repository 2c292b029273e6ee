"""Texts of one row or column are read as periods together, never one by one."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.understand.periods import numbered, reading_of


@pytest.mark.parametrize(
    ("texts", "kind", "has_year", "first", "last"),
    [
        (["Januar", "Februar", "Mars"], "month", False, (2000, 1, 1), (2000, 3, 1)),
        (["June", "July", "Aug", "Sept"], "month", False, (2000, 6, 1), (2000, 9, 1)),
        (["Mai", "Jui", "Juil", "Aou"], "month", False, (2000, 5, 1), (2000, 8, 1)),
        (["2026-09", "2026-10"], "month", True, (2026, 9, 1), (2026, 10, 1)),
        (["Sep 26", "Oct 26"], "month", True, (2026, 9, 1), (2026, 10, 1)),
        (["Q1 2026", "Q2 2026"], "quarter", True, (2026, 1, 1), (2026, 4, 1)),
        (["2013", "2014"], "year", True, (2013, 1, 1), (2014, 1, 1)),
        (["2011-12 P1", "2011-12 P13"], "four_weeks", True, (2011, 1, 1), (2011, 12, 3)),
        (["2026-01-01 00:00:00", "2026-02-01 00:00:00"], "month", True, (2026, 1, 1), (2026, 2, 1)),
        (["2026-01-05", "2026-01-06"], None, True, (2026, 1, 5), (2026, 1, 6)),
    ],
)
def test_the_kind_of_period_is_what_all_texts_name(
    texts: list[str],
    kind: str | None,
    has_year: bool,
    first: tuple[int, ...],
    last: tuple[int, ...],
) -> None:
    reading = reading_of(texts)
    assert reading is not None
    assert (reading.kind, reading.has_year) == (kind, has_year)
    assert reading.days[texts[0]] == date(*first)
    assert reading.days[texts[-1]] == date(*last)


@pytest.mark.parametrize(
    "texts", [[], ["Output", "Rejects"], ["Jan", "Rejects"], ["1", "2"], ["E01", "E03"]]
)
def test_other_texts_are_no_periods(texts: list[str]) -> None:
    assert reading_of(texts) is None


def test_a_name_of_two_months_is_settled_by_the_order_or_not_at_all() -> None:
    assert reading_of(["Jui", "Mar"]) is None
    settled = reading_of(["Mai", "Jui", "Juil"])
    assert settled is not None
    assert settled.days["Jui"].month == 6


@pytest.mark.parametrize(
    ("texts", "is_counted"),
    [
        (["sprint 1", "sprint 2"], True),
        (["#5", "#4", "#3"], True),
        (["sprint 1", "sprint 3"], False),
        (["1", "2"], False),
        (["E01", "E03"], False),
        (["sprint 1"], False),
    ],
)
def test_steps_are_counted_one_by_one(texts: list[str], is_counted: bool) -> None:
    assert numbered(texts) is is_counted
