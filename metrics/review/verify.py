"""Verifying a pack: its bytes against its manifest, every figure against its own sealed rows."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import TypeAdapter, ValidationError

from data.errors import NotFoundError, RefusedInputError
from data.tables.contract import Table
from data.warehouse import memory_warehouse
from metrics.cells import roll_up
from metrics.evaluate import cells_of, measured_for
from metrics.formulas import keys_of, worked_out
from metrics.model import Metric
from metrics.periods import Calendar, grid
from metrics.readings import value_of_sums
from metrics.review.pack import FORMAT, MANIFEST, seal_of

LARGEST = 2_000_000_000
"""Bytes a pack may unfold to; a sealed review of a large company has some tens of millions."""

SLACK = 1e-12
"""How far, relatively, a sum of floats may lie from itself; sums of decimals may not at all."""

CELL_KEY = ["metric", "period", "slice"]


@dataclass(frozen=True)
class Mismatch:
    """One number that its own rows do not give: what the pack says and what they say."""

    figure: str
    which: str
    part: str
    sealed: str
    recomputed: str


@dataclass(frozen=True)
class VerifyReport:
    """What verifying found; `is_sound` when nothing was changed and every figure came out again.

    `not_recomputed` are figures computed with columns the pack masks, with the columns.
    """

    path: Path
    review: str
    seal_is_intact: bool
    files_checked: int
    files_changed: tuple[str, ...]
    figures_matched: int
    mismatches: tuple[Mismatch, ...]
    cells_matched: int
    cells_changed: int
    not_recomputed: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Return whether nothing was changed and every recomputed figure came out again."""
        return (
            self.seal_is_intact
            and not self.files_changed
            and not self.mismatches
            and not self.cells_changed
        )

    @property
    def sentence(self) -> str:
        """Return the outcome in one sentence."""
        matched = f"{self.figures_matched:,} figures recomputed from the sealed rows"
        if self.is_sound:
            left = (
                f"; {len(self.not_recomputed)} rest on masked columns or rows kept elsewhere"
                if self.not_recomputed
                else ""
            )
            return f"The pack is as it was sealed: {matched}, all match{left}."
        wrong = [f"{len(self.mismatches):,} figures do not match"] if self.mismatches else []
        wrong += [f"{self.cells_changed:,} cells do not match"] if self.cells_changed else []
        wrong += [f"changed: {', '.join(self.files_changed)}"] if self.files_changed else []
        wrong += [] if self.seal_is_intact else ["the manifest is not the one that was sealed"]
        return f"The pack is not as it was sealed: {'; '.join(wrong)}."


def verify_pack(path: Path, recorded_sha256: str | None = None) -> VerifyReport:
    """Recompute every figure of a pack from its sealed rows and compare it to the sealed one.

    `recorded_sha256` is the hash kept in the records when it was sealed: with it, even a pack made
    anew in every part is found out. Raises NotFoundError without a file, RefusedInputError for a
    file that is no pack.
    """
    members = _members(path)
    manifest = _manifest(path, members)
    changed = tuple(_changed(members, manifest))
    is_recorded = recorded_sha256 in {None, sha256(path.read_bytes()).hexdigest()}
    intact = is_recorded and manifest.get("seal") == seal_of(manifest)
    outcome = _recomputed(members, manifest)
    return VerifyReport(
        path=path,
        review=str(manifest.get("review", "")),
        seal_is_intact=intact,
        files_checked=len(members) - 1,
        files_changed=changed,
        figures_matched=outcome.matched,
        mismatches=outcome.mismatches,
        cells_matched=outcome.cells_matched,
        cells_changed=outcome.cells_changed,
        not_recomputed=outcome.not_recomputed,
    )


@dataclass(frozen=True)
class _Outcome:
    matched: int
    mismatches: tuple[Mismatch, ...]
    cells_matched: int
    cells_changed: int
    not_recomputed: tuple[str, ...]


def _members(path: Path) -> dict[str, bytes]:
    if not path.is_file():
        raise NotFoundError(f"There is no pack at {path}.")
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(each.file_size for each in archive.infolist()) > LARGEST:
                raise RefusedInputError(f"{path.name} unfolds to more than a pack can hold.")
            return {each.filename: archive.read(each) for each in archive.infolist()}
    except (zipfile.BadZipFile, OSError) as error:
        message = f"{path.name} is not a readable pack: {error}. Take the copy in the archive."
        raise RefusedInputError(message) from error


def _manifest(path: Path, members: Mapping[str, bytes]) -> dict[str, Any]:
    try:
        manifest = json.loads(members[MANIFEST])
    except (KeyError, ValueError) as error:
        raise RefusedInputError(f"{path.name} has no readable {MANIFEST}: no pack.") from error
    if not isinstance(manifest, dict) or manifest.get("format") not in range(1, FORMAT + 1):
        found = manifest.get("format") if isinstance(manifest, dict) else None
        message = f"{path.name} is a pack of format {found}; this Clause9 reads up to {FORMAT}."
        raise RefusedInputError(message)
    return manifest


