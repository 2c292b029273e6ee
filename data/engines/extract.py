"""A question to a database, answered as a Parquet file with the database's own types."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from data.engines.database import Access, opened
from data.engines.question import Question, statement


@dataclass(frozen=True)
class Answer:
    """How many rows came, and the columns that had to become text, each with why."""

    rows: int
    as_text: tuple[str, ...] = ()


def extract(access: Access, question: Question, target: Path, chunk_rows: int) -> Answer:
    """Write the answer to `target`, one part of it in memory at a time.

    Raises SourceError, whose text holds nothing of the URL.
    """
    with opened(access) as connection:
        match connection.dialect.name:
            case "postgresql":
                # Deferred: its driver is an extra.
                from data.engines.copying import copied  # noqa: PLC0415

                return Answer(*copied(connection, statement(question), target))
            case _:
                from data.engines.fetching import fetched  # noqa: PLC0415

                return Answer(*fetched(connection, statement(question), target, chunk_rows))
