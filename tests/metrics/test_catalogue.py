"""The library and a site's own definitions: what is used, and all that is wrong at once."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from data.errors import DefinitionError
from metrics.catalogue import Catalogue, load_metrics
from metrics.model import Count, Measure, Metric
from metrics.trend_settings import CHARTS_OF
from tests.support.facts import TABLES

GOOD = """
[late_complaints]
title = "Complaints answered late"
why = "Silence is heard."
unit = "complaints"
better = "lower"
process = "customer-service"
by = ["site"]

[late_complaints.measure]
kind = "count"
numerator = { table = "complaints", where = "first_response_on > received_on" }
"""


def site(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def load(folder: Path, **files: str) -> Catalogue:
    return load_metrics(TABLES, site(folder, **files))


def problems(folder: Path, **files: str) -> list[str]:
    with pytest.raises(DefinitionError) as found:
        load(folder, **files)
    return [str(problem) for problem in found.value.problems]


def test_the_library_fits_the_tables_it_ships_with() -> None:
    library = load_metrics(TABLES)
    assert len(library.metrics) >= 15
    assert all(metric.topic and metric.purpose for metric in library.metrics.values())


def test_a_site_that_names_nothing_uses_nothing(tmp_path: Path) -> None:
    assert load(tmp_path).metrics == {}


def test_a_site_without_a_metrics_folder_uses_nothing(tmp_path: Path) -> None:
    assert load_metrics(TABLES, tmp_path / "metrics").metrics == {}


def test_a_site_takes_metrics_from_the_library_by_name(tmp_path: Path) -> None:
    found = load(tmp_path, used='use = ["complaint_count"]' + GOOD)
    assert list(found.metrics) == ["complaint_count", "late_complaints"]
    assert found.files["complaint_count"] == "metrics/used.toml"


def test_a_site_says_what_is_different_about_a_metric_it_takes(tmp_path: Path) -> None:
    entry = '{ name = "complaint_count", process = "care", by = ["site"], approved_by = "Quality" }'
    taken = load(tmp_path, used=f"use = [{entry}]").metrics["complaint_count"]
    library = load_metrics(TABLES).metrics["complaint_count"]
    assert (taken.process, taken.by, taken.approved_by) == ("care", ("site",), "Quality")
    assert taken.measure == library.measure
    assert taken.definition_hash != library.definition_hash


def test_a_site_may_define_a_metric_of_the_library_itself(tmp_path: Path) -> None:
    own = GOOD.replace("late_complaints", "complaint_count")
    measure = load(tmp_path, own=own).metrics["complaint_count"].measure
    assert isinstance(measure, Count)
    assert measure.numerator.where == "first_response_on > received_on"


def test_a_hash_names_the_definition_and_nothing_else(tmp_path: Path) -> None:
    first = load(tmp_path, own=GOOD).metrics["late_complaints"]
    again = load(tmp_path, own=f"# a remark\n{GOOD}").metrics["late_complaints"]
    changed = load(tmp_path, own=GOOD.replace('["site"]', "[]")).metrics["late_complaints"]
    assert first.definition_hash == again.definition_hash
    assert first.definition_hash != changed.definition_hash
    assert '"where":"first_response_on > received_on"' in first.canonical_json


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ('"complaints", w', '"complaint", w', ".measure.numerator.table: no table 'complaint'. "
         "Did you mean 'complaints'?"),
        ("first_response_on >", "first_respons_on >", ".measure.numerator.where: character 1: no "
         "column 'first_respons_on'. Did you mean 'first_response_on'?"),
        ("first_response_on > received_on", "cost", "must be a condition, true or false, not"),
        ("first_response_on > received_on", "(select 1) = 1", "character 2: 'select' is not"),
        ('["site"]', '["sites"]', "'sites' is no dimension of complaints. Did you mean 'site'"),
        ('["site"]', '["complaint_id"]', ".by: 'complaint_id' is no dimension of complaints."),
        ('["site"]', '["site", "site"]', "`by` names a dimension twice"),
        ('["site"]', '["value"]', "'value' is a word of every result"),
        ('better = "lower"', 'better = "smaller"', "'smaller' is not one of: lower, higher"),
        ('better = "lower"', 'beter = "lower"', "unknown key 'beter'. Did you mean 'better'?"),
        ('kind = "count"', 'kind = "counts"', "counts"),
        ('kind = "count"', 'kind = "mean"', "a mean needs `value` in its numerator"),
        ('kind = "count"', 'kind = "total"', "a total needs `sum` in its numerator"),
        ('kind = "count"', 'kind = "rate"', "denominator: is missing"),
        ('where = "first', 'value = "first', "a count does not read `value`"),
        ('where = "first_response_on > received_on"', 'sum = "product"', "must be a number, not"),
        ('where = "first_response_on > received_on"', 'dated_by = "close_on"',
         "complaints has no column 'close_on'. Did you mean 'closed_on'?"),
        ('where = "first_response_on > received_on"', 'dated_by = "product"',
         "'product' is text; a date is needed"),
        ("[late_complaints]", 'process = "x"\n[late_complaints]', "process: is not a metric"),
        ("late_complaints", "Late-Complaints", "a metric's name is in small letters"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_file_and_key(
    tmp_path: Path, wrong: str, right: str, told: str
) -> None:
    assert wrong in GOOD
    found = problems(tmp_path, own=GOOD.replace(wrong, right))
    assert any(told in problem for problem in found), found
    assert all(problem.startswith("metrics/own.toml, ") for problem in found)


def test_dates_of_a_stock_are_checked(tmp_path: Path) -> None:
    stock = 'kind = "stock"\nfrom = "recieved_on"\nto = "severity"'
    found = problems(tmp_path, own=GOOD.replace('kind = "count"', stock))
    key = "metrics/own.toml, late_complaints.measure"
    assert found == [
        f"{key}.from: complaints has no column 'recieved_on'. Did you mean 'received_on'?",
        f"{key}.to: 'severity' is text; a date is needed: received_on, first_response_on, "
        "closed_on.",
    ]


def test_problems_of_every_file_come_in_one_report(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        a='use = ["complaint_counts", { name = "repeat_share", proces = "x" }]',
        b=GOOD.replace('complaints"', 'complaint"').replace('"lower"', '"low"'),
        c="[broken",
        d=GOOD,
        e=GOOD,
    )
    files = [problem.split(", ")[0].split(": ")[0] for problem in found]
    assert sorted(set(files)) == [f"metrics/{name}.toml" for name in "abce"]
    assert any("Did you mean 'complaint_count'?" in problem for problem in found)
    assert any("use[1]: unknown key 'proces'" in p or "'proces'" in p for p in found)
    assert any("'late_complaints' is also defined in metrics/d.toml" in p for p in found)


def test_use_is_a_list(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, own='use = "complaint_count"')
    assert "use: must be a list" in found


def test_what_a_site_defines_itself_stands_where_it_names_the_library_too(tmp_path: Path) -> None:
    own = """
        [complaint_count]
        title = "Our complaints"
        why = "We count them our way."
        unit = "complaints"
        better = "lower"
        process = "care"

        [complaint_count.measure]
        kind = "count"
        numerator = { table = "complaints" }
    """
    found = load(tmp_path, library='use = ["complaint_count", "complaint_rate"]', own=own)
    assert set(found.metrics) == {"complaint_count", "complaint_rate"}
    assert found.metrics["complaint_count"].title == "Our complaints"


def test_a_trend_that_is_not_spoken_of_leaves_the_definition_as_it_was(tmp_path: Path) -> None:
    silent = load(tmp_path, used=GOOD).metrics["late_complaints"]
    told = load(tmp_path, used=GOOD + "\n[late_complaints.trend]\nseason = 'auto'\n")
    assert told.metrics["late_complaints"].definition_hash == silent.definition_hash
    assert "trend" not in silent.canonical_json


def test_a_trend_keeps_what_it_says(tmp_path: Path) -> None:
    text = (
        "\n[late_complaints.trend]\nchart = 'c'\nworthwhile = 2\nbalancing = ['complaint_count']\n"
    )
    found = load(tmp_path, used=f'use = ["complaint_count"]{GOOD}{text}').metrics["late_complaints"]
    stored = Metric.model_validate_json(found.canonical_json)
    assert (stored.trend.chart, stored.trend.worthwhile) == ("c", 2.0)
    assert stored.trend.balancing == ("complaint_count",)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("ruls = 'mdc'", "trend.ruls: unknown key 'ruls'. Did you mean 'rules'?"),
        ("freeze_at = 11", "trend.freeze_at: 11 should be greater than or equal to 12."),
        ("freeze_at = 31", "trend.freeze_at: 31 should be less than or equal to 30."),
        ("worthwhile = 0", "trend.worthwhile: 0 should be greater than 0."),
        ("chart = 'p'", "trend.chart: 'p' does not read a count; c, u-prime, xmr and run do."),
        (
            "balancing = ['late_complaint']",
            "trend.balancing: no metric 'late_complaint' is in use. "
            "Did you mean 'late_complaints'?",
        ),
        (
            "balancing = ['late_complaints']",
            "trend.balancing: names 'late_complaints', the metric itself.",
        ),
    ],
)
def test_what_a_trend_cannot_say(tmp_path: Path, said: str, problem: str) -> None:
    found = problems(tmp_path, used=f"{GOOD}\n[late_complaints.trend]\n{said}\n")
    assert found == [f"metrics/used.toml, late_complaints.{problem}"]


def test_every_kind_of_measure_says_which_charts_read_it() -> None:
    kinds = {kind.model_fields["kind"].default for kind in get_args(get_args(Measure)[0])}
    assert set(CHARTS_OF) == kinds
