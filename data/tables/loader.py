"""Reading table contracts: the shipped ones, extended and overridden by the site's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from data.tables.contract import Table


def load_tables(site_folder: Path | None = None) -> Mapping[str, Table]:
    """Return every table by name, in order of name."""
    return {}
