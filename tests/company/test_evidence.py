"""What a review is given to list: nothing cut unsaid, nothing open left out for its age."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dashboard.company import evidence
from data.records import reviews
from tests.support.people import NOW, OPERATOR, a_review
from tests.support.small_company import an_empty_company, open_company, send

HEADER = "finding_id,raised_on,process,clause,severity,due_on,closed_on"


def test_a_finding_open_for_four_years_is_listed_and_a_cut_list_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = open_company(an_empty_company(tmp_path / "small"))
    with company.records:
        form = a_review()
        until = form.period_to
        old = date(until.year - 4, 1, 10)
        rows = [
            f"F-1,{old},sales,8.4,minor,{old},",
            f"F-2,{old},sales,8.4,minor,{old},{old}",
            f"F-3,{until},sales,8.4,minor,{until},{until}",
        ]
        send(company, "audit_findings.csv", HEADER, iter(rows))
        review = reviews.create_review(company.records, OPERATOR, form, NOW)
        with company.warehouse.read() as reader:
            gathered = evidence.gather(company, reader, review)
            assert sorted(gathered.records["audit_findings"]["finding_id"]) == ["F-1", "F-3"]
            assert gathered.unlisted == {}
            monkeypatch.setattr(evidence, "MOST_ROWS", 1)
            gathered = evidence.gather(company, reader, review)
        assert "audit_findings" not in gathered.records
        assert gathered.unlisted == {"audit_findings": 2}
