"""Figures, their parts, the rows behind them and what is told to have changed, checked by hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboard.company import (
    breakdowns,
    changes,
    computing,
    facts,
    figures,
    origins,
    people,
    publishing,
    templates,
    uploads,
)
from dashboard.company.opened import Company
from data.errors import NotAllowedError
from data.records.access import Actor
from metrics.periods import period_of
from tests.support.closed_reviews import close_a_review
from tests.support.small_company import (
    COMPLAINT_HEADER,
    MONTHS,
    NOW,
    OPERATOR,
    SITES,
    SOURCES,
    a_small_company,
    an_empty_company,
    complaints,
    open_company,
    send,
)

OCTOBER = date(2026, 10, 1)


def kinds(parts: breakdowns.Parts, column: str) -> dict[str, float]:
    return dict(parts.kinds.select("kind", column).iter_rows())


def test_a_ratio_by_part_is_a_ratio_of_sums_and_the_worst_stands_first(company: Company) -> None:
    parts = breakdowns.parts(company, "on_time_share", "site", {}, OCTOBER)
    # Faro: 11 months 100 of 100, one month 0 of 900; the mean of its months would be 91.7 %.
    assert kinds(parts, "now")["Faro"] == pytest.approx(100 * 1100 / 2000)
    assert parts.kinds["kind"].to_list() == ["Faro", *SITES[:2], *SITES[3:5], *SITES[6:], "Cork"]
    assert kinds(parts, "before") == {site: 95.0 if site == "Cork" else 90.0 for site in SITES}
    assert parts.kinds["volume"][0] == "2,000 deliveries"


def test_the_whole_a_ratio_is_read_against_is_a_ratio_of_sums_too(company: Company) -> None:
    parts = breakdowns.parts(company, "on_time_share", "site", {}, OCTOBER)
    on_time, delivered = 6 * 12 * 900 + 12 * 950 + 1100, 7 * 12 * 1000 + 2000
    assert parts.whole == pytest.approx(100 * on_time / delivered)


def test_amounts_by_part_are_added_up_from_most_to_least(company: Company) -> None:
    parts = breakdowns.parts(company, "complaints", "site", {}, OCTOBER)
    assert parts.adds_up
    assert parts.kinds.select("kind", "now", "before").rows() == [
        ("Aarhus", 24, 24),
        ("Cork", 12, 12),
    ]


def test_a_breakdown_of_a_part_looks_at_that_part_alone(company: Company) -> None:
    parts = breakdowns.parts(company, "complaints", "category", {"site": "Cork"}, OCTOBER)
    assert kinds(parts, "now") == {"late": 12}


def test_less_than_a_year_before_is_no_year_before(company: Company) -> None:
    parts = breakdowns.parts(company, "complaints", "site", {}, MONTHS[20])
    assert parts.kinds["before"].null_count() == parts.kinds.height
    assert parts.remark == "wide: last 12 months, running share"


FORMULA = """
[complaints_per_cost]
title = "Complaints against what they cost"
why = "What becomes of two metrics in one."
unit = "per 1,000 EUR"
better = "lower"
process = "sales"
by = ["site"]

