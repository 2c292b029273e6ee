"""How low a value can go: what the rules of the tables make sure, and nothing more."""

from __future__ import annotations

import pytest

from data.expressions import ColumnType, Known, is_never_negative, known_by, parse
from metrics.bounds import floor
from metrics.model import Metric
from tests.metrics.test_kinds import a_metric
from tests.support.facts import TABLES


def of_complaints(kind: str, **source: str) -> Metric:
    return a_metric(kind, numerator={"table": "complaints", **source})


def per_output(taken: str) -> Metric:
    return a_metric(
        "ratio",
        numerator={"table": "complaints", "sum": taken},
        denominator={"table": "outputs", "sum": "quantity"},
    )


@pytest.mark.parametrize(
    ("metric", "least"),
    [
        # complaints: cost >= 0 is warned and left out, quantity >= 0 refused.
        (per_output("cost"), 0),
        (per_output("cost * quantity + 1.5"), 0),
        (per_output("cost - 10"), None),
        (per_output("-cost"), None),
        # closed_on >= received_on is warned, and what reads closed_on leaves the row out.
        (of_complaints("percentile", value="date_diff('day', received_on, closed_on)"), 0),
        (of_complaints("percentile", value="date_diff('day', closed_on, received_on)"), None),
        (of_complaints("total", sum="quantity"), 0),
        (of_complaints("mean", value="cost"), 0),
        (of_complaints("count"), 0),
    ],
)
def test_a_value_cannot_fall_below_what_the_rules_let_in(
    metric: Metric, least: float | None
) -> None:
    assert floor(metric, TABLES) == least


@pytest.mark.parametrize(
    ("expression", "least"), [("100 * cost / quantity", 0), ("cost - quantity", None)]
)
def test_a_formula_cannot_where_none_of_its_parts_can(expression: str, least: float | None) -> None:
    parts = {
        "cost": of_complaints("total", sum="cost"),
        "quantity": of_complaints("total", sum="quantity"),
    }
    assert floor(a_metric("formula", expression=expression, parts=parts), TABLES) == least


def test_a_warning_that_leaves_the_row_in_makes_nothing_sure() -> None:
    complaints = TABLES["complaints"]
    rules = [
        rule.model_copy(update={"spoils": ("quantity",)})
        for rule in complaints.rules
        if rule.name == "cost_not_negative"
    ]
    tables = {**TABLES, "complaints": complaints.model_copy(update={"rules": tuple(rules)})}
    assert floor(of_complaints("total", sum="cost"), tables) is None


def test_a_rule_with_another_way_out_makes_nothing_sure() -> None:
    columns: dict[str, ColumnType] = {"cost": "decimal", "paid_back": "boolean"}
    told = known_by(parse("cost >= 0 or paid_back", columns))
    assert told == Known()
    assert not is_never_negative(parse("cost", columns).root, told)
