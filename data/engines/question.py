"""The one question a database is asked: a query or a table, and from where on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlglot.errors import TokenError
from sqlglot.tokens import Tokenizer

Mark = int | Decimal | str | date | datetime
"""How far a source was read: a value of its cursor column."""


@dataclass(frozen=True)
class Question:
    """What is read: `query`, or the `columns` of a `table` (all of them where none is named).

    With `since`, only rows whose `cursor` is that or later.
    """

    query: str | None = None
    table: str | None = None
    columns: tuple[str, ...] = ()
    cursor: str | None = None
    since: Mark | None = None


def query_flaw(query: str) -> str | None:
    """Return what keeps a text from being one query, or None."""
    try:
        tokens = Tokenizer().tokenize(_bare(query))
    except TokenError:
        return "has a quote or a comment that is not closed."
    if not tokens or tokens[0].text.upper() not in _STARTS:
        return "must be one SELECT, which may begin with WITH."
    if any(token.token_type.name == "SEMICOLON" for token in tokens):
        return "must be one SELECT; there is a second statement after the ';'."
    return None


_STARTS = {"SELECT", "WITH", "("}


def statement(question: Question) -> sa.Select[Any]:
    """Return the SELECT of the question, for any dialect; the mark is a parameter."""
    selected = _of_query(question) if question.query is not None else _of_table(question)
    if question.cursor is None or question.since is None:
        return selected
    # Its own value too: rows written in the same instant may have come after the last pull.
    mark: sa.BindParameter[Any] = sa.bindparam("since", question.since, type_=_type(question.since))
    return selected.where(sa.column(question.cursor) >= mark)


def _type(mark: Mark) -> sa.types.TypeEngine[Any] | None:
    """Return the type a mark is sent as, where the one SQLAlchemy takes would not hold it."""
    if isinstance(mark, int):
        return sa.BigInteger()
    is_aware = isinstance(mark, datetime) and mark.tzinfo is not None
    return sa.DateTime(timezone=True) if is_aware else None


def _of_query(question: Question) -> sa.Select[Any]:
    # SQLAlchemy would take ":name" for a parameter; a comment in the last line ends with the line.
    text = sa.text(_bare(question.query or "").replace(":", r"\:") + "\n")
    pulled = sa.TextualSelect(text, []).subquery("pulled")
    return sa.select(sa.literal_column("*")).select_from(pulled)


def _of_table(question: Question) -> sa.Select[Any]:
    schema, _, name = (question.table or "").rpartition(".")
    columns: list[sa.ColumnElement[Any]] = [sa.column(column) for column in question.columns] or [
        sa.literal_column("*")
    ]
    return sa.select(*columns).select_from(sa.table(name, schema=schema or None))


def _bare(query: str) -> str:
    return query.strip().rstrip(";").rstrip()
