"""House rules that no linter holds: each takes one file and yields what is wrong, with its line.

They are plain functions so that a test can show each of them a file that breaks it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.support.source_tree import PACKAGES, REPOSITORY, Source, dotted, read_sources

LONGEST_FILE = 400
LONGEST_FUNCTION = 50

VAGUE_NAMES = frozenset(
    {"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc", "shared"}
)

CLOCK_READERS = ("dashboard/cli", "dashboard/session")
SQL_WRITERS = ("metrics/compile", "data")
DUCKDB_OPENERS = ("data/warehouse",)
MIGRATIONS = ("data/records/migrations/versions",)

SQL = re.compile(
    r"\b(SELECT\b[^.]*?\bFROM\b|INSERT\s+INTO\b|DELETE\s+FROM\b|UPDATE\s+\w+\s+SET\b"
    r"|(CREATE|DROP|ALTER)\s+(OR\s+REPLACE\s+)?(TEMP\s+)?(TABLE|VIEW|SCHEMA|INDEX)\b"
    r"|WITH\s+\w+\s+AS\s*\()"
    r"|\bselect\s+(\*|count\()|\binsert\s+into\s+\w+\s*(\(|values)",
    re.DOTALL,
)
"""Capital keywords as the house writes them, and the lower-case forms no sentence contains."""

UNFINISHED = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b")

EXEMPTION = re.compile(r"#\s*noqa:[^#]*\bTID251\b")

Offences = Iterator[str]


def long_file(source: Source) -> Offences:
    """A file is 120 lines as a rule, and never over 400."""
    lines = source.text.count("\n") + 1
    if lines > LONGEST_FILE:
        yield f"{source.path}: {lines} lines"


def long_function(source: Source) -> Offences:
    """A function is 10 lines as a rule, and never over 50; a migration is as long as its table."""
    if source.is_in(*MIGRATIONS):
        return
    for function in source.functions():
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > LONGEST_FUNCTION:
            yield f"{source.path}:{function.lineno}: {function.name} has {lines} lines"


def vague_name(source: Source) -> Offences:
    """A module is named by its content."""
    for part in source.path.with_suffix("").parts:
        if part in VAGUE_NAMES:
            yield f"{source.path}: '{part}' says nothing of what is in it"


def unfinished(source: Source) -> Offences:
    """What is left to do stands in the issues, not in the code."""
    for number, line in enumerate(source.text.splitlines(), start=1):
        if source.package in PACKAGES and UNFINISHED.search(line):
            yield f"{source.path}:{number}: {line.strip()}"


def code_in_init(source: Source) -> Offences:
    """An `__init__.py` re-exports and explains."""
    if source.path.name != "__init__.py" or source.package not in PACKAGES:
        return
    for node in source.tree.body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_all = isinstance(node, ast.Assign) and dotted(node.targets[0]) == "__all__"
        if not (is_docstring or is_all or isinstance(node, ast.Import | ast.ImportFrom)):
            yield f"{source.path}:{node.lineno}: code in a file that only re-exports"


def sql_elsewhere(source: Source) -> Offences:
    """SQL text is written in metrics/compile and data alone."""
    if source.package not in PACKAGES or source.is_in(*SQL_WRITERS):
        return
    for line, text in source.texts():
        if SQL.search(text):
            yield f"{source.path}:{line}: SQL text outside metrics/compile.py and data/"


def connection_elsewhere(source: Source) -> Offences:
    """Only data/warehouse opens DuckDB, so that every connection is hardened and none is shared."""
    if source.package not in PACKAGES or source.is_in(*DUCKDB_OPENERS):
        return
    for node in ast.walk(source.tree):
        is_call = isinstance(node, ast.Attribute) and dotted(node) == "duckdb.connect"
        is_import = isinstance(node, ast.ImportFrom) and node.module == "duckdb"
        names = {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else set()
        if is_call or (is_import and "connect" in names):
            yield f"{source.path}:{getattr(node, 'lineno', 0)}: opens DuckDB; ask data.warehouse"


def module_level_connection(source: Source) -> Offences:
    """No connection lives in a module: it would be shared between threads and sessions."""
    if source.package not in PACKAGES:
        return
    for node in source.tree.body:
        value = getattr(node, "value", None)
        if isinstance(value, ast.Call) and dotted(value.func).endswith((".connect", ".cursor")):
            yield f"{source.path}:{node.lineno}: a connection shared by whoever imports this"


def clock_elsewhere(source: Source) -> Offences:
    """The clock is read in dashboard/cli and dashboard/session; everybody else takes `as_of`."""
    if source.package not in PACKAGES or source.is_in(*CLOCK_READERS):
        return
    for call in source.calls():
        name = dotted(call.func)
        owner, _, verb = name.rpartition(".")
        reads = verb in {"today", "now", "utcnow"} and owner.split(".")[-1] in {"date", "datetime"}
        if reads or name in {"time.time", "time.time_ns"}:
            yield f"{source.path}:{call.lineno}: {name}() reads the clock; take it as an argument"


def exempted(source: Source) -> Offences:
    """The banned names (clock, connection, cache) are exempted by file in pyproject.toml only."""
    if source.package not in PACKAGES:
        return
    for number, line in enumerate(source.text.splitlines(), start=1):
        if EXEMPTION.search(line):
            yield f"{source.path}:{number}: exempts itself from a house rule"


def cache_elsewhere(source: Source) -> Offences:
    """Only dashboard/session.py caches."""
    if source.package not in PACKAGES or source.is_in("dashboard/session"):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute | ast.Name) and dotted(node).split(".")[-1] in {
            "cache_data",
            "cache_resource",
        }:
            yield f"{source.path}:{node.lineno}: caches; only dashboard/session.py does"


def raw_html(source: Source) -> Offences:
    """Nothing is handed to the browser as HTML by a flag; what people write is never markup."""
    for call in source.calls():
        if source.package in PACKAGES and any(
            keyword.arg in {"unsafe_allow_html", "unsafe_allow_javascript"}
            for keyword in call.keywords
        ):
            yield f"{source.path}:{call.lineno}: lets text through as HTML"


def view_shows_more(source: Source) -> Offences:
    """A view's only public function is `show`."""
    if not source.is_in("dashboard/views") or source.path.name == "__init__.py":
        return
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    named = [node.name for node in source.tree.body if isinstance(node, kinds)]
    public = [name for name in named if not name.startswith("_")]
    if public != ["show"]:
        yield f"{source.path}: public names are {public}, and should be ['show']"


