"""What a pull must hold beyond the types of its keys; no finding shows a value of the section."""

from __future__ import annotations

import re
from collections import abc
from typing import assert_never
from urllib.parse import urlsplit

from data.engines.question import query_flaw
from data.tables import Table
from pipelines.mapping.model import Mapping
from pipelines.mapping.pull import ApiKey, Basic, Bearer, FolderPull, RestPull, SqlPull

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
    match pull:
        case SqlPull():
            yield from _sql_findings(pull)
            yield from _cursor_findings(pull, mapping, table)
        case RestPull():
            yield from _rest_findings(pull)
            yield from _cursor_findings(pull, mapping, table)
        case FolderPull():
            yield from _folder_findings(pull)
        case _:
            assert_never(pull)


def _cursor_findings(
    pull: SqlPull | RestPull, mapping: Mapping, table: Table | None
) -> abc.Iterator[Finding]:
    if pull.cursor is None:
        if pull.lag_minutes or pull.lag_steps:
            key = "lag_minutes" if pull.lag_minutes else "lag_steps"
            yield f"pull.{key}", "goes with a `cursor`; without one every pull reads the whole."
        return
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
    if pull.columns and pull.cursor is not None and pull.cursor not in pull.columns:
        yield "pull.columns", "leaves out the cursor, which has to be read too."


def _rest_findings(pull: RestPull) -> abc.Iterator[Finding]:
    yield from _address_findings("url", pull.url)
    yield from _auth_findings(pull)
    said = {**dict.fromkeys(pull.params, "params"), **dict.fromkeys(pull.headers, "headers")}
    for name, section in said.items():
        if _SECRETS.search(name):
            yield f"pull.{section}.{name}", "would hold a secret. Say it in `auth`, by its name."
    if (pull.cursor is None) != (pull.cursor_param is None):
        yield "pull", "says both `cursor` and `cursor_param`, or neither."
    host = urlsplit(pull.url).hostname or ""
    is_open = pull.url.startswith("http://") and host not in {*pull.allow_hosts, *_THIS_MACHINE}
    if pull.auth is not None and is_open:
        yield (
            "pull.url",
            "would send the secret unencrypted. Write https://, or name the host in `allow_hosts`.",
        )


def _auth_findings(pull: RestPull) -> abc.Iterator[Finding]:
    match pull.auth:
        case Bearer(token_from=name):
            yield from secret_findings("auth.token_from", name)
        case ApiKey(key_from=name):
            yield from secret_findings("auth.key_from", name)
        case Basic(password_from=name):
            yield from secret_findings("auth.password_from", name)
        case None:
            pass
        case _:
            assert_never(pull.auth)


def _folder_findings(pull: FolderPull) -> abc.Iterator[Finding]:
    for key, name in (("key_from", pull.key_from), ("secret_from", pull.secret_from)):
        yield from secret_findings(key, name)
    if (pull.key_from is None) != (pull.secret_from is None):
        yield "pull", "says both `key_from` and `secret_from`, or neither."
    scheme, separator, _ = pull.url.partition("://")
    if separator and scheme != "s3":
        yield "pull.url", "is a folder, or begins with s3://; others are not read."
    if separator and "@" in pull.url:
        yield "pull.url", "holds a login. Take it out, and say `key_from` and `secret_from`."
    if not separator and (pull.key_from or pull.endpoint):
        key = "key_from" if pull.key_from else "endpoint"
        yield f"pull.{key}", "goes with s3://; a folder needs none."
    if pull.endpoint is not None:
        yield from _address_findings("endpoint", pull.endpoint)


_SECRETS = re.compile(
    r"auth|token|secret|passw|api[-_]?key|cookie|signature|credential", re.IGNORECASE
)
"""Names of headers and parameters that hold secrets."""

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


def _address_findings(key: str, url: str) -> abc.Iterator[Finding]:
    """Yield what is wrong with an address, without showing it: it may hold a password."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if host is None or not url.startswith(("https://", "http://")):
        yield f"pull.{key}", "is no address like https://helpdesk.example/api/tickets."
        return
    if "@" in parts.netloc:
        yield f"pull.{key}", "holds a login. Take it out, and say in `auth` who asks."
    if parts.query or parts.fragment:
        yield f"pull.{key}", "has parameters. Write them into `params`; secrets into `auth`."


def secret_findings(key: str, name: str | None) -> abc.Iterator[Finding]:
    """Yield that a text is no name of a secret, without showing it: it may be the secret."""
    if name is not None and not re.fullmatch(NAME, name):
        yield (
            f"pull.{key}",
            "is the name of a secret, like ERP_URL, and never the secret itself: that one stands "
            "in the environment or in state/secrets.toml.",
        )
