"""Which definition stands behind the stored cells of a metric: today's, or the one before it.

A definition that was edited is not in force before its metric was computed anew: until then a
publish goes on with the stored one, and pages read the cells by it. What changes no figure (a
title, a reason, an owner) is in force at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import polars as pl
from pydantic import ValidationError

from data.tables import Table
from metrics.catalogue import Catalogue, misfits
from metrics.model import Formula, Metric

WORDS = frozenset(
    {"title", "why", "unit", "better", "decimals", "process", "topic", "purpose"}
    | {"approved_by", "approved_on", "review_by", "trend"}
)
"""What a definition says about its figures and does not make them by; all else does."""


class DefinitionReader(Protocol):
    """What stored definitions are read through: a warehouse reader is one."""

    def definitions(self) -> pl.DataFrame:
        """Return definition_hash, metric, canonical_json, first_seen_at and actor."""
        ...

    def definition_changes(self) -> pl.DataFrame:
        """Return metric, definition_hash, in_force_at and actor, in the order they came."""
        ...


@dataclass(frozen=True)
class Pending:
    """A definition that was changed and not computed: the one in force, and the one of today."""

    in_force: Metric
    defined: Metric


def stored_metric(canonical_json: str) -> Metric | None:
    """Return the metric of a stored definition; None where this release cannot read it."""
    try:
        return Metric.model_validate_json(canonical_json)
    except ValidationError:
        return None


def makes(metric: Metric) -> Mapping[str, Any]:
    """Return what of a definition its figures are made by: all but the words."""
    return _without_words(json.loads(metric.canonical_json))


def pending(reader: DefinitionReader, defined: Catalogue) -> dict[str, Pending]:
    """Return the metrics whose cells are kept by another definition than today's, by name."""
    latest = dict(reader.definition_changes().select("metric", "definition_hash").iter_rows())
    changed = {
        name: latest[name]
        for name, metric in defined.metrics.items()
        if latest.get(name, metric.definition_hash) != metric.definition_hash
    }
    if not changed:
        return {}
    texts = dict(reader.definitions().select("definition_hash", "canonical_json").iter_rows())
    stored = {name: stored_metric(texts.get(kept, "")) for name, kept in changed.items()}
    older = {name: metric for name, metric in stored.items() if metric is not None}
    # A formula that is new is made of the figures there are, whatever its parts are to be.
    new = {name: metric for name, metric in defined.metrics.items() if name not in latest}
    older |= {name: _made_of(metric, older) for name, metric in new.items()}
    return {
        name: Pending(metric, defined.metrics[name])
        for name, metric in older.items()
        if makes(metric) != makes(defined.metrics[name])
    }


def _made_of(metric: Metric, older: Mapping[str, Metric]) -> Metric:
    """Return a formula with the parts in force in place of those of today."""
    if not isinstance(metric.measure, Formula):
        return metric
    parts = {
        name: older[name] if name in older else _made_of(part, older)
        for name, part in metric.measure.parts.items()
    }
    measure = metric.measure.model_copy(update={"parts": parts})
    # Not a copy: that would keep the hash of the parts it had.
    fields = {name: getattr(metric, name) for name in Metric.model_fields}
    return Metric(**{**fields, "measure": measure})


def misfit(metric: Metric, defined: Catalogue, tables: Mapping[str, Table]) -> str:
    """Return why a definition in force can no longer be computed; nothing where it can."""
    gone = [
        f"the metric '{name}' it is made of is no longer defined"
        for name in metric.leaves
        if name not in {metric.name, *defined.metrics}
    ]
    leaves = (flaw for leaf in metric.leaf_metrics for flaw in misfits(leaf, tables))
    return "; ".join(flaw.rstrip(".") for flaw in (*gone, *leaves))


def in_force(reader: DefinitionReader, defined: Catalogue) -> Catalogue:
    """Return the catalogue as the stored cells are to be read: each metric as it was computed."""
    kept = {name: each.in_force for name, each in pending(reader, defined).items()}
    return replace(defined, metrics={**defined.metrics, **kept})


def _without_words(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition, and those of the metrics a formula is made of, without their words."""
    made = {name: value for name, value in definition.items() if name not in WORDS}
    parts = made["measure"].get("parts", {})
    if parts:
        own = {name: _without_words(part) for name, part in parts.items()}
        made["measure"] = {**made["measure"], "parts": own}
    return made