def _changed(members: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield members that are not as the manifest has them, absent and added ones included."""
    sealed: Mapping[str, str] = manifest.get("members", {})
    for name in sorted({*sealed, *members} - {MANIFEST}):
        if name not in members:
            yield f"{name} (absent)"
        elif name not in sealed:
            yield f"{name} (added)"
        elif sha256(members[name]).hexdigest() != sealed[name]:
            yield name


@dataclass(frozen=True)
class _Pack:
    """The sealed members that recomputing needs."""

    figures: Sequence[Mapping[str, Any]]
    inputs: Mapping[str, Any]
    known: Sequence[Metric]
    tables: Mapping[str, Table]
    facts: Mapping[str, pl.DataFrame]
    cells: pl.DataFrame
    calendar: Calendar
    last: date

    @property
    def floating(self) -> frozenset[str]:
        """Return the metrics that may add up floats, whose sums depend on their order."""
        return frozenset(
            each.name
            for each in {*self.known, *measured_for(self.known)}
            if any(
                column.type == "float"
                for table in each.tables
                for column in self.tables[table].columns
            )
        )


def _recomputed(members: Mapping[str, bytes], manifest: Mapping[str, Any]) -> _Outcome:
    try:
        pack = _unpacked(members, manifest)
        with memory_warehouse(pack.tables, pack.facts) as reader:
            cells = cells_of(reader, pack.known, pack.tables, pack.last, pack.calendar)
        return _compared(pack, cells)
    except (KeyError, ValueError, TypeError, ValidationError, pl.exceptions.PolarsError) as error:
        # A member too damaged to read is a finding like any other; the report still names files.
        told = f"{type(error).__name__}: {error}"
        return _Outcome(0, (Mismatch("all figures", "", "recomputing", "", told),), 0, 0, ())


def _unpacked(members: Mapping[str, bytes], manifest: Mapping[str, Any]) -> _Pack:
    figures = json.loads(members["figures.json"])
    definitions = json.loads(members["definitions.json"])
    metrics = [Metric.model_validate(each["definition"]) for each in definitions]
    tables = [Table.model_validate(each) for each in json.loads(members["tables.json"])]
    masked = {*manifest.get("computed_with_masked_columns", {})}
    masked |= {*manifest.get("counted_by_engines", {})}
    counted = [date.fromisoformat(end) for each in figures for _, end in each["counted"]]
    return _Pack(
        figures=figures,
        inputs=json.loads(members["inputs.json"]),
        known=[each for each in metrics if each.name not in masked],
        tables={each.name: each for each in tables},
        facts={
            name.removeprefix("facts/").removesuffix(".parquet"): pl.read_parquet(io.BytesIO(data))
            for name, data in members.items()
            if name.startswith("facts/")
        },
        cells=pl.read_parquet(io.BytesIO(members["cells.parquet"])),
        calendar=_calendar(manifest),
        last=max(counted, default=date.fromisoformat(manifest["period"][1])),
    )


def _calendar(manifest: Mapping[str, Any]) -> Calendar:
    """Return the calendar a pack was sealed in; older ones say only where its years begin."""
    older = {"fiscal_year_start": manifest.get("fiscal_year_start", 1)}
    return TypeAdapter(Calendar).validate_python(manifest.get("calendar", older))


def _compared(pack: _Pack, cells: pl.DataFrame) -> _Outcome:
    named = {each.name: each for each in pack.known}
    checked = [each for each in pack.figures if each["metric"] in named]
    wrong = [
        mismatch
        for each in checked
        for mismatch in (
            *_redefined(each, named[each["metric"]]),
            *_wrong(each, named[each["metric"]], cells, pack.floating),
        )
    ]
    wrong += _shown_otherwise(pack.figures, pack.inputs)
    measured = [each.name for each in measured_for(pack.known)]
    sealed = pack.cells.filter(pl.col("metric").is_in(measured))
    matched, changed = _cells_compared(cells, sealed, pack.floating)
    failed = {(each.figure, each.which) for each in wrong}
    missing = {each["figure"] for each in pack.figures if each["metric"] not in named}
    return _Outcome(
        matched=sum((each["figure"], each["which"]) not in failed for each in checked),
        mismatches=tuple(wrong),
        cells_matched=matched,
        cells_changed=changed,
        not_recomputed=tuple(sorted(missing)),
    )


def _shown_otherwise(
    figures: Sequence[Mapping[str, Any]], inputs: Mapping[str, Any]
) -> Iterator[Mismatch]:
    """Yield the numbers that the sealed inputs show otherwise than the sealed figures."""
    for each in figures:
        for shown in _shown(inputs, each["figure"], each["which"]):
            for part in ("numerator", "denominator", "value"):
                if shown[part] != each[part]:
                    sealed, found = str(shown[part]), str(each[part])
                    yield Mismatch(each["figure"], each["which"], f"{part} shown", sealed, found)


def _shown(inputs: Mapping[str, Any], figure: str, which: str) -> Iterator[Mapping[str, Any]]:
    for item in inputs["inputs"]:
        yield from (each[which] for each in item["figures"] if each["id"] == figure)


def _redefined(figure: Mapping[str, Any], metric: Metric) -> Iterator[Mismatch]:
    sealed, found = str(figure["definition_hash"]), metric.definition_hash
    if sealed != found:
        yield Mismatch(figure["figure"], figure["which"], "definition", sealed, found)


def _wrong(
    figure: Mapping[str, Any], metric: Metric, cells: pl.DataFrame, floating: Collection[str]
) -> Iterator[Mismatch]:
    """Yield each part of a figure that its rows do not give."""
    numerator, denominator = _sums(figure, metric, cells) if figure["counted"] else (None, None)
    value = value_of_sums(metric, numerator, denominator)
    slack = SLACK if metric.name in floating else 0.0
    found = {"numerator": numerator, "denominator": denominator, "value": value}
    for part, again in found.items():
        if not _agree(figure[part], again, slack):
            yield Mismatch(figure["figure"], figure["which"], part, str(figure[part]), str(again))


def _agree(sealed: object, again: Decimal | float | None, slack: float) -> bool:
    """Return whether a sealed number came out again; exactly, unless it was summed from floats."""
    if sealed is None or again is None:
        return sealed is None and again is None
    try:
        before = Decimal(str(sealed))
    except InvalidOperation:
        return False
    after = Decimal(str(again))
    return abs(before - after) <= Decimal(slack) * abs(before)


def _sums(
    figure: Mapping[str, Any], metric: Metric, cells: pl.DataFrame
) -> tuple[Decimal | None, Decimal | None]:
    stretches = [(date.fromisoformat(a), date.fromisoformat(b)) for a, b in figure["counted"]]
    covered = [
        period.start
        for first, last in stretches
        for period in grid(first, last, metric.period, metric.calendar)
    ]
    if metric.measure.kind == "formula" and len(covered) > 1:
        return _worked_out(metric, cells, figure["slice"], covered), None
    rolled = roll_up(cells, metric, (), figure["slice"], covered)
    inside = pl.any_horizontal(pl.col("period").is_between(a, b) for a, b in stretches)
    rows = rolled.filter(inside)
    return _sum(rows["numerator"], figure["numerator"]), _sum(
        rows["denominator"], figure["denominator"]
    )


def _worked_out(
    metric: Metric, cells: pl.DataFrame, part: Mapping[str, str], covered: Sequence[date]
) -> Decimal | None:
    """Return what a formula makes of its leaves over several periods, each rolled up by itself."""
    leaves = {}
    for leaf in metric.leaf_metrics:
        rolled = roll_up(cells, leaf, (), part, covered).filter(pl.col("period").is_in(covered))
        rows = rolled if leaf.adds_over_time else rolled.sort("period").tail(1)
        sums = (_sum(rows[name], Decimal(0)) for name in ("numerator", "denominator"))
        value = value_of_sums(leaf, *sums)
        leaves[leaf.name] = pl.DataFrame(
            {"period": covered[:1], "slice": ["{}"], "value": [value]}
            | {"status": ["no_opportunity" if value is None else "ok"], "remark": [None]}
            | {"n": [rows["n"].sum()], "left_out": [rows["left_out"].sum()]},
            schema_overrides={"value": pl.Float64, "remark": pl.String},
        )
    found = worked_out(metric, leaves, keys_of(leaves, ()), absent=None)["numerator"].item()
    return found if isinstance(found, Decimal) else None


def _sum(values: pl.Series, sealed: object) -> Decimal | None:
    known = [value for value in values.to_list() if value is not None]
    if not known:
        # A count of months without a single row is a true zero, not an unknown.
        return Decimal(0) if sealed is not None and values.len() == 0 else None
    return sum(known, Decimal(0))


def _cells_compared(
    cells: pl.DataFrame, sealed: pl.DataFrame, floating: Collection[str]
) -> tuple[int, int]:
    """Return how many sealed cells came out again, and how many did not."""
    both = sealed.join(cells, on=CELL_KEY, how="left", suffix="_again", nulls_equal=True)
    slack = pl.when(pl.col("metric").is_in(list(floating))).then(SLACK).otherwise(0.0)
    same = [pl.col("n").eq_missing(pl.col("n_again"))]
    for name in ("numerator", "denominator"):
        again = pl.col(f"{name}_again")
        near = (pl.col(name) - again).abs().cast(pl.Float64) <= slack * pl.col(name).abs().cast(
            pl.Float64
        )
        same.append(pl.col(name).eq_missing(again) | near.fill_null(value=False))
    was_empty = (pl.col("n") == 0) & pl.col("n_again").is_null()
    matched = both.filter(pl.all_horizontal(same) | was_empty).height
    return matched, both.height - matched
