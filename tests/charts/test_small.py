from __future__ import annotations

import re
from base64 import b64decode
from xml.etree import ElementTree as ET

import polars as pl

from dashboard.charts import LIGHT, chart_svg, pareto, portfolio, sparkline
from dashboard.charts.breakdown import MOST_BARS
from tests.support.series import ALTERNATING, at_most, monthly, trend_of

PREFIX = "data:image/svg+xml;base64,"


def drawing(uri: str) -> str:
    assert uri.startswith(PREFIX)
    svg = b64decode(uri.removeprefix(PREFIX)).decode()
    ET.fromstring(svg)  # noqa: S314 - our own drawing, parsed to see that it is whole
    return svg


def test_a_sparkline_has_limits_target_line_and_the_last_signal() -> None:
    points = trend_of(monthly([*ALTERNATING, 30.0]), better="lower", targets=(at_most(9.0),)).points
    svg = drawing(sparkline(points, LIGHT))
    assert "<polygon" in svg
    assert "stroke-dasharray" in svg
    assert LIGHT.concern in svg


def test_a_sparkline_of_a_common_point_ends_in_a_dot() -> None:
    svg = drawing(sparkline(trend_of(monthly(ALTERNATING)).points, LIGHT))
    assert "<circle" in svg
    assert LIGHT.concern not in svg


def test_a_sparkline_that_ends_both_better_and_worse_ends_in_a_diamond() -> None:
    points = trend_of(monthly([*ALTERNATING, 30.0]), better="lower").points
    is_last = pl.int_range(pl.len()) == pl.len() - 1
    mixed = pl.when(is_last).then(pl.lit("mixed")).otherwise(pl.col("direction"))
    svg = drawing(sparkline(points.with_columns(direction=mixed), LIGHT))
    (path,) = re.findall(r'<path d="([^"]*)" fill="([^"]*)" stroke="\2"', svg)
    assert (path[0].count("L"), path[1]) == (3, LIGHT.mixed)


def test_sparklines_of_none_one_few_and_broken_series_draw() -> None:
    assert sparkline(trend_of(monthly([None])).points, LIGHT) == ""
    for values in ([5.0], [5.0, 5.0], [1.0, None, 3.0, 2.0]):
        drawing(sparkline(trend_of(monthly(values)).points, LIGHT))
    broken = drawing(sparkline(trend_of(monthly([1.0, 2.0, None, 3.0, 2.0])).points, LIGHT))
    assert broken.count("<polyline") == 2


def test_the_matrix_counts_metrics_by_variation_and_assurance() -> None:
    standings = [
        ("concern", "not_predictable"),
        ("concern", "not_predictable"),
        ("stale", "no_target"),
    ]
    spec = portfolio(standings, LIGHT).to_dict()  # type: ignore[arg-type]
    rows = [row for data in spec["datasets"].values() for row in data if row["n"]]
    found = {(row["row"], row["column"]): row["n"] for row in rows}
    assert found == {("Concern", "Not predictable"): 2, ("No icon", "No target"): 1}
    assert chart_svg(portfolio([], LIGHT)).startswith("<svg")


def test_a_pareto_sorts_and_says_the_running_share() -> None:
    kinds = pl.DataFrame({"kind": ["b", "a", None], "now": [20, 70, 10], "before": [1, 2, None]})
    spec = pareto(kinds, LIGHT).to_dict()
    rows = next(iter(spec["datasets"].values()))
    assert [(row["kind"], row["text"]) for row in rows] == [
        ("a", "70 · 70 %"),
        ("b", "20 · 90 %"),
        ("not given", "10 · 100 %"),
    ]


def test_a_long_pareto_says_how_many_kinds_its_last_bar_holds() -> None:
    kinds = pl.DataFrame(
        {"kind": [f"k{i}" for i in range(12)], "now": range(12, 0, -1), "before": [0] * 12}
    )
    rows = next(iter(pareto(kinds, LIGHT).to_dict()["datasets"].values()))
    assert len(rows) == MOST_BARS
    assert rows[-1]["kind"] == "Other (5 kinds)"
    assert rows[-1]["text"].endswith("100 %")


def test_nothing_to_break_down_is_said() -> None:
    empty = pl.DataFrame(schema={"kind": pl.String, "now": pl.Float64, "before": pl.Float64})
    assert "Nothing to break down" in chart_svg(pareto(empty, LIGHT))
