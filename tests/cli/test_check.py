"""`clause9 check`: errors exit 1; warnings are told with a way out and exit 0 unless --strict."""

from __future__ import annotations

from pathlib import Path

from data.tables import load_tables
from metrics.catalogue import load_metrics
from tests.support.command_line import METRICS, Site, clause9

IN_ORDER = """
[outputs]
title = "Outputs"
why = "What everything else is held against."
unit = "pieces"
better = "neutral"
process = "logistics"
approved_by = "Head of quality"
topic = "customer_satisfaction"
[outputs.measure]
kind = "count"
numerator = { table = "outputs" }
"""


def test_warnings_are_told_by_metric_with_a_way_out(site: Site) -> None:
    answer = site.done("check")
    assert "2 metrics: no problem found, " in answer.err
    lines = answer.out.splitlines()
    head = lines.index("complaint_rate (metrics/customers.toml)")
    told = "\n".join(lines[head : lines.index("complaints (metrics/customers.toml)")])
    assert "Complaints per 1,000 deliveries: values for 3 months; limits and promises" in told
    assert "nobody owns the process 'customer-service'" in told
    assert told.count("→") == told.count("\n") / 2
    assert "The catalogue as a whole" in lines


def test_what_is_said_of_many_metrics_is_told_once(tmp_path: Path) -> None:
    assert clause9("init", tmp_path / "works").code == 0
    library = len(load_metrics(load_tables()).metrics)
    told = clause9("--workspace", tmp_path / "works", "check").out
    assert told.count("nobody owns the process") == 1
    names = told.split("nobody owns the process")[1].split("The others: ")[1].splitlines()[0]
    assert len(names.split(", ")) == library - 1


def test_warnings_are_data_with_the_file_they_are_about(site: Site) -> None:
    warnings = site.done("check", "--json").json["warnings"]
    assert {"file", "metric", "rule", "sentence", "way_out", "other"} == set(warnings[0])
    found = {(each["metric"], each["rule"]) for each in warnings}
    assert ("complaint_rate", "no_target") in found
    assert ("complaints", "no_denominator") not in found, "complaint_rate divides its rows"
    assert {each["file"] for each in warnings if each["metric"]} == {"metrics/customers.toml"}
    assert {each["file"] for each in warnings if not each["metric"]} == {""}


def test_strict_makes_a_warning_an_exit_1(site: Site) -> None:
    answer = site.run("check", "--strict", "--json")
    assert answer.code == 1
    assert answer.json["problems"] == []
    assert answer.json["warnings"]


def test_an_error_exits_1_with_or_without_strict(site: Site) -> None:
    site.defines("metrics", customers=METRICS.replace('better = "lower"', 'better = "less"'))
    for options in ((), ("--strict",)):
        answer = site.run("check", "--json", *options)
        assert (answer.code, set(answer.json)) == (1, {"problems"})


def test_a_site_without_metrics_is_warned_of_what_nobody_speaks_to(empty_site: Site) -> None:
    for path in (empty_site.root / "metrics").glob("*.toml"):
        path.unlink()
    warnings = empty_site.done("check", "--json").json["warnings"]
    assert {each["rule"] for each in warnings} == {"topic_uncovered", "purpose_uncovered"}


def test_what_is_put_in_order_is_not_warned_of_any_more(site: Site) -> None:
    site.defines("metrics", customers=IN_ORDER)
    rules = {
        each["rule"]
        for each in site.done("check", "--json").json["warnings"]
        if each["metric"] == "outputs"
    }
    assert rules == {"no_owner", "too_few_points"}
