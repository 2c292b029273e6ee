"""Names that are spelt several ways in a file, and the lines that make them one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from dashboard.company.opened import Company
from pipelines.clean.spellings import counted, spelling_groups
from pipelines.load.one_column import column_texts
from pipelines.report import rows


@dataclass(frozen=True)
class Spellings:
    """What was found in one column; `groups` are SPELLINGS, `key` is where the mapping takes them.

    `spelt` counts the distinct texts, `names` what is left of them if every group is one name.
    """

    header: str
    key: str
    spelt: int
    names: int
    groups: pl.DataFrame

    @property
    def told(self) -> str:
        """Return how many names there are."""
        return counted(self.names)

    @property
    def block(self) -> str:
        """Return the section of the mapping, ready to paste; empty where nothing was found."""
        other = self.groups.filter(pl.col("value") != pl.col("suggested"))
        lines = [
            f"{_quoted(row['value'])} = {_quoted(row['suggested'])}  # {rows(row['rows'])}"
            for row in other.iter_rows(named=True)
        ]
        return "\n".join([f"[{self.key}]", *lines]) if lines else ""


def spellings(company: Company, path: Path, column: str, mapping: str | None) -> Spellings:
    """Return the spellings of one column of a file, as its mapping or else its header names it.

    Raises NotFoundError for an unknown column or mapping, RefusedInputError for a file not read.
    """
    found = column_texts(path, column, company.mappings, company.tables, mapping)
    groups = spelling_groups(found.texts)
    spelt = found.texts.drop_nulls().n_unique()
    names = spelt - groups.height + groups.get_column("suggested").n_unique()
    section = found.mapping.name if found.mapping else "MAPPING"
    key = f"{section}.values.{found.our or 'COLUMN'}"
    return Spellings(found.header, key, spelt, names, groups)


def _quoted(text: str) -> str:
    # A basic string of TOML is written like one of JSON.
    return json.dumps(text, ensure_ascii=False)
