"""A definition that is edited: what publishes go on with, what is told, what computing does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import METRICS, Site, a_filled_site

MORE = """No,Date,Plant
C5,2026-09-15,Porto
C6,2026-09-16,Porto
"""

NOT_RECOMPUTED = "Definition changed, not recomputed"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a site whose rate a Friday's edit made one per 100 deliveries."""
    made = a_filled_site(tmp_path / "works")
    edit(made, "per = 1000", "per = 100")
    return made


def edit(site: Site, before: str, after: str) -> None:
    assert before in METRICS
    site.defines("metrics", customers=METRICS.replace(before, after))


def rates(site: Site) -> dict[str, float]:
    return {row["period"]: row["value"] for row in site.values("complaint_rate")}


def test_a_definition_changed_today_shows_both_values(site: Site) -> None:
    answer = site.done("compute", "--dry-run", "--json")
    (changed,) = answer.json["changed"]
    assert (changed["metric"], changed["periods"], changed["different"]) == ("complaint_rate", 3, 3)
    assert changed["changes"] == [{"key": "measure.per", "before": "1000.0", "after": "100.0"}]
    july = changed["effect"][0]
    # 2 complaints of 1,000 deliveries: 2 per 1,000 and 0.2 per 100.
    assert (july["period"], july["before"], july["after"]) == ("2026-07-01", 2.0, 0.2)
    assert "July 2026: 2.0 per 1,000 → 0.2 per 1,000" in answer.err
    assert "3 of 3 periods have another figure" in answer.err


def test_a_calendar_changed_mid_year_names_periods_as_either_calendar_does(site: Site) -> None:
    settings = site.root / "clause9.toml"
    named = 'organisation = "Example Works"\n'
    settings.write_text(
        f'{named}fiscal_year_start = 7\nfiscal_periods = "4-4-5"\n', encoding="utf-8"
    )
    assert NOT_RECOMPUTED in site.done("metrics", "values", "complaints").err
    told = site.done("compute", "--dry-run").err
    assert told.count("The calendar changed") == 1
    assert (
        "The calendar changed from months to 4-4-5 periods of weeks in years that begin after the "
        "last Sunday of June: it touches 2 metrics by month (complaint_rate and complaints)."
    ) in told
    assert "calendar." not in told
    assert "  July 2026: 2.0 complaints → no figure" in told
    assert "  P01 FY 2026/27: no figure → 2.0 complaints" in told


def test_a_publish_keeps_the_definition_in_force_and_says_so(site: Site) -> None:
    site.done("ingest", site.file("desk_q4.csv", MORE))
    answer = site.done("metrics", "values", "complaint_rate", "--json")
    assert NOT_RECOMPUTED in answer.err
    # 3 complaints of 900 deliveries, still per 1,000.
    assert answer.json[-1]["value"] == pytest.approx(3 / 900 * 1000)
    shown = site.done("metrics", "show", "complaint_rate", "--json").json
    assert shown["measure"]["per"] == 1000
    assert shown["changed"]["told"].startswith(NOT_RECOMPUTED)
    assert [each["key"] for each in shown["changed"]["changes"]] == ["measure.per"]
    assert NOT_RECOMPUTED not in site.done("metrics", "values", "complaints", "--json").err


def test_computing_puts_it_in_force_and_keeps_who_did_when(site: Site) -> None:
    done = site.done("compute", "--json")
    assert [each["metric"] for each in done.json["changed"]] == ["complaint_rate"]
    assert done.json["computed"] == ["complaint_rate"]
    assert rates(site)["2026-07-01"] == pytest.approx(0.2)
    assert NOT_RECOMPUTED not in site.done("metrics", "values", "complaint_rate", "--json").err
    assert site.done("compute", "--json").json["computed"] == []
    before = site.done("metrics", "show", "complaint_rate", "--json").json["history"]
    now, first = before
    assert (now["actor"], now["changes_figures"]) == ("Quality manager", True)
    assert now["changes"] == [{"key": "measure.per", "before": "1000.0", "after": "100.0"}]
    assert first["changes"] == []
    site.done("rebuild")
    assert site.done("metrics", "show", "complaint_rate", "--json").json["history"] == before


def test_the_history_outlives_a_version_that_cannot_be_read(site: Site) -> None:
    site.done("compute")
    before = site.done("metrics", "show", "complaint_rate", "--json").json["history"]
    site.done("ingest", site.file("desk_q4.csv", MORE))
    newest = max((site.root / "state" / "warehouse").glob("v*.duckdb"))
    newest.chmod(0o644)
    newest.write_bytes(b"\0" * newest.stat().st_size)
    site.done("rebuild")
    assert site.done("metrics", "show", "complaint_rate", "--json").json["history"] == before


def test_a_rebuild_keeps_the_definition_in_force(site: Site) -> None:
    before = rates(site)
    assert "all equal" in site.done("rebuild").err
    assert rates(site) == before


def test_another_word_is_no_other_figure(site: Site) -> None:
    edit(site, 'title = "Complaints per 1,000 deliveries"', 'title = "Complaint rate"')
    assert site.done("compute", "--dry-run", "--json").json["changed"] == []
    site.done("ingest", site.file("desk_q4.csv", MORE))
    shown = site.done("metrics", "show", "complaint_rate", "--json").json
    assert shown["title"] == "Complaint rate"
    assert shown["changed"] is None
    assert [each["changes_figures"] for each in shown["history"]] == [False, False]


def test_a_trend_read_differently_is_no_other_figure_and_stands_in_the_history(site: Site) -> None:
    last = 'denominator = { table = "outputs", sum = "quantity" }\n'
    edit(site, last, f"{last}\n[complaint_rate.trend]\nfreeze_at = 24\n")
    assert site.done("compute", "--dry-run", "--json").json["changed"] == []
    site.done("ingest", site.file("desk_q4.csv", MORE))
    shown = site.done("metrics", "show", "complaint_rate", "--json").json
    assert (shown["changed"], shown["trend"]) == (None, {"freeze_at": 24})
    newest = shown["history"][0]
    assert newest["changes"] == [{"key": "trend.freeze_at", "before": None, "after": "24"}]


def test_a_definition_that_no_longer_fits_leaves_no_figure_that_looks_fine(tmp_path: Path) -> None:
    """The column it added up left the contract, and its new text counts something else."""
    site = a_filled_site(tmp_path / "works")
    weight = '[columns.weight]\ntype = "integer"\nmeaning = "How bad it is, 1 to 5."\n'
    site.defines("tables", complaints=weight)
    edit(site, 'numerator = { table = "complaints" }\n\n', f"{WEIGHED}\n\n")
    site.done("compute")
    edit(site, "", "")
    (site.root / "tables" / "complaints.toml").unlink()
    site.done("ingest", site.file("desk_q4.csv", MORE))
    answer = site.done("metrics", "values", "complaints", "--json")
    assert {(row["value"], row["status"]) for row in answer.json} == {(None, "invalid")}
    assert "no longer fits the tables (measure.numerator.sum: " in answer.err
    assert "clause9 compute" in answer.err
    site.done("compute")
    assert [row["value"] for row in site.values()] == [2, 1, 3]


WEIGHED = 'numerator = { table = "complaints", sum = "weight" }'


def test_the_day_another_definition_came_into_force_is_an_event_of_the_trend(site: Site) -> None:
    before = site.done("trend", "complaint_rate", "--json").json
    assert before["events"] == []
    site.done("compute")
    (event,) = site.done("trend", "complaint_rate", "--json").json["events"]
    assert (event["kind"], event["label"]) == ("definition", "Definition changed")
    assert event["what"] == "Definition changed: measure.per"
