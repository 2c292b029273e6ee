"""What a mapping must hold beyond the types of its keys; each finding names key and value."""

from __future__ import annotations

import re
from collections import Counter, abc

from data.errors import near_miss
from data.expressions import ExpressionError, parse
from data.tables import Table
from data.tables.cells import cell_of
from pipelines.mapping.layout import Finding, layout_findings, unit_findings
from pipelines.mapping.model import EVIDENCE, Constant, Mapping
from pipelines.mapping.pull_checks import pull_findings
from pipelines.mapping.theirs import TheirColumns

KEPT_THERE = (
    "are kept by {engine} and counted there; none can be published into it. Enter them there, or "
    "take `engine` out of the table's contract."
)


def mapping_findings(mapping: Mapping, tables: abc.Mapping[str, Table]) -> abc.Iterator[Finding]:
    """Yield everything that is wrong with a mapping, in the order of its keys."""
    yield from _date_findings(mapping)
    yield from _number_findings(mapping)
    expressions = list(_expression_findings(mapping))
    yield from expressions
    if not expressions:
        yield from layout_findings(mapping)
    yield from pull_findings(mapping, tables.get(mapping.table))
    if "" in mapping.mend:
        yield "mend", "says what an empty text is to become. Take it out; `missing` is for that."
    if mapping.table not in tables:
        yield "table", f"there is no table '{mapping.table}'.{near_miss(mapping.table, tables)}"
        return
    table = tables[mapping.table]
    if table.engine is not None:
        yield "table", f"the rows of '{table.name}' {KEPT_THERE.format(engine=table.engine)}"
    yield from _column_findings(mapping, table)
    yield from _constant_findings(mapping, table)
    yield from _value_findings(mapping, table)
    yield from _absent_findings(mapping, table)
    yield from unit_findings(mapping, table)


def given_columns(mapping: Mapping) -> list[str]:
    """Return our columns the mapping fills, one as often as it is filled."""
    made = [*mapping.columns, *mapping.constants, *mapping.derive]
    if mapping.unpivot:
        made += [mapping.unpivot.name_to, mapping.unpivot.value_to]
    return made


def _column_findings(mapping: Mapping, table: Table) -> abc.Iterator[Finding]:
    sections: dict[str, abc.Mapping[str, object]] = {
        "columns": mapping.columns,
        "constants": mapping.constants,
        "derive": mapping.derive,
        "values": mapping.values,
    }
    for section, columns in sections.items():
        for name in columns:
            if name not in table.column_types:
                hint = near_miss(name, table.column_names)
                yield f"{section}.{name}", f"table '{table.name}' has no column '{name}'.{hint}"
    for name, count in Counter(given_columns(mapping)).items():
        if count > 1 and name in table.column_types:
            yield f"columns.{name}", "is filled more than once. Keep one of them."
    for our, header in mapping.columns.items():
        if not header.strip():
            yield f"columns.{our}", "names no header. Take the line out, or name one."


def _constant_findings(mapping: Mapping, table: Table) -> abc.Iterator[Finding]:
    for name, value in mapping.constants.items():
        if name in table.column_types:
            try:
                cell_of(table.column(name), constant_text(value))
            except ValueError as error:
                yield f"constants.{name}", str(error)


def constant_text(value: Constant) -> str:
    """Return a constant as it would be typed into a cell."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value_findings(mapping: Mapping, table: Table) -> abc.Iterator[Finding]:
    for name, words in mapping.values.items():
        column = next((c for c in table.columns if c.name == name), None)
        if column is None:
            continue
        if name in mapping.constants or name not in given_columns(mapping):
            yield f"values.{name}", "has nothing to translate: no column of the file fills it."
        if column.type != "text":
            continue
        for theirs, ours in words.items():
            if column.allowed and ours not in column.allowed:
                hint = near_miss(ours, column.allowed) or f" Known: {', '.join(column.allowed)}."
                yield f"values.{name}.{theirs}", f"'{ours}' is not allowed there.{hint}"


def _absent_findings(mapping: Mapping, table: Table) -> abc.Iterator[Finding]:
    given = set(given_columns(mapping))
    for column in table.columns:
        if column.name not in given and column.required and column.default is None:
            yield "columns", f"{column.name} is required, and nothing fills it."


def _expression_findings(mapping: Mapping) -> abc.Iterator[Finding]:
    theirs = TheirColumns(mapping.types)
    texts = {f"derive.{our}": text for our, text in mapping.derive.items()}
    filters = {"where": mapping.where} if mapping.where is not None else {}
    if mapping.group:
        filters |= {f"group.count.{new}": text for new, text in mapping.group.count.items()}
    for key, text in (texts | filters).items():
        try:
            expression = parse(text, theirs)
        except ExpressionError as error:
            yield key, str(error)
        else:
            if key in filters and expression.type not in {"boolean", "null"}:
                yield key, f"gives a {expression.type}; a row filter is true or false."


def _date_findings(mapping: Mapping) -> abc.Iterator[Finding]:
    if mapping.dates == EVIDENCE:
        return
    seen: dict[str, str] = {}
    for form in mapping.dates:
        if (form,) == EVIDENCE:
            yield "dates", "'evidence' stands alone: either the cells decide, or the mapping."
            continue
        if "%y" not in form.lower() or not re.search(r"%[mbBjVW]", form):
            yield "dates", f"'{form}' says no year and month. Write one like %d.%m.%Y or %Y-%m."
        shape = re.sub(r"%[-_]?[dm]", "%#", form)
        if "%d" in form and shape in seen and seen[shape] != form:
            yield (
                "dates",
                f"'{seen[shape]}' and '{form}' read 03/04 as two days. Keep one; for files "
                "written both ways make two mappings.",
            )
        seen.setdefault(shape, form)


def _number_findings(mapping: Mapping) -> abc.Iterator[Finding]:
    if mapping.thousands == mapping.decimal:
        yield "thousands", f"'{mapping.thousands}' is the decimal sign already."
