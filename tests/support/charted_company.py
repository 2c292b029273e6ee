"""A company of awkward series: one metric for each number of points and each oddity of a chart.

All are handed in by the month, up to October 2026, and go 9, 11, 9.5, 10.5, 10 over and over, which
is no season, unless said: `level` is 10 in every month, `gaps` lacks three of its months,
`nothing_against` has a denominator of 0 in four of them, `shifted` stands at 12.5 in its last nine,
`young` at 11 in its last eight, `beyond` ends in one month at 30, `none` has no figure, `phased`
has a phase of its own since April 2026, at 6, and a month before it, at 30, that is left out.
`seasonal` is half a year around 12 and half a year around 8, `alike` a slow wave around 10.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from dashboard.company import people, publishing
from dashboard.company.opened import Company
from data.records.access import local_operator
from data.records.events import save_event
from data.records.forms import EventForm, ExclusionForm, PhaseForm
from data.records.phases import add_phase, exclude_point
from tests.support.workspaces import a_workspace

AT = datetime(2026, 11, 4, 8, tzinfo=UTC)
OPERATOR = local_operator("Quality manager")
SETTINGS = 'organisation = "Charted Works"\nsynthetic = true\nas_of = 2026-11-04\n'

LENGTHS: Mapping[str, int] = {
    "none": 0, "one": 1, "five": 5, "ten": 10, "fifteen": 15, "forty": 40,
    "level": 24, "gaps": 24, "nothing_against": 24, "shifted": 29, "young": 29, "beyond": 25,
    "phased": 28, "seasonal": 48, "alike": 40,
}  # fmt: skip
"""Months of each metric; those of `gaps` are counted whole."""

SERIES = tuple(LENGTHS)

ABSENT = (5, 11, 12)
"""Months `gaps` lacks and, with 17, `nothing_against` has no opportunity in, from 0."""

_ENDS: Mapping[str, tuple[int, int]] = {
    "shifted": (9, 125),
    "young": (8, 110),
    "beyond": (1, 300),
    "phased": (7, 60),
}
"""Months at the end of a series that stand elsewhere, and the hits in each of them."""

_METRIC = """
[{name}]
title = "Share {name}"
why = "Tried on a chart."
unit = "% of orders"
better = "lower"
process = "machining"
topic = "process_performance"
[{name}.measure]
kind = "reported"
metric = "{name}"
per = 100
is_share = true
"""

_RECORDS = """
[[processes]]
id = "machining"
title = "Machining"
[[people]]
id = "head-of-machining"
name = "Head of machining"
role = "owner"
[[owners]]
process = "machining"
person = "head-of-machining"
from_on = 2020-01-01
"""

_TARGET = """
[[targets]]
metric = "{name}"
kind = "at_most"
high = 12
from_on = 2020-01-01
approver = "Managing director"
reason = "Promised"
"""


def a_charted_company(root: Path) -> Path:
    """Return the workspace, its figures published, a note in May 2026 on every chart."""
    definitions = "".join(_METRIC.format(name=name) for name in SERIES)
    a_workspace(root, settings=SETTINGS, metrics={"charted": definitions})
    records = _RECORDS + "".join(_TARGET.format(name=name) for name in SERIES)
    (root / "records.toml").write_text(records, encoding="utf-8")
    company = Company.open(root, today=AT.date(), now=AT)
    with company.records:
        people.load(company, root / "records.toml", actor=OPERATOR, at=AT)
        note = EventForm(on=date(2026, 5, 4), title="New saw", detail="Saw 3 replaced saw 1")
        save_event(company.records, OPERATOR, note, AT)
        _phase(company)
        file = root / "inbox" / "metric_values_2026-10.csv"
        header = "metric,period,process,numerator,denominator,status"
        file.write_text("\n".join([header, *_rows()]) + "\n", encoding="utf-8")
        report = publishing.ingest(company, publishing.Upload((file,)), actor=OPERATOR, at=AT)
        assert report.is_published, report.message
    return root


def _phase(company: Company) -> None:
    begun = PhaseForm(
        metric="phased", from_on=date(2026, 4, 1), label="New line", cause="Line 3 was replaced"
    )
    add_phase(company.records, OPERATOR, begun, AT)
    left_out = ExclusionForm(metric="phased", period_on=date(2026, 3, 1), reason="Stocktaking")
    exclude_point(company.records, OPERATOR, left_out, AT)


def _rows() -> Iterator[str]:
    for name, months in LENGTHS.items():
        for at in range(months):
            if name == "gaps" and at in ABSENT:
                continue
            below = 0 if name == "nothing_against" and at in {*ABSENT, 17} else 1000
            hits = _WAVES.get(name, _usual)(at)
            last, level = _ENDS.get(name, (0, hits))
            hits = level if at >= months - last else hits
            hits = 300 if name == "phased" and at == months - 8 else hits
            day = _month(months - at)
            yield f"{name},{day},machining,{hits if below else 0},{below},ok"


def _usual(at: int) -> int:
    return (90, 110, 95, 105, 100)[at % 5]


def _seasonal(at: int) -> int:
    """Return the hits of a month: each is 10 above, 10 below and on its level, year after year."""
    return (120 if at % 12 < 6 else 80) + (10, -10, 0)[(at + at // 12) % 3]


_WAVES: Mapping[str, Callable[[int], int]] = {
    "level": lambda _: 100,
    "seasonal": _seasonal,
    "alike": lambda at: 100 + 10 * (1, 1, 1, 0, -1, -1, -1, 0)[at % 8],
}
"""Hits of the months of series that do not go over and over."""


def _month(back: int) -> date:
    """Return the first of the month `back` months before November 2026."""
    month = 2026 * 12 + 10 - back
    return date(month // 12, month % 12 + 1, 1)
