"""From planned files to prepared ones: archived, fingerprinted, read once, made ready."""

from __future__ import annotations

import hashlib
import json
from collections import abc
from dataclasses import dataclass, field, replace
from pathlib import Path

from data.archive import Archive, StoredFile
from data.errors import RefusedInputError
from data.tables import Table
from pipelines.clean.corrections import Correction, corrected, refuse_misplaced
from pipelines.load.files import Found, Planned
from pipelines.load.filled_figures import filled_figures
from pipelines.load.prepare import Context, Prepared, prepare, refuse_empty
from pipelines.mapping import Lookup, Mapping, template_mapping
from pipelines.mapping.theirs import needed_headers
from pipelines.readers.open import read
from pipelines.readers.raw import Ask, Limits, Raw
from pipelines.templates import is_owner_template


class UnknownLayoutError(RefusedInputError):
    """No mapping names the file, and it does not say itself how it is read.

    Say how it is read on the page Upload, or write a mapping.
    """


@dataclass(frozen=True)
class Loaded:
    """One file after reading: its parts, or the sentence that refuses all of it.

    `is_unknown`: it is refused because nobody has said how it is read.
    """

    found: Found
    stored: StoredFile
    mappings: tuple[Mapping, ...]
    fingerprint: str
    lookups: abc.Mapping[str, str]
    table: str | None = None
    parts: tuple[Prepared, ...] = ()
    refusal: str | None = None
    corrections: tuple[Correction, ...] = ()
    is_unknown: bool = False

    @property
    def refused(self) -> int:
        """Return how many rows are refused."""
        return sum(part.refused for part in self.parts)


@dataclass
class Loader:
    """Reads the files of one run; sheets that several mappings look up are read once."""

    archive: Archive
    tables: abc.Mapping[str, Table]
    files: tuple[Found, ...]
    limits: Limits
    is_kept: bool = True
    _lookups: dict[tuple[Path, str | None, str | None], Raw] = field(default_factory=dict)

    def take(self, planned: Planned, slot: str) -> Loaded:
        """Return the file with its bytes archived (in a dry run only hashed), not yet read."""
        stored = self._stored(planned.found)
        lookups = {
            file.name: self._stored(file).sha256
            for mapping in planned.mappings
            for lookup in mapping.lookup
            for file in self._files_of(lookup)
        }
        told = fingerprint(stored.sha256, planned, slot, lookups)
        return Loaded(planned.found, stored, planned.mappings, told, lookups, planned.table)

    def load(self, taken: Loaded, context: Context) -> Loaded:
        """Return the file read and prepared, or with its refusal."""
        try:
            mappings, sheets = self._sheets(taken, context)
            refuse_misplaced(taken.corrections, [raw for _, raw in sheets])
            parts = prepare(sheets, replace(context, find_lookup=self.find_lookup))
            refuse_empty(parts, taken.found.name, context.period)
        except RefusedInputError as error:
            return replace(
                taken,
                refusal=str(error).removeprefix(f"{taken.found.name}: "),
                is_unknown=isinstance(error, UnknownLayoutError),
            )
        return replace(taken, mappings=mappings, parts=parts)

    def find_lookup(self, lookup: Lookup) -> Raw:
        """Return the sheet a lookup reads; RefusedInputError unless one file of the load fits."""
        files = self._files_of(lookup)
        if len(files) != 1:
            found = ", ".join(file.name for file in files) or "none"
            raise RefusedInputError(
                f"a lookup needs one file like '{lookup.files}' in the same load, and {found} "
                "fits. Ingest the folder that holds both, or name both files."
            )
        key = (files[0].path, lookup.sheet, lookup.block)
        if key not in self._lookups:
            asks = [Ask(sheet=lookup.sheet, block=lookup.block)]
            self._lookups[key] = read(files[0].path, files[0].name, asks, self.limits)[0][0]
        return self._lookups[key]

    def _files_of(self, lookup: Lookup) -> list[Found]:
        return [file for file in self.files if file.fits([lookup.files])]

    def _stored(self, found: Found) -> StoredFile:
        if self.is_kept:
            return replace(self.archive.put(found.path), name=found.name)
        with found.path.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
        return StoredFile(digest, found.path.stat().st_size, found.name)

    def _sheets(
        self, taken: Loaded, context: Context
    ) -> tuple[tuple[Mapping, ...], list[tuple[Mapping, Raw]]]:
        if not taken.mappings:
            return self._by_headers(taken, context)
        asks: dict[Ask, Ask] = {}
        for mapping in taken.mappings:
            key, ask = _key(mapping), ask_of(mapping)
            expected = (*asks[key].expected, *ask.expected) if key in asks else ask.expected
            asks[key] = replace(ask, expected=tuple(dict.fromkeys(expected)))
        found = read(taken.found.path, taken.found.name, [*asks.values()], self.limits)
        by_key = dict(zip(asks, found, strict=True))
        return taken.mappings, [
            (m, corrected(raw, taken.corrections))
            for m in taken.mappings
            for raw in by_key[_key(m)]
        ]

    def _first(self, taken: Loaded, ask: Ask) -> Raw:
        """Return the sheet of a file nobody has described; what is in the way may be described."""
        try:
            ((raw, *_),) = read(taken.found.path, taken.found.name, [ask], self.limits)
        except RefusedInputError as error:
            if taken.table is None:
                raise UnknownLayoutError(str(error)) from error
            raise
        return raw

    def _by_headers(
        self, taken: Loaded, context: Context
    ) -> tuple[tuple[Mapping, ...], list[tuple[Mapping, Raw]]]:
        """Return the template mapping of the table whose columns the headers are."""
        ask = Ask(prefer=(taken.table,) if taken.table else tuple(self.tables))
        raw = corrected(self._first(taken, ask), taken.corrections)
        if is_owner_template(raw.marker):
            mapping, raw = filled_figures(raw, context)
            return (mapping,), [(mapping, raw)]
        if taken.table is not None:
            mapping = present_columns(self.tables[taken.table], raw)
            return (mapping,), [(mapping, raw)]
        fitting = [table for table in self.tables.values() if is_of_table(raw.headers, table)]
        named = [table for table in fitting if table.name == raw.sheet] or fitting
        if len(named) != 1:
            found = " and ".join(table.name for table in named)
            why = f"they fit {found}" if named else "its headers are no table's columns"
            raise UnknownLayoutError(
                f"{taken.found.name}: no mapping in sources/ names this file, and {why}. "
                "Say which it is: --table T or --mapping M"
            )
        mapping = present_columns(named[0], raw)
        return (mapping,), [(mapping, raw)]


