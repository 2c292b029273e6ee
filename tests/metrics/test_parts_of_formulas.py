"""Formulas in a site's files: their parts found, or what does not fit told with file and key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from metrics.model import Formula, Metric
from tests.metrics.test_catalogue import load, problems

WORDS = """
[{name}]
title = "{name}"
why = "Because."
unit = "units"
better = "lower"
process = "quality"
by = {by}
period = "{period}"

[{name}.measure]
kind = "{kind}"
{measure}
"""

COST = 'numerator = { table = "complaints", sum = "cost" }'


def a_section(
    name: str, measure: str, kind: str = "formula", by: str = '["site"]', period: str = "month"
) -> str:
    shown = measure if kind != "formula" else f"expression = '{measure}'"
    return WORDS.format(name=name, measure=shown, kind=kind, by=by, period=period)


def test_the_parts_of_a_formula_are_found_whatever_the_order_and_the_file(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        first=a_section("per_day", "twice / 30"),
        second=a_section("twice", "cost * 2") + a_section("cost", COST, "total"),
    ).metrics
    measure = found["per_day"].measure
    assert isinstance(measure, Formula)
    assert measure.parts["twice"] == found["twice"]
    assert found["per_day"].leaves == ("cost",)


def test_a_formula_comes_out_of_its_canonical_json_as_it_went_in(tmp_path: Path) -> None:
    own = a_section("twice", "cost * 2") + a_section("cost", COST, "total")
    found = load(tmp_path, own=own).metrics["twice"]
    again = Metric.model_validate(json.loads(found.canonical_json))
    assert again.definition_hash == found.definition_hash
    assert again.measure == found.measure


def test_another_definition_of_a_part_is_another_definition_of_the_formula(tmp_path: Path) -> None:
    own = a_section("twice", "cost * 2") + a_section("cost", COST, "total")
    first = load(tmp_path, own=own).metrics
    changed = load(tmp_path, own=own.replace('sum = "cost"', 'sum = "cost * 3"')).metrics
    assert first["twice"].definition_hash != changed["twice"].definition_hash


def test_a_ring_of_formulas_is_told_with_every_name_in_it(tmp_path: Path) -> None:
    ring = a_section("one", "two + 1") + a_section("two", "three") + a_section("three", "one * 2")
    assert problems(tmp_path, own=ring) == [
        "metrics/own.toml, one.measure.expression: goes round in a ring: one → two → three → one. "
        "A formula cannot need its own value."
    ]


def test_a_formula_that_names_itself_is_a_ring_of_one(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, own=a_section("one", "one + 1"))
    assert "one → one" in told


@pytest.mark.parametrize(
    ("section", "told"),
    [
        (a_section("f", "costs * 2"), "f.measure.expression: character 1: no metric 'costs'. "
         "Did you mean 'cost'?"),
        (a_section("f", "complaint_count * 2"), "the site does not use 'complaint_count'. "
         "Take it from the library"),
        (a_section("f", "cost > 2"), "f.measure.expression: must be a number, not boolean."),
        (a_section("f", "2 + 2"), "f.measure.expression: names no metric; a formula is made of"),
        (a_section("f", "(select 1)"), "f.measure.expression: character 2: 'select' is not"),
        (a_section("f", "cost +"), "f.measure.expression: character 6: the expression cannot be"),
        (a_section("f", "cost / 2", period="week"), "'cost' has a value each month, this metric "
         "each week"),
        (a_section("f", "cost / 2", by='["site", "product"]'), "f.by: 'product' is no dimension of "
         "'cost' in the formula: it is kept by site."),
        (a_section("f", "cost") + "parts = {}", "f.measure.parts: is found from the expression"),
        (a_section("f", '') , "f.measure.expression: "),
    ],
)  # fmt: skip
def test_what_does_not_fit_names_the_part(tmp_path: Path, section: str, told: str) -> None:
    found = problems(tmp_path, own=section + a_section("cost", COST, "total"))
    assert any(told in problem for problem in found), found
    assert all(problem.startswith("metrics/own.toml, f.") for problem in found)


def test_a_part_over_a_column_that_is_no_more_is_told_where_the_column_is_read(
    tmp_path: Path,
) -> None:
    gone = a_section("cost", COST.replace("cost", "costs"), "total")
    found = problems(tmp_path, own=gone + a_section("f", "cost * 2"))
    assert found == [
        "metrics/own.toml, cost.measure.numerator.sum: character 1: no column 'costs'. "
        "Did you mean 'cost'?"
    ]


@pytest.mark.parametrize(
    ("kind", "measure", "told"),
    [
        ("percentile", COST, "a percentile does not read `sum`; say `value`, the number to rank."),
        ("percentile", 'numerator = { table = "complaints" }', "a percentile needs `value`"),
        ("percentile", 'percent = 101\nnumerator = { table = "complaints", value = "cost" }',
         "percent: 101"),
        ("percentile", 'numerator = { table = "complaints", value = "product" }',
         "must be a number, not text"),
        ("ratio", COST + '\ndenominator = { table = "outputs" }', "a ratio needs `sum` in its "
         "denominator"),
        ("count", 'numerator = { table = "complaints", sum = "1", distinct = "customer" }',
         "a count adds up `sum` or counts the different values of `distinct`; say one."),
        ("count", 'numerator = { table = "complaints", distinct = "custmer" }',
         "measure.numerator.distinct: character 1: no column 'custmer'. Did you mean"),
        ("total", 'numerator = { table = "complaints", distinct = "customer" }',
         "a total does not read `distinct`; say `sum`"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_other_kinds_is_told(
    tmp_path: Path, kind: str, measure: str, told: str
) -> None:
    found = problems(tmp_path, own=a_section("f", measure, kind))
    assert any(told in problem for problem in found), found
