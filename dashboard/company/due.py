"""When a period of a metric is due, and from whom: by the sources that feed its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dashboard.company import deadlines
from dashboard.company.deadlines import Upload
from dashboard.company.figure_names import speaking_for
from dashboard.company.figures import find_metric
from dashboard.company.opened import Company
from dashboard.company.series import constant_dimensions
from data.records import people
from metrics.model import Metric
from metrics.periods import Period, label_of, period_of
from metrics.trend.wording import listed

NOBODY = "nobody on record"


@dataclass(frozen=True)
class Due:
    """A period of a metric whose figures are still to come: by when, from whom, in what.

    It is due when the last source that speaks of it is. `is_late` where that day has passed.
    """

    period: Period
    due_on: date
    is_late: bool
    owners: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Return "October 2026 is due on 5 November 2026 from Ana Reis"."""
        whom = listed(list(self.owners)) or NOBODY
        on = label_of(self.due_on, "day")
        if self.is_late:
            came = f"{listed(list(self.sources))} has not come in"
            return f"{self.period.label} was due on {on} from {whom}: {came}"
        return f"{self.period.label} is due on {on} from {whom}"

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "period": self.period.start,
            "label": self.period.label,
            "due_on": self.due_on,
            "is_late": self.is_late,
            "owners": list(self.owners),
            "sources": list(self.sources),
        }


def due(company: Company, name: str, part: Mapping[str, str]) -> tuple[Due, ...]:
    """Return what of a metric, or of a part of it, is still to come: the first late, the next due.

    Empty where no mapping that feeds it says a cadence: then nothing is ever due.
    """
    metric = find_metric(company, name)
    uploads = [each for each in _feeding(company, metric, part) if each.state in {"late", "due"}]
    found = []
    for state in ("late", "due"):
        own = [each for each in uploads if each.state == state]
        if own:
            first = min(own, key=lambda each: each.period.end)
            found.append(_due(company, metric, part, first, uploads))
    return tuple(found)


def _due(
    company: Company,
    metric: Metric,
    part: Mapping[str, str],
    first: Upload,
    uploads: Sequence[Upload],
) -> Due:
    period = period_of(first.period.end, metric.period, company.catalogue.calendar_of(metric))
    within = [
        each
        for each in uploads
        if each.state == first.state
        and each.period.start <= period.end
        and each.period.end >= period.start
    ]
    senders = [each.owner for each in within]
    if None in senders:
        senders.append(people.owner_of(company.records, metric.process, dict(part), company.as_of))
    return Due(
        period,
        max(each.due_on for each in within),
        first.state == "late",
        tuple(sorted({each.name for each in senders if each})),
        tuple(sorted({each.mapping.title or each.mapping.name for each in within})),
    )


def _feeding(company: Company, metric: Metric, part: Mapping[str, str]) -> Iterator[Upload]:
    """Yield the sendings expected of the sources that speak of a part of the metric."""
    tables = {table for leaf in metric.leaf_metrics for table in leaf.tables}
    names = pl.DataFrame({"mapping": list(company.mappings)}, schema={"mapping": pl.String})
    speaking = {
        name
        for leaf in metric.leaf_metrics
        for name in speaking_for(company, leaf, names)["mapping"]
    }
    for upload in deadlines.deadlines(company):
        mapping = upload.mapping
        if mapping.table not in tables or mapping.name not in speaking:
            continue
        own = constant_dimensions(company, mapping.name)
        if all(part.get(key, value) == value for key, value in own.items()):
            yield upload
