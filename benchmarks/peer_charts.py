"""The engine beside other Python programs that draw control charts, on the same series."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.environment import last_line, made, run
from benchmarks.figures import Figure, seconds
from benchmarks.noise import Chance, chance, normal
from benchmarks.trends import PERIODS, SERIES, individuals
from metrics.trend import TrendSpec, analyse

ENVIRONMENT = Path(".venv-chart-peers")
PROGRAM = "benchmarks/peers/charts.py"
REQUIREMENTS = "benchmarks/peers/charts.txt"

PEERS = ("shewhart", "pyqicharts", "pccpy", "abspc", "pycontrolcharts", "statprocon")

FEW = 50
"""Series the peers are given: they take milliseconds each, and one after the other."""

Columns = Mapping[str, Sequence[Any]]


def measure() -> Iterator[Figure | str]:
    """Time individuals charts with rules, a series, here and by each peer."""
    points = individuals()
    specs = {str(i): TrendSpec("", "", rules="nelson") for i in range(SERIES)}
    ours = seconds(lambda: analyse(points, specs), times=2) / SERIES
    yield Figure(f"analyse {SERIES:,} x {PERIODS} with Nelson's rules, a series", ours * 1e6, "us")
    few = points["value"].head(FEW * PERIODS).to_list()
    series = [{"value": few[at : at + PERIODS]} for at in range(0, len(few), PERIODS)]
    try:
        python = str(made(ENVIRONMENT, REQUIREMENTS))
    except subprocess.CalledProcessError as error:
        yield f"the others were not measured: {last_line(error.stderr)}"
        return
    for peer in PEERS:
        try:
            given = json.dumps({peer: {"xmr": series}})
            taken = json.loads(run(python, PROGRAM, "timed", given=given))[peer] / FEW
        except subprocess.CalledProcessError as error:
            yield f"{peer} was not measured: {last_line(error.stderr)}"
            continue
        yield Figure(f"the same by {peer}, {FEW} series", taken * 1e6, "us")
        yield Figure(f"ours, of {peer}", ours / taken, "x")


def answers(wanted: Mapping[str, Mapping[str, Sequence[Columns]]]) -> dict[str, Any]:
    """Return what each peer makes of its series, in the environment that is there already."""
    python = str(ENVIRONMENT / "bin" / "python")
    answered: dict[str, Any] = json.loads(run(python, PROGRAM, given=json.dumps(wanted)))
    return answered


def generated(chart: str, count: int) -> list[Columns]:
    """Return series for a kind of chart; every third has a step, every third a drift."""
    source = chance(len(chart))
    return [_GENERATED[chart](source, int(source.integers(12, 49)), at % 3) for at in range(count)]


def _moved(source: Chance, periods: int, what: int) -> list[float]:
    """Return normal values that stay, step up half-way, or drift."""
    step = np.where(np.arange(periods) >= periods // 2, 1.5, 0.0)
    drift = np.linspace(-2, 2, periods)
    way = (np.zeros(periods), step, drift)[what]
    return [float(value) for value in 50 + 4 * (normal(source, (1, periods))[0] + way)]


def _values(source: Chance, periods: int, what: int) -> Columns:
    return {"value": _moved(source, periods, what)}


def _gappy(source: Chance, periods: int, what: int) -> Columns:
    lost = source.random(periods) < 0.1
    values = _moved(source, periods, what)
    return {"value": [None if gone else v for v, gone in zip(values, lost, strict=True)]}


def _shares(source: Chance, periods: int, what: int) -> Columns:
    sizes = source.integers(80, 400, periods)
    chances = np.clip(np.array(_moved(source, periods, what)) / 500, 0.01, 0.9)
    return {"numerator": source.binomial(sizes, chances).tolist(), "denominator": sizes.tolist()}


def _rates(source: Chance, periods: int, what: int) -> Columns:
    sizes = source.integers(300, 900, periods)
    events = source.poisson(sizes * np.array(_moved(source, periods, what)) / 2500)
    return {"numerator": events.tolist(), "denominator": sizes.tolist()}


def _counts(source: Chance, periods: int, what: int) -> Columns:
    return {"value": source.poisson(np.array(_moved(source, periods, what)) / 4).tolist()}


def _times(source: Chance, periods: int, what: int) -> Columns:
    return {"value": source.exponential(_moved(source, periods, what)).tolist()}


def _gaps(source: Chance, periods: int, what: int) -> Columns:
    return {"value": (source.geometric(1 / np.array(_moved(source, periods, what))) - 1).tolist()}


def _equal(source: Chance, periods: int, what: int) -> Columns:
    middles = _moved(source, periods, what)
    return {"groups": [(source.standard_normal(5) * 4 + middle).tolist() for middle in middles]}


def _unequal(source: Chance, periods: int, what: int) -> Columns:
    middles = _moved(source, periods, what)
    sizes = source.integers(2, 9, periods)
    return {
        "groups": [
            (source.standard_normal(n) * 4 + middle).tolist()
            for n, middle in zip(sizes, middles, strict=True)
        ]
    }


_GENERATED = {
    "xmr": _values,
    "xmr by median": _values,
    "xmr with gaps": _gappy,
    "mr": _values,
    "p": _shares,
    "p-prime": _shares,
    "u": _rates,
    "u-prime": _rates,
    "c": _counts,
    "t": _times,
    "g": _gaps,
    "run": _values,
    "xbar": _equal,
    "s": _equal,
    "xbar of unequal": _unequal,
    "s of unequal": _unequal,
}
