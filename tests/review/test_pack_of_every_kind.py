"""A sealed pack recomputes percentiles, different values, ratios and formulas from its rows too."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from metrics.model import Metric
from metrics.review.assemble import assemble
from metrics.review.origins import sources_of
from metrics.review.pack import SealedPack
from metrics.review.verify import verify_pack
from tests.review.test_pack import forged, members_of, one_complaint_less, sealed
from tests.support.reviews import a_metric
from tests.support.sample_review import Sample, a_sample

DAYS = "date_diff('day', received_on, first_response_on)"
ANSWERS = {"table": "complaints", "value": DAYS}


def kept(name: str, kind: str, **measure: object) -> Metric:
    return a_metric(name, title=name, unit="units", by=("site",), measure={"kind": kind, **measure})


def worked_out(name: str, expression: str, *parts: Metric) -> Metric:
    given: dict[str, Any] = {part.name: part.model_dump(by_alias=True) for part in parts}
    return kept(name, "formula", expression=expression, parts=given)


def every_kind() -> Mapping[str, Metric]:
    """Return a metric of each kind; nobody asked for the part `slowest` by itself."""
    median = kept("median", "percentile", numerator=ANSWERS)
    slowest = kept("slowest", "percentile", percent=90, numerator=ANSWERS)
    products = kept("kinds", "count", numerator={"table": "complaints", "distinct": "category"})
    scrapped = {"table": "outputs", "sum": "quantity - conforming_quantity"}
    made = {"table": "outputs", "sum": "quantity"}
    scrap_sum, made_sum = (
        kept("scrap_sum", "total", numerator=scrapped), kept("made_sum", "total", numerator=made)
    )  # fmt: skip
    found = [
        median,
        products,
        kept("scrap", "ratio", per=100, numerator=scrapped, denominator=made),
        worked_out("scrap_again", "scrap_sum / made_sum * 100", scrap_sum, made_sum),
        worked_out("spread", "slowest - median", slowest, median),
        worked_out("free_days", "30 - kinds", products),
    ]
    return {each.name: each for each in found}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    with a_sample(tmp_path_factory.mktemp("company"), every_kind()) as held:
        yield held


@pytest.fixture
def pack(sample: Sample, tmp_path: Path) -> SealedPack:
    return sealed(sample, assemble(sample.evidence), tmp_path / "2026-q3.zip")


def figure_of(pack: SealedPack, name: str) -> dict[str, Any]:
    figures = json.loads(members_of(pack.path)["figures.json"])
    found: dict[str, Any] = next(
        each for each in figures if each["metric"] == name and each["which"] == "latest"
    )
    return found


def test_every_figure_comes_out_of_its_own_rows(pack: SealedPack) -> None:
    report = verify_pack(pack.path, pack.sha256)
    assert report.is_sound, (report.sentence, report.mismatches)
    assert report.figures_matched == pack.figures == 6 * 3
    assert report.not_recomputed == ()


def test_the_figures_are_those_of_the_last_month(pack: SealedPack) -> None:
    rows = pl.read_parquet(io.BytesIO(members_of(pack.path)["facts/complaints.parquet"]))
    month = rows.filter(pl.col("received_on").dt.strftime("%Y-%m") == "2026-09")
    days = (month["first_response_on"] - month["received_on"]).dt.total_days()
    median, slowest = (days.quantile(p, "linear") for p in (0.5, 0.9))
    assert median is not None
    assert slowest is not None
    assert figure_of(pack, "median")["value"] == pytest.approx(median)
    assert figure_of(pack, "spread")["value"] == pytest.approx(slowest - median)
    assert figure_of(pack, "kinds")["value"] == month["category"].n_unique()
    assert figure_of(pack, "free_days")["value"] == 30 - month["category"].n_unique()


def test_a_formula_over_the_quarter_is_made_of_the_quarters_of_its_parts(sample: Sample) -> None:
    figures = assemble(sample.evidence).figures()
    ratio, formula = figures["scrap"].whole, figures["scrap_again"].whole
    assert ratio.value == pytest.approx(
        100 * float(ratio.numerator or 0) / float(ratio.denominator or 1)
    )
    assert formula.value == pytest.approx(ratio.value)
    assert formula.counted == ratio.counted
    assert formula.value != pytest.approx(figures["scrap_again"].latest.value)


@pytest.mark.parametrize("resealed", [False, True])
def test_a_changed_row_is_found_in_every_figure_it_changes(
    pack: SealedPack, *, resealed: bool
) -> None:
    def later(members: dict[str, bytes]) -> None:
        rows = pl.read_parquet(io.BytesIO(members["facts/complaints.parquet"]))
        is_late = pl.col("received_on") >= pl.date(2026, 9, 1)
        waited = pl.when(is_late).then(pl.col("first_response_on") + pl.duration(days=40))
        buffer = io.BytesIO()
        rows.with_columns(
            first_response_on=waited.otherwise(pl.col("first_response_on")),
            category=pl.when(is_late).then(pl.lit("leak")).otherwise(pl.col("category")),
        ).write_parquet(buffer)
        members["facts/complaints.parquet"] = buffer.getvalue()

    forged(pack.path, later, resealed=resealed)
    report = verify_pack(pack.path)
    assert {each.figure for each in report.mismatches} == {"median", "kinds", "free_days"}
    # The spread of days that all grew by 40 is what it was; the cells under it are not.
    assert report.cells_changed > 0
    assert not report.is_sound


def test_a_row_taken_out_is_found(pack: SealedPack) -> None:
    forged(pack.path, one_complaint_less, resealed=True)
    assert not verify_pack(pack.path).is_sound


def test_a_formula_opens_to_the_rows_of_its_parts(sample: Sample) -> None:
    figures = assemble(sample.evidence).figures()
    metric = sample.metrics["spread"]
    latest = next(
        each
        for each in sources_of(sample.reader, metric, sample.tables, figures["spread"])
        if each.which == "latest"
    )
    assert [(side.side, side.of) for side in latest.sides] == [
        ("numerator", "median"),
        ("numerator", "slowest"),
    ]
    assert all(side.total > 20 for side in latest.sides)
    amounts = [side.amount for side in latest.sides]
    assert figures["spread"].latest.numerator == (amounts[1] or 0) - (amounts[0] or 0)
