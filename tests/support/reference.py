"""The generated parts of the reference: Markdown made from commands, models, tables and errors.

A page of docs/ holds prose and, between `<!-- generated: NAME -->` and `<!-- end -->`, what the
code itself says. tests/docs compares; `make golden` rewrites.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import typer.main
from pydantic import BaseModel

from dashboard.documents.definitions import Described, listing
from dashboard.documents.definitions import section as section_of
from data.errors import Clause9Error
from data.expressions.functions import SIGNATURES
from data.records import access, cycle_forms, forms, load, minutes
from data.settings import Settings
from data.tables import Column, Table, load_tables
from metrics.catalogue import load_metrics
from metrics.compile import compile_cells
from metrics.meaning import meaning
from metrics.model import Metric
from metrics.review.standards import Standard, load_standards
from pipelines.mapping import Mapping as SourceMapping
from tests.reference.mutations import MUTATIONS
from tests.support import messy_page
from tests.support.model_pages import cells, models_page, section, undescribed
from tests.support.source_tree import PACKAGES

BLOCK = re.compile(r"(<!-- generated: (?P<name>[\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)

HELP_WIDTH = 96

Command = Any
"""A command of Typer, which keeps the types of its own copy of Click to itself."""


def commands(app: typer.Typer | None = None) -> Iterator[tuple[str, Command, Any]]:
    """Yield (full name, command, context) of every command that does something, in --help order."""
    from dashboard.cli import entry

    yield from _below(typer.main.get_command(app or entry.app), "clause9", None)


def _below(command: Command, name: str, parent: Any) -> Iterator[tuple[str, Command, Any]]:  # noqa: ANN401
    context = command.context_class(
        command, info_name=name, parent=parent, terminal_width=HELP_WIDTH
    )
    children: Mapping[str, Command] = getattr(command, "commands", {})
    if not children:
        yield context.command_path, command, context
    for child_name, child in children.items():
        yield from _below(child, child_name, context)


def cli_page() -> str:
    """Return a section for each command: what `clause9 COMMAND --help` prints."""
    return "\n".join(
        f"### {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"
        for name, command, context in commands()
    )


def silent_parameters(app: typer.Typer | None = None) -> list[str]:
    """Return commands without a sentence, and options and arguments without a help text."""
    silent = [name for name, command, _ in commands(app) if not command.help]
    for name, command, _ in commands(app):
        silent += [f"{name} {p.name}" for p in command.params if not getattr(p, "help", "")]
    return silent


def errors() -> list[type[Clause9Error]]:
    """Return every error class of the project, ours only, by exit code and name."""
    for package in ("data", "metrics", "pipelines", "dashboard.company", "dashboard.cli"):
        for module in walk_packages(import_module(package).__path__, f"{package}."):
            if ".migrations" not in module.name and ".examples" not in module.name:
                import_module(module.name)
    ours = (kind for kind in _descendants(Clause9Error) if kind.__module__.startswith(PACKAGES))
    return sorted(ours, key=lambda kind: (kind.exit_code, kind.__name__))


def _descendants(kind: type[Clause9Error]) -> set[type[Clause9Error]]:
    below = {found for child in kind.__subclasses__() for found in _descendants(child)}
    return {kind, *below}


def errors_page() -> str:
    """Return a table of every error: its exit code and its sentence."""
    lines = ["| error | exit | what it means |", "|---|---|---|"]
    for kind in errors():
        sentence = " ".join((kind.__doc__ or "").split("\n\n")[0].split())
        lines.append(cells(f"`{kind.__name__}`", str(kind.exit_code), sentence))
    return "\n".join(lines) + "\n"


def tables_page() -> str:
    """Return a section for each shipped table: what a row is, its columns, its rules."""
    return "\n".join(_table_section(table) for table in load_tables().values())


def _table_section(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key) or "row (file slot, sheet, row number)"
    head = f"### {table.name}\n\n**{table.title}.** {table.meaning}\n\nKey: {key} · "
    head += f"dated by `{table.dated_by}`\n\n"
    lines = ["| column | type | what it holds |", "|---|---|---|"]
    lines += [
        cells(f"`{column.name}`", _column_type(column), _column_text(column))
        for column in table.columns
    ]
    rules = [f"* `{rule.name}` ({rule.severity}): {rule.message}" for rule in table.rules]
    return head + "\n".join([*lines, "", *rules]).rstrip() + "\n"


def _column_type(column: Column) -> str:
    return f"{column.type}, {column.unit}" if column.unit else str(column.type)


def _column_text(column: Column) -> str:
    marks = [
        word
        for word, holds in (
            ("required", column.required),
            ("dimension", column.dimension),
            ("personal", column.personal),
        )
        if holds
    ]
    allowed = f" One of {', '.join(f'`{value}`' for value in column.allowed)}."
    text = column.meaning + (allowed if column.allowed else "")
    return f"{text} *{', '.join(marks)}*" if marks else text


def metric_library_page() -> str:
    """Return a table of the metrics shipped with Clause9."""
    lines = ["| metric | title | kind | unit | topic |", "|---|---|---|---|---|"]
    for metric in load_metrics(load_tables(), None).metrics.values():
        kind, topic = metric.measure.kind, metric.topic or ""
        lines.append(cells(f"`{metric.name}`", metric.title, kind, metric.unit, topic))
    return "\n".join(lines) + "\n"


def library_page() -> str:
    """Return every shipped definition in full: what a site takes over when it names one."""
    tables = load_tables()
    catalogue = load_metrics(tables, None)
    described = [
        Described(
            metric,
            meaning(metric, tables),
            catalogue.files[metric.name],
            metric.process,
            None,
            (),
            tuple(query.sql for query in compile_cells(metric.leaf_metrics, tables)),
        )
        for metric in catalogue.metrics.values()
    ]
    return "\n".join(
        [*listing(described), "", *(line for d in described for line in section_of(d))]
    )


def record_sections_page() -> str:
    """Return a section for each part of a file of records."""
    return "\n".join(section(each.form, f"`[[{name}]]`") for name, each in load.SECTIONS.items())


def minutes_page() -> str:
    """Return a section for each part of a file of minutes."""
    parts: dict[str, type[BaseModel]] = {
        "The top of the file": minutes.Heading,
        "`[[decisions]]`": forms.DecisionForm,
        "`[[actions]]` and `[[decisions.actions]]`": forms.ActionForm,
        "`[[redated]]`": minutes.Redated,
        "`[[completed]]`": minutes.Completed,
        "`[[verified]]`": minutes.Verified,
        "`[conclusion]`": forms.ConclusionForm,
    }
    return "\n".join(section(form, title) for title, form in parts.items())


def cycle_forms_page() -> str:
    """Return a section for each file that takes a PDCA cycle a step on."""
    parts: dict[str, type[BaseModel]] = {
        "A cycle to open": cycle_forms.OpeningForm,
        "A plan to fix": cycle_forms.PlanForm,
        "What was done": cycle_forms.DoForm,
        "What follows": cycle_forms.ActForm,
    }
    return "\n".join(section(form, title) for title, form in parts.items())


def rights_page() -> str:
    """Return the table of who may do what."""
    head = [role.replace("_", " ") for role in access.ROLES]
    lines = [cells("may", *head), "|---" * (len(head) + 1) + "|"]
    for action, granted in access.MATRIX.items():
        words = action.replace("_", " ")
        lines.append(cells(words, *(granted.get(role, "") for role in access.ROLES)))
    return "\n".join(lines) + "\n"


def standards_page() -> str:
    """Return the inputs each shipped standard asks for, with their topics."""
    return "\n".join(_standard_section(each) for each in load_standards().values())


def _standard_section(standard: Standard) -> str:
    lines = [f"### {standard.title}", "", cells("clause", "topic", "says"), "|---|---|---|"]
    lines += [cells(each.clause, f"`{each.topic}`", each.says) for each in standard.inputs]
    return "\n".join(lines) + "\n"


def functions_page() -> str:
    """Return the functions an expression may call."""
    return " ".join(f"`{name}`" for name in sorted(SIGNATURES)) + "\n"


def mutations_page() -> str:
    """Return a table of the ways the compiler is made wrong, and what each would claim."""
    rows = [cells(each.name, each.claim) for each in MUTATIONS]
    return "\n".join(["| mutation | what cells would then say |", "|---|---|", *rows]) + "\n"


DEFINITIONS: Mapping[str, type[BaseModel]] = {
    "settings": Settings,
    "table fields": Table,
    "mapping fields": SourceMapping,
    "metric fields": Metric,
}
"""What a site may write in TOML: each with every model nested in it."""

BLOCKS: Mapping[str, Callable[[], str]] = {
    "commands": cli_page,
    "errors": errors_page,
    "tables": tables_page,
    "metric library": metric_library_page,
    "library": library_page,
    "functions": functions_page,
    "record sections": record_sections_page,
    "minutes": minutes_page,
    "cycle forms": cycle_forms_page,
    "rights": rights_page,
    "messy workbooks": messy_page.page,
    "standards": standards_page,
    "mutations": mutations_page,
    **{name: partial(models_page, model) for name, model in DEFINITIONS.items()},
}


def silent_fields() -> list[str]:
    """Return every definition field whose model does not say what it means."""
    return [field for model in DEFINITIONS.values() for field in undescribed(model)]


def generated(text: str) -> str:
    """Return a page's text with every generated block made anew; KeyError for an unknown name."""
    return BLOCK.sub(lambda block: f"{block[1]}{BLOCKS[block['name']]()}{block[3]}", text)
