"""The catalogue of definitions: a grid where there is room, a list of links on a phone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import polars as pl
import streamlit as st

from dashboard.components import links
from dashboard.components.page import plain
from dashboard.components.scorecard import target_sign
from dashboard.components.words import NOTHING, count, pixels
from dashboard.documents.definitions import Described
from metrics.lint import Finding

GRID = 1288
"""Pixels of a grid on a page of full width."""


def definition_list(shown: Sequence[Described], found: Sequence[Finding]) -> None:
    """Show a row a definition; a click on one opens it in full."""
    many = Counter(name for each in found for name in {each.metric, each.other} - {""})
    rows = [_row(each, many) for each in shown]
    with st.container(key="definitions.grid"):
        _grid(shown, rows)
    with st.container(key="definitions.cards", gap=None, border=True):
        for each, row in zip(shown, rows, strict=True):
            _card(each, row)


def _row(each: Described, many: Mapping[str, int]) -> dict[str, str]:
    metric = each.metric
    found = many.get(metric.name, 0)
    return {
        "Title": metric.title,
        "Findings": f"▲ {found}" if found else "",
        "Counts": each.meaning,
        "Unit": metric.unit,
        "Owner": each.owner or NOTHING,
        "Topic": (metric.topic or NOTHING).replace("_", " "),
        "Target": target_sign(each.targets[0].partition(" from ")[0] if each.targets else ""),
        "Period": metric.period,
        "Kind": metric.measure.kind,
    }


def _grid(shown: Sequence[Described], rows: Sequence[Mapping[str, str]]) -> None:
    text = st.column_config.TextColumn
    picked = st.dataframe(
        pl.DataFrame(list(rows)),
        hide_index=True,
        row_height=36,
        height="content",
        column_config={name: text(name, width=width) for name, width in _widths(rows).items()},
        alt="Every definition: what it counts, unit, owner, topic, target, period, kind, findings",
        on_select="rerun",
        selection_mode="single-cell",
        key="definitions.rows",
    )
    if picked.selection.cells:
        links.go("definitions", metric=shown[picked.selection.cells[0][0]].metric.name)


def _widths(rows: Sequence[Mapping[str, str]]) -> dict[str, int]:
    """Return the pixels of each column: what a metric counts gets what the others leave."""
    limits = {"Title": 256, "Unit": 200, "Owner": 156, "Topic": 216, "Target": 90, "Kind": 90}
    found = {name: pixels((row[name] for row in rows), 60, most) for name, most in limits.items()}
    found |= {"Findings": 70, "Period": 62}
    return found | {"Counts": max(GRID - sum(found.values()), 190)}


def _card(each: Described, row: Mapping[str, str]) -> None:
    told = [f"**{plain(each.metric.title)}**", f":small[{plain(each.meaning)}]"]
    quiet = [plain(row["Unit"]), plain(each.owner or "no owner"), plain(row["Kind"])]
    found = row["Findings"].removeprefix("▲ ")
    if found:
        quiet.append(f"▲ {count(int(found), 'finding')}")
    told.append(f":small[:gray[{' · '.join(quiet)}]]")
    links.line("definitions", "  \n".join(told), metric=each.metric.name)
