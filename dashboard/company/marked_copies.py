"""A copy of a person's own file in which every refused cell is filled and says what is wrong."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from dashboard.company.opened import Company
from dashboard.company.publishing import HandedIn, try_upload
from dashboard.company.refused_cells import RefusedCell, refused_cells, without_consequences
from data.errors import NotFoundError
from data.records.access import Actor
from pipelines.load.loader import Loaded, ask_of
from pipelines.load.watch import Watch
from pipelines.readers.open import mark
from pipelines.readers.raw import Limits, Mark


def marked_copy(company: Company, handed_in: HandedIn, *, actor: Actor) -> tuple[str, bytes]:
    """Return the name and the bytes of a workbook: the file as it was sent, its cells marked.

    It keeps the file's name, so that what is corrected in it is read like the file. Raises
    NotFoundError where no cell is refused.
    """
    read: list[Loaded] = []
    try_upload(company, handed_in, actor=actor, watch=Watch(seen=read.append))
    parts = [without_consequences(part) for file in read for part in file.parts]
    cells = refused_cells(company, parts)
    if not cells:
        raise NotFoundError(f"No cell of {handed_in.name} is refused, so there is none to mark.")
    asks = list(dict.fromkeys(ask_of(part.mapping) for part in parts))
    limits = Limits(**company.workspace.settings.upload.model_dump())
    with TemporaryDirectory(prefix="clause9-marked-") as folder:
        path = Path(folder) / Path(handed_in.name).name
        path.write_bytes(handed_in.content)
        book = mark(path, handed_in.name, asks, [_mark(cell) for cell in cells], limits)
    return f"{Path(handed_in.name).stem}.xlsx", book


def _mark(cell: RefusedCell) -> Mark:
    wanted = f"\nExpected: {cell.expected}" if cell.expected else ""
    return Mark(cell.sheet, cell.row, cell.header, cell.cell, f"{cell.reason}.{wanted}")
