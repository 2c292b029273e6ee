"""Metrics and their measures: governed definitions, frozen, with one hash that names each.

A metric says what a number means and who answers for it; its measure says how it is computed. The
kinds of measure are a closed union; every reader matches it exhaustively.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, assert_never

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from data.expressions import Expression, is_weighted_sum, parse
from metrics.measures import (
    METRIC_VALUES,
    Count,
    Elapsed,
    Frozen,
    Mean,
    Percentile,
    Proportion,
    Rate,
    Ratio,
    Reported,
    Source,
    Stock,
    Total,
)
from metrics.periods import COMMON, Calendar, Grain
from metrics.trend_settings import TrendSettings

__all__ = [
    "METRIC_VALUES",
    "Better",
    "Count",
    "Elapsed",
    "Formula",
    "Mean",
    "Measure",
    "Metric",
    "Percentile",
    "Proportion",
    "Rate",
    "Ratio",
    "Reported",
    "Side",
    "Source",
    "Stock",
    "Topic",
    "Total",
    "slice_key",
]

Better = Literal["lower", "higher", "inside", "neutral"]
Side = Literal["numerator", "denominator"]
Topic = Literal[
    "previous_actions",
    "context",
    "customer_satisfaction",
    "objectives",
    "process_performance",
    "nonconformity_and_corrective_action",
    "monitoring_results",
    "audit_results",
    "external_providers",
    "resources",
    "risks_and_opportunities",
    "improvement_opportunities",
]


class Formula(Frozen):
    """A value made of the values of other metrics, by the names they are defined under.

    It keeps no cells: at any slice and period it is worked out from the roll-ups of its parts.
    """

    kind: Literal["formula"] = "formula"
    expression: str = Field(
        min_length=1,
        description='What is worked out, over names of metrics: "complaint_cost + rework_cost".',
    )
    parts: Mapping[str, Metric] = Field(
        default={},
        description="The metrics it names, as they were defined. Never written in a file.",
    )

    @cached_property
    def parsed(self) -> Expression:
        """The tree of the expression, over the values of its parts."""
        return parse(self.expression, dict.fromkeys(self.parts, "float"))

    @property
    def is_sum(self) -> bool:
        """Whether it only adds and takes away, so that sums of its values are its values too."""
        return is_weighted_sum(self.parsed.root)


Measure = Annotated[
    Count
    | Rate
    | Proportion
    | Mean
    | Total
    | Ratio
    | Percentile
    | Elapsed
    | Stock
    | Reported
    | Formula,
    Field(discriminator="kind"),
]


class Metric(Frozen):
    """One governed definition; `by` names the dimensions its cells are kept by."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1, description="What the number is, as people say it.")
    why: str = Field(min_length=1, description="Why anybody should look at it: one sentence.")
    unit: str = Field(min_length=1, description='What one is: "days", "% of deliveries".')
    better: Better = Field(description="Which way is good: lower, higher, inside or neutral.")
    process: str = Field(min_length=1, description="The process whose owner answers for it.")
    topic: Topic | None = Field(default=None, description="The review topic it feeds.")
    purpose: str | None = Field(
        default=None, description='The purpose it analyses data for: "9.1.3.b".'
    )
    approved_by: str | None = Field(
        default=None, description="The role that approved the definition."
    )
    approved_on: date | None = Field(default=None, description="When it was approved.")
    review_by: date | None = Field(default=None, description="When it has to be looked at again.")
    by: tuple[str, ...] = Field(
        default=(), description="Dimensions the metric can be broken down by."
    )
    roll_ups: tuple[tuple[str, ...], ...] | None = Field(
        default=None,
        description="For a percentile or a count of `distinct`, whose parts do not add up: the "
        'dimensions it is computed by, `[[], ["site"]]`. Absent: the total, each dimension, and '
        "all of them together.",
    )
    period: Grain = Field(default="month", description="The interval of one cell.")
    decimals: int = Field(
        default=1, ge=0, le=6, strict=True, description="Digits after the point when shown."
    )
    calendar: Calendar = COMMON
    """What cuts its periods: clause9.toml says it, no definition does."""
    measure: Measure
    trend: TrendSettings = TrendSettings()

    @model_validator(mode="after")
    def _checked(self) -> Metric:
        if len(set(self.by)) < len(self.by):
            raise ValueError("`by` names a dimension twice.")
        if self.roll_ups is not None:
            self._check_roll_ups(self.roll_ups)
        return self

    def _check_roll_ups(self, roll_ups: tuple[tuple[str, ...], ...]) -> None:
        if not self.is_holistic:
            raise ValueError(
                f"`roll_ups` is for a percentile or a count of `distinct`; a {self.measure.kind} "
                "is rolled up from its cells by any of its dimensions."
            )
        if strange := [name for part in roll_ups for name in part if name not in self.by]:
            raise ValueError(f"`roll_ups` names '{strange[0]}', which is not in `by`.")
        if () not in roll_ups:
            raise ValueError("`roll_ups` lacks the total, [], which every page shows.")

    def __hash__(self) -> int:
        """Return a hash of the name: parts of a formula are a mapping, which has none."""
        return hash(self.name)

    @cached_property
    def canonical_json(self) -> str:
        """The resolved definition as text that is the same wherever it is written."""
        resolved = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        return json.dumps(resolved, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Return the fields; of the calendar what the days of periods depend on, if anything."""
        narrowed = self.calendar.narrowed(self.period)
        found: dict[str, object] = handler(self)
        if self.trend == TrendSettings():
            found.pop("trend", None)
        if narrowed == COMMON:
            found.pop("calendar", None)
        else:
            found["calendar"] = asdict(narrowed)
        return found

    @cached_property
    def definition_hash(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return hashlib.sha256(self.canonical_json.encode()).hexdigest()

    def counted_in(self, calendar: Calendar) -> Metric:
        """Return the metric in a calendar; its hash stays where its periods are cut the same."""
        # Built anew: a copy would keep the hash it was cached with.
        own = {name: getattr(self, name) for name in Metric.model_fields}
        return Metric.model_validate(own | {"calendar": calendar})

    @property
    def sources(self) -> Mapping[Side, Source]:
        """The sides the measure reads: numerator, and denominator where it has its own rows.

        A formula reads none: its parts do.
        """
        match self.measure:
            case Rate() | Proportion() | Ratio() | Reported():
                return {
                    "numerator": self.measure.numerator,
                    "denominator": self.measure.denominator,
                }
            case Count() | Mean() | Total() | Percentile() | Elapsed() | Stock():
                return {"numerator": self.measure.numerator}
            case Formula():
                return {}
            case _:
                assert_never(self.measure)

    @property
    def leaf_metrics(self) -> tuple[Metric, ...]:
        """The metrics whose cells the values are made of: itself, or its parts' down to the last.

        Each once, in order of name.
        """
        if not isinstance(self.measure, Formula):
            return (self,)
        below = (leaf for part in self.measure.parts.values() for leaf in part.leaf_metrics)
        found = {leaf.name: leaf for leaf in below}
        return tuple(found[name] for name in sorted(found))

    @property
    def leaves(self) -> tuple[str, ...]:
        """The names of the metrics whose stored cells the values are made of."""
        return tuple(leaf.name for leaf in self.leaf_metrics)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables the metric reads, numerator's first, each once."""
        sources = (source for leaf in self.leaf_metrics for source in leaf.sources.values())
        return tuple(dict.fromkeys(source.table for source in sources))

    @property
    def per(self) -> float:
        """What the ratio is multiplied by to give the value."""
        match self.measure:
            case Rate() | Proportion() | Ratio() | Reported():
                return self.measure.per
            case Count() | Mean() | Total() | Percentile() | Elapsed() | Stock() | Formula():
                return 1.0
            case _:
                assert_never(self.measure)

    @property
    def is_holistic(self) -> bool:
        """Whether it has to be computed from the rows of every roll-up anew: parts do not add up.

        So it is for a percentile and for a count of different values.
        """
        match self.measure:
            case Percentile():
                return True
            case Count():
                return self.measure.numerator.distinct is not None
            case _:
                return False

    @property
    def kept_by(self) -> tuple[tuple[str, ...], ...]:
        """The roll-ups a holistic metric is computed at, each in the order of `by`."""
        given = self.roll_ups
        if given is None:
            given = ((), *((name,) for name in self.by), self.by)
        ordered = (tuple(name for name in self.by if name in part) for part in given)
        return tuple(sorted(set(ordered), key=lambda part: (len(part), part)))

    def has_values_by(self, dimensions: Iterable[str]) -> bool:
        """Return whether the metric has values by these dimensions, and by no other."""
        wanted = set(dimensions)
        if isinstance(self.measure, Formula):
            parts = self.measure.parts.values()
            return wanted <= set(self.by) and all(part.has_values_by(wanted) for part in parts)
        if self.is_holistic:
            return any(wanted == set(part) for part in self.kept_by)
        return wanted <= set(self.by)

    @property
    def is_additive(self) -> bool:
        """Whether values of slices add up to the value of the whole: a count does, a share not."""
        match self.measure:
            case Count():
                return not self.is_holistic
            case Total() | Stock():
                return True
            case Reported():
                return self.measure.adds_up
            case Rate() | Proportion() | Ratio() | Mean() | Percentile() | Elapsed():
                return False
            case Formula():
                parts = self.measure.parts.values()
                return self.measure.is_sum and all(part.is_additive for part in parts)
            case _:
                assert_never(self.measure)

    @property
    def is_amount(self) -> bool:
        """Whether a part has less than the whole, so that a target of the whole is none for it.

        A count of different values is such, though its parts do not add up.
        """
        return self.is_additive or isinstance(self.measure, Count)

    @property
    def without_rows(self) -> Literal["ok", "missing", "no_opportunity"]:
        """What a covered period without a row is: zero for a count, no chance for a share."""
        match self.measure:
            case Count() | Total() | Stock():
                return "ok"
            case Reported():
                return "missing"
            case Rate() | Proportion() | Ratio() | Mean() | Percentile() | Elapsed() | Formula():
                return "no_opportunity"
            case _:
                assert_never(self.measure)

    @property
    def adds_over_time(self) -> bool:
        """Whether cells of successive periods add up to the cell of the longer period.

        What is open at the end of two months is not what was open at the end of either.
        """
        match self.measure:
            case Stock() | Percentile():
                return False
            case Elapsed():
                return self.measure.open == "left_out"
            case Count():
                return not self.is_holistic
            case Rate() | Proportion() | Ratio() | Mean() | Total() | Reported():
                return True
            case Formula():
                parts = self.measure.parts.values()
                return self.is_additive and all(part.adds_over_time for part in parts)
            case _:
                assert_never(self.measure)


def slice_key(values: Mapping[str, str | None]) -> str:
    """Return a slice as canonical JSON: keys sorted, no spaces, `{}` for the total."""
    return json.dumps(dict(values), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
