"""What an owner fills in: the template of a table, and that of one owner's figures of a period."""

from pipelines.templates.figures import Amounts, Figure, HandedOut
from pipelines.templates.marker import is_owner_template, owner_marker, read_marker
from pipelines.templates.owner import write_owner_template
from pipelines.templates.table import (
    EXAMPLE_ROW,
    MARKER_SHEET,
    contract_hash,
    example_row,
    is_example,
    template_marker,
    write_template,
)

__all__ = [
    "EXAMPLE_ROW",
    "MARKER_SHEET",
    "Amounts",
    "Figure",
    "HandedOut",
    "contract_hash",
    "example_row",
    "is_example",
    "is_owner_template",
    "owner_marker",
    "read_marker",
    "template_marker",
    "write_owner_template",
    "write_template",
]
