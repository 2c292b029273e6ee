"""Taking many entries from one file: every problem is said, and all of them are stored or none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from data.definitions import validated
from data.errors import Clause9Error, DefinitionError, NotAllowedError, NotFoundError, Problem
from data.records.chain import last_seq
from data.records.forms import Form
from data.records.records import Records

Filled = TypeVar("Filled", bound=Form)
Result = TypeVar("Result")


@dataclass
class Intake:
    """What goes wrong while one file is taken in; `rejected` are the names its bad entries bore.

    `rows` are the rows of a workbook its entries stand in, by section; a TOML file has none.
    """

    file: str
    problems: list[Problem] = field(default_factory=list)
    rejected: set[str] = field(default_factory=set)
    changed: int = 0
    unchanged: int = 0
    rows: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def form(self, model: type[Filled], values: object, key: str) -> Filled | None:
        """Return one entry as its form, or None and keep its problems."""
        filled, problems = validated(model, values, self.file, key)
        for each in problems:
            self.problem(each.key, each.message)
        if filled is None and isinstance(values, Mapping):
            self.reject(values)
        return filled

    def store(self, records: Records, key: str, write: Callable[[], Result]) -> Result | None:
        """Return what `write` stored, or None and keep why it was refused."""
        with records.reading() as session:
            before = last_seq(session)
            try:
                stored = write()
            except NotAllowedError:
                raise
            except Clause9Error as error:
                if not self._follows_from_a_rejected_entry(error):
                    self.problem(key, str(error))
                return None
            if last_seq(session) == before:
                self.unchanged += 1
            else:
                self.changed += 1
            return stored

    def reject(self, values: Mapping[str, Any]) -> None:
        """Remember what a bad entry is called: what names it is no problem of its own."""
        self.rejected |= {str(values[name]) for name in ("id", "name") if name in values}

    def problem(self, key: str, message: str) -> None:
        """Keep one problem."""
        place = re.sub(r"^(sheet .+, row \d+)\.", r"\1, column ", key)
        self.problems.append(Problem(self.file, place, message))

    def finish(self) -> None:
        """Raise DefinitionError with every problem there was."""
        if self.problems:
            raise DefinitionError(self.problems)

    def entries(self, written: Mapping[str, Any], section: str) -> list[tuple[str, Any]]:
        """Return the entries of a section with where each stands: ("[[targets]] 2", {...}).

        Of a workbook: ("sheet targets, row 3", {...}).
        """
        entries = written.get(section, [])
        if not isinstance(entries, list):
            self.problem(section, f"must be a list of entries: write [[{section}]] over each.")
            return []
        if section in self.rows:
            placed = zip(self.rows[section], entries, strict=True)
            return [(f"sheet {section}, row {number}", each) for number, each in placed]
        return [(f"[[{section}]] {number}", each) for number, each in enumerate(entries, start=1)]

    def _follows_from_a_rejected_entry(self, error: Clause9Error) -> bool:
        # "There is no person X" is no news beside the problem that X's own entry has.
        is_missing = isinstance(error, NotFoundError)
        return is_missing and any(f"'{name}'" in str(error) for name in self.rejected)
