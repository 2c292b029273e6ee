"""Pulling: each source fetched, checked and published by itself; one that fails stops no other."""

from __future__ import annotations

import shutil
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

from filelock import FileLock, Timeout

from dashboard.company import engines, publishing
from dashboard.company.engines import Refreshed
from dashboard.company.opened import Company
from data.errors import BusyError, Clause9Error, NotFoundError, RefusedInputError, near_miss
from data.records.access import Actor, Resource, require
from data.secrets import Secrets
from pipelines.mapping import Mapping
from pipelines.mapping.pull import FolderPull
from pipelines.pull import cursors_of, fetch
from pipelines.run import BatchReport, RunReport
from pipelines.sources.extract import Cursor, Errand, Extract

State = Literal["published", "partly published", "nothing new", "checked", "rejected", "failed"]
"""`checked` is a dry run; `partly published` a folder of which some files were refused."""

BUG = 70
"""The exit code of a fault of ours, as in the command line."""

_GRAVEST_FIRST = (BUG, 1, 2, 3, 4)
"""Which exit code stands for a pull of several sources: a bug, a failure, refused rows, busy."""


@dataclass(frozen=True)
class Ask:
    """What is pulled, and how: `full` forgets the cursors, a dry run publishes nothing."""

    sources: Sequence[str] = ()
    full: bool = False
    dry_run: bool = False
    accept_good: bool = False


@dataclass(frozen=True)
class Pulled:
    """What became of one source. `rows` were fetched; `batches` are those they were kept as."""

    source: str
    state: State
    message: str
    rows: int = 0
    batches: tuple[int, ...] = ()
    accepted: int = 0
    refused: int = 0
    new: int = 0
    restated: int = 0
    unchanged: int = 0
    cursor: Cursor | None = None
    notes: tuple[str, ...] = ()
    seconds: float = 0
    exit_code: int = 0


@dataclass(frozen=True)
class PullReport:
    """What became of every source that was asked."""

    sources: tuple[Pulled, ...]
    version: int
    engines: tuple[Refreshed, ...] = ()

    @property
    def exit_code(self) -> int:
        """Return 0 where all is well, else the gravest code of any source."""
        codes = {pulled.exit_code for pulled in self.sources}
        codes |= {1 for each in self.engines if each.problem is not None}
        return next((code for code in _GRAVEST_FIRST if code in codes), max(codes, default=0))

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**asdict(self), "exit_code": self.exit_code}


def pull(company: Company, ask: Ask, secrets: Secrets, *, actor: Actor, at: datetime) -> PullReport:
    """Return what became of the sources named, or of all that can be pulled.

    Where none is named, the tables that external engines keep are counted anew as well.
    Raises NotFoundError for a name that is no source to pull; nothing is pulled then.
    """
    pulls = tuple(
        _one(company, mapping, ask, secrets, actor=actor, at=at)
        for mapping in _asked(company, ask.sources)
    )
    is_whole = not ask.sources and not ask.dry_run
    asked = engines.refresh(company, actor=actor, at=at) if is_whole else ()
    return PullReport(pulls, company.warehouse.version(), asked)


def _asked(company: Company, names: Sequence[str]) -> list[Mapping]:
    known = {name: each for name, each in company.mappings.items() if each.pull is not None}
    unknown = [name for name in names if name not in known]
    if not names and not known and engines.external_tables(company):
        return []
    if unknown or not known:
        said = f"no source '{unknown[0]}' to pull" if unknown else "no source to pull"
        hint = near_miss(unknown[0], known) if unknown else ""
        told = f" There are: {', '.join(known)}." if known else ""
        raise NotFoundError(
            f"There is {said}.{hint or told} A source is pulled where its mapping in sources/ "
            "has a section [NAME.pull]."
        )
    return [known[name] for name in dict.fromkeys(names or known)]


def _one(
    company: Company, mapping: Mapping, ask: Ask, secrets: Secrets, *, actor: Actor, at: datetime
) -> Pulled:
    """Pull one source; whatever is raised on the way becomes its report, without any secret."""
    begun = perf_counter()
    try:
        process = mapping.constants.get("process")
        require(actor, "submit", Resource(process=None if process is None else str(process)))
        with _alone(company, mapping.name) as folder:
            errand = Errand(mapping.name, company.workspace.root, folder, secrets)
            pulled = _fetched(company, mapping, ask, errand, actor=actor, at=at)
    except Clause9Error as error:
        pulled = Pulled(mapping.name, "failed", str(error), exit_code=error.exit_code)
    except Exception:  # noqa: BLE001 the next source must have its turn
        told = f"This is a bug in Clause9. Nothing is half published.\n{traceback.format_exc()}"
        pulled = Pulled(mapping.name, "failed", told, exit_code=BUG)
    return replace(
        pulled,
        message=secrets.hidden(pulled.message),
        notes=tuple(map(secrets.hidden, pulled.notes)),
        seconds=perf_counter() - begun,
    )


