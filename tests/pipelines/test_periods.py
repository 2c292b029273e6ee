"""Texts that name periods, in the words of many countries; a doubtful one is asked about."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from babel import Locale

from pipelines.clean.formats import Converted
from pipelines.clean.periods import languages_of, period_start
from pipelines.mapping import Periods
from pipelines.mapping.months import LANGUAGES

RAIL = {"kind": "four_weeks", "first": [date(2009, 4, 5), date(2010, 4, 4)]}
"""P01 of a railway year begins on 1 April and takes the odd days, so 28 days before P02 is said."""


def read(*texts: str | None, **keys: object) -> Converted:
    years = keys.pop("years", None)
    beside = pl.Series(years) if isinstance(years, list) else None
    return period_start(pl.Series("Month", texts), Periods.model_validate(keys), beside)


def days(*texts: str | None, **keys: object) -> list[date]:
    found = read(*texts, **keys)
    assert found.failures.is_empty(), found.failures.get_column("reason").to_list()
    return found.values.to_list()


def told(*texts: str, **keys: object) -> str:
    found = read(*texts, **keys)
    return "; ".join(
        f"{reason}. Accepted: {accepted}"
        for reason, accepted in found.failures.select("reason", "accepted").iter_rows()
    )


@pytest.mark.parametrize(
    "text",
    [
        *("2026-09", "2026/9", "2026.09", "202609", "09/2026", "9-2026", "09.2026"),
        *("2026M09", "2026 m9", "Sep 26", "Sep-2026", "sept. 2026", "September 2026"),
        *("2026 / Sep", "14 Sep 2026", "2026-09-01 00:00:00", "2026-09-14", "14.09.2026"),
        *("09/26", "26-09", "P09 2026"),
    ],
)
def test_a_month_is_read_however_it_is_written(text: str) -> None:
    assert days(text) == [date(2026, 9, 1)]


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("fr", "Janv.;Fev;mars;Avr;MAI;juin;juil.;Aou;sept;oct.;nov;Déc"),
        ("de", "Jan;Feb;März;Apr;Mai;Juni;Juli;Aug;Sept;Okt;Nov;Dez"),
        ("de_AT", "Jänner;Feb;Mär;Apr;Mai;Jun;Jul;Aug;Sep;Okt;Nov;Dez"),
        ("sv", "januari;feb;mars;april;maj;juni;juli;aug;sept;okt;nov;dec"),
        ("nb", "januar;februar;mars;april;mai;juni;juli;august;september;oktober;nov;desember"),
        ("es", "ene;feb;mar;abr;may;jun;jul;ago;sept;oct;nov;dic"),
        ("pt", "Jan;Fev;Mar;Abr;Mai;Jun;Jul;Ago;Set;Out;Nov;Dez"),
        ("pl", "styczeń;luty;marzec;kwiecień;maj;czerwca;lipiec;sie;wrz;paź;listopad;gru"),
        ("el", "Ιανουάριος;Φεβ;Μάρτιος;Απρ;Μάιος;Ιουν;Ιουλ;Αυγ;Σεπ;Οκτ;Νοε;Δεκ"),
    ],
)
def test_twelve_months_of_a_language_are_read(language: str, texts: str) -> None:
    twelve = [date(2026, month, 1) for month in range(1, 13)]
    names = [*texts.split(";")]
    if language != "de_AT":
        assert language in languages_of(names)
        # Nobody needs to say the language where all texts of the column decide.
        assert days(*names, years=["2026"] * 12) == twelve
    assert days(*names, language=language, year=2026) == twelve


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_of_every_language_tried_is_its_month(language: str) -> None:
    for width in ("wide", "abbreviated"):
        names = Locale.parse(language).months["stand-alone"][width]
        if any(character.isdigit() or " " in name for name in names.values() for character in name):
            continue  # Vietnamese numbers its months
        texts = [names[month] for month in range(1, 13)]
        assert days(*texts, language=language, year=2026) == [
            date(2026, month, 1) for month in range(1, 13)
        ]


def test_the_languages_that_explain_all_texts_are_named_usual_ones_first() -> None:
    assert languages_of(["janv.", "Fev", "Aou"]) == ("fr",)
    assert languages_of(["Jan 26", "Feb 26"])[:3] == ("en", "de", "nl")
    assert languages_of(["listopad"]) == ("pl", "cs", "hr")
    assert languages_of(["Jan", "Total"]) == ()
    assert languages_of(["2026-09"]) == ()


def test_a_name_of_two_months_is_asked_about() -> None:
    assert told("listopad 2026") == (
        "'listopad 2026' may be October 2026 or November 2026. Accepted: its language said in the "
        'mapping\'s periods (Polish: language = "pl", Croatian: language = "hr")'
    )
    assert days("listopad 2026", language="cs") == [date(2026, 11, 1)]
    # The other texts of the column decide too: srpanj is July in Croatian only.
    assert days("listopad 2026", "srpanj 2026") == [date(2026, 10, 1), date(2026, 7, 1)]


def test_a_beginning_of_two_months_is_asked_about() -> None:
    assert told("jui 2026", language="fr").startswith(
        "'jui 2026' may be June 2026 or July 2026. Accepted: a month like 2026-09"
    )


def test_numbers_that_fit_both_ways_are_asked_about() -> None:
    assert told("03/04").startswith("'03/04' may be April 2003 or March 2004.")
    assert told("03/04/2026").startswith("'03/04/2026' may be March 2026 or April 2026.")
    assert told("Sep 26", year=2025).startswith("'Sep 26' may be September 2025 or September 2026.")


def test_a_whole_name_outranks_the_beginning_of_another() -> None:
    # Finnish calls November marraskuu, but only a shortened "mar" would be that.
    assert days("Mar 2026") == [date(2026, 3, 1)]


def test_two_digits_are_years_from_1969_to_2068() -> None:
    assert days("Jan 68", "Jan 69") == [date(2068, 1, 1), date(1969, 1, 1)]


def test_a_year_comes_from_the_text_from_the_mapping_or_from_a_column() -> None:
    assert days("Mar", "Apr 2019", year=2017) == [date(2017, 3, 1), date(2019, 4, 1)]
    assert days("Mar", "3", years=["2017", "2018"]) == [date(2017, 3, 1), date(2018, 3, 1)]
    fiscal = days("Mar", "Apr", years=["2017/18", "2017/18"], first=date(2017, 4, 1))
    assert fiscal == [date(2018, 3, 1), date(2017, 4, 1)]
    assert told("Mar") == (
        "'Mar' says no year. Accepted: a month like 2026-09 or Sep 2026; or say the year in the "
        "mapping: periods.year = 2026"
    )


def test_four_week_periods_are_counted_from_the_first_day_of_their_year() -> None:
    # 5 April 2009 + 28 days = 3 May; 12 x 28 days later P13 begins on 7 March 2010.
    assert days("2009/10 P01", "P02 2009/10", "2009 P13", "2010/11 Period 1", **RAIL) == [
        date(2009, 4, 5),
        date(2009, 5, 3),
        date(2010, 3, 7),
        date(2010, 4, 4),
    ]
    assert days("P03", kind="four_weeks", first=date(2026, 1, 5)) == [date(2026, 3, 2)]
    assert "lies in 2011, whose P01 has no first day" in told("2011/12 P01", **RAIL)
    assert "names no four-week period" in told("P14 2009/10", **RAIL)


def test_a_total_of_a_year_is_no_period_of_it() -> None:
    assert "may be a year that spans two, and no four-week period" in told("2009/10", **RAIL)
    assert "may be a year that spans two" in told("2009/10", first=date(2009, 4, 1))
    assert days("2009/10") == [date(2009, 10, 1)]


@pytest.mark.parametrize("text", ["Q2 2024", "2024-Q2", "2024Q2", "T2 2024", "2. Quartal 2024"])
def test_a_quarter_is_read(text: str) -> None:
    assert days(text, kind="quarter") == [date(2024, 4, 1)]


def test_quarters_and_years_may_begin_in_any_month() -> None:
    april = {"first": date(2020, 4, 1)}
    assert days("Q4 2023/24", kind="quarter", **april) == [date(2024, 1, 1)]
    assert days("2023/24", "2013", kind="year", **april) == [date(2023, 4, 1), date(2013, 4, 1)]
    assert days("P03 2023/24", **april) == [date(2023, 6, 1)]
    assert days("2024-02-10", kind="year", **april) == [date(2023, 4, 1)]
    assert "nothing says where it begins" in told("2023/24", kind="year")
    # FY13 begins or ends in 2013: nobody can tell.
    assert "names no year" in told("FY13", kind="year")


def test_a_week_is_read_by_iso() -> None:
    texts = ("2026-W05", "KW 5 2026", "2026-01-28", "week 5, 2026")
    assert days(*texts, kind="week") == [date(2026, 1, 26)] * 4
    assert "names week 53, which 2025 does not have" in told("2025-W53", kind="week")


@pytest.mark.parametrize("text", ["Total", "YTD 2026", "2026-13", "12345", "Jan-Feb 2026", "-"])
def test_what_is_no_month_is_told(text: str) -> None:
    assert f"'{text}' names no month. Accepted: a month like 2026-09 or Sep 2026" in told(text)


def test_empty_cells_stay_empty_and_one_text_is_read_once() -> None:
    assert days(None, "2026-09", None, "2026-09") == [None, date(2026, 9, 1)] * 2
