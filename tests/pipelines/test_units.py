"""Percent signs and units beside numbers."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.clean.units import without_unit
from tests.support.files import a_csv
from tests.support.submitting import Site, a_mapping


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("95,2 %", "%", "95,2"),
        ("-3.5%", "%", "-3.5"),
        ("95", "%", "95"),
        ("0", "%", "0"),
        ("12 min", "min", "12"),
        ("12 Min.", "min", "12"),
        ("€ 1 250", "€", "1 250"),
        ("€1.250,50", "€", "1.250,50"),
        ("1e3 kg", "kg", "1e3"),
        ("abc", "min", "abc"),
    ],
)
def test_a_number_is_read_without_its_unit(text: str, unit: str, number: str) -> None:
    plain, failures = without_unit(pl.Series([text]), unit)
    assert (plain.to_list(), failures.height) == ([number], 0)


@pytest.mark.parametrize(
    ("text", "unit", "reason"),
    [
        ("12 h", "min", "'12 h' has a unit that is not 'min'"),
        ("12 min", "%", "'12 min' has a unit that is not '%'"),
        ("0.95", "%", "'0.95' has no % sign: it may be a share or a percentage"),
        ("1", "%", "'1' has no % sign: it may be a share or a percentage"),
        ("5 ‰", "%", "'5 ‰' has a unit that is not '%'"),
    ],
)
def test_another_unit_and_a_share_in_doubt_are_refused(text: str, unit: str, reason: str) -> None:
    plain, failures = without_unit(pl.Series([None, text]), unit)
    assert plain.to_list() == [None, None]
    assert failures.select("index", "value", "rule", "reason").rows() == [(1, text, "unit", reason)]


def test_a_cell_with_another_unit_is_refused_with_its_place(site: Site, tmp_path: Path) -> None:
    site.knows(
        a_mapping(
            columns={"complaint_id": "No", "received_on": "Date", "cost": "Cost"},
            units={"cost": "EUR"},
            decimal=",",
        )
    )
    text = "No;Date;Cost\n1;2026-09-01;12,50 EUR\n2;2026-09-01;7 USD\n3;2026-09-01;x EUR\n"
    report = site.ingest(a_csv(tmp_path / "a.csv", text), accept_good=True)
    assert site.rows("complaints", "complaint_id", "cost") == [("1", Decimal("12.50"))]
    assert [(r.row, r.column, r.reason) for r in report.batches[0].reasons] == [
        (3, "Cost", "'7 USD' has a unit that is not 'EUR'"),
        (4, "Cost", "'x EUR' is not a number"),
    ]
