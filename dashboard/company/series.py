"""Series of a company's metrics: every period with its status, in their own periods or longer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from dashboard.company.figure_names import speaking_for
from dashboard.company.opened import Company
from data.records.models import slice_text
from data.warehouse import Reader
from metrics import cells, status
from metrics.model import Metric
from metrics.periods import Period
from metrics.readings import readings
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
    return Held(found, reader.coverage(), expected_uploads(company))


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
        calendar=company.catalogue.calendar,
        speaks=partial(speaking_for, company),
    )


def by_stretch(
    company: Company, metric: Metric, series: pl.DataFrame, found: Sequence[Period]
) -> pl.DataFrame:
    """Return a series over stretches of time, as metrics.readings has it."""
    return readings(metric, series, found, company.catalogue.calendar)


def by_longer_period(
    company: Company, metric: Metric, series: pl.DataFrame, per: Per
) -> pl.DataFrame:
    """Return a series by longer periods, from the one of its first period to that of its last."""
    first, last = series["period"].min(), series["period"].max()
    found: Sequence[Period] = ()
    if isinstance(first, date) and isinstance(last, date):
        found = stretches(first, last, per, company.catalogue.calendar)
    return by_stretch(company, metric, series, found)


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
