"""Sealing a review: one file that holds all it showed and can be recomputed from itself."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from data.durable import sync_file, sync_folder
from data.tables.contract import Table
from data.warehouse import Reader
from metrics.evaluate import measured_for
from metrics.external import engines_of, is_external
from metrics.model import Metric
from metrics.periods import COMMON, Calendar
from metrics.review.contents import (
    assembly_values,
    canonical,
    definition_values,
    figure_values,
    parquet,
)
from metrics.review.model import Assembly
from metrics.review.sealed_rows import (
    read_personal,
    sealed_cells,
    sealed_facts,
    shown_windows,
)

if TYPE_CHECKING:
    from data.records.models import Action, Decision, Review, ReviewInput, Target

FORMAT = 1
"""Raised when a pack can no longer be read by an older Clause9; this one reads all before."""

MANIFEST = "manifest.json"

STAMP = (1980, 1, 1, 0, 0, 0)
"""The time of every member: the same review sealed twice is the same bytes."""


@dataclass(frozen=True)
class PackParts:
    """What a pack holds beside the assembly and the rows: people's words and the page."""

    organisation: str
    metrics: Sequence[Metric]
    tables: Mapping[str, Table]
    review: Review
    html: bytes
    sealed_at: datetime
    sealed_by: str
    targets: Sequence[Target] = ()
    decisions: Sequence[Decision] = ()
    actions: Sequence[Action] = ()
    inputs: Sequence[ReviewInput] = ()
    calendar: Calendar = COMMON
    is_synthetic: bool = False


@dataclass(frozen=True)
class SealedPack:
    """A sealed pack: where it is, the SHA-256 of its bytes to keep on record, and its figures."""

    path: Path
    sha256: str
    figures: int


def seal(path: Path, assembly: Assembly, parts: PackParts, reader: Reader) -> SealedPack:
    """Write the pack to `path` in one step and return its hash.

    Members: manifest.json (SHA-256 of each member), inputs.json, figures.json, definitions.json,
    tables.json, targets.json, batches.json, minutes.json, cells.parquet, facts/<table>.parquet,
    review.html. Personal columns are masked before anything is hashed.
    """
    members = _members(assembly, parts, reader)
    members[MANIFEST] = _manifest(members, assembly, parts, reader)
    fresh = path.with_name(path.name + ".new")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_members(fresh, members)
    sync_file(fresh)
    digest = sha256(fresh.read_bytes()).hexdigest()
    fresh.replace(path)
    sync_folder(path.parent)
    return SealedPack(path, digest, len(figure_values(assembly)))


def write_members(path: Path, members: Mapping[str, bytes]) -> None:
    """Write a zip whose bytes depend on the members alone; the manifest comes first."""
    order = sorted(members, key=lambda name: (name != MANIFEST, name))
    with zipfile.ZipFile(path, "w") as archive:
        for name in order:
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, members[name], compresslevel=6)


def seal_of(manifest: Mapping[str, Any]) -> str:
    """Return the hash that binds everything a manifest says, its own seal left out."""
    return sha256(canonical({k: v for k, v in manifest.items() if k != "seal"})).hexdigest()


def _members(assembly: Assembly, parts: PackParts, reader: Reader) -> dict[str, bytes]:
    used = [
        each
        for each in parts.metrics
        if each.name in {f.metric for f in assembly.figures().values()}
    ]
    shown, measured = shown_windows(assembly, used), measured_for(used)
    names = sorted({table for each in used for table in each.tables})
    tables = {name: parts.tables[name] for name in names}
    here = [each for each in measured if not is_external(each, tables)]
    facts = sealed_facts(reader, here, tables, shown)
    members = {
        "inputs.json": canonical(assembly_values(assembly)),
        "figures.json": canonical(figure_values(assembly)),
        "definitions.json": canonical(definition_values(used)),
        "tables.json": canonical([each.model_dump(mode="json") for each in tables.values()]),
        "targets.json": canonical(_rows(_targets_of(used, parts.targets))),
        "batches.json": canonical(_batches(reader, facts)),
        "minutes.json": canonical(_minutes(parts)),
        "cells.parquet": parquet(sealed_cells(reader, measured, tables, shown)),
        "review.html": parts.html,
    }
    return members | {f"facts/{name}.parquet": parquet(rows) for name, rows in facts.items()}


def _manifest(
    members: Mapping[str, bytes], assembly: Assembly, parts: PackParts, reader: Reader
) -> bytes:
    used = {each.metric for each in assembly.figures().values()}
    masked = {
        each.name: list(columns)
        for each in parts.metrics
        if each.name in used and (columns := read_personal(each, parts.tables))
    }
    elsewhere = {
        each.name: sorted(engines)
        for each in parts.metrics
        if each.name in used and (engines := engines_of(each, parts.tables))
    }
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "organisation": parts.organisation,
        "synthetic": parts.is_synthetic,
        "review": assembly.review,
        "title": assembly.title,
        "period": [assembly.period.start, assembly.period.end],
        "standards": assembly.standards,
        "as_of": assembly.as_of,
        "warehouse_version": reader.version,
        "calendar": asdict(parts.calendar),
        "fiscal_year_start": parts.calendar.fiscal_year_start,  # what an older Clause9 reads
        "sealed_at": parts.sealed_at,
        "sealed_by": parts.sealed_by,
        "computed_with_masked_columns": masked,
        "members": {name: sha256(members[name]).hexdigest() for name in sorted(members)},
    }
    if elsewhere:
        manifest["counted_by_engines"] = elsewhere
    plain = json.loads(canonical(manifest))
    return canonical(plain | {"seal": seal_of(plain)})


def _targets_of(metrics: Sequence[Metric], targets: Sequence[Target]) -> list[Target]:
    names = {each.name for each in metrics}
    kept = [each for each in targets if each.metric in names]
    return sorted(kept, key=lambda each: (each.metric, each.slice, each.from_on, each.set_at))


def _batches(reader: Reader, facts: Mapping[str, pl.DataFrame]) -> list[dict[str, Any]]:
    """Return the files the sealed rows came in: name, SHA-256, who brought it, when."""
    wanted = {batch for rows in facts.values() for batch in rows["_batch"].to_list()}
    return [row for row in reader.batches().to_dicts() if row["id"] in wanted]


def _minutes(parts: PackParts) -> dict[str, Any]:
    """Return what people said and decided, word for word; nothing here is generated."""
    review = parts.review.model_dump(mode="json", exclude={"pack_path", "pack_sha256"})
    own = [each for each in parts.decisions if each.review == parts.review.id]
    return {
        "review": review,
        "inputs": _rows([each for each in parts.inputs if each.review == parts.review.id]),
        "decisions": _rows(own),
        "actions": _rows([each for each in parts.actions if each.review == parts.review.id]),
    }


def _rows(records: Sequence[Any]) -> list[dict[str, Any]]:
    return [each.model_dump(mode="json") for each in records]
