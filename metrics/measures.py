"""The kinds of measure: how a metric is computed, each a small frozen model.

`formula`, which holds whole metrics, is in metrics.model beside them, and so is the union of all
kinds, which every reader matches exhaustively.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

METRIC_VALUES = "metric_values"
"""The table that monthly figures without records behind them are kept in; `reported` reads it."""


class Frozen(BaseModel):
    """A definition: what it says is never changed, and a key nobody knows is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Source(Frozen):
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
        default=None,
        description="The number that a mean averages, or a percentile ranks, row by row.",
    )
    distinct: str | None = Field(
        default=None,
        description='For a count: how many different values of this there are. "customer" counts '
        "customers, whatever the number of their complaints.",
    )
    dated_by: str | None = Field(
        default=None,
        description="The date that places a row in a period; absent, the one of the table.",
    )

    @property
    def takes(self) -> str | None:
        """What is taken from each row, whichever key says it; None where a row counts as such."""
        return self.sum or self.value or self.distinct


def _takes(kind: str, source: Source, wanted: frozenset[str]) -> None:
    """Raise ValueError when `source` says what each row adds by a key the kind does not read."""
    given = {key for key in ("sum", "value", "distinct") if getattr(source, key) is not None}
    if surplus := sorted(given - wanted):
        raise ValueError(f"a {kind} does not read `{surplus[0]}`{_INSTEAD.get(kind, '')}.")


_INSTEAD = {
    "total": "; say `sum`, what each row adds",
    "mean": "; say `value`, the number to average",
    "percentile": "; say `value`, the number to rank",
    "elapsed": "; it counts days between `from` and `to`",
}

_SUM = frozenset({"sum"})


class Count(Frozen):
    """How many events: the sum of what the rows stand for, or how many different values there are.

    With `distinct` the counts of parts do not add up: a customer of two sites is one customer.
    """

    kind: Literal["count"] = "count"
    numerator: Source

    @model_validator(mode="after")
    def _checked(self) -> Count:
        _takes("count", self.numerator, frozenset({"sum", "distinct"}))
        if self.numerator.sum is not None and self.numerator.distinct is not None:
            raise ValueError(
                "a count adds up `sum` or counts the different values of `distinct`; say one."
            )
        return self


class Rate(Frozen):
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


class Proportion(Frozen):
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


class Mean(Frozen):
    """The mean of a number over the rows that have it."""

    kind: Literal["mean"] = "mean"
    numerator: Source

    @model_validator(mode="after")
    def _checked(self) -> Mean:
        _takes("mean", self.numerator, frozenset({"value"}))
        if self.numerator.value is None:
            raise ValueError("a mean needs `value` in its numerator: the number to average.")
        return self


class Total(Frozen):
    """The sum of a number over the rows that have it."""

    kind: Literal["total"] = "total"
    numerator: Source

    @model_validator(mode="after")
    def _checked(self) -> Total:
        _takes("total", self.numerator, _SUM)
        if self.numerator.sum is None:
            raise ValueError("a total needs `sum` in its numerator: what each row adds.")
        return self


class Ratio(Frozen):
    """One total for each unit of another: numerator ÷ denominator × `per`."""

    kind: Literal["ratio"] = "ratio"
    per: float = Field(
        default=1.0,
        gt=0,
        allow_inf_nan=False,
        description="Units of the denominator: 100 for percent of it.",
    )
    numerator: Source
    denominator: Source

    @model_validator(mode="after")
    def _checked(self) -> Ratio:
        for side in ("numerator", "denominator"):
            source: Source = getattr(self, side)
            _takes("ratio", source, _SUM)
            if source.sum is None:
                raise ValueError(f"a ratio needs `sum` in its {side}: what each row adds.")
        return self


class Percentile(Frozen):
    """The value that `percent` of the rows stay at or below: 50 is the median.

    Between two rows it lies on the line from one to the other (Hyndman and Fan's type 7). It is
    computed from the rows of each declared roll-up: the medians of parts give no median.
    """

    kind: Literal["percentile"] = "percentile"
    percent: float = Field(
        default=50,
        ge=0,
        le=100,
        allow_inf_nan=False,
        description="50 for the median; 0 is the least value, 100 the greatest.",
    )
    numerator: Source

    @model_validator(mode="after")
    def _checked(self) -> Percentile:
        _takes("percentile", self.numerator, frozenset({"value"}))
        if self.numerator.value is None:
            raise ValueError("a percentile needs `value` in its numerator: the number to rank.")
        return self


class Elapsed(Frozen):
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


class Stock(Frozen):
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


class Reported(Frozen):
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
