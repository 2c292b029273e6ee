"""How often the verdict on an action is wrong, and how often rules of thumb are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from benchmarks.figures import Figure
from benchmarks.noise import Numbers, chance, normal, points
from metrics.trend import ChartKind, TrendSpec, analyse
from metrics.trend.verdict import Claim, Judgement, judge_all

SERIES = 3_000

LONG_AFTER = date(2100, 1, 1)

Values = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """Series of which we know what happened: `shift` sigmas better from `before` periods on.

    `r1` is how alike neighbours are, `slope` how far all periods drift, in sigma a period, `season`
    how far a year swings either way; `raised` says that the last period before lay two sigma on the
    worse side, which is why somebody acted.
    """

    before: int = 24
    after: int = 8
    shift: float = 0.0
    r1: float = 0.0
    raised: bool = False
    slope: float = 0.0
    season: float = 0.0
    seed: int = 9

    @property
    def implemented_on(self) -> date:
        """The first day of the periods after."""
        return date(2000 + self.before // 12, self.before % 12 + 1, 1)

    @property
    def claim(self) -> Claim:
        """What was planned: a change of one sigma is worth having."""
        at = self.before - 1
        trigger = (date(2000 + at // 12, at % 12 + 1, 1),) if self.raised else ()
        return Claim(self.implemented_on, worthwhile=1.0, trigger=trigger)


def measure() -> Iterator[Figure | str]:
    """Yield percentages of series: rules of thumb, then the verdict by lengths and by chart."""
    worlds = {
        "no effect": World(),
        "no effect, after a +2 sigma point": World(raised=True),
        "1 sigma": World(shift=1.0),
        "1.5 sigma": World(shift=1.5),
        "2 sigma": World(shift=2.0),
        "no effect, r1 0.4": World(r1=0.4),
        "no effect, r1 0.6": World(r1=0.6),
        "no effect, falling by 0.1 sigma a period before and after": World(slope=-0.1),
    }
    for what, world in worlds.items():
        for rule, share in rules(world).items():
            yield Figure(f"{rule}: {what}", 100 * share, "%", _goal(rule, world))
    for before, after in ((12, 8), (24, 12), (36, 12)):
        for shift, r1 in ((0.0, 0.0), (0.0, 0.4), (0.0, 0.6), (1.0, 0.0), (1.5, 0.0)):
            world = World(before, after, shift, r1)
            what = f"verdict: {before} before, {after} after, {shift:g} sigma, r1 {r1:g}"
            yield Figure(what, 100 * effective(judged(world)), "%", _goal("verdict", world))
    for after in (8, 12):
        for shift, r1 in ((0.0, 0.0), (0.0, 0.4), (1.5, 0.0)):
            world = World(36, after, shift, r1, season=2.0)
            what = f"verdict: season of 2 sigma, 36 + {after}, {shift:g} sigma, r1 {r1:g}"
            yield Figure(what, 100 * effective(judged(world)), "%", _goal("verdict", world))
    yield from _of_charts()


def _goal(rule: str, world: World) -> float | None:
    """Return the most that may be wrong, where that was set: 2 %, and 5 % of alike neighbours."""
    if rule != "verdict" or world.shift or world.slope:
        return None
    return {0.0: 2.0, 0.4: 5.0}.get(world.r1)


def rules(world: World, series: int = SERIES) -> dict[str, float]:
    """Return the share of series each rule calls better: rules of thumb, a signal, the verdict."""
    values = made(world, series)
    found = judged(world, series)
    return {name: float(rule(values, world).mean()) for name, rule in _NAIVE.items()} | {
        "signal alone": sum(each.has_signal for each in found) / series,
        "verdict": effective(found),
    }


def made(world: World, series: int = SERIES) -> Values:
    """Return values of mean 10 and spread 1, lower is better."""
    size = (series, world.before + world.after)
    values = 10 + normal(chance(world.seed), size, world.r1) + world.slope * np.arange(size[1])
    values += world.season * np.sin(np.arange(size[1]) * np.pi / 6)
    values[:, world.before :] -= world.shift
    if world.raised:
        values[:, world.before - 1] = 12
    return values


def judged(world: World, series: int = SERIES) -> list[Judgement]:
    """Return the verdict on every series of a world."""
    spec = TrendSpec("", "", better="lower", season="auto" if world.season else "off")
    return verdicts(points({"value": made(world, series)}), spec, world.claim)


def verdicts(given: pl.DataFrame, spec: TrendSpec, claim: Claim) -> list[Judgement]:
    """Return the verdict on every series of `given`, of which lower is better."""
    names = given["series"].unique(maintain_order=True).to_list()
    specs = dict.fromkeys(names, spec)
    parts = analyse(given, specs).points.partition_by("series", as_dict=True)
    series = {str(name): part for (name,), part in parts.items()}
    return list(judge_all(series, specs, dict.fromkeys(names, claim), LONG_AFTER).values())


def effective(found: list[Judgement]) -> float:
    """Return the share that is called effective and sustained."""
    return sum(each.verdict == "effective" for each in found) / len(found)


def _of_charts() -> Iterator[Figure]:
    """Yield what the verdict makes of counts: nothing changed, spread beyond chance, halved."""
    world = World()
    for what, (chart, draw) in _COUNTED.items():
        for told, wider, level in (
            ("no effect", False, 1.0),
            ("no effect, spread beyond chance", True, 1.0),
            ("halved", False, 0.5),
        ):
            size = (SERIES, world.before + world.after)
            levels = np.ones(size)
            if wider:
                levels = chance(7).gamma(25, 1 / 25, size)
            levels[:, world.before :] *= level
            spec = TrendSpec("", "", kind=chart, better="lower")
            found = verdicts(points(draw(levels)), spec, world.claim)
            goal = 2.0 if level == 1.0 else None
            yield Figure(f"verdict: {what}, {told}", 100 * effective(found), "%", goal)


def _rates(mean: float) -> Callable[[Values], dict[str, Numbers]]:
    def drawn(levels: Values) -> dict[str, Numbers]:
        exposed = chance(3).integers(90, 111, levels.shape)
        return {
            "numerator": chance().poisson(mean * levels * exposed / 100),
            "denominator": exposed,
        }

    return drawn


def _shares(levels: Values) -> dict[str, Numbers]:
    asked = chance(3).integers(150, 250, levels.shape)
    return {"numerator": chance().binomial(asked, 0.1 * levels), "denominator": asked}


_COUNTED: dict[str, tuple[ChartKind, Callable[[Values], dict[str, Numbers]]]] = {
    "rates of 2 a period": ("u", _rates(2)),
    "rates of 5 a period": ("u", _rates(5)),
    "rates of 15 a period": ("u", _rates(15)),
    "10 % of 200": ("p", _shares),
}


def _below_trigger(values: Values, world: World) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = values[:, world.before :].mean(axis=1) < values[:, world.before - 1]
    return found


def _three_and_three(values: Values, world: World) -> NDArray[np.bool_]:
    after = values[:, world.before : world.before + 3].mean(axis=1)
    found: NDArray[np.bool_] = after < values[:, world.before - 3 : world.before].mean(axis=1)
    return found


def _welch(values: Values, world: World) -> NDArray[np.bool_]:
    sides = values[:, : world.before], values[:, world.before :]
    means = [side.mean(axis=1) for side in sides]
    errors = [side.var(axis=1, ddof=1) / side.shape[1] for side in sides]
    error = errors[0] + errors[1]
    small = errors[0] ** 2 / (world.before - 1) + errors[1] ** 2 / (world.after - 1)
    reach = special.stdtrit(error**2 / small, 0.975) * np.sqrt(error)
    found: NDArray[np.bool_] = means[1] + reach < means[0]
    return found


_NAIVE: dict[str, Callable[[Values, World], NDArray[np.bool_]]] = {
    "mean after below the trigger": _below_trigger,
    "mean of 3 after below 3 before": _three_and_three,
    "Welch, trigger left in": _welch,
}
