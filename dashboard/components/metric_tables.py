"""A metric in tables: its points with limits, and its definition with every target it ever had."""

from __future__ import annotations

import json
from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboard.charts.marks import rules_in_words
from dashboard.company.figures import MetricView
from dashboard.components import page
from dashboard.components.page import plain
from dashboard.components.words import NOTHING, part_words, word
from data.records.models import Target
from metrics.meaning import made_of
from metrics.trend import rule_text
from metrics.trend.wording import target_words

_LIMITS = ("lcl", "cl", "ucl")

_MEANT = {"improvement": "Improvement", "concern": "Concern", "mixed": "Mixed", "change": "Change"}


def show_points(view: MetricView) -> None:
    """Show every period, the newest first: value, parts, limits, target, reading, its rules."""
    digits, number_column = view.metric.decimals, st.column_config.NumberColumn
    text, value = st.column_config.TextColumn, f"%.{view.metric.decimals}f"
    limit = f"%.{digits + 1}f"
    points = view.points.reverse()
    parts = {name: said for name, said in made_of(view.metric).items() if points[name].count()}
    shown = points.select(
        *(pl.col(name) for name in ("label", "value", *parts, *_LIMITS)),
        pl.struct("target_low", "target_high")
        .map_elements(
            lambda each: target_words(each["target_low"], each["target_high"]) or None,
            return_dtype=pl.String,
        )
        .alias("target"),
        pl.col("target_met").replace_strict({True: "met", False: "missed"}).alias("met"),
        pl.col("limits_kind").replace_strict({"none": None}, default=pl.col("limits_kind")),
        pl.col("phase_label").replace("", None),
        _rules(points, view).alias("rules"),
        "ghost_reason",
        *(pl.col(name).str.replace_all("_", " ") for name in ("status", "state")),
    )
    remarks = view.series.select("period", "remark").filter(pl.col("remark") != "")
    if remarks.height:
        told = points.select("period").join(remarks, on="period", how="left", maintain_order="left")
        shown = shown.with_columns(told["remark"])
    st.dataframe(
        shown,
        hide_index=True,
        placeholder=NOTHING,
        column_config={
            "label": text("Period"),
            "value": number_column(view.metric.unit, format=value),
            **{name: number_column(said, format="%.10g") for name, said in parts.items()},
            "lcl": number_column("Lower limit", format=limit),
            "cl": number_column("Centre", format=limit),
            "ucl": number_column("Upper limit", format=limit),
            "target": text("Target"),
            "met": text("Target met"),
            "limits_kind": text("Limits are"),
            "phase_label": text("Phase") if points["phase_label"].n_unique() > 1 else None,
            "rules": text("Rules") if points["rules"].list.len().sum() else None,
            "ghost_reason": text("Left out") if points["ghost_reason"].count() else None,
            "status": text("Status"),
            "state": text("Reading"),
            "remark": text("Remark"),
        },
        alt=f"{view.metric.title} by period, with limits",
    )


def _rules(points: pl.DataFrame, view: MetricView) -> pl.Series:
    """Return the rules of each point in words; nothing is null."""
    told = [
        rules_in_words(rules, side or 0, view.spec) or None
        for rules, side in points.select("rules", "side").iter_rows()
    ]
    return pl.Series(told, dtype=pl.String)


def show_signals(view: MetricView) -> None:
    """Show every signal there ever was, the latest first, and since when it could be known."""
    if view.signals.is_empty():
        return
    labels = dict(view.points.select("period", "label").iter_rows())
    meant = dict(view.points.select("period", "direction").iter_rows())
    rows = [
        {
            "From": labels.get(row["first"], NOTHING),
            "To": labels.get(row["last"], NOTHING),
            "First known at the end of": labels.get(row["known_on"], NOTHING),
            "Meaning": _meaning(meant.get(row["last"]), row["grade"]),
            "Rule": plain(rule_text(row["rule"], row["side"], view.spec.rules)),
        }
        for row in view.signals.reverse().iter_rows(named=True)
    ]
    st.markdown("**Signals so far**, the latest first")
    st.table(rows, border="horizontal", hide_index=True)


def _meaning(direction: str | None, grade: str) -> str:
    word = _MEANT.get(direction or "", NOTHING)
    return f"{word} (watch)" if grade == "watch" else word


def show_events(events: pl.DataFrame) -> None:
    """Show what happened, the latest first: `events` as dashboard.company.events has them."""
    if events.is_empty():
        return
    rows = [
        {"Day": page.day(on), "Event": plain(what)}
        for on, what in events.reverse().select("on", "what").iter_rows()
    ]
    st.markdown("**Events**, the latest first")
    st.table(rows, border="horizontal", hide_index=True)


def show_definition(view: MetricView, targets: Sequence[Target]) -> None:
    """Show what the metric means and who approved it, its targets, then the definition itself."""
    metric = view.metric
    approved = f"{plain(metric.approved_by or NOTHING)}, {page.day(metric.approved_on)}"
    st.table(
        {
            "Title": plain(metric.title),
            "Why": plain(metric.why),
            "Unit": plain(metric.unit),
            "Better": metric.better,
            "Feeds": word(metric.topic or NOTHING),
            "Kept by": plain(", ".join(word(name) for name in metric.by) or "no part"),
            "Approved": approved,
            "To be looked at again": page.day(metric.review_by),
            "Hash": f"`{metric.definition_hash}`",
        },
        border="horizontal",
        hide_header=True,
    )
    if targets:
        st.markdown("**Targets**, by the day they came into force")
        st.table([_target(each) for each in targets], border="horizontal", hide_index=True)
    with st.expander("The definition as it is computed"):
        st.code(metric.canonical_json, language="json", wrap_lines=True)


def _target(target: Target) -> dict[str, str]:
    return {
        "From": page.day(target.from_on),
        "Part": plain(part_words(json.loads(target.slice))),
        "Target": target_words(target.low, target.high),
        "Approved by": plain(target.approver),
        "Reason": plain(target.reason),
        "Objective": plain(target.objective or NOTHING),
        "Set on": page.day(target.set_at),
    }