[complaints_per_cost.measure]
kind = "formula"
expression = "1000 * complaints / (100 - balance)"
"""


def test_a_formula_by_part_is_worked_out_of_the_parts_in_the_last_period(
    company: Company, tmp_path: Path
) -> None:
    shutil.copytree(company.workspace.root, tmp_path / "works")
    (tmp_path / "works" / "metrics" / "formula.toml").write_text(FORMULA, encoding="utf-8")
    opened = open_company(tmp_path / "works")
    with opened.records:
        parts = breakdowns.parts(opened, "complaints_per_cost", "site", {}, OCTOBER)
    # Aarhus: 2 complaints, a balance of 2 times 10 - 20; Cork: 1 and 10 - 20.
    assert kinds(parts, "now") == {
        "Aarhus": pytest.approx(1000 * 2 / (100 + 20)),
        "Cork": pytest.approx(1000 * 1 / (100 + 10)),
    }
    assert parts.whole == pytest.approx(1000 * 3 / (100 + 30))
    assert parts.remark.startswith("dark, worst first: in the last period")


def test_a_part_keeps_its_own_target_and_others_that_of_the_whole_ratio(company: Company) -> None:
    wanted = [("on_time_share", {}), ("on_time_share", {"site": "Cork"}), ("complaints", {})]
    whole, cork, counted = figures.metric_views(company, wanted).values()
    assert [each.low for each in whole.targets] == [88]
    assert [each.low for each in cork.targets] == [97]
    assert not counted.targets
    essen = figures.metric_view(company, "on_time_share", {"site": "Essen"})
    assert [each.low for each in essen.targets] == [88]


def test_what_can_fall_below_zero_has_no_floor(company: Company) -> None:
    balance = figures.metric_view(company, "balance", {})
    assert balance.summary.latest_value == 3 * (10 - 20)
    assert balance.summary.lower_limit is not None
    assert balance.summary.lower_limit < 0
    assert figures.metric_view(company, "complaints", {}).spec.lower == 0


def test_a_number_opens_to_its_rows_with_file_and_row(company: Company) -> None:
    (opened,) = origins.open_number(
        company, "complaints", period_of(OCTOBER, "month"), {}, actor=OPERATOR
    )
    assert opened.total == 3
    # The header is row 1, and 25 months of three rows stand before October.
    assert opened.rows["_row"].to_list() == [77, 78, 79]
    assert opened.rows["_amount"].sum() == 3
    assert opened.files.select("file_name", "rows").rows() == [("complaints.csv", 3)]
    assert opened.files["sha256"].str.len_chars().to_list() == [64]


def test_a_person_works_on_the_parts_they_own(company: Company) -> None:
    work = people.work_of(company, "Site manager Cork")
    assert work.remits == ("Logistics (site Cork)", "Sales (site Cork)")
    assert {view.metric.name for view in work.views} == {"on_time_share", "complaints", "balance"}
    assert all(view.slice == {"site": "Cork"} for view in work.views)


def test_records_are_found_by_value_and_day(company: Company) -> None:
    page = facts.browse(
        company, "complaints", {"site": "Cork"}, (OCTOBER, None), (10, 0), actor=OPERATOR
    )
    assert (page.total, page.rows["complaint_id"].to_list()) == (1, ["C-25-1"])
    assert page.rows["file_name"].to_list() == ["complaints.csv"]
    assert facts.holds(company, "complaints", "site", "Cork")
    assert not facts.holds(company, "complaints", "site", "Oslo")


def test_a_signal_the_last_review_could_see_is_known(company: Company) -> None:
    view = figures.metric_view(company, "on_time_share", {})
    assert view.summary.state == "concern"
    found = changes.changes(company, [view], ())
    assert [(each.kind, each.title, each.is_known) for each in found] == [
        ("concern", "Deliveries on time", False)
    ]


def open_company_on(company: Company, day: date) -> Company:
    """Return the same company with its pages read on another day."""
    return replace(company, as_of=day)


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Give a small company of its own, whose records and files a test may add to."""
    opened = open_company(a_small_company(tmp_path_factory.mktemp("reviewed")))
    with opened.records:
        yield opened


def test_a_late_source_is_not_told_where_its_metric_tells_the_gap(company: Company) -> None:
    late = open_company_on(company, date(2027, 2, 20))
    views = list(figures.metric_views(late, [("on_time_share", {}), ("complaints", {})]).values())
    assert {view.summary.state for view in views} == {"stale"}
    missing = uploads.health(late).late
    assert {upload.mapping.name for upload in missing} == {"deliveries", "complaints"}
    told = changes.changes(late, views, missing)
    assert [(each.title, each.source) for each in told] == [
        ("Deliveries on time", None),
        ("Complaints", None),
    ]
    untold = changes.changes(late, views[:1], missing)
    assert [each.title for each in untold] == ["Deliveries on time", "Complaint list"]
    assert untold[1].sentence == (
        "Nothing has come in for November 2026, December 2026 and January 2027; "
        "due since 5 December 2026."
    )


