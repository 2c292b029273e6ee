"""A company that counts in whole weeks, from its files to its review: periods are P01 to P12.

Its year ends on the Saturday nearest the end of January. FY 2026/27 begins on 1 February 2026:
P07 is 2 to 29 August (4 weeks), P08 30 August to 3 October (5), P09 4 to 31 October (4).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from dashboard.company import (
    calendar_periods,
    closing,
    deadlines,
    figures,
    meetings,
    people,
    publishing,
)
from dashboard.company.opened import Company
from data.errors import UsageError
from tests.support import small_company
from tests.support.small_company import OPERATOR, RECORDS, open_company, send

SETTINGS = """
organisation = "Weekly Works"
synthetic = true
as_of = 2026-11-20
time_zone = "America/New_York"
fiscal_year_start = 2
fiscal_periods = "4-5-4"
fiscal_year_ends = "nearest"
week_starts = "sunday"
"""

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

FIRST, LAST = date(2026, 5, 3), date(2026, 10, 31)
"""The first day of P04 and the last of P09."""


def deliveries(first: date = FIRST, last: date = LAST) -> Iterator[str]:
    """Yield one delivery of 10 pieces a day, 9 of them on time."""
    for day in range((last - first).days + 1):
        yield f"{first + timedelta(days=day)},Aarhus,10,9"


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    root = small_company.an_empty_company(tmp_path / "weekly")
    (root / "clause9.toml").write_text(SETTINGS, encoding="utf-8")
    (root / "records.toml").write_text(RECORDS, encoding="utf-8")
    sources = root / "sources" / "site.toml"
    replaced = sources.read_text(encoding="utf-8").replace(
        'files = "outputs*.csv"', 'files = "outputs*.csv"\nreplace = "period"'
    )
    sources.write_text(replaced, encoding="utf-8")
    metrics = root / "metrics" / "site.toml"
    fed = 'process = "logistics"\ntopic = "process_performance"'
    text = metrics.read_text(encoding="utf-8").replace('process = "logistics"', fed)
    metrics.write_text(text, encoding="utf-8")
    opened = open_company(root)
    with opened.records:
        people.load(opened, root / "records.toml", actor=OPERATOR, at=AT)
        send(opened, "outputs.csv", HEADER, deliveries())
        yield opened


HEADER = "output_on,site,quantity,on_time_quantity"


def values_of(company: Company) -> list[tuple[str, str, float | None, int]]:
    view = figures.metric_view(company, "on_time_share", {})
    rows = view.series.select("label", "status", "value", "denominator").iter_rows()
    return [(label, status, value, int(amount or 0)) for label, status, value, amount in rows]


def test_its_values_are_of_periods_of_four_and_five_weeks(company: Company) -> None:
    assert values_of(company) == [
        ("P04 FY 2026/27", "ok", 90.0, 28 * 10),
        ("P05 FY 2026/27", "ok", 90.0, 35 * 10),
        ("P06 FY 2026/27", "ok", 90.0, 28 * 10),
        ("P07 FY 2026/27", "ok", 90.0, 28 * 10),
        ("P08 FY 2026/27", "ok", 90.0, 35 * 10),
        ("P09 FY 2026/27", "ok", 90.0, 28 * 10),
        ("P10 FY 2026/27", "not_due", None, 0),  # 1 to 28 November
    ]


def test_its_trend_has_a_point_a_period_and_no_hole(company: Company) -> None:
    view = figures.metric_view(company, "on_time_share", {})
    assert view.points["label"].to_list() == view.series["label"].to_list()
    assert (view.summary.missing, view.summary.latest_label) == ((), "P09 FY 2026/27")


def test_a_file_of_one_period_replaces_that_period_and_no_other(company: Company) -> None:
    """August has days of P06, P07 and P08: replacing P07 takes none of the others away."""
    send(
        company, "outputs-p07.csv", HEADER,
        (f"2026-08-{day:02},Aarhus,10,5" for day in range(2, 30)),
    )  # fmt: skip
    assert [row[2:] for row in values_of(company)[2:5]] == [(90.0, 280), (50.0, 280), (90.0, 350)]


def test_what_is_due_and_from_whom_goes_by_its_periods(company: Company) -> None:
    own = [each for each in deadlines.deadlines(company) if each.mapping.name == "deliveries"]
    assert [(each.period.label, each.due_on, each.state) for each in own[-2:]] == [
        ("P09 FY 2026/27", date(2026, 11, 5), "submitted"),
        ("P10 FY 2026/27", date(2026, 12, 3), "due"),
    ]


def test_a_closed_period_takes_no_row_of_its_days(company: Company) -> None:
    closed = closing.close(company, "FY2026-P08", actor=OPERATOR, at=AT)
    assert (closed.first_on, closed.last_on) == (date(2026, 8, 30), date(2026, 10, 3))
    path = company.workspace.inbox / "outputs-late.csv"
    path.write_text(f"{HEADER}\n2026-10-03,Aarhus,10,1\n", encoding="utf-8")
    report = publishing.ingest(company, publishing.Upload((path,)), actor=OPERATOR, at=AT)
    assert [(batch.state, batch.refused) for batch in report.batches] == [("rejected", 1)]
    assert closing.closable_months(company)[:2] == [
        "2026-10-04--2026-10-31",
        "2026-08-02--2026-08-29",
    ]


def test_periods_are_named_by_fiscal_year_and_no_month_is_one(company: Company) -> None:
    named = calendar_periods.named(company, "FY2026-Q3")
    assert (named.first, named.last) == (date(2026, 8, 2), date(2026, 10, 31))
    assert calendar_periods.spoken(company, named) == "Q3 FY 2026/27"
    assert calendar_periods.spoken(company, calendar_periods.before(company, named)) == (
        "Q2 FY 2026/27"
    )
    with pytest.raises(UsageError, match="counts in whole weeks"):
        calendar_periods.named(company, "2026-08")
    with pytest.raises(UsageError, match="has no month number 13"):
        calendar_periods.named(company, "FY2026-P13")


def test_its_review_shows_the_quarter_beside_the_one_before(company: Company) -> None:
    meetings.new(
        company, "q3", (date(2026, 8, 2), date(2026, 10, 31)), "Review Q3", actor=OPERATOR, at=AT
    )
    meeting = meetings.open_meeting(company, "q3")
    shown = meeting.assembly.figures()["on_time_share"]
    assert (shown.whole.period.label, shown.whole.value) == ("Q3 FY 2026/27", 90.0)
    assert shown.whole.n == 91
    assert shown.previous is not None
    assert (shown.previous.period.label, shown.latest.period.label) == (
        "Q2 FY 2026/27",
        "P09 FY 2026/27",
    )


def test_cells_begin_where_its_periods_do(company: Company) -> None:
    with company.warehouse.read() as reader:
        cells = reader.frame("SELECT DISTINCT period FROM cells WHERE metric = 'on_time_share'")
    starts = cells.select(pl.col("period").sort()).to_series().to_list()
    weeks = [(later - earlier).days // 7 for earlier, later in pairwise(starts)]
    assert weeks == [4, 5, 4, 4, 5]
