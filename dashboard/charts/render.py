"""Charts as plain SVG for documents: nothing asks the network, nothing needs a browser to draw."""

from __future__ import annotations

from dataclasses import astuple

import vl_convert as vlc

from dashboard.charts.inks import DARK, LIGHT, AltairChart

DOCUMENT_WIDTH = 860
"""Pixels a chart takes in a document: A4 between its margins at 96 dots an inch, and some."""


def fixed_width(chart: AltairChart, width: int = DOCUMENT_WIDTH) -> dict[str, object]:
    """Return the chart's specification with a width of its own instead of its container's."""
    # Checking a chart against the Vega-Lite schema takes longer than drawing it; tests do it.
    spec: dict[str, object] = chart.to_dict(validate=False)
    if spec.get("width") == "container":
        spec["width"] = width
        spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    return spec


def chart_svg(chart: AltairChart, width: int = DOCUMENT_WIDTH) -> str:
    """Return the chart as SVG text, drawn without any request to the network."""
    svg: str = vlc.vegalite_to_svg(fixed_width(chart, width), allowed_base_urls=[])
    return svg


def in_dark(svg: str) -> str:
    """Return a chart drawn in the inks of a light page in those of a dark one."""
    for light, dark in zip(astuple(LIGHT), astuple(DARK), strict=True):
        svg = svg.replace(light, f"@{dark}")
    return svg.replace("@#", "#")
