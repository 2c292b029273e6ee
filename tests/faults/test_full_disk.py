"""F4: a disk that is full at any step: said plainly, nothing half there, and work goes on after."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.support.children import CHILDREN
from tests.support.command_line import Answer
from tests.support.counts import Tell, counted
from tests.support.ingesting import ROWS_A_FILE, a_file, a_workspace, answer_in, ingest, whole_files
from tests.support.small_disk import only_free, small_disk

ROOMS = counted(6, full=60)

MOST_ROOM = 5_000_000
"""Bytes with which an ingest always succeeds: a copy of the version, and what it grows by."""

LONG = 600
"""Characters of a description, so that a file of 500 rows has 300 kB."""

ROOMS_A_DISK = 6
"""Files that fit on the disk with their versions."""

ONE_VERSION = "\n[warehouse]\nkeep_versions = 1\n"


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a company with one published file, to be copied to a small disk."""
    folder = tmp_path_factory.mktemp("full")
    root = a_workspace(folder / "company")
    with (root / "clause9.toml").open("a", encoding="utf-8") as settings:
        settings.write(ONE_VERSION)
    assert ingest(root, a_file(root, 1), folder / "acknowledged") == 0
    return root


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk of 24 MB."""
    with small_disk(tmp_path / "disk") as mounted:
        yield mounted


def run(root: Path, *arguments: str | Path) -> Answer:
    """Return the answer of a command in a process of its own."""
    place = root.parent.with_name("answer")
    place.unlink(missing_ok=True)
    child = CHILDREN.Process(target=answer_in, args=(place, root, *arguments))
    child.start()
    child.join(120)
    assert child.exitcode == 0
    return Answer(**json.loads(place.read_text(encoding="utf-8")))


def test_an_ingest_is_whole_or_not_there_however_little_room_there_is(
    pattern: Path, tmp_path: Path, tell: Tell
) -> None:
    # By turns of seven, so that every disk meets little room and much; little more often.
    rooms = [(7 * at % ROOMS) ** 2 * MOST_ROOM // ROOMS**2 for at in range(ROOMS)]
    full = Counter[str]()
    for first in range(0, ROOMS, ROOMS_A_DISK):
        with small_disk(tmp_path / f"disk {first}") as disk:
            root = disk / "company"
            shutil.copytree(pattern, root)
            for at, room in enumerate(rooms[first : first + ROOMS_A_DISK], first):
                if place := tried(root, a_long_file(tmp_path, at), room):
                    full[place] += 1
    assert set(full) == {"records", "archive", "warehouse"}
    where = ", ".join(f"{times} at the {place}" for place, times in full.items())
    tell(f"F4: {ROOMS} ingests with 0 to {MOST_ROOM:,} bytes free: full {where}; nothing half.")


def tried(root: Path, file: Path, room: int) -> str | None:
    """Ingest with this room, then with more; return which place was full the first time."""
    before, place = whole_files(root), None
    with only_free(root.parent, room):
        answer = run(root, "ingest", file)
    if answer.code:
        place = place_of(answer, room)
        assert whole_files(root) in (before, [*before, file.name])
        assert run(root, "ingest", file).code == 0
    assert whole_files(root) == [*before, file.name]
    return place


def test_a_full_folder_for_temporary_files_is_named(
    pattern: Path, disk: Path, tmp_path: Path
) -> None:
    root = tmp_path / "company"
    shutil.copytree(pattern, root)
    file = a_long_file(tmp_path, 1)
    with only_free(disk, 100_000):
        answer = command(root, "ingest", file, TMPDIR=str(disk))
    assert (answer.code, answer.out) == (1, ""), answer.err
    assert f"The disk that holds the folder for temporary files, {disk}, is full" in answer.err
    assert "Traceback" not in answer.err
    assert command(root, "ingest", file, TMPDIR=str(disk)).code == 0


EXPORTS = (
    ("template", "complaints", "-o", "template.xlsx"),
    ("records", "export", "-o", "records.toml"),
    ("review", "export", "-o", "review.html"),
)


def test_an_export_to_a_full_disk_leaves_nothing_and_says_so(
    pattern: Path, disk: Path, tmp_path: Path
) -> None:
    root = tmp_path / "company"
    shutil.copytree(pattern, root)
    period = ("--from", "2026-07-01", "--to", "2026-09-30")
    assert command(root, "review", "new", "2026-q3", *period).code == 0
    people = root / "people.toml"
    people.write_text('[[people]]\nname = "Head of quality"\nrole = "quality_manager"\n')
    assert command(root, "records", "load", people).code == 0
    for *words, name in EXPORTS:
        with only_free(disk, 0):
            answer = command(root, *words, disk / name)
        assert (answer.code, answer.out) == (1, ""), answer
        assert str(disk) in answer.err
        assert "full" in answer.err
        assert "Traceback" not in answer.err
        assert not (disk / name).exists(), "half an export is left"
        assert command(root, *words, disk / name).code == 0


def test_an_answer_that_finds_no_room_is_said_to_be_cut(pattern: Path, disk: Path) -> None:
    shutil.copytree(pattern, root := disk / "company")
    with only_free(disk, 0), (disk / "values.json").open("wb") as out:
        answer = command(root, "metrics", "values", "complaints", "--json", out=out)
    assert answer.code == 1
    assert "full" in answer.err
    assert "Traceback" not in answer.err


def command(
    root: Path, *arguments: str | Path, out: BinaryIO | None = None, **environment: str
) -> Answer:
    """Return the answer of the installed command."""
    done = subprocess.run(
        [Path(sys.executable).parent / "clause9", "--workspace", root, *arguments],
        stdout=out or subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"CLAUSE9_ACTOR": "Quality manager"} | environment,
        check=False,
    )
    return Answer(done.returncode, (done.stdout or b"").decode(), done.stderr.decode())


def a_long_file(folder: Path, number: int) -> Path:
    """Return a file of 300 kB that does not compress."""
    path, chance = folder / f"long_{number}.csv", random.Random(number)  # noqa: S311 - no secret
    lines = (
        f"L{number}-{row},2026-10-05,sales,{chance.randbytes(LONG // 2).hex()}"
        for row in range(ROWS_A_FILE)
    )
    path.write_text(
        "\n".join(["complaint_id,received_on,process,description", *lines]) + "\n",
        encoding="utf-8",
    )
    return path


def place_of(answer: Answer, room: int) -> str:
    """Return which place is said to be full, having checked how it is said."""
    assert answer.code == 1, f"{room} bytes free: {answer}"
    assert "Traceback" not in answer.err, answer.err
    assert "full" in answer.err, answer.err
    assert "None" not in answer.err, answer.err
    places = ("records", "archive", "warehouse")
    return next((place for place in places if place in answer.err), answer.err)
