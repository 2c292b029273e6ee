"""What publishing does to figures: those that are different after it, beforehand and afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dashboard.company import figures
from dashboard.company.figures import MetricView
from dashboard.company.opened import Company
from dashboard.company.publishing import day_of
from dashboard.company.series import constant_dimensions
from data.warehouse import Writer
from metrics.model import Metric
from metrics.recompute import compute as compute_cells
from pipelines.load.loader import Loaded
from pipelines.publish.rehearse import rehearse

QUICK_BYTES = 30_000_000
"""The size of a warehouse up to which figures are tried out unasked: that takes a second or two."""

Wanted = Sequence[tuple[str, Mapping[str, str]]]
"""Metrics by name, each with the slice that is meant."""


@dataclass(frozen=True)
class Moved:
    """One figure that is different: before and after (None is no figure), and what its trend says.

    `was` is the state of the series before; its state after is that of `view`.
    """

    view: MetricView
    period: str
    before: float | None
    after: float | None
    was: str


def fed_metrics(company: Company, tables: Iterable[str]) -> tuple[Metric, ...]:
    """Return the metrics that read any of the tables, in the order of their titles."""
    named = set(tables)
    found = [each for each in company.catalogue.metrics.values() if named & set(each.tables)]
    return tuple(sorted(found, key=lambda each: each.title))


def fed_by(company: Company, mappings: Iterable[str], tables: Iterable[str]) -> Wanted:
    """Return the metrics a file feeds: of the part it speaks for where it says one, else whole."""
    part: dict[str, str] = {}
    for name in mappings:
        if name in company.mappings:
            part |= constant_dimensions(company, name)
    found = []
    for metric in fed_metrics(company, tables):
        own = {name: value for name, value in part.items() if name in metric.by}
        found.append((metric.name, own if metric.has_values_by(own) else {}))
    return found


def is_quick(company: Company) -> bool:
    """Return whether figures may be tried out without asking first."""
    return company.warehouse.size() <= QUICK_BYTES


def would_move(company: Company, files: Sequence[Loaded], wanted: Wanted) -> tuple[Moved, ...]:
    """Return the figures that publishing the good rows of the files would change; none is kept."""
    before = figures.metric_views(company, wanted)
    pairs = [(figures.find_metric(company, name), part) for name, part in wanted]
    at = day_of(company)

    def computed(writer: Writer) -> dict[str, MetricView]:
        compute_cells(writer, company.defined, company.tables, "a rehearsal", at)
        return figures.views(company, writer, pairs)

    after = rehearse(company.warehouse, files, at, computed)
    return tuple(moved(before, after))


def moved(before: Mapping[str, MetricView], after: Mapping[str, MetricView]) -> Iterator[Moved]:
    """Yield the figures that differ, the newest period of each metric first."""
    for key, view in after.items():
        was = dict(before[key].series.select("period", "value").iter_rows())
        newest = view.series.sort("period", descending=True)
        for period, label, value in newest.select("period", "label", "value").iter_rows():
            if was.get(period) != value:
                yield Moved(view, label, was.get(period), value, before[key].summary.state)
