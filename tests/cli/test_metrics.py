"""`clause9 metrics list|show|docs|values`: what people read, and what programs read."""

from __future__ import annotations

from pathlib import Path

from tests.support.command_line import METRICS, Site, a_site

TARGET = """
[[targets]]
metric = "complaint_rate"
from_on = 2026-01-01
kind = "at_most"
high = 4.5
approver = "Managing director"
reason = "Half of | last year"
"""


def with_a_target(site: Site) -> Site:
    site.done("records", "load", site.file("targets.toml", TARGET))
    return site


def test_the_list_says_what_each_metric_is_and_how_many_findings_it_has(site: Site) -> None:
    head, *rows = site.done("metrics", "list").out.splitlines()
    assert head.split() == [
        "metric", "title", "unit", "kind", "period", "process", "owner", "topic", "findings",
    ]  # fmt: skip
    assert [row.split()[0] for row in rows] == ["complaint_rate", "complaints"]
    (_, first) = site.done("metrics", "list", "--json").json
    assert (first["metric"], first["kind"], first["by"]) == ("complaints", "count", ["site"])
    assert first["file"] == "metrics/customers.toml"
    assert first["findings"] >= 1


def test_a_metric_is_shown_with_what_governs_it(site: Site) -> None:
    said = with_a_target(site).done("metrics", "show", "complaint_rate").out
    lines = said.splitlines()
    assert lines[0] == "Complaints per 1,000 deliveries (complaint_rate)"
    counts = "Complaints, received in the month ÷ quantity of outputs × 1,000."
    assert any(line.split("  ")[0] == "Counts" and line.endswith(counts) for line in lines)
    assert "Target: at most 4.5 from 1 January 2026, approved by Managing director" in said
    assert "nobody owns the process 'customer-service'" in said
    assert "  → Name an owner under [[owners]]" in said
    assert 'FROM facts."complaints"' in said


def test_a_metric_is_data_with_every_field_it_had(site: Site) -> None:
    found = with_a_target(site).done("metrics", "show", "complaint_rate", "--json").json
    assert found["measure"]["denominator"] == {"table": "outputs", "sum": "quantity"}
    assert len(found["definition_hash"]) == 64
    assert found["targets"][0]["high"] == 4.5
    assert {"rule", "sentence", "way_out"} == set(found["findings"][0])
    assert len(found["sql"]) == 2


def test_the_page_of_all_definitions_is_written_whole(site: Site, tmp_path: Path) -> None:
    target = tmp_path / "definitions.md"
    answer = with_a_target(site).done("metrics", "docs", "-o", target)
    assert f"2 definitions are written to {target}." in answer.err
    page = target.read_text(encoding="utf-8")
    assert page.count("\n## ") == 2
    assert "| [`complaint_rate`](#complaint_rate) | Complaints per 1,000 deliveries |" in page
    assert (
        "* at most 4.5 from 1 January 2026, approved by Managing director: Half of | last" in page
    )
    assert site.done("metrics", "docs").out == page


def test_the_page_is_data_too(site: Site) -> None:
    names = [each["name"] for each in site.done("metrics", "docs", "--json").json]
    assert names == ["complaint_rate", "complaints"]


def test_a_page_cannot_be_written_over_a_folder(site: Site, tmp_path: Path) -> None:
    assert site.run("metrics", "docs", "-o", tmp_path).code == 2


def test_values_name_their_part_in_words(site: Site) -> None:
    lines = site.done("metrics", "values", "complaints", "--by", "site").out.splitlines()
    assert "site Porto" in lines[1] + lines[2]
    assert "everything" in site.done("metrics", "values", "complaints").out


def test_a_metric_nothing_came_in_for_is_told_so_with_its_tables(tmp_path: Path) -> None:
    site = a_site(tmp_path / "works")
    told = "No facts have come in for complaint_rate yet. They would come from complaints and "
    answer = site.done("metrics", "values", "complaint_rate")
    assert answer.out == ""
    assert told in answer.err
    assert site.done("metrics", "values", "complaint_rate", "--json").json == []


def test_a_metric_defined_after_its_facts_came_is_told_to_be_computed(site: Site) -> None:
    site.defines("metrics", more=METRICS[: METRICS.index("[complaint_rate]")].replace(
        "[complaints", "[later"
    ))  # fmt: skip
    answer = site.done("metrics", "values", "later")
    assert "later is defined and not computed yet. Compute it: clause9 compute" in answer.err
    site.done("compute")
    assert len(site.values("later")) == 3
