"""The figures people hand in by hand each month: calls answered, orders in week, overtime."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from data.demo.chance import poisson, stream
from data.demo.story import LAST_MONTH, Month, site_months

Row = dict[str, object]

HANDED_IN = {("calls_in_a_minute", site) for site in ("Aarhus", "Gdansk", "Porto")} | {
    ("orders_in_week", "Aarhus"),
    ("orders_in_week", "Gdansk"),
}
"""What of the last month has come in: production still owes most of its figures."""

OVERTIME = {"Aarhus": 110.0, "Gdansk": 90.0, "Porto": 70.0}
"""Mean hours a month at each site."""


def monthly_figures() -> Iterator[Row]:
    """Yield the figures of every month and site, the last month's as far as they were handed in."""
    for month in site_months():
        chance = stream(f"monthly figures {month.first} {month.site}")
        for row in _figures(month, chance):
            if month.first != LAST_MONTH or (row["metric"], month.site) in HANDED_IN:
                yield row


def _figures(month: Month, chance: Random) -> Iterator[Row]:
    calls = poisson(chance, month.deliveries / 9)
    slow = poisson(chance, calls * 0.11)
    yield _row(month, "calls_in_a_minute", "customer-service", max(calls - slow, 0), calls)
    orders = poisson(chance, month.deliveries / 24)
    slipped = poisson(chance, orders * 0.08)
    yield _row(month, "orders_in_week", "assembly", max(orders - slipped, 0), orders)
    overtime = round(chance.gauss(OVERTIME[month.site], 9))
    yield _row(month, "overtime_hours", "machining", value=overtime)


def _row(
    month: Month,
    metric: str,
    process: str,
    numerator: object = "",
    denominator: object = "",
    value: object = "",
) -> Row:
    return {
        "metric": metric,
        "period": month.first,
        "process": process,
        "site": month.site,
        "numerator": numerator,
        "denominator": denominator,
        "value": value,
    }
