"""What a definition counts, in one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from metrics.catalogue import load_metrics
from metrics.meaning import meaning
from metrics.model import Metric
from tests.support.facts import TABLES

COMPLAINTS = {"table": "complaints"}
OUTPUTS = {"table": "outputs"}


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        (
            {"kind": "rate", "per": 1000, "numerator": {**COMPLAINTS, "where": "is_justified"},
             "denominator": {**OUTPUTS, "sum": "quantity"}},
            "Complaints where is_justified, received in the month ÷ quantity of outputs × 1,000.",
        ),
        ({"kind": "count", "numerator": COMPLAINTS}, "Complaints, received in the month."),
        (
            {"kind": "count", "numerator": {**COMPLAINTS, "distinct": "customer"}},
            "Different values of customer of complaints, received in the month.",
        ),
        (
            {"kind": "count", "numerator": {**COMPLAINTS, "dated_by": "closed_on"}},
            "Complaints, closed in the month.",
        ),
        ({"kind": "count", "numerator": OUTPUTS}, "Quantity of outputs, dated in the month."),
        (
            {"kind": "count", "numerator": {**OUTPUTS, "sum": "1"}},
            "Outputs, dated in the month.",
        ),
        (
            {"kind": "proportion", "numerator": {**OUTPUTS, "sum": "on_time_quantity"},
             "denominator": OUTPUTS},
            "On time quantity of outputs, dated in the month ÷ quantity of outputs × 100.",
        ),
        (
            {"kind": "ratio", "numerator": {**COMPLAINTS, "sum": "cost"},
             "denominator": {**COMPLAINTS, "sum": "quantity"}},
            "Cost of complaints, received in the month ÷ quantity of complaints.",
        ),
        (
            {"kind": "total", "numerator": {**COMPLAINTS, "sum": "cost * 2"}},
            "Sum of cost * 2 of complaints, received in the month.",
        ),
        (
            {"kind": "mean", "numerator": {**COMPLAINTS, "value": "cost"}},
            "Mean of cost of complaints, received in the month.",
        ),
        (
            {"kind": "percentile", "numerator": {**COMPLAINTS, "value": "cost"}},
            "Median of cost of complaints, received in the month.",
        ),
        (
            {"kind": "percentile", "percent": 95, "numerator": {**COMPLAINTS, "value": "cost"}},
            "Percentile 95 of cost of complaints, received in the month.",
        ),
        (
            {"kind": "elapsed", "numerator": COMPLAINTS, "from": "received_on", "to": "closed_on"},
            "Mean days from received to closed of complaints, closed in the month or open at its "
            "end and aged until then.",
        ),
        (
            {"kind": "elapsed", "numerator": COMPLAINTS, "from": "received_on", "to": "closed_on",
             "open": "left_out"},
            "Mean days from received to closed of complaints, closed in the month.",
        ),
        (
            {"kind": "stock", "numerator": COMPLAINTS, "from": "received_on", "to": "closed_on"},
            "Complaints open at the end of the month: received by then, and closed later or not "
            "yet.",
        ),
        (
            {"kind": "reported", "metric": "energy"},
            "The figure handed in as 'energy': numerator ÷ denominator, or its value.",
        ),
        (
            {"kind": "formula", "expression": "a + b"},
            "Worked out as a + b, each of the same month and part.",
        ),
    ],
)  # fmt: skip
def test_a_definition_says_what_it_counts(measure: dict[str, Any], said: str) -> None:
    metric = Metric.model_validate(
        {"name": "m", "title": "M", "why": "W.", "unit": "u", "better": "lower",
         "process": "p", "measure": measure}
    )  # fmt: skip
    assert meaning(metric, TABLES) == said


def test_every_shipped_definition_says_it_in_a_sentence() -> None:
    said = [meaning(metric, TABLES) for metric in load_metrics(TABLES).metrics.values()]
    assert len(set(said)) == len(said)
    assert all(text[:1].isupper() and text.endswith(".") and "None" not in text for text in said)
