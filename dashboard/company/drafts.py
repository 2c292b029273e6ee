"""A definition being edited: its text, what is wrong with it and where, and saving it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from dashboard.company.definition_files import Section, replaced, section_of
from dashboard.company.definitions import defined_metric
from dashboard.company.opened import Company
from data.definitions import read_toml
from data.durable import write_atomically
from data.errors import DefinitionError, Problem, UsageError
from data.records.access import Actor
from data.records.definitions import noting_definition
from metrics.catalogue import load_metrics
from metrics.model import Metric


@dataclass(frozen=True)
class Flaw:
    """One thing wrong with a draft, and the line of its text it stands in, if that is known."""

    line: int | None
    key: str
    sentence: str


@dataclass(frozen=True)
class Draft:
    """An edited definition: the metric it makes, or what is wrong with it."""

    text: str
    metric: Metric | None
    flaws: tuple[Flaw, ...]


def section(company: Company, name: str) -> Section:
    """Return a definition as it is written; NotFoundError for a metric there is none of."""
    metric = defined_metric(company, name)
    return section_of(_folder(company), metric, company.defined.files[name])


def draft(company: Company, name: str, text: str) -> Draft:
    """Return what an edited text makes of a metric, all other definitions being as they are."""
    flaws = _form_flaws(name, text)
    if flaws:
        return Draft(text, None, flaws)
    try:
        whole = replaced(section(company, name), name, text)
    except UsageError as error:
        return Draft(text, None, (Flaw(None, name, str(error)),))
    try:
        return Draft(text, _loaded(company, name, whole), ())
    except DefinitionError as error:
        found = (Flaw(_line_of(each.key, text), each.key, each.message) for each in error.problems)
        return Draft(text, None, tuple(sorted(found, key=lambda flaw: flaw.line or 0)))


def save(company: Company, name: str, text: str, *, was: str, actor: Actor, at: datetime) -> Path:
    """Write an edited definition into its file and return the file; cells stay as they are.

    It takes the right to edit definitions; the audit log keeps what it said before and after. `was`
    is the text that was edited. Raises UsageError where somebody changed it meanwhile,
    DefinitionError with everything that is wrong with the text.
    """
    now = section(company, name)
    made = draft(company, name, text)
    if made.metric is None:
        raise DefinitionError(Problem(now.file.name, f.key, f.sentence) for f in made.flaws)
    if now.text != was:
        raise UsageError(
            f"{now.file.name}: the definition '{name}' was changed since this page was opened. "
            "Open it afresh and make the change again."
        )
    before = json.loads(defined_metric(company, name).canonical_json)
    said = (before, json.loads(made.metric.canonical_json))
    with noting_definition(company.records, actor, name, said, at):
        write_atomically(now.file, replaced(now, name, text))
    return now.file


def _folder(company: Company) -> Path:
    return company.workspace.root / "metrics"


def _form_flaws(name: str, text: str) -> tuple[Flaw, ...]:
    """Return what keeps the text from being read as the section of this metric."""
    with TemporaryDirectory(prefix="clause9-draft-") as folder:
        path = Path(folder) / "draft.toml"
        path.write_bytes(text.encode("utf-8", errors="replace"))
        content, problems = read_toml(path, "")
    if problems:
        return tuple(Flaw(_line_in(each.key), each.key, each.message) for each in problems)
    if list(content) != [name]:
        strange = next((key for key in content if key != name), "")
        told = f"'{strange}' is another section" if strange else "the section is gone"
        return (Flaw(_line_of(strange, text), strange, f"{told}; this is about [{name}] alone."),)
    return ()


def _loaded(company: Company, name: str, whole: str) -> Metric:
    """Return the metric as the catalogue would read it with its file changed to `whole`."""
    changed = section(company, name).file
    with TemporaryDirectory(prefix="clause9-draft-") as folder:
        for path in _folder(company).glob("*.toml"):
            (Path(folder) / path.name).write_bytes(path.read_bytes())
        (Path(folder) / changed.name).write_text(whole, encoding="utf-8")
        return load_metrics(company.tables, Path(folder), company.defined.calendar).metrics[name]


def _line_in(place: str) -> int | None:
    found = re.search(r"line (\d+)", place)
    return int(found[1]) if found else None


def _line_of(key: str, text: str) -> int | None:
    """Return the line that a key stands in: the innermost of its parts that is written."""
    lines = text.split("\n")
    for part in reversed([re.sub(r"#.*$", "", part) for part in key.split(".")]):
        word = re.compile(rf"(^|[\s{{,.\[\"']){re.escape(part)}[\"']?\s*[=\].]")
        for number, line in enumerate(lines, start=1):
            if part and not line.lstrip().startswith("#") and word.search(line):
                return number
    return None
