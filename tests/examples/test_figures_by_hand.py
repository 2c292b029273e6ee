"""Figures of three real companies are what SQL over their published files gives, month by month."""

from __future__ import annotations

import pytest

from tests.support.command_line import Site
from tests.support.published import Figure, published, shown

AIRPORTS = [
    Figure(
        "cancelled_share",
        "2022-01-01",
        "2022-12-31",
        """
        SELECT make_date(year, month, 1), 100 * sum(arr_cancelled) / sum(arr_flights)
        FROM flights WHERE airport = 'ATL' AND year = 2022 GROUP BY ALL
        """,
        ends_at=2.93,
        slice={"site": "ATL"},
    ),
    Figure(
        "complaint_rate",
        "2023-01-01",
        "2023-12-31",
        """
        WITH told AS (
          SELECT year_month || '-01' AS month, sum(count) AS complaints
          FROM complaints WHERE airport = 'MIA' GROUP BY ALL
        ), flown AS (
          SELECT make_date(year, month, 1) AS month, sum(arr_flights) AS flights
          FROM flights WHERE airport = 'MIA' AND year = 2023 GROUP BY ALL
        )
        SELECT flown.month, 10000 * complaints / flights
        FROM flown JOIN told ON CAST(told.month AS DATE) = flown.month
        """,
        ends_at=186.23,
        slice={"site": "MIA"},
    ),
    Figure(
        "delays_by_cause",
        "2020-01-01",
        "2020-12-31",
        """
        SELECT make_date(year, month, 1), sum(weather_ct)
        FROM flights WHERE year = 2020 GROUP BY ALL
        """,
        ends_at=1106.37,
        slice={"cause": "weather"},
    ),
]

FOOD_SAFETY = [
    Figure(
        "violations_open",
        "2018-01-01",
        "2018-12-31",
        # A correction dated before the inspection is a slip of the pen: the record is left out.
        """
        SELECT month, count(*)
        FROM months, violations
        WHERE corrected <> 'Not required' AND violation_type = 'Priority'
          AND inspection_date <= month_end
          AND (corrected_date IS NULL OR corrected_date > month_end)
          AND (corrected_date IS NULL OR corrected_date >= inspection_date)
        GROUP BY ALL
        """,
        ends_at=695,
        slice={"severity": "critical"},
    ),
    Figure(
        "violation_age",
        "2017-01-01",
        "2017-12-31",
        # Corrected in the month, or open at its end and aged until then.
        """
        SELECT month, avg(date_diff(
          'day', inspection_date, least(coalesce(corrected_date, month_end), month_end)))
        FROM months, violations
        WHERE corrected <> 'Not required' AND inspection_date <= month_end
          AND (corrected_date IS NULL OR corrected_date >= month)
          AND (corrected_date IS NULL OR corrected_date >= inspection_date)
        GROUP BY ALL
        """,
        ends_at=164.55,
    ),
]

MARKETPLACE = [
    Figure(
        "orders_on_the_way",
        "2018-01-01",
        "2018-08-31",
        """
        SELECT month, count(*)
        FROM months, orders JOIN customers USING (customer_id)
        WHERE customer_state = 'SP'
          AND (order_status = 'shipped'
               OR order_status = 'delivered' AND order_delivered_customer_date IS NOT NULL)
          AND CAST(order_delivered_carrier_date AS DATE) <= month_end
          AND (order_delivered_customer_date IS NULL
               OR CAST(order_delivered_customer_date AS DATE) > month_end)
          AND (order_delivered_customer_date IS NULL
               OR CAST(order_delivered_customer_date AS DATE)
                  >= CAST(order_delivered_carrier_date AS DATE))
        GROUP BY ALL
        """,
        ends_at=328,
        slice={"state": "SP"},
    ),
    Figure(
        "days_to_hand_over",
        "2017-07-01",
        "2017-12-31",
        """
        SELECT month, avg(date_diff('day', order_approved_at, order_delivered_carrier_date))
        FROM months, orders
        WHERE CAST(order_delivered_carrier_date AS DATE) BETWEEN month AND month_end
          AND CAST(order_approved_at AS DATE) <= CAST(order_delivered_carrier_date AS DATE)
          AND CAST(order_purchase_timestamp AS DATE) <= CAST(order_delivered_carrier_date AS DATE)
          AND (order_delivered_customer_date IS NULL
               OR CAST(order_delivered_customer_date AS DATE)
                  >= CAST(order_delivered_carrier_date AS DATE))
        GROUP BY ALL
        """,
        ends_at=3.43,
    ),
    Figure(
        "complaint_rate",
        "2018-01-01",
        "2018-08-31",
        """
        WITH bought AS (
          SELECT CAST(date_trunc('month', order_purchase_timestamp) AS DATE) AS month, count(*) AS n
          FROM orders JOIN customers USING (customer_id) WHERE customer_state = 'MG' GROUP BY ALL
        ), complained AS (
          SELECT CAST(date_trunc('month', review_creation_date) AS DATE) AS month, count(*) AS n
          FROM reviews JOIN orders USING (order_id) JOIN customers USING (customer_id)
          WHERE customer_state = 'MG' AND review_score <= 2 GROUP BY ALL
        )
        SELECT month, 100 * complained.n / bought.n FROM months
          JOIN bought USING (month) JOIN complained USING (month)
        """,
        ends_at=43.14,
        slice={"state": "MG"},
    ),
]


def check(example: str, site: Site, figure: Figure) -> None:
    expected = published(example, figure)
    assert expected, "the files say nothing of these months"
    assert shown(site, figure) == pytest.approx(expected, rel=1e-12)
    assert list(expected.values())[-1] == pytest.approx(figure.ends_at, abs=0.005)


@pytest.mark.parametrize("figure", AIRPORTS, ids=str)
def test_figures_of_thirty_airports(airports: Site, figure: Figure) -> None:
    check("us_airports", airports, figure)


@pytest.mark.parametrize("figure", FOOD_SAFETY, ids=str)
def test_figures_of_food_inspections(food_safety: Site, figure: Figure) -> None:
    check("detroit_food_safety", food_safety, figure)


@pytest.mark.parametrize("figure", MARKETPLACE, ids=str)
def test_figures_of_the_marketplace(marketplace: Site, figure: Figure) -> None:
    check("marketplace", marketplace, figure)
