"""F5: a damaged version is told in one message, never read as other numbers, and made again."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from data.warehouse import DamagedWarehouseError
from metrics.cells import read_cells
from tests.support.command_line import clause9
from tests.support.counts import Tell, counted
from tests.support.ingesting import a_file, a_workspace, ingest, open_company

FLIPS = counted(10, full=60)

VERSION = Path("state", "warehouse", "v000002.duckdb")


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a company with two published files, to be copied and damaged."""
    folder = tmp_path_factory.mktemp("damage")
    root = a_workspace(folder / "company")
    for number in (1, 2):
        assert ingest(root, a_file(root, number), folder / "acknowledged") == 0
    return root


def test_damage_is_told_and_healed_or_falls_where_nothing_is_kept(
    pattern: Path, tmp_path: Path, tell: Tell
) -> None:
    right, found = kept(pattern), Counter[str]()
    for name, damaged in damages((pattern / VERSION).read_bytes()):
        # A copy of its own each time: DuckDB knows an open file by its path.
        root = tmp_path / name
        shutil.copytree(pattern, root)
        (root / VERSION).write_bytes(damaged)
        told = asked(root, right)
        found["harmless" if told is None else "told"] += 1
        if told is not None:
            assert told.count("clause9 rebuild") == 1, told
            assert "Traceback" not in told
            assert clause9("--workspace", root, "rebuild").code == 0, name
            assert is_same(kept(root)[0], right[0]), f"{name}: other cells after the rebuild"
        shutil.rmtree(root)
    assert found["told"] > 0
    tell(
        f"F5: {FLIPS} bit flips, 3 cuts, empty, junk: {found['told']} told and rebuilt to the same "
        f"cells, {found['harmless']} harmless with the same facts and cells, 0 wrong."
    )


def damages(whole: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield each way of damaging a file, by name."""
    chance = random.Random(60)  # noqa: S311 - not for secrets
    yield "empty", b""
    yield "junk", chance.randbytes(len(whole))
    for part in (0.1, 0.5, 0.99):
        yield f"cut at {part}", whole[: int(part * len(whole))]
    filled = [at for at in range(0, len(whole), 4096) if any(whole[at : at + 4096])]
    for flip in range(FLIPS):
        damaged = bytearray(whole)
        # Most of a small file is kept free: every second flip falls where something is written.
        anywhere, somewhere = chance.randrange(len(whole)), chance.choice(filled)
        at = anywhere if flip % 2 else min(somewhere + chance.randrange(4096), len(whole) - 1)
        damaged[at] ^= 1 << chance.randrange(8)
        yield f"flip {flip}", bytes(damaged)


def asked(root: Path, right: tuple[pl.DataFrame, pl.DataFrame]) -> str | None:
    """Return what is said when values and rows are asked for; None where all of them are right."""
    answer = clause9("--workspace", root, "metrics", "values", "complaints", "--json")
    if answer.code:
        assert (answer.code, answer.out) == (1, "")
        return answer.err
    try:
        found = kept(root)
    except DamagedWarehouseError as error:
        return str(error)
    assert all(is_same(*pair) for pair in zip(found, right, strict=True)), "other numbers"
    return None


def kept(root: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the cells and the facts of the current version."""
    company = open_company(root)
    with company.records, company.warehouse.read() as reader:
        return read_cells(reader), reader.facts_frame("complaints")


def is_same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    return one.sort(pl.all()).equals(other.sort(pl.all()))
