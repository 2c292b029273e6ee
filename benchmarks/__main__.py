"""Measure speed, side by side with a peer in the same run where there is one: `make bench`.

`make bench WHAT="cells lookup"` measures these alone; `growth`, up to 30 million facts, and the
simulations of the trend engine, minutes each, are measured only when they are named.

The goals are for two cores and are printed beside the figures; they are never test assertions,
because another machine, or a busy one, is another figure.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping

from benchmarks import (
    cells,
    commands,
    false_alarms,
    false_icons,
    growth,
    ingest,
    lookup,
    peer_charts,
    provenance,
    publishing,
    seasons,
    trends,
    verdicts,
)
from benchmarks.figures import Figure

MEASURES: Mapping[str, Callable[[], Iterator[Figure | str]]] = {
    "commands": commands.measure,
    "trends": trends.measure,
    "peers": peer_charts.measure,
    "false_alarms": false_alarms.measure,
    "false_icons": false_icons.measure,
    "detection": false_alarms.detect,
    "verdicts": verdicts.measure,
    "seasons": seasons.measure,
    "cells": cells.measure,
    "lookup": lookup.measure,
    "provenance": provenance.measure,
    "publishing": publishing.measure,
    "ingest": ingest.measure,
    "growth": growth.measure,
}

WHEN_NAMED = frozenset({"growth", "false_alarms", "false_icons", "detection"})
"""What takes too long to be measured unasked."""

UNASKED = tuple(name for name in MEASURES if name not in WHEN_NAMED)


def main() -> None:
    """Print one line a figure, as soon as it is known."""
    print(f"{'what':<70} {'figure':>14} {'goal':>10}")
    for name in sys.argv[1:] or UNASKED:
        for figure in MEASURES[name]():
            print(figure if isinstance(figure, str) else line(figure), flush=True)


def line(figure: Figure) -> str:
    """Return a figure as a line: what it is of, the number with its unit, the goal."""
    goal = "" if figure.goal is None else f"<= {figure.goal:g}"
    return f"{figure.what:<70} {figure.value:>9.3f} {figure.unit:<4} {goal:>10}"


if __name__ == "__main__":
    main()
