"""What a browser session works with: the opened company, the clock, who asks, the only caching."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from secrets import token_urlsafe
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.company.opened import Company
from dashboard.company.publishing import HandedIn
from data.errors import NotFoundError
from data.records.access import Actor, local_operator
from data.settings import zone_of

P = ParamSpec("P")
Answer = TypeVar("Answer")

KEPT = 256
"""Answers kept between reruns, for all sessions together; the oldest goes first."""

HELD = 8
"""Files handed in that are kept for an export, for all sessions together: 10 MB each at most."""

_HOLDING = Lock()

State = tuple[str, int, int, str]
"""What every answer depends on: definitions, warehouse version, records revision, day."""


def company() -> Company:
    """Return the workspace as of today; definitions that changed on disk are read again."""
    root = Path(os.environ.get("CLAUSE9_WORKSPACE") or ".").resolve()
    changed_at = _definitions_changed_at(root)
    return _opened(str(root), changed_at, now().date())


def as_of() -> date:
    """Return the day pages are read on."""
    return company().as_of


def now() -> datetime:
    """Return the present instant, by the clock of the company: its day is the day it is there."""
    root = Path(os.environ.get("CLAUSE9_WORKSPACE") or ".").resolve()
    return datetime.now(_zone(str(root), _definitions_changed_at(root)))


def here(instant: datetime) -> datetime:
    """Return an instant by the clock of the company."""
    return instant.astimezone(ZoneInfo(company().workspace.settings.time_zone))


def actor() -> Actor:
    """Return who acts: without sign-in, whoever sits at this machine."""
    return local_operator(os.environ.get("CLAUSE9_ACTOR") or getpass.getuser())


def answer(
    question: Callable[Concatenate[Company, P], Answer], *args: P.args, **kwargs: P.kwargs
) -> Answer:
    """Return what `question` answers for the data and records as they are now, asked once.

    Answers are shared between sessions and must not be changed. Arguments are names, days, numbers
    and mappings of them.
    """
    name = f"{question.__module__}.{question.__qualname__}"
    return cast("Answer", _kept(state(), name, question, args, kwargs))


def state() -> State:
    """Return what every answer depends on: while it is the same, so are the answers."""
    opened = company()
    root = opened.workspace.root
    place = f"{root} {_definitions_changed_at(root)}"
    return place, opened.warehouse.version(), opened.records.revision(), opened.as_of.isoformat()


def hold(handed_in: HandedIn) -> str:
    """Keep what was handed in within reach of an export; return a name nobody can guess."""
    name = token_urlsafe(16)
    with _HOLDING:
        kept = _within_reach()
        kept[name] = (actor().name, handed_in)
        while len(kept) > HELD:
            kept.pop(next(iter(kept)))
    return name


def held(name: str) -> HandedIn:
    """Return what was handed in under a name, to who handed it in; NotFoundError to others."""
    with _HOLDING:
        who, handed_in = _within_reach().get(name, ("", None))
    if handed_in is None or who != actor().name:
        raise NotFoundError("This file is no longer at hand. Choose it again on the page Upload.")
    return handed_in


@st.cache_resource(max_entries=1, show_spinner=False)
def _within_reach() -> dict[str, tuple[str, HandedIn]]:
    return {}


def _definitions_changed_at(root: Path) -> int:
    """Return a number that changes when any definition file of the site does."""
    folders = ("tables", "metrics", "sources")
    files = [path for folder in folders for path in root.glob(f"{folder}/*.toml")]
    settings = root / "clause9.toml"
    stamps = [(path.name, path.stat().st_mtime_ns) for path in files]
    if settings.exists():
        stamps.append((settings.name, settings.stat().st_mtime_ns))
    return hash(tuple(sorted(stamps)))


@st.cache_resource(max_entries=2, show_spinner="Opening the workspace")
def _opened(root: str, changed_at: int, today: date) -> Company:
    del changed_at
    return Company.open(Path(root), today=today, now=now())


@st.cache_resource(max_entries=2, show_spinner=False)
def _zone(root: str, changed_at: int) -> ZoneInfo:
    del changed_at
    return zone_of(Path(root))


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _kept(
    state: State,
    name: str,
    _question: Callable[..., Any],  # not part of the key: `name` stands for it
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:  # noqa: ANN401 - typed by `answer`
    del state, name
    return _question(company(), *args, **kwargs)
