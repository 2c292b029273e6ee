"""What a definition is warned of: each finding where it belongs, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from data.records.models import Objective
from metrics.lint import Finding, Rule, Setting, Studied, lint
from metrics.model import Metric
from metrics.review.standards import load_standards
from metrics.trend import TrendTarget, analyse
from tests.support.series import a_spec, at_least, at_most, month, monthly

SOUND: Mapping[str, Any] = {
    "name": "rework",
    "title": "Rework",
    "why": "Twice done is paid twice.",
    "unit": "% of outputs",
    "better": "lower",
    "process": "machining",
    "approved_by": "Head of quality",
    "review_by": date(2030, 1, 1),
    "measure": {
        "kind": "proportion",
        "numerator": {"table": "outputs", "where": "quantity > conforming_quantity"},
        "denominator": {"table": "outputs"},
    },
}

COUNT = {"kind": "count", "numerator": {"table": "complaints"}}

UP_AND_DOWN = [4.0, 6.0, 5.0, 7.0, 3.0, 5.0, 8.0, 4.0, 6.0, 5.0, 7.0, 4.0, 6.0]
"""Thirteen months, January 2023 to January 2024; the last three are 7, 4 and 6."""

ON = date(2024, 2, 20)
SETTING = Setting(as_of=ON)


def studied(
    values: Sequence[float | None] = UP_AND_DOWN,
    *,
    targets: tuple[TrendTarget, ...] = (at_most(5),),
    owner: str | None = "Head of machining",
    absent: str = "missing",
    **given: object,
) -> Studied:
    """Return a metric in order with its figures; the test names what is not."""
    metric = Metric.model_validate({**SOUND, **given})
    spec = a_spec(title=metric.title, better=metric.better, targets=targets)
    series = monthly(values, metric.name)
    series = series.with_columns(status=series["status"].replace("missing", absent))
    trends = analyse(series, {metric.name: spec})
    points = trends.points if values else pl.DataFrame(schema=trends.points.schema)
    return Studied(metric, points, trends.summaries[metric.name], targets, owner)


def found(*each: Studied, setting: Setting = SETTING) -> dict[str, Finding]:
    """Return the findings by rule."""
    return {finding.rule: finding for finding in lint(each, setting)}


def test_a_metric_in_order_is_not_warned_of() -> None:
    assert found(studied()) == {}


def test_a_count_is_warned_of_until_its_rows_are_divided() -> None:
    count = studied(name="claims", title="Claims", measure=COUNT)
    assert "rises when there is more to do" in found(count)["no_denominator"].sentence
    rate = studied(
        [5.0] * 13,
        name="claim_rate",
        measure={"kind": "rate", "numerator": {"table": "complaints"},
                 "denominator": {"table": "outputs"}},
    )  # fmt: skip
    assert "no_denominator" not in found(count, rate)
    assert "no_denominator" not in found(studied(measure=COUNT, better="neutral"))


def test_a_target_met_every_time_warns_of_nothing() -> None:
    assert "all of its 13 months" in found(studied(targets=(at_most(9),)))["always_green"].sentence
    assert "always_green" not in found(studied(targets=(at_most(8, month(3)),)), studied())
    assert "always_green" not in found(studied(UP_AND_DOWN[:11], targets=(at_most(9),)))


def test_a_target_that_repeats_the_last_value_asks_for_nothing() -> None:
    copied = found(studied(targets=(at_most(4, month(12)),)))["target_is_last_actual"]
    assert "at most 4 from 1 January 2024, is the value of December 2023" in copied.sentence
    assert "target_is_last_actual" not in found(studied(targets=(at_most(4.2, month(12)),)))


def test_a_target_loosened_after_a_miss_is_told_with_both() -> None:
    loosened = studied(targets=(at_most(3, month(0)), at_most(5, month(12))))
    assert found(loosened)["target_loosened"].sentence == (
        "Rework: the target was loosened from at most 3 to at most 5 on 1 January 2024, after "
        "December 2023 missed it with 4.0."
    )


@pytest.mark.parametrize(
    "targets",
    [
        (at_most(5, month(0)), at_most(3, month(12))),  # tightened
        (at_most(4.5, month(0)), at_most(5.5, month(12))),  # loosened, and December met it
        (at_least(3, month(0)), at_least(2, month(12))),  # December met it
    ],
)
def test_a_target_that_was_not_loosened_after_a_miss_is_not_told(
    targets: tuple[TrendTarget, ...],
) -> None:
    assert "target_loosened" not in found(studied(targets=targets))


def test_a_target_against_the_good_direction_is_told() -> None:
    turned = found(studied(targets=(at_least(5),)))["target_against_direction"]
    assert "Rework: lower is better, and the target says at least 5" in turned.sentence
    assert "target_against_direction" not in found(studied(targets=(at_least(5),), better="higher"))


def test_a_direction_without_a_target_is_told() -> None:
    assert set(found(studied(targets=()))) == {"no_target"}
    assert found(studied(targets=(), better="neutral")) == {}


@pytest.mark.parametrize(
    ("given", "rule", "told"),
    [
        ({"owner": None}, "no_owner", "nobody owns the process 'machining' on 20 February 2024"),
        ({"approved_by": None}, "not_approved", "Rework: it is not said who approved"),
        ({"review_by": date(2024, 2, 19)}, "review_overdue", "again by 19 February 2024"),
        ({"values": []}, "no_data", "no value yet. No row of outputs counts"),
        (
            {"values": [*UP_AND_DOWN, None, None]},
            "no_data",
            "no value for 2 months, since January 2024",
        ),
        ({"values": [None, None], "absent": "invalid"}, "no_data", "Rework: invalid in 2 months."),
        (
            {"values": [None, None], "absent": "no_opportunity"},
            "no_data",
            "Rework: nothing to count against in any of 2 months.",
        ),
        ({"values": UP_AND_DOWN[:4]}, "too_few_points", "values for 4 months; limits and"),
    ],
)
def test_what_is_wrong_with_one_definition_is_told_alone(
    given: dict[str, Any], rule: Rule, told: str
) -> None:
    findings = found(studied(given.pop("values", UP_AND_DOWN), **given))
    assert set(findings) == {rule}
    assert told in findings[rule].sentence
    assert findings[rule].way_out


@pytest.mark.parametrize(
    "given",
    [{"review_by": ON}, {"review_by": None}, {"values": [*UP_AND_DOWN, None]}],
)
def test_what_is_just_in_order_is_not_told(given: dict[str, Any]) -> None:
    assert found(studied(given.pop("values", UP_AND_DOWN), **given)) == {}


def test_two_metrics_that_move_as_one_are_told_once_with_both_names() -> None:
    one, other = studied(), studied([3 * v + 1 for v in UP_AND_DOWN], name="scrap", title="Scrap")
    (finding,) = lint([one, other], SETTING)
    assert (finding.rule, finding.metric, finding.other) == ("moves_as_one", "rework", "scrap")
    assert "over 13 months they changed the same way (correlation 1.00)" in finding.sentence
    (turned,) = lint([one, studied([9 - v for v in UP_AND_DOWN], name="scrap")], SETTING)
    assert "opposite ways (correlation -1.00)" in turned.sentence


@pytest.mark.parametrize(
    "values", [[7.0, *UP_AND_DOWN[1:]][::-1], [5.0] * 13, [float(n) for n in range(13)]]
)
def test_metrics_that_do_not_are_not_told(values: list[float]) -> None:
    assert "moves_as_one" not in found(studied(), studied(values, name="scrap"))


def objective(metric: str | None) -> Objective:
    return Objective(
        id="less-rework", title="Less rework", policy="Right first time", metric=metric,
        what="Train", resources="Time", owner="head", due_on=ON, evaluation="Monthly",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "targets", "rule"),
    [
        (None, (at_most(5),), "objective_without_metric"),
        ("scrap", (at_most(5),), "objective_without_metric"),
        ("rework", (), "objective_without_target"),
        ("rework", (at_most(5),), None),
    ],
)
def test_an_objective_needs_a_metric_with_a_target(
    metric: str | None, targets: tuple[TrendTarget, ...], rule: str | None
) -> None:
    setting = Setting(as_of=ON, objectives=[objective(metric)])
    rules = set(found(studied(targets=targets), setting=setting)) - {"no_target"}
    assert rules == ({rule} if rule else set())


def test_topics_and_purposes_nobody_speaks_to_are_told() -> None:
    standards = list(load_standards().values())
    setting = Setting(as_of=ON, standards=standards, filled_tables={"audits"})
    fed = studied(topic="process_performance", purpose="9.1.3.a")
    told = [each.sentence for each in lint([fed], setting)]
    assert any("no metric has the topic customer_satisfaction" in text for text in told)
    assert any("9.1.3.b: no metric serves" in text for text in told)
    assert not any("topic process_performance" in text for text in told)
    assert not any("9.1.3.a" in text for text in told)
    assert not any("audit_results" in text for text in told), "its table has rows"
    assert not any("previous_actions" in text for text in told), "records feed it, no metric does"


def test_findings_stand_in_the_order_of_the_metrics_and_the_catalogue_last() -> None:
    standards = list(load_standards().values())
    findings = lint(
        [studied(name="b", targets=()), studied([1.0] * 13, name="a", owner=None)],
        Setting(as_of=ON, standards=standards),
    )
    names = [finding.metric for finding in findings]
    assert names == sorted(names, key=lambda name: (not name, name))
    assert names[-1] == ""


def test_a_band_without_a_target_is_told_that_none_says_which() -> None:
    told = found(studied(targets=(), better="inside"))["no_target"]
    assert told.sentence.endswith("it is to be kept inside a band, and no target says which.")
