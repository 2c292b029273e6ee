"""What a mapping may say of a layout, and every way of saying it wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import DefinitionError
from pipelines.mapping import load_mappings
from pipelines.mapping.block import Block, block_of
from pipelines.mapping.checks import mapping_findings
from pipelines.mapping.model import Mapping
from pipelines.mapping.theirs import needed_headers
from tests.support.submitting import TABLES

WIDE = """
[wide]
table = "metric_values"
files = "kpi*.xlsx"
header_row = 3
header_rows = 2
until = "Source:"
fill_down = "Site"
optional = ["Remark"]
percent = "value"

[wide.columns]
site = "Site"
note = "Remark"

[wide.constants]
process = "deliveries"
metric = "on_time"

[wide.unpivot]
columns = ["2017 / *"]
name_to = "period"
value_to = "value"

[wide.also_called]
Site = ["Plant"]

[wide.periods]
language = "fr"
year = "Year"
"""


def findings(**keys: object) -> list[tuple[str, str]]:
    usual: dict[str, object] = {
        "name": "wide",
        "table": "metric_values",
        "constants": {"process": "deliveries", "metric": "on_time"},
        "columns": {"period": "Month", "value": "Figure"},
    }
    return list(mapping_findings(Mapping.model_validate(usual | keys), TABLES))


def test_a_mapping_says_where_the_cells_are_and_how_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "wide.toml").write_text(WIDE)
    mapping = load_mappings(tmp_path, TABLES)["wide"]
    assert (mapping.header_rows, mapping.until, mapping.fill_down) == (2, "Source:", ("Site",))
    assert mapping.also_called == {"Site": ("Plant",)}
    assert mapping.percent == ("value",)
    assert mapping.periods is not None
    assert (mapping.periods.kind, mapping.periods.language) == ("month", "fr")
    assert needed_headers(mapping) == ("Site", "Remark", "Year")


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("B5:N40", Block(5, 40, 1, 13)),
        ("b5:n", Block(5, None, 1, 13)),
        ("A1:AA2", Block(1, 2, 0, 26)),
    ],
)
def test_a_block_is_an_excel_range_open_below_or_not(text: str, block: Block) -> None:
    assert block_of(text) == block


@pytest.mark.parametrize("text", ["B5", "5:40", "N5:B40", "B5:N5", "B0:N4", "A1:XFE9", "B:N"])
def test_a_block_that_is_no_range_is_told(text: str) -> None:
    ((key, sentence),) = findings(block=text)
    assert (key, text in sentence) == ("block", True)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"block": "A1:C9", "header_row": 1}, "header_row: is the first row of `block` already"),
        ({"fill_down": ["Mont"]}, "fill_down.Mont: is a header this mapping does not read. Did"),
        ({"optional": ["Note"]}, "optional.Note: is a header this mapping does not read."),
        (
            {"also_called": {"Figure": ["Month"]}},
            "also_called.Figure: 'Month' is the column 'Month' already.",
        ),
        ({"percent": ["metric"]}, "percent.metric: has no cells"),
        ({"percent": ["values"]}, "percent.values: table 'metric_values' has no"),
        ({"units": {"period": "min"}}, "units.period: is no column of numbers"),
        ({"units": {"value": "min"}, "percent": ["value"]}, "units.value: is a percentage already"),
        ({"periods": {"language": "xx"}}, "periods.language: 'xx' is no language."),
        ({"periods": {"kind": "four_weeks"}}, "periods.first: is not said."),
        ({"periods": {"year": 26}}, "periods.year: 26 is no year"),
        (
            {"columns": {"value": "Figure"}, "derive": {"period": "D"}, "periods": {}},
            "periods: date the rows by period, which no column of the file fills",
        ),
    ],
)
def test_what_cannot_be_meant_is_told(keys: dict[str, object], told: str) -> None:
    said = [f"{key}: {sentence}" for key, sentence in findings(**keys)]
    assert len(said) == 1
    assert said[0].startswith(told)


def test_more_than_nine_header_rows_are_a_slip(tmp_path: Path) -> None:
    (tmp_path / "wide.toml").write_text(WIDE.replace("header_rows = 2", "header_rows = 20"))
    with pytest.raises(DefinitionError, match="header_rows"):
        load_mappings(tmp_path, TABLES)


def test_a_key_that_is_not_said_does_not_make_every_file_a_change() -> None:
    said = Mapping.model_validate({"name": "a", "table": "complaints"})
    again = said.model_copy(update={"header_rows": 1, "optional": (), "periods": None})
    assert again.content_hash == said.content_hash
    assert said.model_copy(update={"header_rows": 2}).content_hash != said.content_hash
