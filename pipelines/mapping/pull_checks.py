"""What a pull must hold beyond the types of its keys; no finding shows a value of the section."""

from __future__ import annotations

import re
from collections import abc

from data.engines.question import query_flaw
from data.tables import Table
from pipelines.mapping.model import Mapping
from pipelines.mapping.pull import SqlPull

Finding = tuple[str, str]

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
"""How a secret is called: as an environment variable is, so that no one writes the secret here."""


def pull_findings(mapping: Mapping, table: Table | None) -> abc.Iterator[Finding]:
    """Yield everything that is wrong with the pull of a mapping; `table` is the one it fills."""
    pull = mapping.pull
    if pull is None:
        return
    if not re.fullmatch(r"[\w-]+", mapping.name):
        yield "pull", "needs a source named by letters, digits, _ and - alone: [erp_complaints]."
    if mapping.lookup:
        yield "lookup", "reads another file of the same load, and a pull brings one. Join there."
    yield from _sql_findings(pull)
    if pull.cursor is not None:
        yield from _cursor_findings(mapping, table)


def _cursor_findings(mapping: Mapping, table: Table | None) -> abc.Iterator[Finding]:
    if mapping.replace is not None:
        yield (
            "pull.cursor",
            f'brings only changed rows, and replace = "{mapping.replace}" would end those that '
            "did not change. Take one of the two out.",
        )
    elif table is not None and not table.is_keyed:
        yield (
            "pull.cursor",
            f"brings rows again that changed, and table '{table.name}' has no key by which they "
            "would replace what was there. Take it out: every pull then reads the whole.",
        )


def _sql_findings(pull: SqlPull) -> abc.Iterator[Finding]:
    yield from secret_findings("url_from", pull.url_from)
    if (pull.query is None) == (pull.table is None):
        yield "pull", "says either `query` or `table`: what is read."
    if pull.query is not None:
        flaw = query_flaw(pull.query)
        if flaw is not None:
            yield "pull.query", flaw
        if pull.columns:
            yield "pull.columns", "goes with `table`; a query names its columns itself."
    if pull.cursor is None and (pull.lag_minutes or pull.lag_steps):
        key = "lag_minutes" if pull.lag_minutes else "lag_steps"
        yield f"pull.{key}", "goes with a `cursor`; without one every pull reads the whole."
    if pull.columns and pull.cursor is not None and pull.cursor not in pull.columns:
        yield "pull.columns", "leaves out the cursor, which has to be read too."


def secret_findings(key: str, name: str | None) -> abc.Iterator[Finding]:
    """Yield that a text is no name of a secret, without showing it: it may be the secret."""
    if name is not None and not re.fullmatch(NAME, name):
        yield (
            f"pull.{key}",
            "is the name of a secret, like ERP_URL, and never the secret itself: that one stands "
            "in the environment or in state/secrets.toml.",
        )
