"""What the hidden sheet of an owner's template says, and reading it back.

It is filled in by us and sent back by anybody: what it says is checked like every other cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from data.errors import RefusedInputError, UsageError
from data.tables import Table
from pipelines.mapping.periods import Period, period_named
from pipelines.templates.figures import HandedOut, contract_of_figures, part_headers

KIND = "owner"
"""The kind of template; the template of a table says none."""

LAYOUT = "1"
"""How the sheets are laid out. A number that is not known is refused, never guessed at."""

FIRST_ROW = 2
"""The first row of figures, as a person counts rows."""

_ROW = "row:"


class MarkedRow(BaseModel):
    """One row as it was handed out: which figure it is, what it asks for, what its cells show."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str
    process: str
    part: dict[str, str]
    asks: str
    shown: dict[str, str]


class Marker(BaseModel):
    """The hidden sheet, read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["owner"]
    layout: str
    owner: str
    owner_name: str
    period: Period
    contract: str
    made_on: date
    parts: dict[str, str]
    rows: dict[int, MarkedRow]


def owner_marker(
    out: HandedOut, table: Table, rows: Sequence[Mapping[str, str]], as_of: date
) -> dict[str, str]:
    """Return what the hidden sheet says, name to value, in its columns A and B."""
    head = {
        "kind": KIND,
        "layout": LAYOUT,
        "owner": out.owner,
        "owner_name": out.owner_name,
        "period": out.period.label,
        "contract": contract_of_figures(table),
        "made_on": as_of.isoformat(),
    }
    headers = part_headers(out.figures, table)
    parts = {f"part:{name}": header for name, header in headers.items()}
    marked = {
        f"{_ROW}{number}": MarkedRow(
            metric=figure.name,
            process=figure.process,
            part=dict(figure.part),
            asks=figure.asks,
            shown=dict(shown),
        ).model_dump_json()
        for number, (figure, shown) in enumerate(zip(out.figures, rows, strict=True), FIRST_ROW)
    }
    return head | parts | marked


def is_owner_template(marker: Mapping[str, str]) -> bool:
    """Return whether a hidden sheet is that of an owner's template."""
    return marker.get("kind") == KIND


def read_marker(marker: Mapping[str, str]) -> Marker:
    """Return the hidden sheet, read. Raises RefusedInputError where it is not as we wrote it."""
    head = {name: text for name, text in marker.items() if ":" not in name}
    named = [name.split(":", 1) for name in marker if ":" in name]
    try:
        if head.get("layout") != LAYOUT:
            raise RefusedInputError(
                "the template was made by another version of Clause9 and cannot be read."
            )
        return Marker.model_validate(
            {
                **head,
                "period": period_named(head.get("period", "")),
                "parts": {rest: marker[f"part:{rest}"] for kind, rest in named if kind == "part"},
                "rows": {
                    int(rest): MarkedRow.model_validate_json(marker[f"{_ROW}{rest}"])
                    for kind, rest in named
                    if f"{kind}:" == _ROW
                },
            }
        )
    except (ValidationError, ValueError, UsageError) as error:
        raise RefusedInputError(
            "the hidden sheet of the template is damaged, so nobody can say which figures the "
            "rows are."
        ) from error
