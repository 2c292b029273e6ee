"""Which day an instant is: by the clocks of the company, for what is written with an offset."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from data.calendars import Calendar
from metrics.evaluate import last_day
from metrics.periods import period_of
from pipelines.clean.dates import dates
from pipelines.clean.formats import Formats, Target
from pipelines.mapping.model import EVIDENCE, ISO_DATES
from tests.support.facts import TABLES

TOKYO, NEW_YORK, LISBON = "Asia/Tokyo", "America/New_York", "Europe/Lisbon"

LATE = "2026-09-30T23:30:00Z"
"""Half an hour before the month is over in Greenwich: 08:30 of 1 October in Tokyo, and still the
evening of 30 September in New York."""


def day_of(text: str, zone: str, dates_as: tuple[str, ...] = ISO_DATES) -> date | None:
    texts = pl.Series("at", [text], dtype=pl.String)
    found = dates(texts, Target("date"), Formats(dates=dates_as, zone=zone))
    value: date | None = found.values.item()
    return value


@pytest.mark.parametrize("dates_as", [ISO_DATES, EVIDENCE, ("%d.%m.%Y",)], ids=str)
@pytest.mark.parametrize(
    ("zone", "month"),
    [("UTC", "September 2026"), (TOKYO, "October 2026"), (NEW_YORK, "September 2026")],
)
def test_an_instant_late_in_greenwich_is_in_the_month_of_the_company(
    zone: str, month: str, dates_as: tuple[str, ...]
) -> None:
    day = day_of(LATE, zone, dates_as)
    assert day is not None
    assert period_of(day, "month").label == month


@pytest.mark.parametrize(
    ("text", "zone", "there"),
    [
        # Offsets as they are written: with and without a colon, hours alone, no seconds.
        ("2026-10-01T08:30:00+09:00", NEW_YORK, "2026-09-30 19:30"),
        ("2026-10-01 08:30:00.250 +0900", TOKYO, "2026-10-01 08:30"),
        ("2026-10-01T08:30+09", LISBON, "2026-10-01 00:30"),
        ("2026-09-30T23:30Z", LISBON, "2026-10-01 00:30"),
        # The night clocks go forward in New York: 01:59 EST is followed by 03:00 EDT.
        ("2026-03-08T06:59:00Z", NEW_YORK, "2026-03-08 01:59"),
        ("2026-03-08T07:00:00Z", NEW_YORK, "2026-03-08 03:00"),
        # The night they go back: 01:30 is there twice, and both are of that day.
        ("2026-11-01T05:30:00Z", NEW_YORK, "2026-11-01 01:30"),
        ("2026-11-01T06:30:00Z", NEW_YORK, "2026-11-01 01:30"),
        ("2026-11-01T03:59:00Z", NEW_YORK, "2026-10-31 23:59"),
        # Without an offset it is as written, also an hour that no clock there showed.
        ("2026-03-08 02:30:00", NEW_YORK, "2026-03-08 02:30"),
        ("2026-09-30 23:30:00", TOKYO, "2026-09-30 23:30"),
    ],
)
def test_an_instant_is_what_the_clocks_of_the_company_showed(
    text: str, zone: str, there: str
) -> None:
    texts = pl.Series("at", [text, None], dtype=pl.String)
    found = dates(texts, Target("timestamp"), Formats(zone=zone))
    assert found.failures.is_empty()
    assert f"{found.values[0]:%Y-%m-%d %H:%M}" == there
    assert found.values[1] is None


def test_what_is_no_instant_fails_beside_instants() -> None:
    texts = pl.Series("at", [LATE, "soon", "2026-02-30T10:00:00Z"], dtype=pl.String)
    found = dates(texts, Target("date"), Formats(zone=TOKYO))
    assert found.values.to_list() == [date(2026, 10, 1), None, None]
    assert found.failures["index"].to_list() == [1, 2]


class OneUpload:
    """A reader of one upload for a month and more, received late on the last day in Greenwich."""

    def frame(self, sql: str, parameters: object = None) -> pl.DataFrame:
        raise AssertionError(sql, parameters)

    def batches(self) -> pl.DataFrame:
        return pl.DataFrame({"id": [1], "received_at": [datetime(2026, 9, 30, 23, 30, tzinfo=UTC)]})

    def coverage(self) -> pl.DataFrame:
        return pl.DataFrame(
            {"batch": [1], "covers_from": [date(2026, 9, 1)], "covers_to": [date(2026, 12, 31)]}
        )


@pytest.mark.parametrize(("zone", "day"), [("UTC", (9, 30)), (TOKYO, (10, 1)), (NEW_YORK, (9, 30))])
def test_an_upload_counts_to_the_day_it_came_in_where_the_company_is(
    zone: str, day: tuple[int, int]
) -> None:
    found = last_day(OneUpload(), [], TABLES, calendar=Calendar(time_zone=zone))
    assert found == date(2026, *day)
