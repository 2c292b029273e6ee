"""Rows of a database, as one Parquet file: all of them, or those from the cursor on."""

from __future__ import annotations

from datetime import timedelta

from data.engines.database import Access
from data.engines.extract import extract
from data.engines.question import Question
from pipelines.mapping.pull import SqlPull
from pipelines.sources.extract import Cursor, Errand, Extract, reached, since


def pull_rows(pull: SqlPull, errand: Errand, cursor: Cursor | None) -> tuple[Extract, ...]:
    """Return the file of the rows asked for; none where nothing is new.

    Raises SourceError, NotFoundError.
    """
    access = Access(errand.secrets.value(pull.url_from), pull.url_from, pull.seconds)
    lag = timedelta(minutes=pull.lag_minutes)
    mark = since(cursor, pull.cursor, lag, pull.lag_steps) if pull.cursor else None
    question = Question(pull.query, pull.table, pull.columns, pull.cursor, mark)
    target = errand.folder / f"{errand.source}.parquet"
    answer = extract(access, question, target, pull.chunk_rows)
    notes = tuple(
        f"Column {name} is read as text: it has values its type cannot hold here."
        for name in answer.as_text
    )
    if pull.cursor is None:
        return (Extract(target, answer.rows, None, notes),)
    if not answer.rows:
        return ()
    now, told = reached(target, pull.cursor)
    return (Extract(target, answer.rows, now or cursor, (*notes, *told)),)
