"""Files of a folder or an object store: those that are new, or not as they were when published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec

from data.errors import SourceError
from pipelines.mapping.pull import FolderPull
from pipelines.sources.extract import Cursor, Errand, Extract

SECONDS = 60
"""How long a store may take to answer, each of five times."""


@dataclass(frozen=True)
class _Object:
    """One file over there: its path below the folder, and what tells that it changed."""

    place: str
    name: str
    size: int
    stamp: str

    @property
    def cursor(self) -> Cursor:
        """Return what is kept of it: the same again means that there is nothing new."""
        return {"object": self.name, "size": self.size, "stamp": self.stamp}


def pull_files(
    pull: FolderPull, errand: Errand, files: tuple[str, ...], known: Mapping[str, Cursor]
) -> tuple[Extract, ...]:
    """Return the files that are new or changed, copied below the errand's folder by their names.

    `files` are the patterns of names that are meant (all without any), `known` what was published,
    by name. Raises SourceError, NotFoundError.
    """
    options = _options(pull, errand)
    try:
        system, root = _opened(pull, errand, options)
        found = [each for each in _objects(system, root) if _is_meant(each.name, files)]
        fresh = [each for each in found if known.get(each.name) != each.cursor]
        return tuple(_copied(system, each, errand.folder) for each in fresh)
    except SourceError:
        raise
    except ImportError:
        raise SourceError(
            "Pulling from S3 takes the connectors, which are not installed: "
            "pip install 'clause9[connectors]'"
        ) from None
    except Exception as error:  # noqa: BLE001 whatever a store's library raises is its answer
        raise SourceError(f"{pull.url} says: {_words(error)}") from None


def _options(pull: FolderPull, errand: Errand) -> dict[str, Any]:
    if not pull.url.startswith("s3://"):
        return {}
    login = (
        {
            "key": errand.secrets.value(pull.key_from),
            "secret": errand.secrets.value(pull.secret_from),
        }
        if pull.key_from and pull.secret_from
        else {}
    )
    patience = {
        "connect_timeout": 15,
        "read_timeout": SECONDS,
        "retries": {"max_attempts": 1},  # s3fs itself asks five times
    }
    return {**login, "endpoint_url": pull.endpoint, "config_kwargs": patience}


def _opened(pull: FolderPull, errand: Errand, options: dict[str, Any]) -> tuple[Any, str]:
    """Return the file system and the path of the folder in it; nothing of it is remembered."""
    if pull.url.startswith("s3://"):
        system = fsspec.filesystem(
            "s3", skip_instance_cache=True, use_listings_cache=False, **options
        )
        return system, pull.url.removeprefix("s3://").rstrip("/")
    folder = (errand.workspace / pull.url).resolve()
    if not folder.is_dir():
        raise SourceError(f"There is no folder {folder} to pull from.")
    return fsspec.filesystem("file"), folder.as_posix()


def _objects(system: Any, root: str) -> Iterator[_Object]:  # noqa: ANN401 fsspec has no types
    """Yield the files below the folder, in the order of their names; hidden ones are left out."""
    for place, told in sorted(system.find(root, detail=True).items()):
        name = place.removeprefix(root).lstrip("/")
        parts = PurePosixPath(name).parts
        # A key of an object store may be any text: "../" would leave the folder it is copied to.
        # It begins with a dot as hidden files do.
        is_path = parts and "/".join(parts) == name and "\\" not in name
        if is_path and not any(part.startswith((".", "~$")) for part in parts):
            yield _Object(place, name, int(told["size"] or 0), _stamp(told))


def _stamp(told: Mapping[str, Any]) -> str:
    """Return what changes with the content: the store's hash of it, else the time of writing."""
    if tag := told.get("ETag"):
        return str(tag).strip('"')
    written = told.get("LastModified") or told.get("mtime")
    if isinstance(written, int | float):
        written = datetime.fromtimestamp(written, UTC)
    return written.isoformat() if isinstance(written, datetime) else str(written)


def _is_meant(name: str, patterns: tuple[str, ...]) -> bool:
    file = PurePosixPath(name.casefold())
    return not patterns or any(
        fnmatchcase(text, pattern.casefold())
        for text in (str(file), file.name)
        for pattern in patterns
    )


def _copied(system: Any, found: _Object, folder: Path) -> Extract:  # noqa: ANN401 as above
    target = folder / found.name
    target.parent.mkdir(parents=True, exist_ok=True)
    system.get_file(found.place, str(target))
    return Extract(target, None, found.cursor)


def _words(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 300 else text[:299] + "…"
