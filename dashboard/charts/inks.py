"""Colours by meaning, one set per theme. Blue and orange are kept for meaning alone."""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt

AltairChart = alt.LayerChart | alt.FacetChart
"""What a chart function returns: `alt.layer` is typed as either."""


@dataclass(frozen=True)
class Inks:
    """Colours by meaning."""

    actual: str
    previous: str
    muted: str
    grid: str
    band: str
    paper: str
    improvement: str
    concern: str
    mixed: str


LIGHT = Inks(
    actual="#263245",
    previous="#868f9c",
    muted="#5b6574",
    grid="#eceef1",
    band="#f5f6f8",
    paper="#ffffff",
    improvement="#1f5fbf",
    concern="#c2560a",
    mixed="#6f4aa8",
)
"""Dark ink for this year, lighter for last: 3 to 1 on paper and bands, the hues 4.5 to 1."""

DARK = Inks(
    actual="#dbe1ea",
    previous="#667286",
    muted="#9aa5b5",
    grid="#242b35",
    band="#181e26",
    paper="#12161c",
    improvement="#7fb0f5",
    concern="#f0a05a",
    mixed="#b99aea",
)
"""The same meanings on a dark page."""
