"""Metrics and their measures: governed definitions, frozen, with one hash that names each.

A metric says what a number means and who answers for it; its measure says how it is computed. The
kinds of measure are a closed union; every reader matches it exhaustively.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field, model_validator

from metrics.periods import Grain

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

METRIC_VALUES = "metric_values"
"""The table that monthly figures without records behind them are kept in; `reported` reads it."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Source(_Frozen):
    """Which rows of which table a side of a measure reads, and what it takes from each."""

    table: str = Field(description="The table the rows are read from.")
    where: str | None = Field(
        default=None,
        description="An expression that is true for the rows that count; absent, all do.",
    )
    sum: str | None = Field(
        default=None,
        description="What each row adds. Absent, a row adds the table's `counted_by` column "
        '(or 1 where the table has none); `sum = "1"` counts rows whatever they stand for.',
    )
    value: str | None = Field(
        default=None, description="The number that a mean averages, row by row."
    )
    dated_by: str | None = Field(
        default=None,
        description="The date that places a row in a period; absent, the one of the table.",
    )


def _takes(kind: str, source: Source, wanted: frozenset[str]) -> None:
    """Raise ValueError when `source` says `sum` or `value` where the kind reads the other."""
    given = {key for key in ("sum", "value") if getattr(source, key) is not None}
    if surplus := sorted(given - wanted):
        raise ValueError(f"a {kind} does not read `{surplus[0]}`{_INSTEAD.get(kind, '')}.")


_INSTEAD = {
    "total": "; say `sum`, what each row adds",
    "mean": "; say `value`, the number to average",
    "elapsed": "; it counts days between `from` and `to`",
}

_SUM = frozenset({"sum"})


class Count(_Frozen):
    """How many events: the sum of what the rows stand for."""

    kind: Literal["count"] = "count"
    numerator: Source

    @model_validator(mode="after")
    def _checked(self) -> Count:
        _takes("count", self.numerator, _SUM)
        return self


class Rate(_Frozen):
    """Events per exposure: numerator ÷ denominator × `per`."""

    kind: Literal["rate"] = "rate"
    per: float = Field(
        default=1.0, gt=0, allow_inf_nan=False, description="Units of exposure: 1000."
    )
    numerator: Source
    denominator: Source

    @model_validator(mode="after")
    def _checked(self) -> Rate:
        _takes("rate", self.numerator, _SUM)
        _takes("rate", self.denominator, _SUM)
        return self


class Proportion(_Frozen):
    """A share of the whole, in percent unless `per` says otherwise; never above `per`."""

    kind: Literal["proportion"] = "proportion"
    per: float = Field(
        default=100.0, gt=0, allow_inf_nan=False, description="100 for percent, 1 for a share."
    )
    numerator: Source
    denominator: Source

    @model_validator(mode="after")
    def _checked(self) -> Proportion:
        _takes("proportion", self.numerator, _SUM)
        _takes("proportion", self.denominator, _SUM)
        return self


class Mean(_Frozen):
    """The mean of a number over the rows that have it."""

    kind: Literal["mean"] = "mean"
    numerator: Source

    @model_validator(mode="after")
    def _checked(self) -> Mean:
        _takes("mean", self.numerator, frozenset({"value"}))
        if self.numerator.value is None:
            raise ValueError("a mean needs `value` in its numerator: the number to average.")
        return self


class Total(_Frozen):
    """The sum of a number over the rows that have it."""

    kind: Literal["total"] = "total"
    numerator: Source

    @model_validator(mode="after")
    def _checked(self) -> Total:
        _takes("total", self.numerator, _SUM)
        if self.numerator.sum is None:
            raise ValueError("a total needs `sum` in its numerator: what each row adds.")
        return self


class Elapsed(_Frozen):
    """Mean days from one date to another: sum of days ÷ number of records.

    `aged`: a period holds the records closed in it and those open at its end, which count the days
    until then. `left_out`: only the records closed in it.
    """

    kind: Literal["elapsed"] = "elapsed"
    numerator: Source
    from_: str = Field(alias="from", description="The date the clock starts.")
    to: str = Field(description="The date the clock stops; empty while the record is open.")
    open: Literal["aged", "left_out"] = Field(
        default="aged",
        description="Whether records still open at period end count, aged until then.",
    )

    @model_validator(mode="after")
    def _checked(self) -> Elapsed:
        _takes("elapsed", self.numerator, frozenset())
        if self.numerator.dated_by is not None:
            raise ValueError(
                "an elapsed measure is dated by its `from` and `to`; leave `dated_by` out."
            )
        return self


