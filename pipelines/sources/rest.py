"""Records of a web service, as one Parquet file; dlt asks page by page, and loads nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never
from urllib.parse import urlsplit

import polars as pl

from data.engines.columns import common_schema, frame_of
from data.errors import SourceError
from data.secrets import Secrets
from pipelines.mapping.pull import (
    ApiKey,
    Basic,
    Bearer,
    NextLink,
    NextMark,
    Offsets,
    OnePage,
    PageNumbers,
    RestPull,
)
from pipelines.sources.extract import Cursor, Errand, Extract, reached, since

if TYPE_CHECKING:
    from requests import Response, Session

CHUNK = 5_000
"""Records turned into columns at a time."""


def pull_records(pull: RestPull, errand: Errand, cursor: Cursor | None) -> tuple[Extract, ...]:
    """Return the file of the records asked for; none where nothing is new.

    A record inside another becomes columns named "customer.name"; a list becomes its JSON.
    Raises SourceError, NotFoundError.
    """
    params = dict(pull.params)
    if pull.cursor and pull.cursor_param:
        lag = timedelta(minutes=pull.lag_minutes)
        mark = since(cursor, pull.cursor, lag, pull.lag_steps)
        if mark is not None:
            params[pull.cursor_param] = str(mark)
    target = errand.folder / f"{errand.source}.parquet"
    rows = _written(_records(pull, errand, params), target)
    if not rows:
        return (Extract(target, 0),) if pull.cursor is None else ()
    if pull.cursor is None:
        return (Extract(target, rows),)
    now, told = reached(target, pull.cursor)
    return (Extract(target, rows, now or cursor, told),)


def _records(
    pull: RestPull, errand: Errand, params: Mapping[str, str | int | bool]
) -> Iterator[dict[str, Any]]:
    """Yield the records of every page, in the order they come."""
    # Read when dlt is imported: nothing is told to its makers.
    os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
    try:
        # Deferred: an extra, and a second to import.
        from dlt.extract.exceptions import ResourceExtractionError  # noqa: PLC0415
        from dlt.sources.rest_api import rest_api_resources  # noqa: PLC0415

        from pipelines.sources.asking import said, session_for  # noqa: PLC0415
    except ImportError:
        raise SourceError(
            "Pulling from a web service takes the connectors, which are not installed: "
            "pip install 'clause9[connectors]'"
        ) from None
    config: Any = _config(pull, errand, params, session_for(pull))
    (resource,) = rest_api_resources(config)
    try:
        for record in resource:
            yield _flat(record)
    except ResourceExtractionError as error:
        raise SourceError(said(pull, error)) from None


def _config(
    pull: RestPull,
    errand: Errand,
    params: Mapping[str, str | int | bool],
    session: Session,
) -> dict[str, Any]:
    """Return what dlt is told: one resource, its pages, who asks, and whom to ask through."""
    base, _, path = pull.url.rpartition("/")
    endpoint = {
        "path": path,
        # dlt fills {names} in.
        "params": {
            name: value.replace("{", "{{").replace("}", "}}") if isinstance(value, str) else value
            for name, value in params.items()
        },
        "data_selector": pull.records,
        "paginator": _pages(pull),
        "response_actions": [_refusing_other_shapes(pull)],
    }
    client = {"base_url": base, "headers": dict(pull.headers), "session": session}
    auth = _auth(pull, errand.secrets)
    return {
        "client": client if auth is None else {**client, "auth": auth},
        "resources": [{"name": errand.source, "endpoint": endpoint}],
    }


def _auth(pull: RestPull, secrets: Secrets) -> dict[str, str] | None:
    match pull.auth:
        case Bearer(token_from=name):
            return {"type": "bearer", "token": secrets.value(name)}
        case ApiKey(name=word, key_from=name, place=place):
            key = secrets.value(name)
            return {"type": "api_key", "name": word, "api_key": key, "location": place}
        case Basic(user=user, password_from=name):
            return {"type": "http_basic", "username": user, "password": secrets.value(name)}
        case None:
            return None
        case _:
            assert_never(pull.auth)


def _pages(pull: RestPull) -> dict[str, Any]:
    until_empty = {"total_path": None, "stop_after_empty_page": True}
    match pull.pages:
        case OnePage():
            return {"type": "single_page"}
        case PageNumbers(param=param, first=first):
            numbered = {"type": "page_number", "page_param": param, "base_page": first}
            return {**numbered, **until_empty}
        case Offsets(param=param, limit_param=limit_param, limit=limit):
            sized = {"type": "offset", "limit": limit, "limit_param": limit_param}
            return {**sized, "offset_param": param, **until_empty}
        case NextLink(at=None):
            return {"type": "header_link"}
        case NextLink(at=at):
            return {"type": "json_link", "next_url_path": at}
        case NextMark(at=at, param=param):
            return {"type": "cursor", "cursor_path": at, "cursor_param": param}
        case _:
            assert_never(pull.pages)


def _refusing_other_shapes(pull: RestPull) -> Callable[..., None]:
    """Return a look at each answer: dlt takes one without the records for one of no records."""

    def look(response: Response, *_: object, **__: object) -> None:
        if not response.ok or response.is_redirect or pull.records == "$":
            return
        inner = response.json()
        for step in pull.records.split("."):
            if not isinstance(inner, dict) or step not in inner:
                there = ", ".join(inner) if isinstance(inner, dict) else "no named parts"
                raise SourceError(
                    f"The answer of {urlsplit(pull.url).hostname} has no '{pull.records}', where "
                    f"the records should be. There are: {there}."
                )
            inner = inner[step]

    return look


def _flat(record: object, prefix: str = "") -> dict[str, Any]:
    """Return a record without records inside: their fields by dotted names, lists as JSON."""
    if not isinstance(record, dict):
        kind = type(record).__name__
        raise SourceError(f"The answer holds a {kind} where a record should be: say `records`.")
    flat: dict[str, Any] = {}
    for name, value in record.items():
        match value:
            case dict():
                flat |= _flat(value, f"{prefix}{name}.")
            case list():
                flat[f"{prefix}{name}"] = json.dumps(value, ensure_ascii=False)
            case _:
                flat[f"{prefix}{name}"] = value
    return flat


def _written(records: Iterator[dict[str, Any]], target: Path) -> int:
    """Write the records as Parquet and return how many there are; a field some lack is empty."""
    parts = []
    while chunk := list(islice(records, CHUNK)):
        names = list(dict.fromkeys(name for record in chunk for name in record))
        parts.append(frame_of(names, [[record.get(name) for name in names] for record in chunk]))
    if not parts:
        pl.DataFrame().write_parquet(target)
        return 0
    schema = common_schema([part.schema for part in parts])
    whole = pl.concat([_as(part, schema) for part in parts])
    whole.write_parquet(target, compression="zstd")
    return whole.height


def _as(part: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    return part.select(
        (pl.col(name) if name in part.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )
