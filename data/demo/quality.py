"""What went wrong inside and what was done: nonconformances, corrective actions, audits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from data.demo.chance import pick, poisson, stream
from data.demo.story import PRODUCTS, months, site_months

Row = dict[str, object]

CAUSES = {
    "tool worn": 0.26,
    "drawing outdated": 0.17,
    "supplier part": 0.22,
    "handling": 0.20,
    "instruction unclear": 0.15,
}
PROCESS_OF = {
    "tool worn": "machining",
    "drawing outdated": "design",
    "supplier part": "purchasing",
    "handling": "logistics",
    "instruction unclear": "assembly",
}
DISPOSITIONS = {"rework": 0.55, "scrap": 0.25, "use as is": 0.12, "return to supplier": 0.08}
SUPPLIERS = ("Castell", "Devoran", "Ferrolux", "Ginmar", "Hexal")
"""Invented companies."""
CLAUSES = ("7.1.5", "7.2", "7.5.3", "8.4.1", "8.5.1", "8.5.2", "8.7.1", "9.1.1", "10.2.1")


def nonconformances() -> Iterator[Row]:
    """Yield nonconformances with containment and closure dates, future or not; some repeat."""
    for month in site_months():
        chance = stream(f"nonconformances {month.first} {month.site}")
        seen: list[str] = []
        for number in range(1, poisson(chance, month.deliveries / 190) + 1):
            cause = pick(chance, CAUSES)
            day = chance.choice(month.days)
            name = f"NC-{month.site[0]}-{month.first:%y%m}-{number:02d}"
            seen.append(name)
            yield {
                "nonconformance_id": name,
                "process": PROCESS_OF[cause],
                "site": month.site,
                "raised_on": day,
                "source": "supplier"
                if cause == "supplier part"
                else pick(chance, {"internal": 0.8, "customer": 0.15, "audit": 0.05}),
                "product": pick(chance, PRODUCTS),
                "supplier": chance.choice(SUPPLIERS) if cause == "supplier part" else "",
                "category": "dimension"
                if cause in {"tool worn", "drawing outdated"}
                else "process",
                "cause": cause,
                "severity": pick(chance, {"minor": 0.75, "major": 0.22, "critical": 0.03}),
                "disposition": pick(chance, DISPOSITIONS),
                "contained_on": day + timedelta(days=chance.randrange(4)),
                "closed_on": day + timedelta(days=5 + round(chance.gammavariate(2, 9))),
                "cost": round(chance.gammavariate(1.4, 210), 2),
                "repeat_of": seen[-2] if len(seen) > 1 and chance.random() < 0.1 else "",
            }


def corrective_actions() -> Iterator[Row]:
    """Yield corrective actions; one in three is done after its date, some of the last are open."""
    for first in months():
        chance = stream(f"corrective actions {first}")
        for number in range(1, poisson(chance, 4.0) + 1):
            raised = first + timedelta(days=chance.randrange(27))
            due = raised + timedelta(days=chance.choice((30, 45, 60, 90)))
            done = due + timedelta(days=round(chance.gauss(-3, 14)))
            cause = pick(chance, CAUSES)
            yield {
                "corrective_action_id": f"CA-{first:%y%m}-{number:02d}",
                "process": PROCESS_OF[cause],
                "site": chance.choice(("Aarhus", "Gdansk")),
                "raised_on": raised,
                "origin": pick(chance, {"nonconformance": 0.6, "complaint": 0.25, "audit": 0.15}),
                "cause": cause,
                "due_on": due,
                "implemented_on": max(done, raised + timedelta(days=3)),
                "verified_on": max(done, raised) + timedelta(days=chance.choice((30, 60, 90))),
                "effectiveness": pick(chance, {"effective": 0.62, "not_effective": 0.38}),
                "description": f"Remove the cause: {cause}",
            }


def audits() -> Iterator[Row]:
    """Yield two internal audits a quarter and one external audit a year."""
    for number, first in enumerate(month for month in months() if month.month % 3 == 2):
        for part in (1, 2):
            external = part == 2 and first.month == 5
            yield {
                "audit_id": f"AU-{first:%y%m}-{part}",
                "process": ("machining", "purchasing", "assembly", "logistics", "quality")[
                    (number + part) % 5
                ],
                "site": ("Aarhus", "Gdansk")[part - 1],
                "held_on": first + timedelta(days=6 * part),
                "standard": "ISO 9001:2015",
                "clause": CLAUSES[(number * 2 + part) % len(CLAUSES)],
                "auditor": "certification body" if external else "internal audit team",
                "result": "conforming" if (number + part) % 3 else "findings",
            }


def audit_findings() -> Iterator[Row]:
    """Yield the findings of the audits, with their closure dates, future or not."""
    for audit in audits():
        chance = stream(f"findings {audit['audit_id']}")
        held = audit["held_on"]
        assert isinstance(held, date)  # noqa: S101 - narrows the row's type
        for number in range(1, poisson(chance, 1.9) + 1):
            yield {
                "finding_id": f"{audit['audit_id']}-{number}",
                "audit_id": audit["audit_id"],
                "process": audit["process"],
                "site": audit["site"],
                "raised_on": held,
                "standard": audit["standard"],
                "clause": chance.choice(CLAUSES),
                "severity": pick(chance, {"observation": 0.5, "minor": 0.42, "major": 0.08}),
                "due_on": held + timedelta(days=60),
                "closed_on": held + timedelta(days=round(chance.gammavariate(4, 11))),
            }
