"""Series of a company's metrics: every period with its status, in their own periods or longer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from dashboard.company.engines import covered
from dashboard.company.figure_names import speaking_for
from dashboard.company.opened import Company
from data.records.models import slice_text
from data.warehouse import Reader
from metrics import cells, status
from metrics.model import Metric
from metrics.periods import Period
from metrics.readings import of_formula, readings
from metrics.stretches import Per, stretches

EVERYTHING: Mapping[str, str] = {}
"""The slice that leaves nothing out."""


@dataclass(frozen=True)
class Held:
    """What series are made of: cells, what uploads cover, and what is expected of them."""

    cells: pl.DataFrame
    coverage: pl.DataFrame
    expected: pl.DataFrame


def held(company: Company, reader: Reader, metrics: Iterable[Metric]) -> Held:
    """Return what series of these metrics are made of."""
    found = cells.read_cells(reader, {name for metric in metrics for name in metric.leaves})
    coverage = reader.coverage()
    there = covered(company, reader.readings()).match_to_schema(coverage.schema)
    return Held(found, pl.concat([coverage, there]), expected_uploads(company))


def series_of(
    company: Company,
    given: Held,
    metric: Metric,
    *,
    as_of: date | None = None,
    by: Sequence[str] = (),
    part: Mapping[str, str] = EVERYTHING,
) -> pl.DataFrame:
    """Return the series of a metric in a slice, as metrics.status has it, each value of `by`."""
    return status.series(
        given.cells,
        given.coverage,
        given.expected,
        metric,
        as_of=as_of or company.as_of,
        by=by,
        slice=part,
        calendar=company.catalogue.calendar_of(metric),
        speaks=partial(speaking_for, company),
    )


def by_stretch(
    company: Company,
    given: Held,
    metric: Metric,
    found: Sequence[Period],
    *,
    by: Sequence[str] = (),
    part: Mapping[str, str] = EVERYTHING,
) -> pl.DataFrame:
    """Return a metric over stretches of time, as metrics.readings has it."""
    told = {
        leaf.name: readings(leaf, series_of(company, given, leaf, by=by, part=part), found)
        for leaf in metric.leaf_metrics
    }
    if metric.measure.kind == "formula":
        return of_formula(metric, told, found, by)
    return told[metric.name]


def periods_of(
    company: Company,
    given: Held,
    metric: Metric,
    per: Per,
    part: Mapping[str, str] = EVERYTHING,
) -> tuple[Period, ...]:
    """Return the periods of a length from the first the metric has to the one of today."""
    starts = series_of(company, given, metric, part=part)["period"]
    first, last = starts.min(), starts.max()
    if not isinstance(first, date) or not isinstance(last, date):
        return ()
    return stretches(first, last, per, company.catalogue.calendar_of(metric))


def expected_uploads(company: Company) -> pl.DataFrame:
    """Return what is to come in, and when: mapping, table, cadence, due_days, slice (JSON)."""
    rows = [
        {
            "mapping": mapping.name,
            "table": mapping.table,
            "cadence": mapping.cadence,
            "due_days": mapping.due_days or 0,
            "slice": slice_text(constant_dimensions(company, mapping.name)),
        }
        for mapping in company.mappings.values()
        if mapping.cadence is not None
    ]
    return pl.DataFrame(rows, schema=status.EXPECTED_SCHEMA)


def constant_dimensions(company: Company, mapping: str) -> dict[str, str]:
    """Return the part of a table one mapping speaks for: its constants that are dimensions."""
    found = company.mappings[mapping]
    dimensions = set(company.tables[found.table].dimensions) - {"process"}
    return {name: str(value) for name, value in found.constants.items() if name in dimensions}
