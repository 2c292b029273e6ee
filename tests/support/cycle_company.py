"""A company with one site whose deliveries are on time more often since February 2026.

Cork makes 1,000 deliveries a month: 90 in 100 of them on time, and 95 from February 2026 on. Steps
of cycles are taken on the days they would be taken on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from dashboard.company import cycles, people
from dashboard.company.opened import Company
from data.records.cycle_models import Cycle, CycleCheck
from tests.support.small_company import (
    MONTHS,
    OPERATOR,
    RECORDS,
    an_empty_company,
    open_company,
    send,
)

NOISE = (4, -7, 9, -3, 0, 6, -9, 5, -2, 8, -6, 1)
"""Deliveries more or fewer on time, month by month: less than chance alone would make of 1,000."""

HEADER = "output_on,site,quantity,on_time_quantity"

BETTER_FROM = date(2026, 2, 1)


def outputs(level: int = 900, gain: int = 50, back_from: date = date.max) -> Iterator[str]:
    """Yield 1,000 deliveries a month at Cork, on time 90 in 100 and from February 2026 95."""
    for at, month in enumerate(MONTHS):
        is_better = BETTER_FROM <= month < back_from
        on_time = level + NOISE[at % len(NOISE)] + (gain if is_better else 0)
        yield f"{month},Cork,1000,{on_time}"


def outputs_of_a_relapse() -> Iterator[str]:
    """Yield the same until October 2026, and from then until April 2027 85 in 100 on time."""
    yield from outputs()
    for month in (date(2026 + (10 + at) // 12, (10 + at) % 12 + 1, 1) for at in range(6)):
        yield f"{month},Cork,1000,850"


def a_cycle_company(root: Path) -> Path:
    """Return the workspace of the company, its records loaded, its file published, no cycle yet."""
    an_empty_company(root)
    (root / "records.toml").write_text(RECORDS, encoding="utf-8")
    with (company := on(root, date(2026, 11, 20))).records:
        people.load(company, root / "records.toml", actor=OPERATOR, at=noon(company))
        send(company, "outputs.csv", HEADER, outputs())
    return root


def on(root: Path, day: date) -> Company:
    """Return the company as it is opened on a day; what is published is there already."""
    return replace(open_company(root), as_of=day)


def noon(company: Company) -> datetime:
    """Return noon of the company's day."""
    return datetime.combine(company.as_of, datetime.min.time(), UTC).replace(hour=12)


def plan(**values: object) -> dict[str, object]:
    """Return what a plan says that can be fixed."""
    return {
        "title": "Book a second carrier",
        "metric": "on_time_share",
        "owner": "Head of logistics",
        "cause": "one carrier only",
        "hypothesis": "With two carriers a full lorry is no reason to wait.",
        "criterion": "improve",
        "worthwhile": 2,
        "expected_change": 4,
        "check_on": date(2026, 10, 15),
    } | values


def done(on: date = date(2026, 1, 20), by: str = "Head of logistics") -> dict[str, object]:
    """Return what was done, as a page or a file says it."""
    return {"implemented_on": on, "done_by": by, "done_text": "The contract is signed."}


def opened(root: Path, **values: object) -> Cycle:
    """Return a cycle opened on 5 January 2026, its plan written and not fixed."""
    company = on(root, date(2026, 1, 5))
    return cycles.open_cycle(company, plan(**values), actor=OPERATOR, at=noon(company))


def fixed(root: Path, **values: object) -> Cycle:
    """Return a cycle whose plan was fixed on 12 January 2026, and nothing done yet."""
    row = opened(root, **values)
    company = on(root, date(2026, 1, 12))
    return cycles.fix_plan(company, row.id, {}, actor=OPERATOR, at=noon(company))


def begun(root: Path, **values: object) -> Cycle:
    """Return a cycle whose plan was fixed on 12 January 2026, its action done on the 20th."""
    row = fixed(root, **values)
    company = on(root, date(2026, 1, 21))
    return cycles.record_do(company, row.id, done(), actor=OPERATOR, at=noon(company))


def checked(
    root: Path,
    day: date = date(2026, 11, 20),
    by: str = "Head of sales",
    cycle: str = "P-1",
) -> CycleCheck:
    """Keep the verdict of a day on a cycle."""
    company = on(root, day)
    return cycles.check(company, cycle, by, actor=OPERATOR, at=noon(company))


def decided(root: Path, cycle: str, outcome: str, **values: object) -> Cycle:
    """Return a cycle that was decided on, on 20 November 2026."""
    company = on(root, date(2026, 11, 20))
    given = {"outcome": outcome, "note": "Both carriers stay."} | values
    return cycles.act(company, cycle, given, actor=OPERATOR, at=noon(company))


def a_cycle_in_every_step(root: Path) -> None:
    """Open P-1 to P-5: closed, in Act, in Check, in Do and in Plan."""
    titles = ("Book a second carrier", "Load at night", "Call ahead")
    for title in titles:
        begun(root, title=title)
    checked(root, cycle="P-1")
    checked(root, cycle="P-2")
    decided(root, "P-1", "standardise")
    fixed(root, title="Train the drivers")
    opened(root, title="Pack the evening before", check_on=None)
