"""What a point means is told by its shape: a chart printed in grey loses nothing."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest

from dashboard.charts import DARK, LIGHT, Inks, chart_svg, control_chart
from dashboard.charts.marks import GLYPHS, drawn
from metrics.trend import TrendTarget
from tests.support.series import ALTERNATING, a_spec, monthly, trend_of

BAND = (TrendTarget(date(2000, 1, 1), "band", 8.0, 12.0),)

MARKED = (
    ("common", "common", 1),
    ("signal", "improvement", 1),
    ("signal", "improvement", -1),
    ("signal", "concern", 1),
    ("signal", "concern", -1),
    ("signal", "mixed", 1),
    ("signal", "change", 0),
    ("watch", "concern", 1),
)
"""State, direction and side of the last points of the series below, in their order."""


def every_kind_of_point() -> pl.DataFrame:
    """Return a series that ends in a point left out, one of each of MARKED, and an open period."""
    points = trend_of(
        monthly([*ALTERNATING, *([10.0] * (len(MARKED) + 2))], partial=1), better="inside"
    ).points
    rows = points.to_dicts()
    rows[20]["ghost"] = True
    for row, (state, direction, side) in zip(rows[21:], MARKED, strict=False):
        row["state"], row["side"] = state, side
        row["direction"] = None if state == "common" else direction
        row["rules"] = [] if state == "common" else ["R1"]
    return pl.DataFrame(rows, schema=points.schema)


def looks_of(svg: str) -> list[str]:
    """Return shape and emptiness of each drawn point, nothing of its colour."""
    point = r'<path aria-label="[^"]*; Period: [^"]*"[^>]* d="([^"]*)" fill="([^"]*)"'
    marks = re.findall(point, svg)
    papers = {LIGHT.paper, "white"}
    return [f"{outline(path)} {'hollow' if fill in papers else 'filled'}" for path, fill in marks]


def outline(path: str) -> str:
    """Return a path at a size of 1: a shape is not told apart by its size."""
    numbers = re.findall(r"-?[0-9.]+", path)
    most = max(abs(float(each)) for each in numbers)
    return re.sub(r"-?[0-9.]+", lambda found: f"{float(found.group()) / most:.1f} ", path)


def test_every_kind_of_point_has_a_look_of_its_own_without_colour() -> None:
    spec = a_spec(better="inside", targets=BAND)
    svg = chart_svg(control_chart(every_kind_of_point(), spec, LIGHT))
    looks = looks_of(svg)
    assert len(looks) == 30
    ghost, shown, is_open = looks[20], looks[21:29], looks[29]
    kinds = [ghost, *shown, is_open]
    # An improvement up and one down differ by where they point; a watch is a concern, hollow.
    assert len(set(kinds)) == len(kinds)
    assert looks[0] == shown[0], "a common point is one like the others"


def test_tooltips_name_the_meaning_and_every_rule_in_words() -> None:
    rows = drawn(every_kind_of_point(), a_spec(better="inside", targets=BAND))
    said = rows["tip_reading"].to_list()[20:]
    assert said[0] == "Left out of limits and rules"
    assert said[2] == "Improvement: one point above the upper limit"
    assert said[6].startswith("Mixed, improvement and concern at once: ")
    assert (
        said[8] == "Concern: one point above the upper limit (watch: too early to call it a signal)"
    )
    assert said[9] == "Period still open: drawn hollow, not tested"


def test_a_point_left_out_tells_why() -> None:
    points = every_kind_of_point().with_columns(ghost_reason=pl.lit("Strike of the carriers"))
    left_out = drawn(points, a_spec()).row(20, named=True)
    assert left_out["tip_reading"] == "Left out of limits and rules: Strike of the carriers"
    assert left_out["line"] is None, "no line leads to it"


def test_a_tooltip_speaks_of_the_rules_the_metric_is_judged_by() -> None:
    points = trend_of(monthly([*ALTERNATING, *[14.0] * 8]), rules="mdc").points
    assert (
        "run of 7 or more above the centre line"
        in drawn(points, a_spec(rules="mdc"))["tip_reading"][-1]
    )


def test_every_shape_is_drawn_whole() -> None:
    for name, shape in GLYPHS.items():
        assert "ZM" not in shape, f"Vega leaves the path of {name} open"


@pytest.mark.parametrize("ink", [LIGHT, DARK])
def test_every_ink_that_carries_meaning_stands_out_from_paper_and_band(ink: Inks) -> None:
    for name in ("actual", "previous", "muted", "improvement", "concern", "mixed"):
        for ground in (ink.paper, ink.band):
            assert contrast(getattr(ink, name), ground) >= 3.0, (name, ground)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2.2 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
