"""What the definitions are warned of: the checks of metrics.lint over this company's figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import polars as pl

from dashboard.company import calendar_change, engines
from dashboard.company.figures import MetricView, metric_views
from dashboard.company.opened import Company
from data.errors import DefinitionError
from data.records.objectives import objectives
from metrics.lint import Finding, Setting, Studied, lint
from metrics.model import Metric
from metrics.review.standards import load_standards


def findings(company: Company) -> tuple[Finding, ...]:
    """Return every finding, those of each metric in order, then those of the whole catalogue."""
    views = metric_views(company, [(name, {}) for name in company.catalogue.metrics])
    with company.warehouse.read() as reader:
        read = reader.readings().filter(pl.col("first_day").is_not_null())
        filled = frozenset([*reader.coverage()["table_name"], *read["table_name"]])
    settings = company.workspace.settings
    standards = load_standards(settings.standards)
    return lint(
        [_studied(view, company.defined.metrics) for view in views.values()],
        Setting(
            company.as_of, objectives(company.records), tuple(standards.values()), filled
        ),
    )  # fmt: skip


def check(company: Company) -> dict[str, Any]:
    """Return how many definitions were read, and `warnings`, as `check --json` prints them.

    Opening the company has read them all: what cannot be read never gets here. Raises
    DefinitionError for external tables that cannot be counted.
    """
    if flaws := engines.problems(company):
        raise DefinitionError(flaws)
    files = company.defined.files
    return {
        "tables": len(company.tables),
        "mappings": len(company.mappings),
        "metrics": len(company.defined.metrics),
        "warnings": [
            *calendar_change.warnings(company),
            *({"file": files.get(each.metric, ""), **asdict(each)} for each in findings(company)),
        ],
    }


def of_metric(found: tuple[Finding, ...], metric: str) -> tuple[Finding, ...]:
    """Return the findings that name a metric, as the one or the other."""
    return tuple(each for each in found if metric in {each.metric, each.other})


def _studied(view: MetricView, defined: Mapping[str, Metric]) -> Studied:
    """Return a metric as its file defines it today, with the figures there are."""
    owner = view.owner.name if view.owner else None
    metric = defined.get(view.metric.name, view.metric)
    return Studied(metric, view.points, view.summary, view.spec.targets, owner)
