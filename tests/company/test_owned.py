"""As owned now and as owned then: a hand-over in the middle of a year, and a part of its own.

The head of logistics owns deliveries but for Cork until 14 May 2026, the new head from then on;
from September 2026 the new head owns Cork too. Six sites deliver 1,000 a month, Cork 1,000, Faro
1,000 until October 2025 and 100 after it, 900 in October 2026.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.company import due, people, values
from dashboard.company import owned as owning
from dashboard.company.opened import Company
from dashboard.company.values import Asked
from data.errors import NotFoundError, UsageError
from tests.support.small_company import NOW, OPERATOR, a_small_company, open_company

HAND_OVER = """
[[people]]
id = "new-head"
name = "New head of logistics"
role = "owner"

[[owners]]
process = "logistics"
person = "new-head"
from_on = 2026-05-15

[[owners]]
process = "logistics"
dimension = "site"
value = "Cork"
person = "new-head"
from_on = 2026-09-01
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    root: Path = a_small_company(tmp_path_factory.mktemp("owned") / "small")
    (root / "later.toml").write_text(HAND_OVER, encoding="utf-8")
    opened = open_company(root)
    with opened.records:
        people.load(opened, root / "later.toml", actor=OPERATOR, at=NOW)
        yield opened


def owned(company: Company, who: str, how: str) -> dict[str, tuple[int, float]]:
    """Return deliveries and the share on time of each month that has a value."""
    asked = Asked(owner=who, owned=how)
    return {
        str(row["period"])[:7]: (int(row["denominator"]), round(row["value"], 2))
        for row in values.values(company, "on_time_share", asked)
        if row["value"] is not None
    }


def test_then_a_month_belongs_to_who_owned_it_at_its_end(company: Company) -> None:
    before = owned(company, "Head of logistics", "then")
    after = owned(company, "new-head", "then")
    assert (min(before), max(before)) == ("2024-09", "2026-04")
    assert (min(after), max(after)) == ("2026-05", "2026-10")
    assert before["2024-09"] == (7_000, 90.0)  # all but Cork
    assert after["2026-08"] == (6_100, round((5_400 + 100) / 6_100 * 100, 2))
    # September is the first month that ends with Cork in the same hands: 950 of 1,000 more.
    assert after["2026-09"] == (7_100, round((5_400 + 100 + 950) / 7_100 * 100, 2))


def test_now_is_what_somebody_owns_today_with_all_its_history(company: Company) -> None:
    assert owned(company, "Head of logistics", "now") == {}
    history = owned(company, "new-head", "now")
    assert (len(history), min(history)) == (26, "2024-09")
    assert history["2024-09"] == (8_000, round((6_300 + 950) / 8_000 * 100, 2))


def test_an_owner_of_a_part_has_that_part_until_it_is_handed_over(company: Company) -> None:
    then = owned(company, "Site manager Cork", "then")
    assert (len(then), max(then)) == (24, "2026-08")
    assert set(then.values()) == {(1_000, 95.0)}
    assert owned(company, "Site manager Cork", "now") == {}


def test_every_delivery_of_a_month_is_owned_once(company: Company) -> None:
    names = ("Head of logistics", "New head of logistics", "Site manager Cork")
    total = {
        str(row["period"])[:7]: int(row["denominator"])
        for row in values.values(company, "on_time_share", Asked())
    }
    parts = [owned(company, name, "then") for name in names]
    for month, all_of_it in total.items():
        assert sum(part.get(month, (0, 0))[0] for part in parts) == all_of_it


def test_my_work_lists_what_was_owned_then(company: Company) -> None:
    (told,) = owning.tenures(company, "Head of logistics")
    assert (told.metric.name, told.first, told.last, told.is_over) == (
        "on_time_share", "September 2024", "April 2026", True,
    )  # fmt: skip
    (still,) = owning.tenures(company, "New head of logistics")
    assert (still.first, still.last, still.is_over) == ("May 2026", "November 2026", False)
    assert still.last_known == "October 2026"


def test_a_period_without_figures_is_not_due_and_never_nothing(company: Company) -> None:
    rows = values.values(company, "complaints", Asked(owner="head-of-sales", owned="then"))
    assert (rows[-1]["value"], rows[-1]["status"]) == (None, "not_due")  # November 2026


def test_what_cannot_be_asked_is_said(company: Company) -> None:
    with pytest.raises(UsageError, match="no reading of what is owned"):
        owned(company, "new-head", "later")
    asked = Asked(owner="new-head", part={"site": "Cork"})
    with pytest.raises(UsageError, match="without --slice and --per"):
        values.values(company, "on_time_share", asked)
    with pytest.raises(NotFoundError, match="Nobody is called"):
        owned(company, "Nemo", "now")


def test_a_period_of_a_metric_is_due_from_who_answers_for_its_source(company: Company) -> None:
    (told,) = due.due(company, "on_time_share", {})
    assert told.sentence == ("November 2026 is due on 5 December 2026 from New head of logistics")
    (of_sales,) = due.due(company, "complaints", {"site": "Cork"})
    assert (of_sales.owners, of_sales.is_late) == (("Head of sales",), False)
    assert of_sales.as_json()["label"] == "November 2026"
