"""`metrics values` of a formula: a part that never came in is not a part that is zero."""

from __future__ import annotations

from tests.support.command_line import Site

FORMULA = """
[deliveries]
title = "Deliveries"
why = "What everything else is read against."
unit = "deliveries"
better = "neutral"
process = "logistics"
[deliveries.measure]
kind = "total"
numerator = { table = "outputs", sum = "quantity" }

[deliveries_unharmed]
title = "Deliveries nobody complained about"
why = "What went as it should."
unit = "deliveries"
better = "higher"
process = "logistics"
[deliveries_unharmed.measure]
kind = "formula"
expression = "deliveries - complaints"
"""

OCTOBER = "output_on,process,site,quantity\n2026-10-31,logistics,Porto,700\n"


def test_a_formula_has_no_value_where_one_of_its_parts_did_not_come_in(site: Site) -> None:
    site.defines("metrics", formula=FORMULA)
    site.done("ingest", site.file("outputs_10.csv", OCTOBER))
    found = {row["period"]: row for row in site.values("deliveries_unharmed", "--to", "2026-10-31")}
    assert {period: row["value"] for period, row in found.items()} == {
        "2026-07-01": 1000 - 2,
        "2026-08-01": 800 - 1,
        "2026-09-01": 900 - 1,
        "2026-10-01": None,  # no complaints came in for October: 700 would look fine
    }
    assert found["2026-10-01"]["status"] == "missing"


def test_a_formula_counts_a_covered_month_without_rows_as_zero(site: Site) -> None:
    site.defines("metrics", formula=FORMULA)
    site.done("ingest", site.file("outputs_10.csv", OCTOBER))
    covers = ("--mapping", "crm", "--period", "2026-10")
    site.done("ingest", site.file("desk_10.csv", "No,Date,Plant\n"), *covers)
    (october,) = site.values("deliveries_unharmed", "--from", "2026-10-01", "--to", "2026-10-31")
    assert (october["value"], october["status"]) == (700 - 0, "ok")
