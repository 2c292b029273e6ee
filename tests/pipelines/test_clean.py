"""Cells as they are written, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

from pipelines.clean.columns import convert
from pipelines.clean.formats import Formats, Target

MONEY = Target("decimal", 2)
EXCEL = Formats(has_noise=True)
GERMAN = Formats(decimal=",", thousands=".")


def read(cells: Sequence[object], target: Target, formats: Formats | None = None) -> list[object]:
    return convert(pl.Series("cell", cells), target, formats or Formats()).values.to_list()


def reason(cell: object, target: Target, formats: Formats | None = None) -> str:
    failures = convert(pl.Series("cell", [cell]), target, formats or Formats()).failures
    return str(failures.get_column("reason").item())


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("10.5", Decimal("10.50")),
        ("+10", Decimal(10)),
        ("-0.25", Decimal("-0.25")),
        (".5", Decimal("0.50")),
        ("5.", Decimal(5)),
        ("1e3", Decimal(1000)),
        ("24.7500", Decimal("24.75")),
        (" 7 ", Decimal(7)),
        ("n/a", None),
        ("", None),
        ("9999999999999999.99", Decimal("9999999999999999.99")),
    ],
)
def test_a_number_is_read_to_the_digit(cell: str, value: Decimal | None) -> None:
    assert read([cell], MONEY) == [value]


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("1,5", "'1,5' is not a number"),
        ("1.234,5", "'1.234,5' is not a number"),
        ("12 kg", "'12 kg' is not a number"),
        ("nan", "'nan' is not a number that can be kept"),
        ("-inf", "'-inf' is not a number that can be kept"),
        ("1e400", "'1e400' is not a number that can be kept"),
        ("10000000000000000", "'10000000000000000' is not a number that can be kept"),
        ("1.555", "'1.555' has more than 2 decimals"),
        ("0.30000000000000004", "'0.30000000000000004' has more than 2 decimals"),
    ],
)
def test_a_cell_that_is_no_number_says_why(cell: str, why: str) -> None:
    assert reason(cell, MONEY) == why


def test_decimals_beyond_the_declared_are_rounded_half_up_only_when_asked_for() -> None:
    rounded = Formats(is_rounded=True)
    assert read(["1.555", "1.545", "-1.555"], MONEY, rounded) == [
        Decimal("1.56"),
        Decimal("1.55"),
        Decimal("-1.56"),
    ]


def test_the_noise_of_binary_numbers_in_excel_is_no_digit() -> None:
    assert read(["0.30000000000000004"], MONEY, EXCEL) == [Decimal("0.30")]
    assert read([0.1 + 0.2], MONEY) == [Decimal("0.30")]


def test_decimal_comma_and_thousands_are_read_as_declared() -> None:
    cells = ["1.234,5", "1234,5", "1.234", "-1.234.567,89"]
    assert read(cells, MONEY, GERMAN) == [
        Decimal("1234.50"),
        Decimal("1234.50"),
        Decimal(1234),
        Decimal("-1234567.89"),
    ]
    assert reason("1.23", MONEY, GERMAN) == "'1.23' is not a number"
    assert reason("12.34.5", MONEY, GERMAN) == "'12.34.5' is not a number"
    spaced = Formats(decimal=",", thousands=" ")
    assert read(["1\u00a0234,5", "1 234"], MONEY, spaced) == [Decimal("1234.50"), Decimal(1234)]


def test_a_number_cell_of_excel_keeps_its_point_under_a_decimal_comma() -> None:
    comma = Formats(decimal=",", has_noise=True)
    assert read(["1.5", "1,5"], MONEY, comma) == [Decimal("1.50"), Decimal("1.50")]
    # With points between thousands 1.234 may be either number.
    grouped = Formats(decimal=",", thousands=".", has_noise=True)
    assert reason("1.234", MONEY, grouped) == "'1.234' is not a number"


def test_whole_numbers_may_be_written_with_zeros_after_the_point() -> None:
    assert read(["621.00", "621", "-3"], Target("integer")) == [621, 621, -3]
    assert reason("621.5", Target("integer")) == "'621.5' is not a whole number"
    assert "cannot" not in reason("x", Target("integer"))


def test_floats_are_finite() -> None:
    assert read(["0.1", "1e-7"], Target("float")) == [0.1, 1e-7]
    assert "not a number that can be kept" in reason("inf", Target("float"))
    assert "not a number that can be kept" in reason(float("nan"), Target("float"))


def test_dates_are_read_by_the_declared_formats_alone() -> None:
    german = Formats(dates=("%d.%m.%Y",))
    assert read(["5.1.2026", "31.12.2026"], Target("date"), german) == [
        date(2026, 1, 5),
        date(2026, 12, 31),
    ]
    assert reason("2026-01-05", Target("date"), german) == "'2026-01-05' is not a date as declared"
    assert reason("31.02.2026", Target("date"), german) == "'31.02.2026' is no day of the calendar"


def test_the_day_with_a_time_is_no_other_way_of_writing_it() -> None:
    failures = convert(pl.Series("x", ["soon"]), Target("date"), Formats()).failures
    assert failures.get_column("accepted").to_list() == ["a date written like 2026-09-30"]
    assert reason("2026-11-31", Target("date")) == "'2026-11-31' is no day of the calendar"


def test_several_declared_formats_may_stand_in_one_column() -> None:
    formats = Formats(dates=("%m/%d/%Y", "%Y-%m-%d"))
    assert read(["5/31/2019", "2019-06-01"], Target("date"), formats) == [
        date(2019, 5, 31),
        date(2019, 6, 1),
    ]


def test_a_month_is_its_first_day() -> None:
    assert read(["2019-02"], Target("date"), Formats(dates=("%Y-%m",))) == [date(2019, 2, 1)]


def test_a_year_nobody_means_is_refused() -> None:
    assert reason("0026-01-05", Target("date")) == "'0026-01-05' is not between 1900 and 2199"
    assert "not between 1900 and 2199" in reason("9999-12-31", Target("date"))


def test_a_date_column_takes_the_day_of_an_instant() -> None:
    assert read(["2026-01-05 13:45:00"], Target("date")) == [date(2026, 1, 5)]
    assert read([datetime(2026, 1, 5, 13, 45)], Target("date")) == [date(2026, 1, 5)]  # noqa: DTZ001
    assert read(["2026-01-05T13:45:00.5"], Target("timestamp")) == [
        datetime(2026, 1, 5, 13, 45, 0, 500_000)  # noqa: DTZ001
    ]


def test_truths_are_words_or_digits() -> None:
    assert read(["Yes", "no", "TRUE", "0", None], Target("boolean")) == [
        True,
        False,
        True,
        False,
        None,
    ]
    assert reason("maybe", Target("boolean")) == "'maybe' is neither true nor false"


def test_values_are_translated_before_they_are_parsed() -> None:
    words = {"Priority": "critical"}
    converted = convert(pl.Series([" Priority ", "minor"]), Target("text"), Formats(), words)
    assert converted.values.to_list() == ["critical", "minor"]


def test_control_and_direction_characters_are_refused() -> None:
    for sign in ("\x1b", "\x07", "\u202e", "\u2066"):
        assert "invisible control character" in reason(f"a{sign}b", Target("text"))
    assert read(["two\nlines\tand a tab"], Target("text")) == ["two\nlines\tand a tab"]


def test_numbers_become_texts_without_invented_decimals() -> None:
    assert read([5, 17], Target("text")) == ["5", "17"]
