"""The definitions in use with what stands around them: owner, targets, meaning, query, findings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dashboard.company import definition_history, due, people
from dashboard.company.figures import find_metric, targets_of
from dashboard.company.findings import findings, of_metric
from dashboard.company.opened import Company
from dashboard.documents.definitions import Described, definitions_page
from data.errors import NotFoundError, near_miss
from data.records.models import Target
from data.records.objectives import objectives
from data.records.people import owner_of
from data.records.targets import target_words
from metrics.compile import compile_cells
from metrics.in_force import misfit
from metrics.lint import Finding
from metrics.meaning import meaning
from metrics.model import Formula, Metric
from metrics.review.standards import load_standards
from metrics.review.wording import day, listed


def described(company: Company, name: str) -> Described:
    """Return the definition in force with what stands around it; NotFoundError for no metric."""
    return _described(company, find_metric(company, name), people.process_titles(company))


def defined_metric(company: Company, name: str) -> Metric:
    """Return a metric as its file defines it; raises NotFoundError with the nearest one there is.

    Its figures may still be by the definition before (definition_history.pending).
    """
    if name not in company.defined.metrics:
        miss = near_miss(name, company.defined.metrics)
        raise NotFoundError(f"No metric '{name}'.{miss} See them: clause9 metrics list")
    return company.defined.metrics[name]


def catalogue(company: Company) -> tuple[Described, ...]:
    """Return every definition as its file says it today, by title."""
    titles = people.process_titles(company)
    every = (_described(company, each, titles) for each in company.defined.metrics.values())
    return tuple(sorted(every, key=lambda each: each.metric.title.casefold()))


def page(company: Company) -> str:
    """Return all definitions as one Markdown page."""
    title = f"Definitions of {company.workspace.settings.organisation}"
    return definitions_page(title, catalogue(company))


def list_metrics(company: Company) -> list[dict[str, Any]]:
    """Return the metrics of the site as plain rows, with how many findings each has."""
    found = findings(company)
    return [_row(described(company, name), found) for name in company.catalogue.metrics]


def show_metric(company: Company, name: str) -> dict[str, Any]:
    """Return the definition in force as plain values, with what stands around it.

    `changed` is what an edited definition says differently, None where the two are one.
    """
    each = described(company, name)
    changed = definition_history.pending(company).get(name)
    return {
        **each.metric.model_dump(mode="json", by_alias=True, exclude_none=True),
        "definition_hash": each.metric.definition_hash,
        "meaning": each.meaning,
        "file": each.file,
        "process_title": each.process,
        "owner": each.owner,
        "due": [each.as_json() for each in due.due(company, name, {})],
        "targets": [_target(target) for target in targets_of(company, name)],
        "findings": [
            {"rule": finding.rule, "sentence": finding.sentence, "way_out": finding.way_out}
            for finding in findings_of(company, name)
        ],
        "sql": list(each.sql),
        "changed": changed.as_json() if changed else None,
        "history": [each.as_json() for each in definition_history.history(company, name)],
    }


def findings_of(company: Company, name: str) -> tuple[Finding, ...]:
    """Return the findings that name a metric."""
    return of_metric(findings(company), name)


def used(company: Company, name: str) -> tuple[str, ...]:
    """Return where a metric is used, a sentence each: clauses, objectives, formulas, sources."""
    metric = defined_metric(company, name)
    told = list(_clauses(company, metric))
    told += [
        f"Shows how far the objective '{each.title}' is met."
        for each in objectives(company.records)
        if each.metric == name
    ]
    told += [
        f"Is part of {other.title} ({other.name})."
        for other in company.defined.metrics.values()
        if isinstance(other.measure, Formula) and name in other.measure.parts
    ]
    for table in metric.tables:
        every = company.mappings.values()
        sources = [each.title or each.name for each in every if each.table == table]
        brought = f"comes in by {listed(sources)}" if sources else "no source brings"
        told.append(f"Reads {company.tables[table].title}, which {brought}.")
    return tuple(told)


def _clauses(company: Company, metric: Metric) -> Iterator[str]:
    for standard in load_standards(company.workspace.settings.standards).values():
        for clause in standard.inputs:
            if clause.topic == metric.topic:
                yield f"Feeds {clause.clause} of {standard.title}: {clause.title}."
        for purpose in standard.purposes:
            if purpose.clause == metric.purpose:
                yield f"Serves {purpose.clause} of {standard.title}: {purpose.title}."


def speaks_of(each: Described, words: str) -> bool:
    """Return whether a definition holds every one of some words, in whatever case."""
    facts = " ".join(each.facts.values())
    text = f"{each.metric.name} {each.metric.title} {each.metric.why} {facts}".casefold()
    return all(word in text for word in words.casefold().split())


def _described(company: Company, metric: Metric, titles: Mapping[str, str]) -> Described:
    defined = company.defined.metrics[metric.name]
    if metric is not defined and misfit(metric, company.defined, company.tables):
        metric = defined  # the one in force cannot be put into words any more
    owner = owner_of(company.records, metric.process, {}, company.as_of)
    return Described(
        metric,
        meaning(metric, company.tables),
        company.defined.files.get(metric.name, ""),
        titles.get(metric.process, metric.process),
        owner.name if owner else None,
        tuple(map(target_sentence, targets_of(company, metric.name))),
        tuple(query.sql for query in compile_cells(metric.leaf_metrics, company.tables)),
    )


def target_sentence(target: Target) -> str:
    """Return a target with its part, its day, who approved it and why."""
    part = ", ".join(f"{name} {value}" for name, value in json.loads(target.slice).items())
    place = f" for {part}" if part else ""
    said = f"{target_words(target)}{place} from {day(target.from_on)}"
    return f"{said}, approved by {target.approver}: {target.reason}"


def _row(each: Described, found: Sequence[Finding]) -> dict[str, Any]:
    metric = each.metric
    return {
        "metric": metric.name,
        "title": metric.title,
        "unit": metric.unit,
        "kind": metric.measure.kind,
        "period": metric.period,
        "process": metric.process,
        "owner": each.owner,
        "topic": metric.topic,
        "by": list(metric.by),
        "findings": len(of_metric(tuple(found), metric.name)),
        "file": each.file,
    }


def _target(target: Target) -> dict[str, Any]:
    names = ("from_on", "kind", "low", "high", "approver", "reason", "objective")
    return {"slice": json.loads(target.slice), **{name: getattr(target, name) for name in names}}
