"""Everything Clause9 says when it cannot go on: one tree, one exit code a branch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


class Clause9Error(Exception):
    """An expected error: its text is the sentence the person needs; shown without traceback."""

    exit_code = 1


class UsageError(Clause9Error):
    """The command or the call was worded wrongly."""

    exit_code = 2


class RefusedInputError(Clause9Error):
    """A file or rows of it were refused; nothing was published."""

    exit_code = 3


class BusyError(Clause9Error):
    """Somebody else is writing and did not finish in time."""

    exit_code = 4


class SourceError(Clause9Error):
    """Somebody else's database, service or files did not give what was asked for."""


class FullDiskError(Clause9Error):
    """A disk is full; the text names the place on it and says what was not done."""

    def __init__(self, place: object, undone: str = "Nothing was changed.") -> None:
        super().__init__(
            f"The disk that holds {place} is full. {undone} Free some space and try again."
        )


class NotFoundError(Clause9Error):
    """A named thing does not exist; the text names the nearest one that does."""


class NotAllowedError(Clause9Error):
    """The actor may not do this; the text names who may."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with one key of one definition file."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.file, self.key) if part)
        return f"{place}: {self.message}"


MOST_TOLD = 100
"""Problems a sentence lists; `problems` holds all of them."""


class DefinitionError(Clause9Error):
    """Every problem of every definition file, in one report."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        count = len(self.problems)
        head = "1 problem" if count == 1 else f"{count} problems"
        lines = "\n".join(f"  {problem}" for problem in self.problems[:MOST_TOLD])
        if count > MOST_TOLD:
            lines += f"\n  and {count - MOST_TOLD:,} more"
        super().__init__(f"{head} in the definitions:\n{lines}")


def near_miss(word: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the known word nearest to `word`, or an empty text."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean '{close[0]}'?" if close else ""
