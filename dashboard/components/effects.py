"""What publishing a file would change, and what it has changed: rows, then figures."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.company.handing_in import Absent, Checked, Published
from dashboard.company.would_be import Moved
from dashboard.components import links, page
from dashboard.components.page import plain
from dashboard.components.scorecard import variation_word
from dashboard.components.words import NOTHING, count, number, part_words
from metrics.model import Metric

MOST_MOVED = 12
"""Figures shown; the count of all stands beside."""

_SIGNALS = {"concern": ("orange", "Concern"), "improvement": ("blue", "Improving")}


def would_change(checked: Checked) -> None:
    """Show how many rows are new, restated, unchanged and refused, against a version."""
    batch = checked.batch
    page.section("What publishing would change", f"against version {checked.version}")
    absent = sum(each.total for each in checked.absent)
    counts = {
        "New": batch.new,
        "Restated": batch.restated,
        "Unchanged": batch.unchanged,
        "Refused": batch.refused,
        **({"Removed": batch.removed} if batch.removed else {}),
        **({"Missing": absent} if absent else {}),
    }
    with st.grid(len(counts), min_column_width=75, gap="small"):
        for name, value in counts.items():
            st.metric(name, f"{value:,}")
    for each in checked.absent:
        _missing(each)


def _missing(absent: Absent) -> None:
    more = " …" if absent.total > len(absent.keys) else ""
    rows = "row was" if absent.total == 1 else "rows were"
    st.caption(
        f"{absent.total:,} {rows} published for these days before and not in this file: "
        f"{plain('; '.join(absent.keys))}{more}. Publishing leaves them as they are."
    )


def warnings(checked: Checked) -> None:
    """Show what is worth knowing and stops nothing; what has to be fixed stands apart."""
    batch = checked.batch
    told = [plain(each) for each in batch.warnings]
    if batch.left_out:
        told.append(f"{count(batch.left_out, 'row')} left out by the filter of the source.")
    if told:
        page.section("Worth knowing", "stops nothing")
        st.markdown("\n".join(f"* :small[{each}]" for each in told))


def would_be(moved: Sequence[Moved]) -> None:
    """Show the figures that would be different, each with what is published."""
    if not moved:
        st.markdown("No figure would change.")
        return
    st.table(
        [
            {
                "Metric": plain(_title(each)),
                "Period": plain(each.period),
                "Published": _figure(each.before, each.view.metric),
                "Would be": f"**{_figure(each.after, each.view.metric)}**",
                "Signal": _signal(each),
            }
            for each in moved[:MOST_MOVED]
        ],
        border="horizontal",
        hide_index=True,
        alt="Figures that publishing would change",
    )
    if len(moved) > MOST_MOVED:
        st.caption(f"{MOST_MOVED} of {count(len(moved), 'figure')} that would change.")


def _title(each: Moved) -> str:
    part = f", {part_words(each.view.slice)}" if each.view.slice else ""
    return each.view.metric.title + part


def _figure(value: float | None, metric: Metric) -> str:
    if value is None:
        return "no figure"
    return number(value, metric.decimals) + (" %" if metric.unit.startswith("%") else "")


def _signal(each: Moved) -> str:
    """Return what the trend would say, and whether it says so today."""
    now = each.view.summary.state
    if now in _SIGNALS:
        colour, name = _SIGNALS[now]
        glyph = variation_word(each.view).partition(" ")[0]
        return f":{colour}[{glyph} {name} {'stays' if each.was == now else 'begins'}]"
    if each.was in _SIGNALS:
        return f"{_SIGNALS[each.was][1]} ends"
    return "none"


def done(published: Published) -> None:
    """Show what was published, and each figure that is different now."""
    report, batch = published.report, published.report.batches[0]
    st.markdown(
        f":blue-badge[✓ Published] &nbsp;Batch {batch.id}: {count(batch.new, 'new row')}, "
        f"{batch.restated:,} restated, {batch.unchanged:,} unchanged"
        + (f"; {count(batch.refused, 'row')} kept back." if batch.refused else "."),
    )
    if batch.refused:
        links.line("data_health", "See the rows kept back →")
    moved = published.moved
    if not moved:
        st.markdown("No figure has changed by it.")
        return
    extent = count(len(moved), "figure")
    if len(moved) > MOST_MOVED:
        extent = f"{MOST_MOVED} of {extent}"
    page.section("What it changed", f"{extent}, version {report.version}")
    with st.container(border=True, gap="xxsmall"):
        for index, each in enumerate(moved[:MOST_MOVED]):
            _moved(each, index)


def _moved(each: Moved, index: int) -> None:
    view = each.view
    digits = view.metric.decimals
    name, values, signal = st.columns([2, 2, 1.1], vertical_alignment="center", gap="small")
    part = f", {part_words(view.slice)}" if view.slice else ""
    with name:
        if st.button(
            f"**{plain(view.metric.title)}**{plain(part)}",
            type="tertiary",
            wrap=True,
            key=f"upload.moved.{index}",
        ):
            links.go("metric", metric=view.metric.name, **view.slice)
    before = "no figure" if each.before is None else number(each.before, digits)
    after = NOTHING if each.after is None else number(each.after, digits)
    values.markdown(
        f":small[{each.period}:] &nbsp;{before} → **{after}** "
        f":small[:gray[{plain(view.metric.unit)}]]"
    )
    signal.markdown(f":small[:gray[{variation_word(view)}]]")
