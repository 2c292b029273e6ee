"""Charts in Altair, drawn from the trend engine's points and summaries; no Streamlit in here.

Every function takes its inks as an argument (LIGHT or DARK) and returns an `AltairChart`, or for
`sparkline` a data URI; `chart_svg` turns a chart into SVG for documents.
"""

from dashboard.charts.breakdown import compared, pareto, small_multiples
from dashboard.charts.control import control_chart
from dashboard.charts.inks import DARK, LIGHT, AltairChart, Inks
from dashboard.charts.portfolio import portfolio
from dashboard.charts.render import chart_svg
from dashboard.charts.sparkline import sparkline
from dashboard.charts.verdict import Change, verdict_chart

__all__ = [
    "DARK",
    "LIGHT",
    "AltairChart",
    "Change",
    "Inks",
    "chart_svg",
    "compared",
    "control_chart",
    "pareto",
    "portfolio",
    "small_multiples",
    "sparkline",
    "verdict_chart",
]
