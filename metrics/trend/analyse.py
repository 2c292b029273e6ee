"""All series in one pass: grid, chart, limits, targets, rules, meaning, then a summary for each."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from metrics.trend.before import with_old_lines
from metrics.trend.choice import chosen
from metrics.trend.direction import with_direction, with_targets
from metrics.trend.grid import gridded
from metrics.trend.growth import growing
from metrics.trend.independence import guarded
from metrics.trend.limits import with_limits
from metrics.trend.rules import with_rules
from metrics.trend.season import seasoned
from metrics.trend.spec import Trends, TrendSpec
from metrics.trend.summary import Summaries

POINT_COLUMNS = (
    "series", "phase_id", "phase_label", "period", "label", "status", "chart", "numerator",
    "denominator", "n", "value", "expected", "baseline", "ghost", "cl", "lcl", "ucl", "lcl2",
    "ucl2", "sigma", "z", "side", "mr", "url", "rules", "pattern_id", "state", "direction",
    "target", "target_kind", "target_low", "target_high", "target_met", "limits_kind",
    "old_cl", "old_lcl", "old_ucl", "season_factor", "ci_low", "ci_high",
)  # fmt: skip
"""What a point carries, in this order; the order of rows is series, then period."""


def analyse(points: pl.DataFrame, specs: Mapping[str, TrendSpec]) -> Trends:
    """Return limits, rules and a summary of every series in `points`, each read by its spec.

    `points` has series (String), period (Date, start of the period) and status (String), and where
    known numerator, denominator, value, n (numbers), label (the period in words), ghost (excluded),
    phase_id (Int64, rising), phase_label and is_accepted (of the phase: a worse level that people
    accepted). Only status ok is tested; partial is kept, drawn and never tested. A period the input
    skips is a missing one. A spec without points gets the summary no_data.
    The points come back as `POINT_COLUMNS`.
    Raises UsageError for a series without a spec, a period given twice or an absent column.
    """
    cells, charts = with_lines(points, specs)
    return read(cells, charts, specs)


def with_lines(
    points: pl.DataFrame, specs: Mapping[str, TrendSpec]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return every cell with its limits and its target, and the chart chosen for each series."""
    cells = seasoned(gridded(points, specs), specs)
    cells, charts = growing(cells, chosen(cells), specs)
    cells = cells.join(charts, on="series", how="left", maintain_order="left")
    cells = guarded(with_old_lines(with_limits(cells)), specs)
    return with_targets(cells, specs), charts


def read(cells: pl.DataFrame, charts: pl.DataFrame, specs: Mapping[str, TrendSpec]) -> Trends:
    """Return what the rules find in cells that have their lines, and what it means.

    `cells` are those of `with_lines`, or whole stretches of them with `cell` counted anew: no
    pattern reaches beyond what is given.
    """
    cells, patterns = with_rules(cells)
    cells = with_direction(cells, patterns)
    points = cells.select(POINT_COLUMNS).with_columns(_TEXT)
    return Trends(points, patterns.with_columns(_TEXT), Summaries(cells, patterns, charts, specs))


_TEXT = pl.col("series").cast(pl.String)
