"""Measure speed, side by side with a peer in the same run where there is one: `make bench`.

The goals are for two cores and are printed beside the figures; they are never test assertions,
because another machine, or a busy one, is another figure.
"""

from __future__ import annotations

from benchmarks import cells, commands, ingest, trends
from benchmarks.figures import Figure

MEASURES = (commands.measure, trends.measure, cells.measure, ingest.measure)


def main() -> None:
    """Print one line a figure, as soon as it is known."""
    print(f"{'what':<62} {'figure':>14} {'goal':>10}")
    for measure in MEASURES:
        for figure in measure():
            print(line(figure), flush=True)


def line(figure: Figure) -> str:
    """Return a figure as a line: what it is of, the number with its unit, the goal."""
    goal = "" if figure.goal is None else f"<= {figure.goal:g}"
    return f"{figure.what:<62} {figure.value:>9.3f} {figure.unit:<4} {goal:>10}"


if __name__ == "__main__":
    main()
