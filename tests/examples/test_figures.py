"""The figures of three real companies are those their public records give."""

from __future__ import annotations

import pytest

from tests.support.command_line import Site

JOINT = ("--from", "2019-05-01", "--to", "2024-05-31")


def total(site: Site, metric: str, *options: str, side: str = "numerator") -> float:
    return float(sum(row[side] or 0 for row in site.values(metric, *options)))


@pytest.mark.parametrize(
    ("metric", "figure"),
    [
        ("flights", 21_711_576),
        ("delayed_flights", 3_850_726),
        ("cancelled_flights", 519_996),
        ("complaints", 254_737),
    ],
)
def test_thirty_airports_over_the_joint_months(airports: Site, metric: str, figure: int) -> None:
    assert total(airports, metric, *JOINT) == figure


def test_thirty_airports_add_up_to_the_whole(airports: Site) -> None:
    by_airport = airports.values("flights", "--by", "site", *JOINT)
    assert len({row["slice"]["site"] for row in by_airport}) == 30
    assert sum(row["numerator"] for row in by_airport) == 21_711_576


def test_a_share_is_a_ratio_of_sums_in_every_period(airports: Site) -> None:
    delayed = {row["period"]: row["numerator"] for row in airports.values("delayed_flights")}
    for row in airports.values("on_time_share", *JOINT):
        assert row["value"] == pytest.approx(100 * row["numerator"] / row["denominator"])
        # late, cancelled and diverted flights are the others
        assert row["numerator"] <= row["denominator"] - delayed[row["period"]]


def test_food_inspections_of_detroit(food_safety: Site) -> None:
    assert total(food_safety, "violations") == 28_612
    assert total(food_safety, "inspections") == 8_602
    assert total(food_safety, "corrected_late_share") == 2_623
    assert total(food_safety, "complaints") == 556


@pytest.mark.parametrize(
    ("year", "figure"), [("2016", 1_212), ("2017", 3_093), ("2018", 3_048), ("2019", 1_249)]
)
def test_food_inspections_year_by_year(food_safety: Site, year: str, figure: int) -> None:
    options = ("--from", f"{year}-01-01", "--to", f"{year}-12-31")
    assert total(food_safety, "inspections", *options) == figure


def test_late_deliveries_of_the_marketplace(marketplace: Site) -> None:
    assert total(marketplace, "late_deliveries") == 414
    assert total(marketplace, "late_deliveries", side="denominator") == 5_172


@pytest.mark.parametrize("company", ["airports", "food_safety", "marketplace"])
def test_every_row_of_every_file_is_accepted(company: str, request: pytest.FixtureRequest) -> None:
    site: Site = request.getfixturevalue(company)
    for batch in site.done("batches", "list", "--json").json:
        assert (batch["state"], batch["refused"]) == ("published", 0), batch["file"]
