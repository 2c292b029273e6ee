"""A mapping proposed for one table of a file, and what a person must decide before it is true."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from typing import Protocol

from data.errors import UsageError, near_miss
from data.tables import Table
from pipelines.mapping.model import Mapping

LEAVE_OUT = "leave out"
"""The answer that nothing is taken from a column."""


@dataclass(frozen=True)
class Question:
    """What the file leaves open. `key` names the answer; the first of `choices` is the likeliest.

    `is_open`: other answers than the choices are taken too. Without choices every answer is.
    """

    key: str
    sentence: str
    choices: tuple[str, ...] = ()
    is_open: bool = False

    def takes(self, answer: str) -> bool:
        """Return whether an answer is one of those asked for."""
        return bool(answer.strip()) and (self.is_open or not self.choices or answer in self.choices)


@dataclass(frozen=True)
class Settled:
    """What a table becomes with the answers given so far; `keys` are those answers are taken to."""

    mapping: Mapping
    why: tuple[str, ...]
    questions: tuple[Question, ...]
    keys: frozenset[str] = frozenset()


class Asking:
    """The answers given about a file, the questions still open, and what is said, as they arise."""

    def __init__(self, answers: abc.Mapping[str, str], file: str) -> None:
        self.file = file
        self.answers = dict(answers)
        self.questions: list[Question] = []
        self.why: list[str] = []
        self.keys: list[str] = []

    def ask(
        self, key: str, sentence: str, choices: abc.Iterable[str] = (), *, is_open: bool = False
    ) -> str | None:
        """Return the answer to a question, or None, the question then being open.

        Raises UsageError for an answer that is none.
        """
        question = Question(key, sentence, tuple(dict.fromkeys(choices)), is_open)
        self.keys.append(key)
        answer = self.answers.get(key)
        if answer is None:
            self.questions.append(question)
            return None
        if not question.takes(answer):
            hint = near_miss(answer, question.choices)
            raise UsageError(
                f"{key}={answer}: that answers nothing here. {sentence} "
                f"Answers: {', '.join(question.choices) or 'a text'}.{hint}"
            )
        return answer.strip()

    def given(self, key: str) -> str | None:
        """Return an answer nobody has to give, if somebody gave it."""
        self.keys.append(key)
        return self.answers.get(key)

    def settled(self, mapping: Mapping) -> Settled:
        """Return what was asked and told beside the mapping it led to."""
        return Settled(mapping, tuple(self.why), tuple(self.questions), frozenset(self.keys))

    def tell(self, sentence: str) -> None:
        """Note what was understood, or left out."""
        self.why.append(sentence)


class Draft(Protocol):
    """A table of a file, understood as far as it goes; the answers decide the rest."""

    @property
    def table(self) -> Table:
        """Return our table the rows are for."""
        ...

    def settled(self, answers: abc.Mapping[str, str]) -> Settled:
        """Return the mapping with `answers`; UsageError for an answer that is none."""
        ...


@dataclass(frozen=True)
class Proposal:
    """A mapping for one table of a file.

    `mapping` is complete once `questions` is empty; before, it takes the likeliest answers. `why`
    says what was understood and everything that is left out. `confidence` runs from 0 to 1.
    `place` is where the table stands: "sheet 'KPI', B5:N40".
    """

    mapping: Mapping
    why: tuple[str, ...]
    questions: tuple[Question, ...]
    confidence: float
    place: str
    answers: abc.Mapping[str, str] = field(default_factory=dict)
    draft: Draft | None = field(default=None, repr=False, compare=False)
