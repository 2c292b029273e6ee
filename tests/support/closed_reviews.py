"""Reviews that are over: planned, held and closed on a day, sealing the facts as they are."""

from __future__ import annotations

from datetime import datetime

from dashboard.company.opened import Company
from data.records import meetings, reviews
from tests.support.people import a_conclusion, a_review
from tests.support.small_company import OPERATOR


def close_a_review(company: Company, at: datetime) -> None:
    """Plan, hold and close a review that seals the facts as they are."""
    form, records = a_review(), company.records
    reviews.create_review(records, OPERATOR, form, at)
    reviews.prepare_review(records, OPERATOR, form.id, at)
    reviews.hold_review(records, OPERATOR, form.id, at.date(), at)
    meetings.record_attendance(records, OPERATOR, form.id, ["Head of sales"], at)
    meetings.conclude(records, OPERATOR, form.id, a_conclusion(), at)
    pack = reviews.SealedPack("packs/one.zip", "ab" * 32, company.warehouse.version())
    reviews.close_review(records, OPERATOR, form.id, (), pack, at)
