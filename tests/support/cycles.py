"""Builders of PDCA cycles and their forms: each fills what does not matter to the test."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from data.records.cycle_checks import Follows, record_check
from data.records.cycle_forms import CheckForm, DoForm, OpeningForm, PlanForm
from data.records.cycle_models import Cycle, CycleCheck
from data.records.cycles import fix_plan, open_cycle, record_do
from data.records.records import Records
from tests.support.people import OPERATOR

OPENED_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
FIXED_AT = datetime(2026, 1, 12, 9, tzinfo=UTC)
DONE_AT = datetime(2026, 2, 20, 9, tzinfo=UTC)
CHECKED_AT = datetime(2026, 10, 20, 9, tzinfo=UTC)

DONE_ON, CHECK_ON = date(2026, 2, 16), date(2026, 10, 15)


def an_opening(**values: Any) -> OpeningForm:  # noqa: ANN401 any field of the form
    """Return a cycle to open, its plan whole."""
    return OpeningForm.model_validate(
        {
            "title": "New moulds for line 2",
            "metric": "scrap_percent",
            "process": "casting",
            "owner": "Head of casting",
            "cause": "worn moulds",
            "hypothesis": "New moulds hold their size, so less is scrapped.",
            "criterion": "improve",
            "expected_change": -1.5,
            "worthwhile": 0.5,
            "check_on": CHECK_ON,
        }
        | values
    )


def a_do(**values: Any) -> DoForm:  # noqa: ANN401 any field of the form
    return DoForm.model_validate(
        {
            "implemented_on": DONE_ON,
            "done_by": "Head of casting",
            "done_text": "The four moulds of line 2 were replaced.",
        }
        | values
    )


def a_check(verdict: str = "effective", **values: Any) -> CheckForm:  # noqa: ANN401
    return CheckForm.model_validate(
        {
            "done_by": "Head of quality",
            "done_on": date(2026, 10, 20),
            "verdict": verdict,
            "sentence": "Since February 2026 scrap is 1.9 %, was 3.2 %.",
            "detail": {"effect": {"estimate": -1.3, "low": -1.8, "high": -0.8}},
            "warehouse_version": 7,
        }
        | values
    )


def a_cycle(records: Records, **values: Any) -> Cycle:  # noqa: ANN401
    """Return P-1, opened on 5 January 2026."""
    return open_cycle(records, OPERATOR, an_opening(**values), OPENED_AT)


def a_cycle_in_check(records: Records) -> Cycle:
    """Return P-1 with its plan fixed on 12 January and its action done on 16 February."""
    row = a_cycle(records)
    fix_plan(records, OPERATOR, row.id, PlanForm(), FIXED_AT)
    return record_do(records, OPERATOR, row.id, a_do(), DONE_AT)


def checked(records: Records, follows: Follows, form: CheckForm | None = None) -> CycleCheck:
    """Return the check of P-1 that this makes."""
    return record_check(records, OPERATOR, "P-1", form or a_check(), follows, CHECKED_AT)