def _key(mapping: Mapping) -> Ask:
    """Return what two mappings must ask alike to be given the same sheets, read once."""
    return replace(ask_of(mapping), prefer=(), expected=())


def ask_of(mapping: Mapping) -> Ask:
    """Return how a mapping's files are to be read."""
    may_differ = {*mapping.optional, *mapping.also_called}
    return Ask(
        sheet=mapping.sheet,
        header_row=mapping.header_row,
        header_rows=mapping.header_rows,
        block=mapping.block,
        until=mapping.until,
        shows_percent=bool(mapping.percent),
        encoding=mapping.encoding,
        separator=mapping.separator,
        quoting=mapping.quoting,
        prefer=(mapping.table,),
        expected=tuple(name for name in needed_headers(mapping) if name not in may_differ),
    )


def is_of_table(headers: abc.Sequence[str], table: Table) -> bool:
    """Return whether the headers are columns of the table, none of the needed ones left out."""
    needed = {c.name for c in table.columns if c.required and c.default is None}
    return needed <= set(headers) <= set(table.column_names)


def present_columns(table: Table, raw: Raw) -> Mapping:
    """Return the template mapping of a table for the columns the file has, and those it needs."""
    mapping = template_mapping(table)
    kept = {
        our: header
        for our, header in mapping.columns.items()
        if header in raw.headers or (table.column(our).required and not table.column(our).default)
    }
    return mapping.model_copy(update={"columns": kept})


def fingerprint(sha256: str, planned: Planned, slot: str, lookups: abc.Mapping[str, str]) -> str:
    """Return what two submissions share when the second one can change nothing."""
    meanings = sorted(mapping.content_hash for mapping in planned.mappings)
    content = [sha256, slot, planned.table, meanings, sorted(lookups.items())]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
