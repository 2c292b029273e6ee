"""Figures of real companies a second time: SQL over the files their publishers put out.

Nothing here goes through the warehouse, a mapping or a definition. A reader checks a figure by
reading its SQL beside the definition of the metric.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from tests.support.command_line import Site
from tests.support.examples import FOLDERS, sources

FILES: Mapping[str, Mapping[str, str]] = {
    "us_airports": {
        "flights": "bts_Airline_Delay_Cause_30airports_2019-05_2024-05.csv",
        "complaints": "tsa_complaints_by_airport_subcategory_2015-01_2024-03.parquet",
        "tsa_totals": "tsa_complaints-by-airport.csv",
    },
    "detroit_food_safety": {
        "places": "establishments.csv",
        "inspections": "inspections.csv",
        "violations": "violations.csv.gz",
    },
    "marketplace": {
        "orders": "olist_orders_dataset.csv",
        "items": "olist_order_items_dataset.csv",
        "customers": "olist_customers_dataset.csv",
        "reviews": "olist_order_reviews_dataset.csv",
    },
}
"""The published files of each example, by the name the SQL of its figures calls them."""

_MONTHS = """
SELECT CAST(day AS DATE) AS month, last_day(day) AS month_end
FROM range(DATE '{}', DATE '{}', INTERVAL 1 MONTH) AS days(day)
"""


@dataclass(frozen=True)
class Figure:
    """A metric in one slice over some months, and the SQL that gives the same from the files.

    The SQL returns the first day of a month and the value, one row a month; it finds the months in
    `months`, with `month` and `month_end`. `ends_at` is the last value, as people read it.
    """

    metric: str
    first: str
    last: str
    sql: str
    ends_at: float
    slice: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the figure as a test names it."""
        return " ".join([self.metric, *self.slice.values(), self.first, self.last])


def published(example: str, figure: Figure) -> dict[str, float]:
    """Return the value of each month as the published files give it."""
    with duckdb.connect() as connection:
        for name, file in FILES[example].items():
            path = sources() / FOLDERS[example] / file
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM '{path}'")
        connection.execute(f"CREATE VIEW months AS {_MONTHS.format(figure.first, figure.last)}")
        rows = connection.execute(figure.sql).fetchall()
    return {str(month)[:10]: float(value) for month, value in sorted(rows)}


def shown(site: Site, figure: Figure) -> dict[str, float]:
    """Return the value of each month as Clause9 shows it."""
    by = [word for name in figure.slice for word in ("--by", name)]
    rows = site.values(figure.metric, *by, "--from", figure.first, "--to", figure.last)
    return {row["period"]: row["value"] for row in rows if row["slice"] == figure.slice}
