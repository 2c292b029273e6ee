"""Hostile expressions and definition files (B4): every one is refused, and none is executed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from data.errors import DefinitionError, Problem
from metrics.catalogue import load_metrics
from tests.support.facts import TABLES
from tests.support.hostile import CORPUS, EXPRESSIONS, FILE, FILES, GOOD, lay_odd_files
from tests.support.source_tree import REPOSITORY

IN_A_PROCESS_WITHOUT_ENGINES = """
import json, sys
from pathlib import Path

done = []
WATCHED = ("socket.", "subprocess.", "os.system", "os.exec", "os.spawn", "os.fork", "ctypes.")

def watch(event, args):
    if event == "open" and not str(args[0]).startswith(OWN) or event.startswith(WATCHED):
        done.append(f"{event} {args[0] if args else ''}")
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        done.append(f"write {args[0]}")

from data.errors import DefinitionError
from data.tables import load_tables
from metrics.catalogue import LIBRARY, load_metrics

OWN = (sys.argv[1], str(LIBRARY), sys.prefix, sys.base_prefix)
tables, refused = load_tables(), []
sys.addaudithook(watch)
for folder in sorted(Path(sys.argv[1]).iterdir()):
    try:
        load_metrics(tables, folder)
    except DefinitionError:
        refused.append(folder.name)
engines = sorted(set(sys.modules) & {"duckdb", "polars", "sqlite3", "sqlalchemy", "pandas"})
print(json.dumps({"refused": len(refused), "engines": engines, "done": done}))
"""


def problems_of(folder: Path, content: bytes) -> tuple[Problem, ...]:
    (folder / "own.toml").write_bytes(content)
    with pytest.raises(DefinitionError) as found:
        load_metrics(TABLES, folder)
    return found.value.problems


def test_the_file_each_hostile_one_is_made_from_is_sound(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(GOOD, encoding="utf-8")
    assert list(load_metrics(TABLES, tmp_path).metrics) == ["late"]


def test_the_corpus_has_sixty_and_more() -> None:
    assert len(CORPUS) == len(EXPRESSIONS) + len(FILES) >= 60
    assert len({each.content for each in CORPUS.values()}) == len(CORPUS)


@pytest.mark.parametrize("name", CORPUS)
def test_is_refused_with_file_place_and_reason(tmp_path: Path, name: str) -> None:
    hostile = CORPUS[name]
    found = problems_of(tmp_path, hostile.content)
    assert {problem.file for problem in found} == {FILE}
    told = [(problem.key, problem.message) for problem in found]
    assert any(
        key.startswith(hostile.place) and hostile.reason in message for key, message in told
    ), told[:3]


def test_none_is_executed(tmp_path: Path) -> None:
    for at, hostile in enumerate(CORPUS.values()):
        (tmp_path / f"{at:03}").mkdir()
        (tmp_path / f"{at:03}" / "own.toml").write_bytes(hostile.content)
    ended = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS_WITHOUT_ENGINES, str(tmp_path)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == {"refused": len(CORPUS), "engines": [], "done": []}


def test_what_is_no_file_is_refused_and_not_opened(tmp_path: Path) -> None:
    told = lay_odd_files(tmp_path)
    with pytest.raises(DefinitionError) as found:
        load_metrics(TABLES, tmp_path)
    words = {Path(problem.file).stem: problem.message for problem in found.value.problems}
    assert set(words) == set(told)
    assert all(words[name].startswith(text) for name, text in told.items())
