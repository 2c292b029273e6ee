"""The sets of rules people use, each as data: what counts as a pattern, and what it costs.

R1 is one point outside the limits; R2 a run on one side of the centre line; R3 and R5 several of a
few points far out on one side; R4 a trend; R6 points that go up and down in turn; R7 points that
hug the centre line; R8 points that avoid it; A the run rules of Anhoej, for a phase as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from metrics.trend.spec import ChartKind, Preset

Rule = Literal["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "A"]

_ORDER: tuple[Rule, ...] = ("R1", "R3", "R2", "R5", "R4", "R6", "R7", "R8", "A")

PRECEDENCE: Mapping[Rule, int] = {rule: at for at, rule in enumerate(_ORDER)}
"""Which rule speaks for a point that several mark."""


@dataclass(frozen=True)
class Window:
    """`need` of `of` points in a row more than `sigmas` from the centre on one side.

    `all_beside`: the others lie on that side too. `within`: points this far out do not count.
    `marks_all`: every point of the window is marked, not only those far out.
    """

    rule: Rule
    need: int
    of: int
    sigmas: float
    all_beside: bool = False
    within: float | None = None
    marks_all: bool = False


@dataclass(frozen=True)
class RuleSet:
    """What one preset looks for; `false_alarms` is the share of latest points flagged by chance.

    That share is of stable, normal, independent series of 36 points, as benchmarks/false_alarms.py
    finds it. `trend` counts points, of which each is beyond the one before; a tie with the centre
    line breaks a run where `ties_break`, and else neither breaks nor extends it.
    """

    false_alarms: float
    outside: bool = True
    run: int | None = None
    ties_break: bool = False
    windows: tuple[Window, ...] = ()
    trend: int | None = None
    alternating: int | None = None
    hugging: int | None = None
    avoiding: int | None = None
    anhoej: bool = False

    @property
    def zones(self) -> frozenset[float]:
        """Sigmas from the centre at which the rules draw their lines, the limits apart."""
        drawn = {window.sigmas for window in self.windows}
        drawn |= {window.within for window in self.windows if window.within is not None}
        return frozenset(drawn | ({1.0} if self.hugging or self.avoiding else set()))


_TWO_OF_THREE = Window("R3", 2, 3, 2.0)
_FOUR_OF_FIVE = Window("R5", 4, 5, 1.0)

PRESETS: Mapping[Preset, RuleSet] = {
    "standard": RuleSet(
        0.010, run=8, windows=(Window("R3", 2, 3, 2.0, all_beside=True, marks_all=True),)
    ),
    "wheeler": RuleSet(0.010, run=8, windows=(Window("R3", 3, 4, 1.5),)),
    "mdc": RuleSet(
        0.015,
        run=7,
        ties_break=True,
        windows=(Window("R3", 2, 3, 2.0, all_beside=True, within=3.0),),
        trend=7,
    ),
    "mdc2023": RuleSet(
        0.015,
        run=7,
        ties_break=True,
        windows=(Window("R3", 2, 3, 2.0, all_beside=True),),
        trend=7,
    ),
    "weco": RuleSet(0.014, run=8, windows=(_TWO_OF_THREE, _FOUR_OF_FIVE)),
    "nelson": RuleSet(
        0.021,
        run=9,
        windows=(_TWO_OF_THREE, _FOUR_OF_FIVE),
        trend=6,
        alternating=14,
        hugging=15,
        avoiding=8,
    ),
    "anhoej": RuleSet(0.057, outside=False, anhoej=True),
    "shewhart": RuleSet(0.004),
}
"""Sources: Wheeler, Understanding Variation, 1993; Western Electric, Statistical Quality Control
Handbook, 1956; Nelson, The Shewhart control chart - tests for special causes, JQT 16(4), 1984;
NHS England, Making Data Count; Anhoej and Olesen, PLOS ONE 9(11), 2014. Of the Anhoej rules the
share is of phases, as they flag no single point."""

OUTSIDE_ALONE: frozenset[ChartKind] = frozenset({"mr", "s"})
"""Charts of spread: neighbouring ranges share a value, so only R1 means something there."""


_OTHERWISE: Mapping[ChartKind, float] = {
    "run": 0.045,
    "t": 0.06,
    "g": 0.06,
    "mr": 0.008,
    "s": 0.003,
}
"""False alarms of charts whose rules are their own, in 36 points made to the chart's assumptions;
of run, t and g it is a phase that is flagged, not its latest point."""


def rules_for(preset: Preset, chart: ChartKind) -> RuleSet:
    """Return what is looked for on one kind of chart."""
    chosen = PRESETS[preset]
    if chart in OUTSIDE_ALONE:
        return RuleSet(_OTHERWISE[chart] * chosen.outside, outside=chosen.outside)
    if chart == "run":
        return RuleSet(_OTHERWISE[chart], outside=False, anhoej=True)
    if chart == "g":
        return RuleSet(
            _OTHERWISE[chart], chosen.outside, chosen.run, chosen.ties_break, anhoej=True
        )
    if chart == "t":
        return RuleSet(**{**vars(chosen), "anhoej": True, "false_alarms": _OTHERWISE[chart]})
    return chosen