def _fetched(
    company: Company, mapping: Mapping, ask: Ask, errand: Errand, *, actor: Actor, at: datetime
) -> Pulled:
    """Fetch what is new and ingest it as any file; the cursor goes into the batch."""
    before = {} if ask.full else cursors_of(company.records, mapping.name)
    ends_rows = mapping.replace is not None or not company.tables[mapping.table].is_keyed
    fetched = fetch(mapping, errand, before)
    extracts = [each for each in fetched if _says_something(each, mapping, ends_rows=ends_rows)]
    if not extracts:
        return _nothing_new(mapping, before.get(""))
    of_folder = isinstance(mapping.pull, FolderPull)
    upload = publishing.Upload(
        (errand.folder,) if of_folder else tuple(each.path for each in extracts),
        mapping=mapping.name,
        dry_run=ask.dry_run,
        accept_good=ask.accept_good,
        cursors={
            each.path.relative_to(errand.folder).as_posix(): each.cursor
            for each in extracts
            if each.cursor is not None
        },
    )
    if all(each.cursor == before.get("") for each in extracts) and before and not of_folder:
        # Rows at the cursor itself are read each time; mostly nothing happened to them.
        tried = publishing.ingest(company, replace(upload, dry_run=True), actor=actor, at=at)
        if _changes_nothing(tried):
            return _nothing_new(mapping, before.get(""))
    reports = [publishing.ingest(company, upload, actor=actor, at=at)]
    if of_folder and reports[0].refused and not ask.dry_run and _drop_refused(reports[0], errand):
        # One bad file must not keep the good ones out until somebody looks.
        reports.append(publishing.ingest(company, upload, actor=actor, at=at))
    return _told(mapping, extracts, reports)


def _drop_refused(report: RunReport, errand: Errand) -> bool:
    """Take the refused files out of what was fetched; return whether any file is left."""
    refused = [batch for batch in report.batches if batch.state == "rejected"]
    for batch in refused:
        (errand.folder / batch.file).unlink()
    return len(refused) < len(report.batches)


def _says_something(extract: Extract, mapping: Mapping, *, ends_rows: bool) -> bool:
    """Return whether there are rows; raise where none would have to end those of before.

    A file of a folder is not counted before it is read.
    """
    if extract.rows != 0 or not ends_rows:
        return extract.rows != 0
    raise RefusedInputError(
        f"{mapping.name} gave no row at all. That would end every row it brought before, so "
        "nothing was changed. If it is empty indeed, take its batches back: clause9 batches revert"
    )


def _nothing_new(mapping: Mapping, cursor: Cursor | None) -> Pulled:
    since = f" since {cursor['column']} = {cursor['value']}" if cursor else ""
    return Pulled(mapping.name, "nothing new", f"nothing new{since}.", cursor=cursor)


def _changes_nothing(report: RunReport) -> bool:
    return not report.refused and not any(
        batch.new or batch.restated or batch.removed for batch in report.batches
    )


def _told(mapping: Mapping, extracts: Sequence[Extract], reports: Sequence[RunReport]) -> Pulled:
    """Return the sums over the batches; those held back by a refused file come in the next run."""
    ends = {batch.file: batch for report in reports for batch in report.batches}
    batches = tuple(ends.values())
    refused = any(batch.state == "rejected" for batch in batches)
    several = isinstance(mapping.pull, FolderPull)
    last = extracts[-1].cursor
    return Pulled(
        source=mapping.name,
        state=_state(batches),
        message="\n".join(f"{b.file}: {b.message}" if several else b.message for b in batches),
        rows=sum(part.read for batch in batches for part in batch.parts),
        batches=tuple(batch.id for batch in batches if batch.id is not None),
        accepted=sum(batch.accepted for batch in batches),
        refused=sum(batch.refused for batch in batches),
        new=sum(batch.new for batch in batches),
        restated=sum(batch.restated for batch in batches),
        unchanged=sum(batch.unchanged for batch in batches),
        cursor=None if several else last,
        notes=tuple(note for each in extracts for note in each.notes),
        exit_code=RefusedInputError.exit_code if refused else 0,
    )


def _state(batches: Sequence[BatchReport]) -> State:
    states = {batch.state for batch in batches}
    if "rejected" in states:
        return "partly published" if "published" in states else "rejected"
    if "checked" in states:
        return "checked"
    return "published" if "published" in states else "nothing new"


@contextmanager
def _alone(company: Company, source: str) -> Iterator[Path]:
    """Yield an empty folder for what is fetched, while nobody else pulls the same source."""
    root = company.workspace.pulls_folder
    root.mkdir(parents=True, exist_ok=True)
    folder = root / source
    lock = FileLock(root / f"{source}.lock", timeout=0, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError(
            f"{source} is being pulled by another process. Nothing was changed; it is asked "
            "again the next time."
        ) from None
    try:
        shutil.rmtree(folder, ignore_errors=True)  # what a pull left that was killed
        folder.mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
