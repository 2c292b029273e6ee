"""[[owner_of_each]]: one entry gives each value of a dimension its owner."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from data.errors import DefinitionError
from data.records.access import local_operator
from data.records.load import load_records
from data.records.people import owner_of, people
from data.records.records import open_records

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
OPERATOR = local_operator("operator")
FILE = """
[[processes]]
id = "fulfilment"
title = "Fulfilment"

[[owner_of_each]]
process = "fulfilment"
table = "outputs"
dimension = "seller"
name = "Seller {value}"
most = 2
from_on = 2020-01-01
"""


def sellers(table: str, dimension: str) -> list[str]:
    assert (table, dimension) == ("outputs", "seller")
    return ["a7", "b3", "c1"]


def test_the_most_frequent_values_get_an_owner_each(tmp_path: Path) -> None:
    file = tmp_path / "people.toml"
    file.write_text(FILE, encoding="utf-8")
    with open_records(f"sqlite:///{tmp_path / 'records.sqlite'}") as records:
        load_records(records, OPERATOR, file, AT, values_of=sellers)
        owner = owner_of(records, "fulfilment", {"seller": "a7"}, date(2026, 1, 1))
        assert owner is not None
        assert owner.name == "Seller a7"
        assert owner_of(records, "fulfilment", {"seller": "c1"}, date(2026, 1, 1)) is None
        assert [each.name for each in people(records)] == ["Seller a7", "Seller b3"]


def test_a_name_without_the_value_is_refused_at_its_key(tmp_path: Path) -> None:
    file = tmp_path / "people.toml"
    file.write_text(FILE.replace("Seller {value}", "Seller"), encoding="utf-8")
    with (
        open_records(f"sqlite:///{tmp_path / 'records.sqlite'}") as records,
        pytest.raises(DefinitionError, match=r"owner_of_each.*name"),
    ):
        load_records(records, OPERATOR, file, AT, values_of=sellers)
