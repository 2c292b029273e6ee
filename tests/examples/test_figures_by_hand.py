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
        "minutes_late",
        "2021-01-01",
        "2021-12-31",
        """
        SELECT make_date(year, month, 1), sum(arr_delay) / sum(arr_del15)
        FROM flights WHERE carrier = 'DL' AND year = 2021 GROUP BY ALL
        """,
        ends_at=75.95,
        slice={"carrier": "DL"},
    ),
    Figure(
        "minutes_late_at_nine_in_ten",
        "2023-01-01",
        "2023-12-31",
        """
        SELECT make_date(year, month, 1), quantile_cont(arr_delay / arr_del15, 0.9)
        FROM flights WHERE airport = 'ORD' AND year = 2023 AND arr_del15 > 0 GROUP BY ALL
        """,
        ends_at=93.47,
        slice={"site": "ORD"},
    ),
    Figure(
        "airlines",
        "2020-01-01",
        "2020-12-31",
        """
        SELECT make_date(year, month, 1), count(DISTINCT carrier)
        FROM flights WHERE arr_flights > 0 AND year = 2020 GROUP BY ALL
        """,
        ends_at=21,
    ),
    Figure(
        "complaints_unexplained",
        "2022-07-01",
        "2023-06-30",
        # The two publications agree up to September 2022 and never after.
        """
        WITH by_subject AS (
          SELECT CAST(year_month || '-01' AS DATE) AS month, sum(count) AS n
          FROM complaints WHERE airport IN (SELECT airport FROM flights) GROUP BY ALL
        ), totals AS (
          SELECT CAST(year_month || '-01' AS DATE) AS month, sum(count) AS n
          FROM tsa_totals WHERE airport IN (SELECT airport FROM flights) GROUP BY ALL
        )
        SELECT month, 100 * (by_subject.n - totals.n) / totals.n
        FROM months JOIN by_subject USING (month) JOIN totals USING (month)
        """,
        ends_at=245.84,
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
    Figure(
        "days_to_correct_at_nine_in_ten",
        "2018-01-01",
        "2018-12-31",
        """
        SELECT month, quantile_cont(date_diff('day', inspection_date, corrected_date), 0.9)
        FROM months, violations
        WHERE corrected = 'Yes' AND violation_type = 'Priority'
          AND corrected_date BETWEEN month AND month_end AND corrected_date >= inspection_date
        GROUP BY ALL
        """,
        ends_at=26,
        slice={"severity": "critical"},
    ),
    Figure(
        "days_taken_of_days_given",
        "2019-01-01",
        "2019-05-31",
        """
        SELECT month,
          100 * sum(date_diff('day', inspection_date, corrected_date)) / sum(days_to_correct)
        FROM months, violations
        WHERE corrected = 'Yes'
          AND corrected_date BETWEEN month AND month_end AND corrected_date >= inspection_date
        GROUP BY ALL
        """,
        ends_at=157.78,
    ),
    Figure(
        "places_inspected",
        "2017-01-01",
        "2017-12-31",
        """
        SELECT CAST(date_trunc('month', inspection_date) AS DATE), count(DISTINCT establishmentid)
        FROM inspections JOIN places USING (establishmentid)
        WHERE risk_category = 'High' AND year(inspection_date) = 2017 GROUP BY ALL
        """,
        ends_at=67,
        slice={"risk_category": "High"},
    ),
    Figure(
        "inspections_per_inspector",
        "2018-07-01",
        "2018-12-31",
        """
        SELECT month, count(*) / count(DISTINCT inspectorid)
        FROM months, inspections WHERE CAST(inspection_date AS DATE) BETWEEN month AND month_end
        GROUP BY ALL
        """,
        ends_at=19.6,
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
    Figure(
        "delivery_days_at_nine_in_ten",
        "2018-01-01",
        "2018-08-31",
        """
        SELECT CAST(date_trunc('month', order_purchase_timestamp) AS DATE), quantile_cont(
          date_diff('day', order_purchase_timestamp, order_delivered_customer_date), 0.9)
        FROM orders JOIN customers USING (customer_id)
        WHERE customer_state = 'RJ' AND order_status = 'delivered'
          AND year(order_purchase_timestamp) = 2018
        GROUP BY ALL
        """,
        ends_at=13,
        slice={"state": "RJ"},
    ),
    Figure(
        "freight_share",
        "2017-01-01",
        "2017-12-31",
        """
        SELECT CAST(date_trunc('month', order_delivered_carrier_date) AS DATE),
          100 * sum(freight_value) / sum(price)
        FROM items JOIN orders USING (order_id)
        WHERE year(order_delivered_carrier_date) = 2017 GROUP BY ALL
        """,
        ends_at=16.32,
    ),
    Figure(
        "perfect_order_share",
        "2018-01-01",
        "2018-08-31",
        """
        WITH bought AS (
          SELECT CAST(date_trunc('month', order_purchase_timestamp) AS DATE) AS month,
            avg(CAST(order_status IN ('canceled', 'unavailable') AS INTEGER)) AS lost,
            count(*) FILTER (WHERE order_status = 'delivered'
              AND order_delivered_customer_date > order_estimated_delivery_date)
              / count(*) FILTER (WHERE order_status = 'delivered') AS late
          FROM orders GROUP BY ALL
        ), reviewed AS (
          SELECT CAST(date_trunc('month', review_creation_date) AS DATE) AS month,
            avg(CAST(review_score <= 2 AS INTEGER)) AS unhappy
          FROM reviews GROUP BY ALL
        )
        SELECT month, 100 * (1 - lost) * (1 - late) * (1 - unhappy)
        FROM months JOIN bought USING (month) JOIN reviewed USING (month)
        """,
        ends_at=47.81,
    ),
]


def check(example: str, site: Site, figure: Figure) -> None:
    expected = published(example, figure)
    assert expected, "the files say nothing of these months"
    # Cells keep nine decimals; sums of decimals agree in all of them.
    assert shown(site, figure) == pytest.approx(expected, rel=1e-12, abs=1e-9)
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
