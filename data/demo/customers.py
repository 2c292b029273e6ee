"""What customers got and what they said: outputs, complaints, surveys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from data.demo.chance import pick, poisson, stream
from data.demo.story import PRODUCTS, RESPONSE_SLOWS_ON, Month, months, site_months

CUSTOMERS = (
    "Halden",
    "Norvik",
    "Estela",
    "Okonek",
    "Brannt",
    "Tessaro",
    "Ulvik",
    "Marsen",
    "Dovrel",
)
"""Invented companies."""

CATEGORIES = {
    "late, not announced": 0.40,
    "wrong item": 0.20,
    "damaged in transit": 0.15,
    "leaks": 0.12,
    "paperwork missing": 0.08,
    "invoice wrong": 0.05,
}
ANNOUNCED = {**CATEGORIES, "late, not announced": 0.12}
"""After the delivery notice few complain that nobody told them."""

SEVERITIES = {"minor": 0.70, "major": 0.25, "critical": 0.05}
WORDS = {
    "late, not announced": "Delivery came late and nobody told us",
    "wrong item": "Another item than ordered was in the box",
    "damaged in transit": "Box crushed, housing scratched",
    "leaks": "Drips at the flange after fitting",
    "paperwork missing": "No certificate with the delivery",
    "invoice wrong": "Price on the invoice differs from the order",
}

PRICES = {"valves": 62, "pumps": 108, "sensors": 45}
"""EUR a delivery is invoiced at, so that poor quality costs between 3 and 4 % of turnover."""

Row = dict[str, object]


def outputs() -> Iterator[Row]:
    """Yield deliveries by day of the week start, site and product: made, conforming, on time."""
    for month in site_months():
        chance = stream(f"outputs {month.first} {month.site}")
        weeks = [day for day in month.days if day.weekday() == 0] or month.days[:1]
        for day in weeks:
            for product, share in PRODUCTS.items():
                quantity = poisson(chance, month.deliveries / len(weeks) * share)
                late = poisson(chance, quantity * month.late_share)
                scrap = poisson(chance, quantity * _scrap_share(month, product))
                yield {
                    "output_on": day,
                    "process": "logistics",
                    "site": month.site,
                    "product": product,
                    "quantity": quantity,
                    "conforming_quantity": quantity - min(scrap, quantity),
                    "on_time_quantity": quantity - min(late, quantity),
                    "turnover": quantity * PRICES[product],
                }


def _scrap_share(month: Month, product: str) -> float:
    worn_tool = (
        month.site == "Aarhus"
        and product == "valves"
        and date(2026, 4, 1) <= month.first < date(2026, 8, 1)
    )
    return 0.036 if worn_tool else 0.024


def complaints() -> Iterator[Row]:
    """Yield complaints, each with the dates it was answered and closed on, future or not."""
    for month in site_months():
        chance = stream(f"complaints {month.first} {month.site}")
        count = poisson(chance, month.deliveries * month.complaints_per_1000 / 1000)
        for number, day in enumerate(sorted(chance.choices(month.days, k=count)), start=1):
            yield _complaint(month, number, day, chance)


def _complaint(month: Month, number: int, day: date, chance: Random) -> Row:
    noticed = month.first >= date(2026, 2, 1) and month.site != "Porto"
    category = pick(chance, ANNOUNCED if noticed else CATEGORIES)
    severity = pick(chance, SEVERITIES)
    answered = day + timedelta(days=_response_days(month, chance))
    closed = answered + timedelta(days=round(chance.gammavariate(2.2, 6)))
    return {
        "complaint_id": f"{month.site[0]}-{day:%y%m}-{number:03d}",
        "process": "customer-service",
        "site": month.site,
        "received_on": day,
        "customer": chance.choice(CUSTOMERS),
        "product": pick(chance, PRODUCTS),
        "category": category,
        "severity": severity,
        "is_justified": chance.random() < 0.88,
        "first_response_on": answered,
        "closed_on": closed,
        "cost": round(chance.gammavariate(1.5, 60 if severity == "minor" else 240), 2),
        "description": WORDS[category],
    }


def _response_days(month: Month, chance: Random) -> int:
    slow = month.first >= RESPONSE_SLOWS_ON and month.site in {"Porto", "Gdansk"}
    return round(chance.gammavariate(2.0, 1.75 if slow else 1.05))


def surveys() -> Iterator[Row]:
    """Yield quarterly satisfaction answers; Gdansk skipped the first quarter of 2025."""
    for first in months():
        if first.month % 3 != 1:
            continue
        for site, size in (("Aarhus", 34), ("Gdansk", 28), ("Porto", 22)):
            skipped = site == "Gdansk" and first == date(2025, 1, 1)
            if skipped or (site == "Porto" and first < date(2025, 1, 1)):
                continue
            chance = stream(f"survey {first} {site}")
            for _ in range(size):
                yield {
                    "responded_on": first + timedelta(days=chance.randrange(20)),
                    "process": "customer-service",
                    "site": site,
                    "customer": chance.choice(CUSTOMERS),
                    "instrument": "csat",
                    "score": min(10, max(1, round(chance.gauss(8.3, 1.1)))),
                    "scale_max": 10,
                    "comment": "",
                }
