"""The hostile corpus: expressions and definition files that somebody made to do harm (B4).

Each has a name, and says where and why it is refused. An expression stands in the `where` of a
count of complaints; a file stands in a site's metrics/ as own.toml.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = "metrics/own.toml"

GOOD = """[late]
title = "Late complaints"
why = "Silence is heard."
unit = "complaints"
better = "lower"
process = "care"
[late.measure]
kind = "count"
numerator = { table = "complaints" }
"""

RATE = GOOD.replace('"count"', '"rate"') + 'denominator = { table = "outputs" }\n'


FORMULA = (
    GOOD.partition("[late.m")[0].replace("late]", "{0}]")
    + '[{0}.measure]\nkind = "formula"\nexpression = "{1}"\n'
)


@dataclass(frozen=True)
class Refused:
    """What is handed in, the place that must be named, and the words of the reason."""

    content: bytes
    place: str
    reason: str


def expression(text: str, position: int | None, reason: str) -> Refused:
    """Return a definition with a hostile condition; `position` None is said of the whole of it."""
    told = "" if position is None else f"character {position}: "
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    line = f'numerator = {{ table = "complaints", where = "{quoted}" }}'
    content = GOOD.replace('numerator = { table = "complaints" }', line)
    return Refused(content.encode(), "late.measure.numerator.where", f"{told}{reason}")


def file(content: str | bytes, place: str, reason: str) -> Refused:
    """Return a hostile file."""
    return Refused(content if isinstance(content, bytes) else content.encode(), place, reason)


def changed(old: str, new: str, place: str, reason: str) -> Refused:
    """Return the good file with one thing changed."""
    assert old in GOOD
    return file(GOOD.replace(old, new), place, reason)


NESTED_REPLACE = "replace(replace(replace(description, 'e', '{0}'), 'e', '{0}'), 'e', '{0}') = ''"

EXPRESSIONS: Mapping[str, Refused] = {
    "subquery": expression("cost > (select max(cost) from complaints)", 9, "'select' is not"),
    "subquery that exists": expression("exists (select 1)", 1, "no function 'exists'"),
    "union": expression("true union select 1", 6, "'union' is not allowed"),
    "common table": expression("with x as (select 1) select 1", 1, "'with' is not allowed"),
    "bare table": expression("(table outputs)", 2, "'table' is not allowed"),
    "another table": expression("outputs.quantity > 1", 1, "no column 'outputs'"),
    "another schema": expression("meta.batches.id > 1", 1, "no column 'meta'"),
    "second statement": expression("cost > 1; drop table complaints", 9, "';' is not allowed"),
    "drop": expression("drop table complaints", 1, "no column 'drop'"),
    "copy": expression("copy complaints to 'x.csv'", 1, "no column 'copy'"),
    "attach": expression("attach 'x.db'", 1, "no column 'attach'"),
    "pragma": expression("pragma database_list", 1, "no column 'pragma'"),
    "setting": expression("set memory_limit = '1TB'", 1, "no column 'set'"),
    "extension": expression("install httpfs", 1, "no column 'install'"),
    "read a file": expression("read_text('/etc/passwd') = ''", 1, "no function 'read_text'"),
    "read a csv": expression("read_csv('/etc/passwd')", 1, "no function 'read_csv'"),
    "list files": expression("glob('*') = ''", 1, "no function 'glob'"),
    "environment": expression("getenv('HOME') = ''", 1, "no function 'getenv'"),
    "query as text": expression("query('select 1')", 1, "no function 'query'"),
    "serialized query": expression("json_execute_serialized_sql('')", 1, "no function 'json"),
    "settings": expression("duckdb_settings()", 1, "no function 'duckdb_settings'"),
    "clock": expression("now() > received_on", 1, "no function 'now'"),
    "chance": expression("random() > 0.5", 1, "no function 'random'"),
    "aggregate": expression("sum(cost) > 1", 1, "no function 'sum'"),
    "window": expression("count(*) over () > 1", 1, "no function 'count'"),
    "lambda": expression("x -> x + 1", 1, "no column 'x'"),
    "list comprehension": expression("[x for x in cost]", 1, "'[' is not allowed"),
    "struct": expression("{'a': 1}.a = 1", 1, "'{' is not allowed"),
    "cast to struct": expression("cast(description as struct(x integer))", 21, "no type 'struct'"),
    "star": expression("*", None, "'star' is not allowed"),
    "columns by pattern": expression("columns('.*')", 1, "no function 'columns'"),
    "position": expression("#1 = 1", 1, "'#' is not allowed"),
    "placeholder": expression("$p1 = cost", 1, "'$' is not allowed"),
    "Python placeholder": expression("cost = %(cost)s", 15, "no column 's'"),
    "template": expression("{{ cost }} > 1", 1, "'{' is not allowed"),
    "line comment": expression("cost > 1 -- and more", 8, "comments are not allowed"),
    "block comment": expression("cost /* more */ > 1", 1, "comments are not allowed"),
    "quote left open": expression("category = 'late", None, "a quote is open"),
    "escaped quote": expression("category = 'a\\' or 1=1 --'", 22, "comments are not allowed"),
    "dollar quotes": expression("$$x$$ = category", 1, "no column 'x'"),
    "regular expression": expression("description ~ '(a+)+$'", 13, "'~' is not allowed"),
    "bomb of repetition": expression("repeat('x', 1000000000) = 'x'", 1, "no function 'repeat'"),
    "bomb of padding": expression("lpad('x', 1000000000, 'y') = 'x'", 1, "no function 'lpad'"),
    "bomb of a range": expression("length(range(2000000000)) > 1", 8, "no function 'range'"),
    "bomb of a power": expression("cost ** 1000 > 1", 6, "'**' is not allowed"),
    "bomb of shifting": expression("1 << 60 > 1", None, "'bitwiseleftshift' is not allowed"),
    "bomb of replacing": expression(
        NESTED_REPLACE.format("e" * 300), 25, "replace in replace could make a text 90,000 times"
    ),
    "deep brackets": expression("(" * 900 + "cost" + ")" * 900, None, "nests"),
    "deep logic": expression("is_justified" + " or is_justified" * 120, 1, "the expression nests"),
    "deep calls": expression("abs(" * 390 + "cost" + ")" * 390, None, "nests"),
    "long expression": expression("cost > 1".ljust(2_001), None, "2,001 characters; 2,000 are"),
    "huge number": expression("cost > 1e999", 1, "the number 1e999 is too large"),
    "number of many digits": expression(f"cost > {'9' * 400}", 1, f"the number {'9' * 400} is too"),
    "half a number": expression("cost > 10e", 1, "'10e' is not a number"),
    "empty list": expression("category in ()", 1, "`in` needs at least one value"),
    "Cyrillic look-alike": expression("соst > 1", 1, "no column 'соst'"),
    "wide look-alike": expression("ｃｏｓｔ > 1", 1, "no column 'ｃｏｓｔ'"),
    "wide sign": expression("cost ＞ 1", 6, "'＞' is not allowed"),
    "zero-width space": expression("cost \u200b> 1", 6, "the invisible character U+200B"),
    "text direction": expression("cost \u202e> 1", 6, "the invisible character U+202E"),
    "nothing": expression("  ", None, "the expression is empty"),
}

FILES: Mapping[str, Refused] = {
    "not TOML": file("[late\n" + GOOD, "line 1, column 6", "is not TOML"),
    "JSON": file('{"late": {}}', "line 1, column 1", "is not TOML"),
    "Python": file("import os\n", "line 1, column 8", "is not TOML"),
    "quote left open": changed('"care"', '"care', "line 6, column 16", "is not TOML"),
    "NUL at the end": file(GOOD + "\0", "line 10, column 1", "is not TOML"),
    "NUL in a text": changed('"care"', '"ca\0re"', "line 6, column 14", "is not TOML"),
    "byte order mark": file(b"\xef\xbb\xbf" + GOOD.encode(), "line 1", "a byte order mark"),
    "UTF-16": file(GOOD.encode("utf-16"), "line 1", "a byte order mark"),
    "UTF-16 without mark": file(GOOD.encode("utf-16-le"), "line 1, column 2", "is not TOML"),
    "Latin-1": file(GOOD.replace("care", "é").encode("latin-1"), "line 6", "is not UTF-8"),
    "tab": changed("kind", "\tkind", "line 8", "holds a tab"),
    "lines of an old Mac": file(GOOD.replace("\n", "\r"), "line 1, column 7", "is not TOML"),
    "section twice": file(GOOD + GOOD, "line 10, column 6", "already there above"),
    "key twice": changed("unit", 'title = ""\nunit', "line 4, column 11", "already there above"),
    "10 MB": file(
        GOOD + "# x\n" * 2_500_000, "", "has 10.0 MB; a definition file has at most 2 MB"
    ),
    "100,000 sections": file(
        "".join(f"[m{at}]\na=1\n" for at in range(100_000)), "m0.a", "unknown key 'a'"
    ),
    "deep array": file("x = " + "[" * 5_000 + "]" * 5_000, "", "is nested too deeply"),
    "deep section": file("[" + ".".join("a" * 5_000) + "]", "a.title", "is missing"),
    "deep table in a line": file("x = " + "{a=" * 3_000 + "1" + "}" * 3_000, "", "too deeply"),
    "number of 5,000 digits": file(f"x = {'9' * 5_000}", "line 1", "thousands of digits"),
    "no such day": changed("[late.m", "review_by = 2026-02-30\n[late.m", "line 7", "is not TOML"),
    "day in words": changed(
        "[late.m", 'review_by = "soon"\n[late.m', "late.review_by", "must be a date like 2026-09-30"
    ),
    "infinite factor": file(RATE.replace('"rate"', '"rate"\nper = inf'), "late.measure.per", "inf"),
    "no number as factor": file(
        RATE.replace('"rate"', '"rate"\nper = nan'), "late.measure.per", "nan"
    ),
    "negative factor": file(RATE.replace('"rate"', '"rate"\nper = -1'), "late.measure.per", "-1"),
    "truth as a number": changed(
        "[late.m", "decimals = true\n[late.m", "late.decimals", "must be a whole number, not true"
    ),
    "list as a text": changed('"care"', '["care"]', "late.process", 'must be a text in "quotes"'),
    "text as a section": file(
        GOOD.split("[late.m", maxsplit=1)[0] + 'measure = "count"',
        "late.measure",
        "must be a section of keys",
    ),
    "list of sections": changed("[late]", "[[late]]", "late", "is not a metric"),
    "unknown key": changed(
        'better = "lower"', 'betterr = "lower"', "late.betterr", "Did you mean 'better'?"
    ),
    "name beside the section": changed(
        "title", 'name = "other"\ntitle', "late.name", "a metric's name is its section, [late]"
    ),
    "attribute of Python": file("__class__ = 1\n" + GOOD, "__class__", "is not a metric"),
    "path as a name": file(GOOD.replace("late", '"../late"', 2), "../late", "a metric's name is"),
    "SQL as a name": file(GOOD.replace("late", '"x; drop"', 2), "x; drop", "a metric's name is"),
    "look-alike as a name": file(GOOD.replace("late", '"lаte"', 2), "lаte", "a metric's name is"),
    "endless name": file(
        GOOD.replace("late", "m" * 5_000, 2), f"{'m' * 5_000}.name", "5,000 characters; 64 are"
    ),
    "path as a table": changed(
        '"complaints"', '"../../etc/passwd"', "late.measure.numerator.table", "no table '../../etc"
    ),
    "SQL as a table": changed(
        '"complaints"', '"complaints; drop"', "late.measure.numerator.table", "no table 'complaint"
    ),
    "Clause9's own table": changed(
        '"complaints"', '"meta.batches"', "late.measure.numerator.table", "no table 'meta.batches'"
    ),
    "SQL as a dimension": changed(
        "[late.m", 'by = ["site; drop"]\n[late.m', "late.by", "'site; drop' is no dimension"
    ),
    "text direction in a title": changed(
        "Late complaints", "Late\\u202ecomplaints", "late.title", "invisible character U+202E"
    ),
    "bell in a title": changed(
        "Late c", "Late\\u0007c", "late.title", "invisible character U+0007"
    ),
    "endless title": changed("Late c", "x" * 9_999, "late.title", "characters; 2,000 are allowed"),
    "path as a library": file('use = ["../../x"]', "use[0]", "the library has no metric '../../x'"),
    "number as a library": file("use = [1]", "use[0]", "must be a section of keys, not 1"),
    "formula of itself": file(FORMULA.format("late", "late + 1"), "late.measure", "late"),
    "ring of formulas": file(
        FORMULA.format("late", "other * 2") + FORMULA.format("other", "late * 2"),
        "late.measure.expression",
        "late",
    ),
    "formula of a column": file(FORMULA.format("late", "cost + 1"), "late.measure", "cost"),
    "formula with a query": file(
        FORMULA.format("late", "(select 1)"), "late.measure.expression", "'select' is not allowed"
    ),
    "parts of a formula": file(
        FORMULA.format("late", "1") + "[late.measure.parts]\n", "late.measure.parts", "leave it out"
    ),
    "kind as a list": changed('"count"', '["count"]', "late.measure.kind", "is not one of: count"),
}
"""Files of a site's metrics/ that must be refused with a place and a reason."""

CORPUS: Mapping[str, Refused] = {
    **{f"expression: {name}": each for name, each in EXPRESSIONS.items()},
    **{f"file: {name}": each for name, each in FILES.items()},
}


def lay_odd_files(folder: Path) -> dict[str, str]:
    """Lay things called *.toml that are no files; return the words each is refused with."""
    (folder / "folder.toml").mkdir()
    (folder / "device.toml").symlink_to("/dev/zero")
    (folder / "nowhere.toml").symlink_to(folder / "absent")
    os.mkfifo(folder / "pipe.toml")
    told = "is no file that can be read as a definition."
    names = ("folder", "device", "pipe")
    return dict.fromkeys(names, told) | {"nowhere": "cannot be read: No such file"}
