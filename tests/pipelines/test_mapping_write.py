"""A mapping that is written loads again to itself, and what stands beside it is never damaged."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import DefinitionError, UsageError
from pipelines.mapping import Lookup, Mapping, Periods, Unpivot, load_mappings
from pipelines.mapping.write import is_kept, mapping_toml, remember
from tests.support.submitting import TABLES

EVERYTHING = Mapping(
    name="everything",
    table="metric_values",
    files=("kpi [2026]*.xlsx", 'q"uote.csv'),
    title="Somebody's KPIs",
    sheet="* 2026",
    header_row=3,
    header_rows=2,
    until="Source:",
    where="\"value\" is not null",
    dates=("%d.%m.%Y",),
    decimal=",",
    thousands=" ",
    missing=("", "se graf"),
    columns={"site": "Plant / name", "note": "Line\nbreak"},
    also_called={"Plant / name": ("Plant",)},
    fill_down=("Plant / name",),
    constants={"process": "sales", "denominator": Decimal("12.50"), "status": "ok"},
    values={"site": {"1": "Porto", "Å.b": "Aarhus"}},
    percent=("value",),
    periods=Periods(kind="four_weeks", first=(date(2026, 4, 1), date(2027, 4, 1)), year="Year"),
    unpivot=Unpivot(columns={"2026 / P01": "P01"}, name_to="period", value_to="value"),
    lookup=(Lookup(files="sites.csv", on={"a": "b"}, take={"c": "d"}),),
)  # fmt: skip

BY_HAND = """\
# Written by Ana; ask her before changing it.
[others]                      # the plant's own
table = "complaints"
files = ["a.csv"]

[others.columns]
complaint_id = "No"   # as printed
received_on = "Date"

[others.constants]
process = "sales"

# The end.
"""


def a_mapping(**keys: object) -> Mapping:
    usual: dict[str, object] = {
        "name": "kpi",
        "table": "metric_values",
        "columns": {"period": "Month", "value": "Figure"},
        "constants": {"process": "sales", "metric": "on_time"},
    }
    return Mapping.model_validate(usual | keys)


def loaded(text: str, name: str) -> Mapping:
    return Mapping.model_validate({"name": name, **tomllib.loads(text)[name]})


def test_every_key_loads_again_as_it_was() -> None:
    assert loaded(mapping_toml(EVERYTHING), "everything") == EVERYTHING


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(
    names=st.dictionaries(texts, texts, max_size=4),
    values=st.dictionaries(texts, st.dictionaries(texts, texts, max_size=3), max_size=3),
    missing=st.lists(texts, max_size=3),
    constant=st.one_of(texts, st.booleans(), st.integers(-(10**12), 10**12), st.dates(),
                       st.decimals(-(10**9), 10**9, places=3)),
)  # fmt: skip
def test_whatever_people_write_in_a_header_loads_again(
    names: dict[str, str],
    values: dict[str, dict[str, str]],
    missing: list[str],
    constant: str,
) -> None:
    mapping = a_mapping(
        columns=names, values=values, missing=missing, constants={"process": constant}
    )
    assert loaded(mapping_toml(mapping), "kpi") == mapping


def test_what_is_remembered_is_what_the_site_then_loads(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    path = remember(folder, a_mapping())
    assert path == folder / "kpi.toml"
    assert load_mappings(folder, TABLES) == {"kpi": a_mapping()}


def test_sections_and_comments_beside_it_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "kpi.toml"
    path.write_text(BY_HAND, encoding="utf-8")
    remember(tmp_path, a_mapping())
    assert path.read_text(encoding="utf-8").startswith(BY_HAND.rstrip())
    assert set(load_mappings(tmp_path, TABLES)) == {"others", "kpi"}


def test_a_mapping_is_replaced_where_it_stands_and_keeps_its_comments(tmp_path: Path) -> None:
    path = tmp_path / "by_hand.toml"
    path.write_text(BY_HAND, encoding="utf-8")
    mapping = load_mappings(tmp_path, TABLES)["others"]
    changed = mapping.model_copy(update={"decimal": ",", "files": ("b.csv",)})
    assert remember(tmp_path, changed) == path
    text = path.read_text(encoding="utf-8")
    assert load_mappings(tmp_path, TABLES) == {"others": changed}
    for comment in ("# Written by Ana", "# the plant's own", "# as printed", "# The end."):
        assert comment in text
    assert [file.name for file in tmp_path.iterdir()] == ["by_hand.toml"]


def test_sections_out_of_order_are_written_anew_rather_than_wrongly(tmp_path: Path) -> None:
    path = tmp_path / "kpi.toml"
    split = '[kpi]\ntable = "x"\n[other]\ntable = "y"\n[kpi.columns]\nperiod = "M"\n'
    path.write_text(split, encoding="utf-8")
    remember(tmp_path, a_mapping())
    after = tomllib.loads(path.read_text(encoding="utf-8"))
    assert after["other"] == {"table": "y"}
    assert loaded(path.read_text(encoding="utf-8"), "kpi") == a_mapping()


def test_the_same_mapping_again_changes_no_byte(tmp_path: Path) -> None:
    path = remember(tmp_path, EVERYTHING)
    before = path.read_bytes()
    remember(tmp_path, EVERYTHING)
    assert path.read_bytes() == before


def test_a_file_that_is_no_toml_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "kpi.toml"
    path.write_text("[kpi\ntable = 1", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"kpi\.toml"):
        remember(tmp_path, a_mapping())
    assert path.read_text(encoding="utf-8") == "[kpi\ntable = 1"


@pytest.mark.parametrize("name", ["../up", "Kpi", "", "a b", "1st"])
def test_a_name_that_is_no_word_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot name a mapping"):
        remember(tmp_path, a_mapping(name=name))
    assert list(tmp_path.iterdir()) == []


def test_a_text_that_lost_or_changed_something_is_known_and_not_written() -> None:
    mapping = a_mapping()
    section = mapping_toml(mapping)
    assert is_kept(BY_HAND, f"{BY_HAND}\n{section}", mapping)
    assert not is_kept(BY_HAND, section, mapping)
    assert not is_kept(BY_HAND, f"{BY_HAND.replace('sales', 'sale')}\n{section}", mapping)
    assert not is_kept(BY_HAND, f"{BY_HAND}\n{section.replace('on_time', 'late')}", mapping)
    assert not is_kept(BY_HAND, BY_HAND, mapping)
