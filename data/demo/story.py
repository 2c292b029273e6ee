"""What happened at the demo company: its sites, products, people and the turns its figures take."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

ORGANISATION = "Marlow Fluid Controls"
FIRST_MONTH = date(2023, 11, 1)
LAST_MONTH = date(2026, 10, 1)
AS_OF = date(2026, 11, 20)
"""The day the demo plays on; fixed, so that it reads the same whenever it is made."""

SITES = {"Aarhus": date(2023, 11, 1), "Gdansk": date(2023, 11, 1), "Porto": date(2024, 11, 1)}
"""Each site and its first month; Porto came with a merger."""

PRODUCTS = {"valves": 0.5, "pumps": 0.3, "sensors": 0.2}

PROCESSES = {
    "customer-service": "Customer service",
    "sales": "Sales and orders",
    "design": "Design and development",
    "purchasing": "Purchasing",
    "machining": "Machining",
    "assembly": "Assembly",
    "logistics": "Logistics",
    "people": "People and training",
    "quality": "Quality management",
}

OWNERS = {
    "customer-service": "Head of customer service",
    "sales": "Head of sales",
    "design": "Head of design",
    "purchasing": "Head of purchasing",
    "machining": "Head of production",
    "assembly": "Head of production",
    "logistics": "Head of logistics",
    "people": "Head of people",
    "quality": "Quality manager",
}

SITE_OWNERS = {("customer-service", "Porto"): "Customer service lead Porto"}
"""Part of a process owned apart from the rest."""

MERGER_ON = date(2024, 11, 1)
CALL_BACK_SCRIPT_ON = date(2025, 2, 1)
"""The action that failed: complaints run on as before."""
DELIVERY_NOTICE_ON = date(2026, 1, 12)
"""The action that worked: from February 2026 two fifths fewer complaints."""
CARRIER_CHANGE_ON = date(2026, 7, 1)
"""Gdansk changes its carrier, and on-time delivery falls."""
RESPONSE_SLOWS_ON = date(2026, 8, 1)
"""One desk at Porto answers two sites."""
LAST_TRAINING_MONTH = date(2026, 8, 1)
"""The training list has not been sent in since."""


@dataclass(frozen=True)
class Month:
    """One month at one site."""

    first: date
    site: str

    @property
    def days(self) -> list[date]:
        """Return the working days of the month."""
        after = next_month(self.first)
        span = [self.first + timedelta(days=i) for i in range((after - self.first).days)]
        return [day for day in span if day.weekday() < 5]

    @property
    def deliveries(self) -> float:
        """Return how many deliveries the month expects: size of the site, growth, season."""
        size = {"Aarhus": 4200.0, "Gdansk": 3600.0, "Porto": 2900.0}[self.site]
        age = (self.first.year - 2023) * 12 + self.first.month - 11
        season = 1 + 0.09 * math.cos(2 * math.pi * (self.first.month - 11) / 12)
        return size * (1 + 0.003 * age) * season

    @property
    def complaints_per_1000(self) -> float:
        """Return the true complaint rate: one action that works, one bad month."""
        base = {"Aarhus": 5.4, "Gdansk": 5.9, "Porto": 6.2}[self.site]
        if self.first >= date(2026, 2, 1):
            base *= 0.58 if self.site != "Porto" else 0.92
        return base * (1.45 if self.first == date(2024, 9, 1) else 1.0)

    @property
    def late_share(self) -> float:
        """Return the true share of late deliveries."""
        moved = self.site == "Gdansk" and self.first >= CARRIER_CHANGE_ON
        return 0.115 if moved else 0.045


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def months(first: date = FIRST_MONTH, last: date = LAST_MONTH) -> list[date]:
    """Return the first day of every month, both ends included."""
    found = [first]
    while found[-1] < last:
        found.append(next_month(found[-1]))
    return found


def site_months() -> list[Month]:
    """Return every month of every site that belonged to the company then."""
    return [
        Month(first, site) for first in months() for site, since in SITES.items() if first >= since
    ]
