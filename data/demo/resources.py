"""What the work rests on: suppliers, people, instruments, risks, context, machine hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from data.demo.chance import pick, poisson, stream
from data.demo.quality import SUPPLIERS
from data.demo.story import AS_OF, LAST_TRAINING_MONTH, SITES, months, site_months

Row = dict[str, object]

TOPICS = ("torque tools", "forklift", "cleanliness of parts", "reading drawings", "first aid")
EQUIPMENT = ("calliper", "pressure gauge", "torque wrench", "leak tester")

RISKS = (
    ("R-01", "risk", "purchasing", 4, 4, 3),
    ("R-02", "risk", "logistics", 3, 4, 4),
    ("R-03", "risk", "machining", 3, 3, 2),
    ("R-04", "opportunity", "design", 2, 4, 3),
    ("R-05", "risk", "people", 3, 3, 3),
)
"""Identifier, kind, process, likelihood, impact, and the likelihood after treatment."""

CHANGES = (
    (
        "C-1",
        date(2024, 3, 4),
        "climate",
        "flooding of the Gdansk yard judged relevant",
        "Added to the risk list",
    ),
    (
        "C-2",
        date(2024, 11, 1),
        "internal",
        "Porto joined the company",
        "Limits and targets cover three sites",
    ),
    (
        "C-3",
        date(2025, 6, 16),
        "external",
        "Steel prices rose by a tenth",
        "Second source for housings",
    ),
    (
        "C-4",
        date(2026, 2, 9),
        "interested_party",
        "Two customers ask for delivery notices",
        "Answered by the delivery notice",
    ),
    (
        "C-5",
        date(2026, 7, 1),
        "external",
        "Gdansk changed its carrier",
        "On-time delivery is watched weekly",
    ),
)


def supplier_deliveries() -> Iterator[Row]:
    """Yield supplier deliveries: due, received, refused pieces."""
    for first in months():
        chance = stream(f"suppliers {first}")
        for _ in range(46):
            received = first + timedelta(days=chance.randrange(27))
            quantity = chance.choice((200, 400, 800, 1200))
            supplier = chance.choice(SUPPLIERS)
            yield {
                "received_on": received,
                "process": "purchasing",
                "site": chance.choice(("Aarhus", "Gdansk")),
                "supplier": supplier,
                "product": "housing" if supplier in {"Castell", "Ferrolux"} else "seal",
                "due_on": received - timedelta(days=round(chance.gauss(-1, 3))),
                "quantity": quantity,
                "rejected_quantity": poisson(
                    chance, quantity * (0.0021 if supplier == "Hexal" else 0.0009)
                ),
                "cost": round(quantity * chance.uniform(1.1, 2.4), 2),
            }


def trainings() -> Iterator[Row]:
    """Yield trainings by due date; the list stops where it was last sent in."""
    for first in months(last=LAST_TRAINING_MONTH):
        chance = stream(f"trainings {first}")
        for _ in range(26):
            due = first + timedelta(days=chance.randrange(27))
            missed = chance.random() < 0.03
            yield {
                "due_on": due,
                "process": "people",
                "site": chance.choice(("Aarhus", "Gdansk")),
                "topic": chance.choice(TOPICS),
                "completed_on": "" if missed else due - timedelta(days=chance.randrange(20)),
                "result": "" if missed else "passed",
            }


def calibrations() -> Iterator[Row]:
    """Yield calibrations by due date; a few instruments wait for a spare."""
    for first in months():
        chance = stream(f"calibrations {first}")
        for _ in range(14):
            due = first + timedelta(days=chance.randrange(27))
            yield {
                "due_on": due,
                "process": "machining",
                "site": chance.choice(("Aarhus", "Gdansk")),
                "equipment": f"{chance.choice(EQUIPMENT)} {chance.randrange(1, 30)}",
                "completed_on": due + timedelta(days=round(chance.gauss(-4, 6))),
                "result": pick(chance, {"in_tolerance": 0.96, "adjusted": 0.04}),
            }


def risks() -> Iterator[Row]:
    """Yield the assessment of every risk, each half year; treated ones score lower."""
    assessed = [
        date(2024, 3, 15),
        date(2024, 9, 15),
        date(2025, 3, 15),
        date(2025, 9, 15),
        date(2026, 3, 16),
    ]
    for index, day in enumerate(assessed):
        for name, kind, process, likelihood, impact, after in RISKS:
            treated = index >= 2
            yield {
                "risk_id": name,
                "assessed_on": day,
                "process": process,
                "kind": kind,
                "likelihood": after if treated else likelihood,
                "impact": impact,
                "treatment_due_on": date(2025, 2, 28),
                "treated_on": date(2025, 2, 10) if treated else "",
            }


def context_changes() -> Iterator[Row]:
    """Yield what changed around the company."""
    for name, day, kind, what, effect in CHANGES:
        yield {
            "change_id": name,
            "noted_on": day,
            "process": "quality",
            "kind": kind,
            "effect": effect,
            "description": what,
        }


def downtime() -> dict[str, dict[date, tuple[float, float]]]:
    """Return by site and month: hours of unplanned downtime, hours of planned running time."""
    found: dict[str, dict[date, tuple[float, float]]] = {site: {} for site in SITES}
    for month in site_months():
        chance = stream(f"downtime {month.first} {month.site}")
        running = 3 * 16 * len(month.days)
        found[month.site][month.first] = (
            round(running * chance.gauss(0.023, 0.0022), 1),
            float(running),
        )
    return found


def known_by(rows: list[Row], dated_by: str, day: date = AS_OF) -> list[Row]:
    """Return the rows dated on or before a day."""
    return [row for row in rows if isinstance(row[dated_by], date) and row[dated_by] <= day]  # type: ignore[operator]