def test_restated_rows_are_counted_by_table_whoever_sent_how_many_files(reviewed: Company) -> None:
    assert not [c for c in changes.changes(reviewed, (), ()) if c.kind == "restated"]
    close_a_review(reviewed, NOW - timedelta(days=30))
    rows = [row for row in complaints() if row.startswith("C-")]
    send(reviewed, "complaints_b.csv", COMPLAINT_HEADER, (f"{row}2026-11-01" for row in rows))
    found = [c for c in changes.changes(reviewed, (), ()) if c.kind == "restated"]
    assert [(change.title, change.table) for change in found] == [("Complaints", "complaints")]
    assert found[0].sentence == (
        "26 rows the last review had seen came again with other values, "
        "sent by Quality manager on 20 November 2026."
    )


VIEWER = Actor("Visitor", frozenset({"viewer"}))
OF_SALES = Actor("Head of sales", frozenset({"owner"}), frozenset({"sales"}))
HEADER_WITH_PERSON = "complaint_id,received_on,site,category,closed_on,description"
"""What a complaint says in words may name a person: the contract marks the column so."""


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Company]:
    """Give a company with a complaint that names a person, and a file refused for another."""
    root = an_empty_company(tmp_path / "works")
    sources = SOURCES.replace('closed_on = "', 'description = "description"\nclosed_on = "')
    (root / "sources" / "site.toml").write_text(sources, encoding="utf-8")
    opened = open_company(root)
    with opened.records:
        rows = iter(["P-1,2026-10-05,Cork,late,,A neighbour called"])
        send(opened, "complaints_1.csv", HEADER_WITH_PERSON, rows)
        rows = iter(["P-2,2026-10-06,Cork,late,soon,Another neighbour"])
        send(opened, "complaints_2.csv", HEADER_WITH_PERSON, rows)
        yield opened


@pytest.mark.parametrize(
    ("actor", "shown"),
    [(OPERATOR, "A neighbour called"), (OF_SALES, origins.MASK), (VIEWER, origins.MASK)],
    ids=lambda value: getattr(value, "name", value),
)
def test_personal_values_among_the_rows_are_for_those_who_may_see_all_of_them(
    told: Company, actor: Actor, shown: str
) -> None:
    page = facts.browse(told, "complaints", {}, (None, None), (10, 0), actor=actor)
    assert page.rows["description"].to_list() == [shown]
    assert page.rows["site"].to_list() == ["Cork"]


@pytest.mark.parametrize(
    ("actor", "shown"),
    [
        (OPERATOR, "A neighbour called"),
        (OF_SALES, "A neighbour called"),
        (VIEWER, origins.MASK),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_personal_values_behind_a_number_are_for_the_owner_of_its_process_too(
    told: Company, actor: Actor, shown: str
) -> None:
    month = period_of(OCTOBER, "month")
    (opened,) = origins.open_number(told, "complaints", month, {}, actor=actor)
    assert opened.rows["description"].to_list() == [shown]


def test_a_refused_row_shows_no_person_to_a_viewer(told: Company) -> None:
    (seen,) = publishing.show_batch(told, 2, refused_rows=5, actor=OPERATOR)["refused_rows"]
    assert "Another neighbour" in seen["row_json"]
    (hidden,) = publishing.show_batch(told, 2, refused_rows=5, actor=VIEWER)["refused_rows"]
    assert "neighbour" not in str(hidden)
    # The day a complaint was closed is nobody's own, so what is wrong with it may be read.
    assert (hidden["column"], hidden["value"]) == ("closed_on", "soon")


def test_who_may_not_write_is_refused_before_anything_happens(
    told: Company, tmp_path: Path
) -> None:
    version = told.warehouse.version()
    with pytest.raises(NotAllowedError, match=r"Visitor \(viewer\) may not compute"):
        computing.recompute(told, actor=VIEWER, at=NOW)
    assert told.warehouse.version() == version
    file = tmp_path / "records.toml"
    with pytest.raises(NotAllowedError, match="may not see personal data"):
        people.export(told, file, actor=VIEWER)
    nobody = Actor("Nobody", frozenset())
    with pytest.raises(NotAllowedError, match="may not read"):
        templates.table_template(told, "complaints", tmp_path / "t.xlsx", actor=nobody)
    assert not file.exists()
    assert not (tmp_path / "t.xlsx").exists()
