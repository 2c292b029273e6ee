"""Closed periods on the pages: listed on Data health, locked in what is due from an owner."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dashboard.company import closing
from dashboard.company.opened import Company
from data.records.access import local_operator
from tests.support.app_pages import open_page, texts
from tests.support.pages import a_company

NOW = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)


def test_a_closed_month_is_listed_and_locks_what_was_due_in_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = a_company(tmp_path / "works")
    company = Company.open(root, today=date(2026, 10, 20), now=NOW)
    actor = local_operator("Quality manager")
    with company.records:
        assert closing.closable_months(company)[0] == "2026-09"
        closing.close(company, "2026-09", note="reported", actor=actor, at=NOW)
        closing.close(company, "2026-08", actor=actor, at=NOW)
        closing.reopen(company, "2026-08", "a late invoice", actor=actor, at=NOW)
        assert closing.closable_months(company)[0] == "2026-08"
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(root))
    page = open_page("data-health")
    assert not page.exception
    said = texts(page)
    assert "**September 2026** · everything" in said
    assert "20 Oct 2026 by Quality manager · reported" in said
    assert [button.label for button in page.button].count("Reopen") == 1
    # Nothing came for September; what was late is locked now.
    owner = texts(open_page("owner"))
    assert "■ locked" in owner
