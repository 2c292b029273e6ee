"""The opened records: reading, writing, and several writes in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

from data.records.access import Actor
from data.records.chain import append_entry, changed_values, last_seq, row_values, subject_of
from data.records.database import open_database, trouble_said_plainly, write_engine


@dataclass(frozen=True)
class Change:
    """One write under way: who does it and when; each row it touches leaves an audit entry."""

    session: Session
    actor: Actor
    at: datetime

    def added(self, action: str, row: SQLModel) -> None:
        """Insert `row`, and say in the audit log what it holds."""
        self.session.add(row)
        self.session.flush()
        self.noted(action, subject_of(row), None, row_values(row))

    def updated(self, action: str, row: SQLModel) -> bool:
        """Store the values of `row` that were changed; return False, leaving no entry, for none."""
        before, after = changed_values(row)
        if not after:
            return False
        self.session.flush()
        self.noted(action, subject_of(row), before, after)
        return True

    def noted(
        self,
        action: str,
        subject: str,
        before: dict[str, object] | None,
        after: dict[str, object] | None,
    ) -> None:
        """Append an entry that no single row stands for."""
        append_entry(
            self.session, self.at, (self.actor.name, action, subject), before=before, after=after
        )


@dataclass(frozen=True)
class Records:
    """The records database. Inside `together` it carries the session every write then shares."""

    engine: Engine
    session: Session | None = None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session on one consistent state; rows read in it stay usable after it."""
        if self.session is not None:
            yield self.session
            return
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self, actor: Actor, at: datetime) -> Iterator[Change]:
        """Yield a change that is stored with its audit entries, or not at all."""
        if at.tzinfo is None:
            raise ValueError(f"{at} has no time zone; records keep UTC.")
        with self.together() as joined:
            assert joined.session is not None  # noqa: S101 together() gives it one
            yield Change(joined.session, actor, at)
            joined.session.flush()

    @contextmanager
    def together(self) -> Iterator[Records]:
        """Yield records whose writes are one transaction: all of them are stored, or none."""
        if self.session is not None:
            yield self
            return
        place = Path(self.engine.url.database or "")
        with trouble_said_plainly(place), self._session_to_write() as s:
            s.connection()
            yield replace(self, session=s)
            s.commit()

    def _session_to_write(self) -> Session:
        return Session(write_engine(self.engine), expire_on_commit=False)

    def revision(self) -> int:
        """Return a number that rises with every change: the last entry of the audit log."""
        with self.reading() as session:
            return last_seq(session)

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_records(url: str) -> Records:
    """Return the records at `url` (sqlite:///path), created and migrated where needed."""
    return Records(open_database(url))
