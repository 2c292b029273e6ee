"""A workbook with damaged bytes is refused in words, or read as it was: never with other values."""

from __future__ import annotations

import os
import random
import zipfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from data.errors import RefusedInputError
from pipelines.clean.failures import INDEX
from pipelines.load.context import Context
from pipelines.load.prepare import Prepared, prepare
from pipelines.mapping import Lookup, template_mapping
from pipelines.readers.open import read
from pipelines.readers.raw import Ask, Raw
from tests.support.files import Cell, a_workbook
from tests.support.submitting import TABLES

FLIPS = int(os.environ.get("CLAUSE9_FLIPS", "60"))
COLUMNS = ["complaint_id", "received_on", "process", "cost", "description"]


def a_good_workbook(path: Path, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a workbook, its parts packed, or stored: then a changed byte is a changed cell."""
    day = date(2026, 9, 1)
    rows: list[list[Cell]] = [
        [f"C-{i}", day + timedelta(i), "moulding", i * 1.25, f"what was said {i}"]
        for i in range(40)
    ]
    header: list[Cell] = [*COLUMNS]
    a_workbook(path, {"complaints": [header, *rows]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path.read_bytes()


def flipped(whole: bytes, chance: random.Random) -> bytes:
    """Return the bytes with one to eight of them changed, near each other every second time."""
    damaged = bytearray(whole)
    start, near = chance.randrange(len(whole)), chance.random() < 0.5
    for _ in range(chance.randint(1, 8)):
        at = start + chance.randrange(32) if near else chance.randrange(len(whole))
        damaged[at % len(whole)] ^= chance.randint(1, 255)
    return bytes(damaged)


def outcome(path: Path, right: pl.DataFrame) -> str:
    """Return what became of a damaged file: refused, rows refused, or equal; other values fail."""
    try:
        prepared = _prepared(path)
    except RefusedInputError as refusal:
        assert str(refusal).startswith("complaints.xlsx: "), refusal  # noqa: PT017
        return "refused"
    told = prepared.good.select("clause9:row", *COLUMNS)
    assert told.join(right, on="clause9:row", how="anti").is_empty()
    kept = right.join(told, on="clause9:row", how="semi", maintain_order="left")
    assert told.equals(kept), path
    if prepared.refused:
        assert prepared.refused + told.height == right.height, path
        return "rows refused"
    assert told.height == right.height, path
    return "equal"


def _prepared(path: Path) -> Prepared:
    ((raw,),) = read(path, "complaints.xlsx", [Ask(sheet="complaints")])
    mapping = template_mapping(TABLES["complaints"])
    mapping = mapping.model_copy(update={"columns": {name: name for name in COLUMNS}})
    (prepared,) = prepare([(mapping, raw)], Context(TABLES, _no_lookup))
    assert INDEX in prepared.rows.columns
    return prepared


def _no_lookup(_: Lookup) -> Raw:
    raise AssertionError


@pytest.mark.parametrize(
    ("was", "now"), [(b"what was said 7<", b"what was paid 7<"), (b"<v>8.75<", b"<v>8.25<")]
)
def test_a_cell_that_differs_from_its_checksum_is_refused(
    was: bytes, now: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "good.xlsx"
    whole = a_good_workbook(path, zipfile.ZIP_STORED)
    assert whole.count(was) == 1
    path.write_bytes(whole.replace(was, now))
    with pytest.raises(RefusedInputError, match="damaged or cut short"):
        _prepared(path)


@pytest.mark.parametrize("seed", range(4))
def test_damaged_bytes_never_give_other_values(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "good.xlsx"
    whole = a_good_workbook(path, (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)[seed % 2])
    right = _prepared(path).good.select("clause9:row", *COLUMNS)
    chance, seen = random.Random(seed), Counter[str]()  # noqa: S311 - not for secrets
    for flip in range(FLIPS // 4):
        damaged = tmp_path / f"{flip}.xlsx"
        damaged.write_bytes(flipped(whole, chance))
        seen[outcome(damaged, right)] += 1
        damaged.unlink()
    print(dict(seen))  # noqa: T201 - the figures of a full run: CLAUSE9_FLIPS=2000 pytest -s
    assert seen["refused"] > 0
