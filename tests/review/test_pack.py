"""A sealed pack: recomputed from its own rows, masked, the same bytes twice, and found out."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import polars as pl
import pytest

from data.errors import NotFoundError, RefusedInputError
from data.tables import Table
from metrics.review.assemble import assemble
from metrics.review.contents import canonical
from metrics.review.model import Assembly
from metrics.review.pack import PackParts, SealedPack, seal, seal_of, write_members
from metrics.review.verify import verify_pack
from tests.support.sample_review import Sample, a_sample

SEALED_AT = datetime(2026, 10, 14, 16, tzinfo=UTC)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    with a_sample(tmp_path_factory.mktemp("company")) as held:
        yield held


@pytest.fixture(scope="module")
def assembly(sample: Sample) -> Assembly:
    return assemble(sample.evidence)


def sealed(sample: Sample, assembly: Assembly, path: Path) -> SealedPack:
    given = sample.evidence
    parts = PackParts(
        organisation="Marlow Fluid Controls",
        metrics=list(sample.metrics.values()),
        tables=sample.tables,
        review=given.review,
        html=b"<!doctype html>",
        sealed_at=SEALED_AT,
        sealed_by="Managing director",
        targets=given.targets,
        decisions=given.decisions,
        actions=given.actions,
        inputs=given.inputs,
    )
    return seal(path, assembly, parts, sample.reader)


@pytest.fixture
def pack(sample: Sample, assembly: Assembly, tmp_path: Path) -> SealedPack:
    return sealed(sample, assembly, tmp_path / "2026-q3.zip")


def members_of(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forged(path: Path, change: Callable[[dict[str, bytes]], None], *, resealed: bool) -> None:
    """Change members; a thorough forger also makes the manifest anew."""
    members = members_of(path)
    change(members)
    if resealed:
        manifest = json.loads(members["manifest.json"])
        names = set(members) - {"manifest.json"}
        manifest["members"] = {name: sha256(members[name]).hexdigest() for name in sorted(names)}
        members["manifest.json"] = canonical(manifest | {"seal": seal_of(manifest)})
    write_members(path, members)


def one_complaint_less(members: dict[str, bytes]) -> None:
    name = "facts/complaints.parquet"
    rows = pl.read_parquet(io.BytesIO(members[name]))
    buffer = io.BytesIO()
    rows.head(rows.height - 1).write_parquet(buffer)
    members[name] = buffer.getvalue()


def a_better_figure(members: dict[str, bytes]) -> None:
    figures = json.loads(members["figures.json"])
    figures[0]["value"] -= 1
    members["figures.json"] = canonical(figures)


def a_better_input(members: dict[str, bytes]) -> None:
    inputs = json.loads(members["inputs.json"])
    shown = next(each for each in inputs["inputs"] if each["figures"])
    shown["figures"][0]["whole"]["value"] -= 1
    members["inputs.json"] = canonical(inputs)


def test_every_figure_of_a_fresh_pack_comes_out_of_its_own_rows(pack: SealedPack) -> None:
    report = verify_pack(pack.path, pack.sha256)
    assert report.is_sound, report.sentence
    # five metrics, each over the period, in its last month and in the period before
    assert report.figures_matched == pack.figures == 5 * 3
    assert report.cells_changed == 0
    assert report.not_recomputed == ()


def test_the_same_review_sealed_twice_is_the_same_bytes(
    sample: Sample, assembly: Assembly, tmp_path: Path
) -> None:
    first = sealed(sample, assembly, tmp_path / "one.zip")
    second = sealed(sample, assembly, tmp_path / "two.zip")
    assert first.path.read_bytes() == second.path.read_bytes()


def test_personal_columns_are_masked_in_every_member(pack: SealedPack) -> None:
    members = members_of(pack.path)
    complaints = pl.read_parquet(io.BytesIO(members["facts/complaints.parquet"]))
    assert complaints["description"].unique().to_list() == ["•••"]
    assert not any(b"Spoke to a person" in data for data in members.values())


def test_the_manifest_names_every_member_and_where_the_rows_came_from(pack: SealedPack) -> None:
    members = members_of(pack.path)
    manifest = json.loads(members["manifest.json"])
    assert set(manifest["members"]) == set(members) - {"manifest.json"}
    files = {row["file_name"] for row in json.loads(members["batches.json"])}
    assert "complaints-2026-q3.xlsx" in files


def test_minutes_hold_only_what_people_said(pack: SealedPack, assembly: Assembly) -> None:
    minutes = json.loads(members_of(pack.path)["minutes.json"])
    said = [row["narrative"] for row in minutes["inputs"] if row["narrative"]]
    assert said == ["The new delivery notice works. Answers wait for one person at Porto."]
    generated = {each.headline for each in assembly.inputs if each.state != "waived"}
    assert not any(headline in json.dumps(minutes) for headline in generated)


@pytest.mark.parametrize("resealed", [False, True])
def test_a_row_taken_out_is_found(pack: SealedPack, *, resealed: bool) -> None:
    forged(pack.path, one_complaint_less, resealed=resealed)
    report = verify_pack(pack.path)
    assert not report.is_sound
    assert {each.figure for each in report.mismatches} == {"complaint_rate", "late_answers"}
    assert bool(report.files_changed) is not resealed


@pytest.mark.parametrize("change", [a_better_figure, a_better_input])
@pytest.mark.parametrize("resealed", [False, True])
def test_a_figure_made_better_is_found(
    pack: SealedPack, change: Callable[[dict[str, bytes]], None], *, resealed: bool
) -> None:
    forged(pack.path, change, resealed=resealed)
    report = verify_pack(pack.path)
    assert {(each.figure, each.which) for each in report.mismatches} == {
        ("complaint_rate", "whole")
    }
    assert report.figures_matched == 5 * 3 - 1
    assert not report.is_sound


def in_manifest(pack: SealedPack, **values: Any) -> None:  # noqa: ANN401
    def change(members: dict[str, bytes]) -> None:
        manifest: Mapping[str, Any] = json.loads(members["manifest.json"])
        members["manifest.json"] = canonical({**manifest, **values})

    forged(pack.path, change, resealed=False)


def test_a_changed_manifest_is_found(pack: SealedPack) -> None:
    in_manifest(pack, sealed_by="Somebody else")
    report = verify_pack(pack.path)
    assert not report.seal_is_intact
    assert not report.is_sound


def test_a_pack_made_anew_in_every_part_is_found_by_the_hash_on_record(pack: SealedPack) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["review.html"] = b"<!doctype html>better"

    forged(pack.path, change, resealed=True)
    assert verify_pack(pack.path).is_sound  # nothing inside contradicts itself
    assert not verify_pack(pack.path, pack.sha256).is_sound


def test_a_member_damaged_beyond_reading_is_named(pack: SealedPack) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["facts/outputs.parquet"] = members["facts/outputs.parquet"][:100]

    forged(pack.path, change, resealed=False)
    report = verify_pack(pack.path)
    assert report.files_changed == ("facts/outputs.parquet",)
    assert [each.part for each in report.mismatches] == ["recomputing"]


def with_personal(tables: Mapping[str, Table], column: str) -> Mapping[str, Table]:
    """Return the contracts with one column of every table marked as pointing to a person."""
    return {
        name: table.model_copy(
            update={
                "columns": tuple(
                    each.model_copy(update={"personal": True}) if each.name == column else each
                    for each in table.columns
                )
            }
        )
        for name, table in tables.items()
    }


def test_cells_by_a_personal_dimension_are_masked_and_still_come_out(
    sample: Sample, assembly: Assembly, tmp_path: Path
) -> None:
    by_person = replace(sample, tables=with_personal(sample.tables, "site"))
    pack = sealed(by_person, assembly, tmp_path / "masked.zip")
    cells = pl.read_parquet(io.BytesIO(members_of(pack.path)["cells.parquet"]))
    rates = cells.filter(pl.col("metric") == "complaint_rate")
    assert rates["slice"].unique().to_list() == ['{"site":"•••"}']
    report = verify_pack(pack.path)
    assert report.is_sound, report.sentence
    assert report.figures_matched == 15


def test_a_figure_computed_with_a_personal_column_is_named_as_not_recomputed(
    sample: Sample, assembly: Assembly, tmp_path: Path
) -> None:
    dated_by_person = replace(sample, tables=with_personal(sample.tables, "first_response_on"))
    pack = sealed(dated_by_person, assembly, tmp_path / "masked.zip")
    report = verify_pack(pack.path)
    assert report.not_recomputed == ("late_answers",)
    assert report.figures_matched == 12
    assert report.sentence.endswith("all match; 1 rest on masked columns or rows kept elsewhere.")


def test_an_added_and_an_absent_member_are_named(pack: SealedPack) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["notes.txt"] = b"trust me"
        del members["targets.json"]

    forged(pack.path, change, resealed=False)
    changed = verify_pack(pack.path).files_changed
    assert changed == ("notes.txt (added)", "targets.json (absent)")


def test_a_file_that_is_no_pack_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"There is no pack at .*nothing\.zip"):
        verify_pack(tmp_path / "nothing.zip")
    (tmp_path / "text.zip").write_text("not a zip", encoding="utf-8")
    with pytest.raises(RefusedInputError, match=r"text\.zip is not a readable pack"):
        verify_pack(tmp_path / "text.zip")
    write_members(tmp_path / "other.zip", {"readme.txt": b"hello"})
    with pytest.raises(RefusedInputError, match=r"has no readable manifest\.json"):
        verify_pack(tmp_path / "other.zip")
