"""What was known when: the same rows as three senders saw them at the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

Row = dict[str, object]


@dataclass(frozen=True)
class Stage:
    """A stretch of the company's life between two sendings of files."""

    name: str
    first: date
    last: date
    sent_at: datetime
    """When the files of the stage came in; what happened later is not in them yet."""


def rows_sent(
    rows: list[Row], dated_by: str, later: tuple[str, ...], stages: tuple[Stage, ...], stage: Stage
) -> list[Row]:
    """Return the rows a stage's file holds: its own, and older ones something happened to since.

    `later` names the columns that fill up after the row was first sent (a closing date): a date
    after the sending is blank, because nobody knew it.
    """
    before = max(
        (each.sent_at.date() for each in stages if each.sent_at < stage.sent_at), default=None
    )
    found = []
    for row in rows:
        day = row[dated_by]
        own = isinstance(day, date) and stage.first <= day <= stage.last
        older = isinstance(day, date) and day < stage.first
        if own or (
            older and before is not None and _changed(row, later, before, stage.sent_at.date())
        ):
            found.append(
                {
                    name: _as_known(name, value, later, stage.sent_at.date())
                    for name, value in row.items()
                }
            )
    return found


def _changed(row: Row, later: tuple[str, ...], before: date, until: date) -> bool:
    days = [row[name] for name in later]
    return any(isinstance(day, date) and before < day <= until for day in days)


def _as_known(name: str, value: object, later: tuple[str, ...], until: date) -> object:
    if name in later and isinstance(value, date) and value > until:
        return ""
    return value
