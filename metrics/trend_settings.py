"""How a definition wants its trend to be read: the section `[NAME.trend]`, plain and frozen.

It changes no figure: cells stay as they are, and only what is said of them may become another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from metrics.measures import Frozen

ChartKind = Literal[
    "xmr", "mr", "p", "u", "c", "p-prime", "u-prime", "i-prime", "t", "g", "xbar", "s", "run"
]
"""xmr individuals, mr their moving ranges, p shares, u rates, c counts, p-prime and u-prime as
Laney corrects them, i-prime individuals of unequal weight, t time between events, g opportunities
between events, xbar and s means and spreads of subgroups, run the plain run chart."""

Preset = Literal["standard", "wheeler", "mdc", "mdc2023", "weco", "nelson", "anhoej", "shewhart"]

FREEZES_AT = 20
"""Points of a phase at which its limits stop moving, unless the definition says otherwise."""

FREEZE_RANGE = (12, 30)
"""Points at which limits may freeze: from fewer they are too loose, from more too old."""

_VALUES: tuple[ChartKind, ...] = ("xmr", "run")
_MEANS: tuple[ChartKind, ...] = ("xmr", "i-prime", "t", "run")

CHARTS_OF: Mapping[str, tuple[ChartKind, ...]] = {
    "count": ("c", "u-prime", *_VALUES),
    "rate": ("u", "u-prime", "i-prime", *_VALUES),
    "proportion": ("p", "p-prime", "i-prime", *_VALUES),
    "mean": _MEANS,
    "elapsed": _MEANS,
    "percentile": _MEANS,
    "ratio": ("i-prime", *_VALUES),
    "total": _VALUES,
    "stock": _VALUES,
    "formula": _VALUES,
    "reported": ("c", "i-prime", "t", "g", *_VALUES),
}
"""The charts that can read each kind of measure: its cells hold what they need."""


class TrendSettings(Frozen):
    """How the trend of a metric is read; without it, as its kind and its figures ask for.

    It stands in the metric's section as `[NAME.trend]`. No figure is computed anew for it.
    """

    rules: Preset = Field(
        default="standard", description="The rules that tell a signal from common cause."
    )
    chart: ChartKind | None = Field(
        default=None,
        description="The chart, once and for all. Absent, the kind of measure and the figures "
        "choose it, and the page says why.",
    )
    season: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="Whether the centre line follows the time of year: `auto`, where the figures "
        "prove a season over three full years (of days: weeks); `on`, from two of them, proved "
        "or not; `off`, never.",
    )
    growth: bool = Field(
        default=False,
        strict=True,
        description="Whether growth is expected: limits follow a straight line, frozen with them, "
        "instead of a level.",
    )
    freeze_at: int = Field(
        default=FREEZES_AT,
        ge=FREEZE_RANGE[0],
        le=FREEZE_RANGE[1],
        strict=True,
        description="Points of a phase at which its limits stop moving, 12 to 30.",
    )
    worthwhile: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="The least change that matters to anybody, in the metric's unit.",
    )
    balancing: tuple[str, ...] = Field(
        default=(),
        description="Metrics that must not get worse when this one gets better, by name.",
    )

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Return what differs from silence: a new key must not change what was said before."""
        silent = type(self).model_fields
        found: dict[str, Any] = handler(self)
        return {k: v for k, v in found.items() if getattr(self, k) != silent[k].default}


def misfits(settings: TrendSettings, name: str, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the key and the sentence of all that does not fit the metric `name` of that kind."""
    fitting = CHARTS_OF[kind]
    if settings.chart is not None and settings.chart not in fitting:
        known = f"{', '.join(fitting[:-1])} and {fitting[-1]}"
        yield "trend.chart", f"'{settings.chart}' does not read a {kind}; {known} do."
    if name in settings.balancing:
        yield "trend.balancing", f"names '{name}', the metric itself."
    if len(set(settings.balancing)) < len(settings.balancing):
        yield "trend.balancing", "names a metric twice."
