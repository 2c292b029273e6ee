"""36 workbooks of three layouts and seven headers in one load; every row is in, or has a reason."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.support.command_line import Site

ROWS = {"subway": 121_904, "streetcar": 27_494, "bus": 57_892}


def batches(site: Site) -> list[Any]:
    listed: list[Any] = site.done("batches", "list", "--json").json
    return [batch for batch in listed if batch["file"].endswith(".xlsx")]


def test_every_row_of_36_workbooks_is_accepted_or_quarantined(transit: Site) -> None:
    found = batches(transit)
    assert Counter(batch["file"].split("/")[0] for batch in found) == {
        "subway": 33,
        "streetcar": 2,
        "bus": 1,
    }
    rows: Counter[str] = Counter()
    for batch in found:
        assert (batch["state"], batch["left_out"]) == ("published", 0), batch["file"]
        rows[batch["file"].split("/")[0]] += batch["accepted"] + batch["refused"]
    assert rows == ROWS
    assert sum(ROWS.values()) == 207_290
    accepted = sum(batch["accepted"] for batch in found)
    # 301 rows have no delay and one a negative one.
    assert accepted == 207_290 - 302
    assert accepted / 207_290 >= 0.995


def test_every_quarantined_row_has_its_reason(transit: Site) -> None:
    reasons: Counter[str] = Counter()
    for batch in batches(transit):
        if batch["refused"]:
            asked = ("batches", "show", str(batch["id"]), "--rejected", "--limit", "1000")
            shown = transit.done(*asked, "--json").json
            told = {(row["sheet"], row["row"]): row["reason"] for row in shown["refused_rows"]}
            assert len(told) == batch["refused"]
            reasons.update(told.values())
    assert reasons == {
        "delay_minutes is empty, but every row needs it": 65 + 236,
        "the delay is negative. Give the minutes, without a sign.": 1,
    }


def test_columns_that_changed_their_names_are_told(transit: Site) -> None:
    (bus,) = [batch for batch in batches(transit) if batch["file"].startswith("bus/")]
    parts = transit.done("batches", "show", str(bus["id"]), "--json").json["report"]["parts"]
    drifted = {
        part["sheet"].strip()
        for part in parts
        if "Column 'Min Delay' is called 'Delay' in this file." in part["warnings"]
    }
    assert drifted == {"Apr 2019", "June 2019", "Nov 2019"}
    assert len(parts) == 11


@pytest.mark.parametrize(
    ("metric", "figure"),
    [
        ("subway_incidents", 121_904),
        ("subway_delay_minutes", 246_050),
        ("delay_minutes", 1_872_540),
        ("rides", 3_060_779_000),
    ],
)
def test_transit_of_six_years(transit: Site, metric: str, figure: int) -> None:
    assert sum(row["numerator"] or 0 for row in transit.values(metric)) == figure


def test_delays_are_read_against_how_many_people_rode(transit: Site) -> None:
    first = transit.values("subway_delays_per_million_rides")[0]
    assert (first["period"], first["numerator"], first["denominator"]) == (
        "2014-01-01",
        324,
        45_612_000,
    )
    assert first["value"] == pytest.approx(324 / 45.612)


def test_streetcars_before_their_records_are_no_zero(transit: Site) -> None:
    rows = transit.values("delay_minutes", "--by", "process", "--to", "2017-12-31")
    told = {row["value"] for row in rows if row["slice"]["process"] == "streetcar"}
    assert told <= {None}
