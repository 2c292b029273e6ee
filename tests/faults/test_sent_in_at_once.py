"""F3: one file sent in by several is one batch; several files sent in at once are all published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.children import CHILDREN
from tests.support.counts import Tell
from tests.support.ingesting import (
    a_file,
    a_workspace,
    answer_in,
    batches_of,
    ingest_and_note,
    whole_files,
)

SENDERS = 10


def test_a_file_sent_in_twice_is_published_once_and_the_second_is_told(tmp_path: Path) -> None:
    root = a_workspace(tmp_path / "company")
    file = a_file(root, 1)
    first, second = (sent_in(root, [file], tmp_path)[0] for _ in range(2))
    assert (first["state"], second["state"]) == ("published", "unchanged")
    assert "already published as batch 1" in second["message"]
    assert whole_files(root) == [file.name]


def test_of_ten_processes_that_send_the_same_file_one_publishes_it(
    tmp_path: Path, tell: Tell
) -> None:
    root = a_workspace(tmp_path / "company")
    file = a_file(root, 1)
    answers = sent_in(root, [file] * SENDERS, tmp_path)
    states = sorted(answer["state"] for answer in answers)
    assert states == ["published", *["unchanged"] * (SENDERS - 1)]
    assert len(batches_of(root)) == 1
    assert whole_files(root) == [file.name]
    tell(f"F3: {SENDERS} processes, one file: 1 published, {SENDERS - 1} told it was.")


def test_different_files_sent_in_at_once_are_all_published(tmp_path: Path) -> None:
    root, notes = a_workspace(tmp_path / "company"), tmp_path / "acknowledged"
    files = [a_file(root, number) for number in range(1, 5)]
    children = [
        CHILDREN.Process(target=ingest_and_note, args=(root, file, notes)) for file in files
    ]
    for child in children:
        child.start()
    for child in children:
        child.join(120)
    assert [child.exitcode for child in children] == [0, 0, 0, 0]
    assert sorted(whole_files(root)) == [file.name for file in files]


def sent_in(root: Path, files: list[Path], folder: Path) -> list[dict[str, Any]]:
    """Return what the report says of each file, all of them sent at once by a process each."""
    places = [folder / f"answer {number}" for number in range(len(files))]
    children = [
        CHILDREN.Process(target=answer_in, args=(place, root, "ingest", file, "--json"))
        for place, file in zip(places, files, strict=True)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join(120)
    answers = [json.loads(place.read_text(encoding="utf-8")) for place in places]
    assert [answer["code"] for answer in answers] == [0] * len(files), answers
    return [json.loads(answer["out"])["batches"][0] for answer in answers]