class Stock(_Frozen):
    """How many are open at period end: begun on or before it, not ended on or before it."""

    kind: Literal["stock"] = "stock"
    numerator: Source
    from_: str = Field(alias="from", description="The date a record opens.")
    to: str = Field(description="The date a record closes; empty while it is open.")

    @model_validator(mode="after")
    def _checked(self) -> Stock:
        _takes("stock", self.numerator, _SUM)
        if self.numerator.dated_by is not None:
            raise ValueError("a stock is dated by its `from` and `to`; leave `dated_by` out.")
        return self


class Reported(_Frozen):
    """A figure handed in ready made, from the table `metric_values`.

    Rows with numerator and denominator roll up as a ratio of sums, times `per`. Rows with a value
    alone roll up only where `adds_up` says that they are a count or an amount.
    """

    kind: Literal["reported"] = "reported"
    metric: str = Field(description="The name the figure is handed in under.")
    per: float = Field(default=1.0, gt=0, allow_inf_nan=False, description="100 for percent.")
    adds_up: bool = Field(default=False, description="Whether values of several rows may be added.")
    is_share: bool = Field(
        default=False,
        description="Whether the numerator is a part of the denominator: never more than all of "
        "it.",
    )

    @property
    def numerator(self) -> Source:
        """The rows of `metric_values` that carry this figure: numerator, or the bare value."""
        return self._source("coalesce(numerator, value)")

    @property
    def denominator(self) -> Source:
        """The same rows; empty where the figure came as a bare value."""
        return self._source("if(numerator is null, null, denominator)")

    def _source(self, amount: str) -> Source:
        name = self.metric.replace("'", "''")
        return Source(table=METRIC_VALUES, where=f"metric = '{name}'", sum=amount)


Measure = Annotated[
    Count | Rate | Proportion | Mean | Total | Elapsed | Stock | Reported,
    Field(discriminator="kind"),
]


class Metric(_Frozen):
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
    period: Grain = Field(default="month", description="The interval of one cell.")
    decimals: int = Field(
        default=1, ge=0, le=6, strict=True, description="Digits after the point when shown."
    )
    measure: Measure

    @model_validator(mode="after")
    def _checked(self) -> Metric:
        if len(set(self.by)) < len(self.by):
            raise ValueError("`by` names a dimension twice.")
        return self

    @cached_property
    def canonical_json(self) -> str:
        """The resolved definition as text that is the same wherever it is written."""
        resolved = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        return json.dumps(resolved, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @cached_property
    def definition_hash(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return hashlib.sha256(self.canonical_json.encode()).hexdigest()

    @property
    def sources(self) -> Mapping[Side, Source]:
        """The sides the measure reads: numerator, and denominator where it has its own rows."""
        match self.measure:
            case Rate() | Proportion() | Reported():
                return {
                    "numerator": self.measure.numerator,
                    "denominator": self.measure.denominator,
                }
            case Count() | Mean() | Total() | Elapsed() | Stock():
                return {"numerator": self.measure.numerator}
            case _:
                assert_never(self.measure)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables the metric reads, numerator's first, each once."""
        return tuple(dict.fromkeys(source.table for source in self.sources.values()))

    @property
    def per(self) -> float:
        """What the ratio is multiplied by to give the value."""
        match self.measure:
            case Rate() | Proportion() | Reported():
                return self.measure.per
            case Count() | Mean() | Total() | Elapsed() | Stock():
                return 1.0
            case _:
                assert_never(self.measure)

    @property
    def is_additive(self) -> bool:
        """Whether values of slices add up to the value of the whole: a count does, a share not."""
        match self.measure:
            case Count() | Total() | Stock():
                return True
            case Reported():
                return self.measure.adds_up
            case Rate() | Proportion() | Mean() | Elapsed():
                return False
            case _:
                assert_never(self.measure)

    @property
    def adds_over_time(self) -> bool:
        """Whether cells of successive periods add up to the cell of the longer period.

        What is open at the end of two months is not what was open at the end of either.
        """
        match self.measure:
            case Stock():
                return False
            case Elapsed():
                return self.measure.open == "left_out"
            case Count() | Rate() | Proportion() | Mean() | Total() | Reported():
                return True
            case _:
                assert_never(self.measure)


def slice_key(values: Mapping[str, str | None]) -> str:
    """Return a slice as canonical JSON: keys sorted, no spaces, `{}` for the total."""
    return json.dumps(dict(values), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