def foreign_session_key(source: Source) -> Offences:
    """A session key starts with the page's name, a component's also with the component's.

    A widget bound to the address is named by its query parameter, the same on every page.
    """
    if not source.is_in("dashboard/views", "dashboard/components"):
        return
    owners = {source.path.stem if source.path.stem != "__init__" else source.path.parent.name}
    if source.is_in("dashboard/components"):
        owners |= pages()
    for line, key in _session_keys(source.tree):
        if key not in query_parameters() and not key.startswith(tuple(owners)):
            yield f"{source.path}:{line}: session key '{key}' starts with no page's name"


@cache
def pages() -> frozenset[str]:
    """Return the names of the project's pages."""
    found = (REPOSITORY / "dashboard" / "views").glob("*.py")
    return frozenset(path.stem for path in found if path.stem != "__init__")


@cache
def query_parameters() -> frozenset[str]:
    """Return the names that widgets bound to the address have anywhere in the dashboard."""
    calls = (call for source in read_sources() for call in source.calls())
    given = ({each.arg: each.value for each in call.keywords} for call in calls)
    bound = (keywords["key"] for keywords in given if {"key", "bind"} <= keywords.keys())
    return frozenset(key for node in bound for _, key in _text_of(node))


def _session_keys(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, key) of every session key written out: widgets' `key=`, session_state[...]."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            if "key" in given and "bind" not in given:
                yield from _text_of(given["key"])
        if isinstance(node, ast.Subscript) and dotted(node.value).endswith("session_state"):
            yield from _text_of(node.slice)
        if isinstance(node, ast.Attribute) and _is_session_key(node):
            yield node.lineno, node.attr


def _is_session_key(node: ast.Attribute) -> bool:
    """Say whether `node` is a key of the session state, and not a method of it."""
    methods = {"get", "pop", "setdefault", "clear", "items", "keys", "values"}
    return dotted(node.value).endswith("session_state") and node.attr not in methods


def _text_of(node: ast.expr) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of a string, or of an f-string that begins with one."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else node
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        yield node.lineno, first.value
