"""Random definitions and random facts, on which every engine must agree with the reference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from metrics.model import Metric
from metrics.periods import COMMON, Calendar, Grain, period_of
from tests.support.calendars import CALENDARS
from tests.support.facts import (
    Row,
    a_complaint,
    a_metric_value,
    a_survey_response,
    an_output,
)

FIRST = date(2025, 11, 20)

TURNS = [(2025, 11, 30), (2025, 12, 1), (2025, 12, 31), (2026, 1, 1), (2026, 2, 28), (2026, 3, 30)]
DAYS = st.sampled_from([date(*turn) for turn in TURNS]) | st.integers(0, 130).map(
    lambda n: FIRST + timedelta(n)
)
"""Any day, and often one at the edge of a period: there the rules of counting differ."""

THROUGH = st.sampled_from([date(2026, 1, 15), date(2026, 2, 28), date(2026, 3, 31)])
MONTH_END = 999


def _cents(number: int) -> Decimal:
    return Decimal(number).scaleb(-2)


LENGTHS = st.sampled_from([None, None, 0, 1, 3, 31, 40, 70, -2, MONTH_END, MONTH_END])
"""Days until the end: open, on the same day, in another month, before it began; or on the last day
of its month, where what is open at the end and what is not are a day apart."""

MOSTLY = st.sampled_from([True, True, True, True, False])
SITES = st.sampled_from(["Porto", "Lyon", 'Zoo "1"', None])
AMOUNTS = st.none() | st.integers(-200, 0).map(_cents) | st.integers(0, 999).map(_cents)
QUANTITIES = st.none() | st.integers(0, 40).map(lambda n: Decimal(n) / 4)


def rows_of(
    build: Callable[..., Row], **columns: st.SearchStrategy[Any]
) -> st.SearchStrategy[list[Row]]:
    row = st.fixed_dictionaries({**columns, "site": SITES, "_is_current": MOSTLY})
    return st.lists(row.map(lambda given: build(**given)), min_size=4, max_size=12)


def a_spanning_complaint(received_on: date, length: int | None, **given: object) -> Row:
    closed_on = None if length is None else received_on + timedelta(length)
    if length == MONTH_END:
        closed_on = period_of(received_on, "month").end
    return a_complaint(received_on=received_on, closed_on=closed_on, **given)


WARNINGS = st.sampled_from(
    [
        None,
        None,
        None,
        None,
        "cost_not_negative",
        "closed_after_received,cost_not_negative",
        "unknown",
    ]
)

SAID = st.sampled_from(
    ["ok", "ok", None, "estimated", "partial", "missing", "no_opportunity", "not_applicable"]
)
"""What is said of a figure handed in, whether or not there is one."""

FACTS = st.fixed_dictionaries(
    {
        "complaints": rows_of(
            a_spanning_complaint,
            received_on=DAYS,
            length=LENGTHS,
            product=st.sampled_from(["A", "B", None]),
            is_justified=st.none() | st.booleans(),
            cost=AMOUNTS,
            quantity=QUANTITIES,
            _warnings=WARNINGS,
        ),
        "outputs": rows_of(
            an_output,
            output_on=DAYS,
            product=st.sampled_from(["A", "B", None]),
            quantity=QUANTITIES,
            on_time_quantity=QUANTITIES,
        ),
        "survey_responses": rows_of(
            a_survey_response, responded_on=DAYS, score=AMOUNTS, scale_max=AMOUNTS
        ),
        "metric_values": rows_of(
            a_metric_value,
            metric=st.sampled_from(["energy", "water"]),
            period=DAYS,
            status=SAID,
            numerator=AMOUNTS,
            denominator=AMOUNTS,
            value=AMOUNTS,
        ),
    }
)

COMPLAINTS_WHERE = st.sampled_from(
    [
        None,
        "is_justified",
        "not is_justified",
        "cost > 1 or site = 'Porto'",
        "closed_on is null",
        "date_diff('day', received_on, closed_on) <= 10",
    ]
)
COMPLAINTS_SUM = st.sampled_from([None, "1", "cost", "cost * quantity", "if(is_justified, 2, 1)"])
OUTPUTS_SUM = st.sampled_from([None, "quantity", "on_time_quantity", "quantity - on_time_quantity"])
BY = st.sampled_from([(), ("site",), ("site", "product"), ("product",)])


DISTINCT = st.sampled_from(["product", "cost", "received_on", "is_justified", "site || '!'"])
RANKED = st.sampled_from(["cost", "date_diff('day', received_on, closed_on)", "quantity * 2", "1"])
PERCENTS = st.sampled_from([0, 10, 50, 90, 99.9, 100])
AT: st.SearchStrategy[list[list[str]] | None] = st.sampled_from(
    [None, None, [[]], [[], ["site"]], [[], ["product", "site"]]]
)
"""Roll-ups a holistic metric declares, where it has those dimensions."""


def complaints(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return _without_none(table=st.just("complaints"), where=COMPLAINTS_WHERE, **more)


def outputs(
    adds: st.SearchStrategy[str | None] = OUTPUTS_SUM,
) -> st.SearchStrategy[dict[str, Any]]:
    where = st.sampled_from([None, "on_time_quantity is not null"])
    return _without_none(table=st.just("outputs"), sum=adds, where=where)


def _without_none(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(parts).map(
        lambda found: {key: value for key, value in found.items() if value is not None}
    )


def a_measure(kind: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"kind": st.just(kind), **parts})


SPAN = {"from": st.just("received_on"), "to": st.just("closed_on")}
OVER_COMPLAINTS = st.one_of(
    a_measure(
        "count",
        numerator=complaints(sum=COMPLAINTS_SUM, dated_by=st.sampled_from([None, "closed_on"])),
    ),
    a_measure("total", numerator=complaints(sum=st.sampled_from(["cost", "quantity * 2"]))),
    a_measure("rate", per=st.just(1000), numerator=complaints(), denominator=outputs()),
    a_measure("proportion", numerator=complaints(), denominator=complaints()),
)
FOLLOWED = st.one_of(
    a_measure("stock", **SPAN, numerator=complaints(sum=st.sampled_from([None, "1"]))),
    a_measure(
        "elapsed", **SPAN, open=st.sampled_from(["aged", "left_out"]), numerator=complaints()
    ),
)
RATIOS = a_measure(
    "ratio",
    per=st.just(100),
    numerator=complaints(sum=COMPLAINTS_SUM.filter(bool)),
    denominator=outputs(OUTPUTS_SUM.filter(bool)),
)
HOLISTIC = st.one_of(
    a_measure(
        "percentile",
        percent=PERCENTS,
        numerator=complaints(value=RANKED, dated_by=st.sampled_from([None, "closed_on"])),
    ),
    a_measure("count", numerator=complaints(distinct=DISTINCT)),
)
OVER_OUTPUTS = a_measure("proportion", numerator=outputs(), denominator=outputs())
WITHOUT_PRODUCT = st.one_of(
    a_measure(
        "mean",
        numerator=_without_none(
            table=st.just("survey_responses"),
            value=st.sampled_from(["score", "score / 2 * 3", "scale_max"]),
        ),
    ),
    a_measure(
        "reported",
        metric=st.sampled_from(["energy", "water"]),
        per=st.just(100),
        adds_up=st.booleans(),
        is_share=st.booleans(),
    ),
)
ANY_CALENDAR: st.SearchStrategy[Calendar] = st.just(COMMON) | CALENDARS
"""Often the common one: days at the edge of a month are drawn for it."""

PLAIN = st.one_of(OVER_COMPLAINTS, OVER_OUTPUTS, RATIOS)
KINDS = (*(PLAIN, FOLLOWED, HOLISTIC) * 2, WITHOUT_PRODUCT)
"""How often each is drawn: a mutation of what is rare would be seen late."""

GRAINS: st.SearchStrategy[Grain] = st.sampled_from(["week", "month", "quarter", "year"])


Worked = Callable[[float, float], float | None]

EXPRESSIONS: list[tuple[str, Worked]] = [
    ("metric_0 + metric_1", lambda a, b: a + b),
    ("metric_0 * 2 - metric_1 / 4", lambda a, b: a * 2 - b / 4),
    ("metric_0 / metric_1", lambda a, b: a / b if b else None),
    ("(1 - metric_0 / 100) * (1 - metric_1 / 100)", lambda a, b: (1 - a / 100) * (1 - b / 100)),
    ("if(metric_0 > metric_1, metric_0, nullif(metric_1, 0))", lambda a, b: max(a, b) or None),
]
"""Formulas over two metrics, and the same in plain Python; None where there is nothing to show."""


@st.composite
def definitions(draw: st.DrawFn) -> list[Metric]:
    """Return one to eight metrics, some of which share a scan."""
    found = []
    for index in range(draw(st.integers(1, 8))):
        kinds = draw(st.sampled_from(KINDS))
        found.append(_a_metric(draw, index, draw(kinds), draw(BY), draw(GRAINS)))
    return found


@st.composite
def formulas(draw: st.DrawFn) -> tuple[Metric, list[Metric], Worked]:
    """Return a formula by site over two metrics, the two, and what it works out in plain Python."""
    period = draw(GRAINS)
    kinds = st.one_of(PLAIN, FOLLOWED, WITHOUT_PRODUCT, HOLISTIC)
    parts = [_a_metric(draw, index, draw(kinds), ("site",), period, st.none()) for index in (0, 1)]
    expression, worked = draw(st.sampled_from(EXPRESSIONS))
    measure = {
        "kind": "formula",
        "expression": expression,
        "parts": {part.name: part.model_dump(by_alias=True) for part in parts},
    }
    return _a_metric(draw, 2, measure, ("site",), period), parts, worked


def _a_metric(
    draw: st.DrawFn,
    index: int,
    measure: dict[str, Any],
    by: tuple[str, ...],
    period: Grain,
    roll_ups: st.SearchStrategy[list[list[str]] | None] = AT,
) -> Metric:
    if measure["kind"] in {"mean", "reported"}:
        by = tuple(name for name in by if name != "product")
    words = {"title": "A metric", "why": "Because.", "unit": "units", "process": "quality"}
    given = {"name": f"metric_{index}", "better": "lower", "by": by, "period": period}
    metric = Metric.model_validate({**words, **given, "measure": measure})
    kept = draw(roll_ups) if metric.is_holistic else None
    if kept is None or any(name not in by for part in kept for name in part):
        return metric
    return Metric.model_validate({**metric.model_dump(by_alias=True), "roll_ups": kept})
