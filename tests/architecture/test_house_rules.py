"""The house rules hold for every file; and each rule is shown a file that breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

import pytest

from tests.support import house_rules as rules
from tests.support.source_tree import Source, read_sources

Rule = Callable[[Source], Iterator[str]]

LONG_FILE = "x = 1\n" * 401
LONG_FUNCTION = "def show() -> None:\n" + "    print()\n" * 50

BREACHES: list[tuple[Rule, str, str]] = [
    (rules.long_file, "metrics/model.py", LONG_FILE),
    (rules.long_function, "metrics/model.py", LONG_FUNCTION),
    (rules.vague_name, "data/utils.py", ""),
    (rules.vague_name, "pipelines/helpers/dates.py", ""),
    (rules.unfinished, "data/archive.py", "x = 1  # TODO: fsync\n"),
    (rules.code_in_init, "metrics/__init__.py", "LIMIT = 3\n"),
    (rules.code_in_init, "metrics/__init__.py", "def rate() -> None: ...\n"),
    (rules.sql_elsewhere, "pipelines/run.py", 'q = "SELECT count(*) FROM facts.complaints"\n'),
    (rules.sql_elsewhere, "dashboard/company.py", 'q = f"SELECT {a}\\nFROM {b}"\n'),
    (rules.sql_elsewhere, "metrics/cells.py", 'q = "select * from cells"\n'),
    (rules.sql_elsewhere, "metrics/cells.py", 'q = "WITH rows AS (VALUES (1))"\n'),
    (rules.connection_elsewhere, "data/archive.py", "import duckdb\nc = duckdb.connect()\n"),
    (rules.connection_elsewhere, "data/archive.py", "from duckdb import connect\n"),
    (rules.module_level_connection, "data/warehouse/open.py", "c = duckdb.connect()\n"),
    (rules.module_level_connection, "data/warehouse/open.py", "c = base.cursor()\n"),
    (rules.clock_elsewhere, "metrics/status.py", "d = date.today()\n"),
    (rules.clock_elsewhere, "data/warehouse/lock.py", "d = datetime.datetime.now(tz=UTC)\n"),
    (rules.clock_elsewhere, "data/warehouse/lock.py", "t = time.time()\n"),
    (rules.exempted, "metrics/status.py", "d = date.today()  # noqa: DTZ011, TID251\n"),
    (rules.cache_elsewhere, "dashboard/views/home.py", "@st.cache_data\ndef show(): ...\n"),
    (
        rules.cache_elsewhere,
        "dashboard/company.py",
        "from streamlit import cache_data as c\nx = cache_data\n",
    ),
    (rules.raw_html, "dashboard/views/home.py", "st.markdown(x, unsafe_allow_html=True)\n"),
    (rules.view_shows_more, "dashboard/views/home.py", "def show(): ...\ndef rows(): ...\n"),
    (rules.view_shows_more, "dashboard/views/home.py", "def render(): ...\n"),
    (rules.foreign_session_key, "dashboard/views/home.py", 'st.button("x", key="metric-x")\n'),
    (rules.foreign_session_key, "dashboard/views/home.py", 'st.button("x", key=f"row-{n}")\n'),
    (rules.foreign_session_key, "dashboard/views/home.py", 'st.session_state["picked"] = 1\n'),
    (rules.foreign_session_key, "dashboard/components/bar.py", "st.session_state.picked = 1\n"),
]

ALLOWED: list[tuple[Rule, str, str]] = [
    (rules.long_function, "metrics/model.py", "def show() -> None:\n" + "    print()\n" * 49),
    (rules.code_in_init, "metrics/__init__.py", '"""What."""\nfrom a import b\n__all__ = ["b"]\n'),
    (rules.sql_elsewhere, "metrics/compile.py", 'q = "SELECT 1 FROM x"\n'),
    (rules.sql_elsewhere, "data/records/audit.py", 'q = "DELETE FROM audit"\n'),
    (rules.sql_elsewhere, "dashboard/views/home.py", 'q = "Select a metric from the list"\n'),
    (rules.sql_elsewhere, "metrics/cells.py", '"""SELECT is written FROM compile."""\n'),
    (rules.connection_elsewhere, "data/warehouse/open.py", "duckdb.connect()\n"),
    (rules.clock_elsewhere, "dashboard/cli/serve.py", "date.today()\n"),
    (rules.clock_elsewhere, "data/warehouse/lock.py", "time.monotonic()\n"),
    (rules.view_shows_more, "dashboard/views/home.py", "def show(): ...\ndef _rows(): ...\n"),
    (rules.foreign_session_key, "dashboard/views/home.py", 'st.button("x", key=f"home-{n}")\n'),
    (rules.foreign_session_key, "dashboard/components/bar.py", 'st.button("x", key="home.x")\n'),
    (rules.foreign_session_key, "dashboard/views/home.py", 'st.pills(key="site", bind="q")\n'),
    (rules.long_function, "data/records/migrations/versions/v0001.py", LONG_FUNCTION),
]

EVERY_RULE = sorted({rule for rule, _, _ in BREACHES}, key=lambda rule: rule.__name__)


@pytest.fixture(scope="module")
def sources() -> tuple[Source, ...]:
    return read_sources()


def name_of(case: object) -> str:
    return getattr(case, "__name__", str(case)[:40])


@pytest.mark.parametrize("rule", EVERY_RULE, ids=name_of)
def test_every_file_keeps(rule: Rule, sources: tuple[Source, ...]) -> None:
    offences = [offence for source in sources for offence in rule(source)]
    assert not offences, f"{rule.__doc__}\n" + "\n".join(offences)


@pytest.mark.parametrize(("rule", "path", "text"), BREACHES, ids=name_of)
def test_a_file_is_reported_that_breaks(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(PurePosixPath(path), text)))


@pytest.mark.parametrize(("rule", "path", "text"), ALLOWED, ids=name_of)
def test_a_file_is_not_reported_that_keeps(rule: Rule, path: str, text: str) -> None:
    assert not list(rule(Source(PurePosixPath(path), text)))


def test_the_rules_see_the_whole_project(sources: tuple[Source, ...]) -> None:
    assert {source.package for source in sources} >= {"dashboard", "pipelines", "metrics", "data"}
    assert len(sources) > 50


def test_every_rule_is_shown_a_file_that_breaks_it() -> None:
    written = {
        value
        for value in vars(rules).values()
        if "Offences" in str(getattr(value, "__annotations__", {}).get("return"))
    }
    assert written == set(EVERY_RULE)
