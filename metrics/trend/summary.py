"""Each series in one line: facts gathered for all series at once, worded one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from math import copysign, inf
from typing import Any

import polars as pl

from metrics.trend.anhoej import FEWEST_USEFUL, MOST_TIES
from metrics.trend.assurance import Wanted, wilson
from metrics.trend.choice import COUNTS, reason
from metrics.trend.ladder import FIRM_FROM, PROVISIONAL_FROM, current_phase
from metrics.trend.limits import SLACK
from metrics.trend.narrative import headline
from metrics.trend.presets import PRECEDENCE
from metrics.trend.process import pooled
from metrics.trend.season_words import dependence_text, season_facts, season_text, usual_for
from metrics.trend.seasonal import assured, processes, promised
from metrics.trend.spec import State, Summary, TrendSpec
from metrics.trend.spread import weight
from metrics.trend.wording import LEFT_OUT, NO_RUN_TESTS, NO_VARIATION, target_words

STALE_AFTER = 2
"""Closed periods without a value, for whatever reason, after which the latest one is old news."""

LEVEL_FROM = 3
"""Fewer periods before a signal than this are no level to compare with: the centre line is."""

_LATEST = (
    "period", "label", "value", "cl", "centre", "sigma", "lcl", "ucl", "limits_kind", "side",
    "rules", "state", "direction", "target_low", "target_high", "target_met", "url", "ladder",
    "season_factor",
)  # fmt: skip
"""Columns of a point that the summary takes from the latest ok one."""

_WAITING = ("ok", "partial", "estimated", "not_due", "not_applicable")


class Summaries(Mapping[str, Summary]):
    """The summary of every spec by name, in the specs' order; without points it says no_data.

    Facts are gathered for all series at once when the first is asked for, each worded when it is.
    """

    def __init__(
        self,
        cells: pl.DataFrame,
        patterns: pl.DataFrame,
        charts: pl.DataFrame,
        specs: Mapping[str, TrendSpec],
    ) -> None:
        self._cells, self._patterns, self._charts = cells, patterns, charts
        self._specs = specs
        self._worded: dict[str, Summary] = {}

    def __getitem__(self, name: str) -> Summary:
        """Return the summary of one series."""
        if name not in self._worded:
            spec, row = self._specs[name], self._rows.get(name)
            self._worded[name] = _empty(name, spec) if row is None else _summary(row, spec)
        return self._worded[name]

    def __iter__(self) -> Iterator[str]:
        """Return the names in the specs' order."""
        return iter(self._specs)

    def __len__(self) -> int:
        """Return how many series there are."""
        return len(self._specs)

    @cached_property
    def _rows(self) -> dict[str, dict[str, Any]]:
        # The periods of a phase without a value yet wait behind the last one that has some.
        current = current_phase(self._cells, 1, and_later=True)
        facts = _facts(current).join(self._charts.drop("chart"), on="series", how="left")
        facts = facts.join(_signals(facts, self._patterns), on="series", how="left")
        facts = facts.join(_levels(current, facts), on="series", how="left")
        if "season_part" in self._cells.columns:
            facts = facts.join(season_facts(self._cells), on="series", how="left")
        facts = facts.with_columns(pl.col("series").cast(pl.String))
        return {row["series"]: row for row in facts.iter_rows(named=True)}


def _facts(current: pl.DataFrame) -> pl.DataFrame:
    """Return one row per series: its last ok point, its limits, its gaps and its correlation."""
    level = "level" if "level" in current.columns else "value"
    mean = pl.col(level).filter("ok").mean().over("series")
    current = current.with_columns(_away=pl.when("ok").then(pl.col(level) - mean))
    beside = pl.col("cell") - pl.col("cell").shift() == 1
    same = pl.col("series") == pl.col("series").shift()
    product = pl.when(beside & same).then(pl.col("_away") * pl.col("_away").shift())
    after = ~pl.col("status").is_in(_WAITING) & (pl.col("ok_rank") == pl.col("ok_points"))
    entry = pl.col("label") + ": " + pl.col("status").str.replace_all("_", " ")
    current = current.with_columns(_product=product, _after=after, _entry=entry)
    ok = pl.col("ok")
    reach = pl.col("value").filter(ok).max() - pl.col("value").filter(ok).min()
    varies = reach > SLACK * pl.col("value").filter(ok).abs().max()
    size = pl.when(pl.col("chart") == "i-prime").then(weight()).otherwise(pl.col("denominator"))
    plain = pl.col("_product").sum() / (pl.col("_away") ** 2).sum()
    guarded = (pl.lit(None, pl.Float64), pl.lit(value=False))
    if "is_dependent" in current.columns:
        guarded = (pl.col("r1").filter(ok).last(), pl.col("is_dependent").filter(ok).last())
    return current.group_by("series", maintain_order=True).agg(
        *(pl.col(name).filter(ok).last().alias(name) for name in _LATEST),
        pl.col("chart", "kind", "per", "exact", "bound_low", "bound_high").last(),
        pl.col("baseline_rows").last(),
        rows=pl.len(),
        n=ok.sum(),
        left_out=(pl.col("status") == "ok").sum() - ok.sum(),
        base=pl.col("baseline").sum(),
        before_last=pl.col("value").filter(ok).slice(-2, 1).first(),
        varies=varies,
        frozen_on=pl.col("period").filter(_freezes()).last(),
        latest_size=size.filter(ok).last(),
        usual_size=size.filter(ok).tail(12).median(),
        counted=pl.coalesce("numerator", "value").filter("baseline").sum(),
        exposed=size.filter("baseline").sum(),
        tied=(pl.col("side").filter(ok) == 0).mean(),
        mean_mr=pl.col("mr").filter("baseline").mean(),
        largest_mr=pl.col("mr").filter("baseline").max(),
        quiet_mr=pl.col("mr").filter(pl.col("baseline") & (pl.col("mr") <= pl.col("url"))).mean(),
        hits=pl.col("target_met").filter(ok).sum(),
        judged=pl.col("target_met").filter(ok).count(),
        r1=pl.when(varies).then(pl.coalesce(guarded[0], plain)),
        is_dependent=guarded[1].fill_null(value=False),
        late=(pl.col("_after") & pl.col("status").is_in(["missing", "late"])).sum(),
        missing=pl.col("_entry").filter(~pl.col("status").is_in(_WAITING)),
        overdue=pl.col("_entry").filter("_after"),
    )


def _freezes() -> pl.Expr:
    """Return whether limits froze at a cell: the baseline asked for ends there, or is reached."""
    reached = pl.col("ladder") & pl.col("ok") & (pl.col("ok_rank") == pl.col("freeze_at"))
    complete = pl.len() >= pl.col("baseline_rows")
    return (
        pl.when(pl.col("baseline_rows").is_null())
        .then(reached)
        .otherwise(pl.col("baseline") & complete)
    )


def _signals(facts: pl.DataFrame, patterns: pl.DataFrame) -> pl.DataFrame:
    """Return per series the patterns active on its last ok point: since, known_on, grade, codes.

    Signals go before watches; of several the one that began first tells since when.
    """
    active = facts.select("series", last="period").join(patterns, on=["series", "last"])
    strength = pl.col("grade").replace_strict({"signal": 0, "watch": 1}, return_dtype=pl.Int8)
    # A pattern of a phase as a whole began with the phase: it says since when only by itself.
    active = active.with_columns(_strength=strength, _whole=pl.col("rule") == "A").sort(
        "series", "_strength", "_whole", "first", "known_on"
    )
    active = active.filter(pl.col("_strength") == pl.col("_strength").min().over("series"))
    order = pl.col("rule").replace_strict(PRECEDENCE, return_dtype=pl.Int8)
    return active.group_by("series", maintain_order=True).agg(
        pl.col("grade").first(),
        since=pl.col("first").first(),
        known_on=pl.col("known_on").first(),
        codes=pl.col("rule").sort_by(order),
        sides=pl.col("side").sort_by(order),
    )


def _levels(current: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Return per series with an active pattern: level since, level before, since_label, held."""
    begun = facts.filter(pl.col("since").is_not_null()).select("series", "since", last="period")
    cells = current.join(begun, on="series")
    is_ratio = pl.col("chart").is_in(COUNTS) & (pl.col("kind") != "c")
    size = (
        pl.when(is_ratio)
        .then(pl.col("denominator") / pl.col("per"))
        .when(pl.col("chart") == "i-prime")
        .then(weight())
        .otherwise(1.0)
    )
    count = pl.when(is_ratio).then(pl.col("numerator")).otherwise(pl.col("value") * pl.col("_size"))
    cells = cells.with_columns(_size=size).with_columns(_count=count)
    during = pl.col("ok") & (pl.col("period") >= pl.col("since"))
    before = pl.col("baseline") & (pl.col("period") < pl.col("since"))
    shown = (pl.col("period") >= pl.col("since")) & (pl.col("period") <= pl.col("last"))
    expected = (pl.col("cl") * pl.col("_size")).filter(during).sum()
    is_bent = pl.lit(value="level" in cells.columns)
    return cells.group_by("series").agg(
        expected=pl.when(is_bent).then(expected / pl.col("_size").filter(during).sum()),
        level=pl.col("_count").filter(during).sum() / pl.col("_size").filter(during).sum(),
        level_before=pl.col("_count").filter(before).sum() / pl.col("_size").filter(before).sum(),
        periods_before=before.sum(),
        since_label=pl.col("label").filter(pl.col("period") == pl.col("since")).first(),
        held=shown.sum(),
    )


def _empty(name: str, spec: TrendSpec) -> Summary:
    summary = Summary(
        series=name, chart=spec.kind, reason=reason("few", spec.kind, spec.kind, {}), n=0,
        limits_kind="none", state="no_data", headline="",
    )  # fmt: skip
    return replace(summary, headline=headline(summary, spec, "", 0))


def _summary(row: dict[str, Any], spec: TrendSpec) -> Summary:
    state, signal = _state(row), row["grade"] == "signal"
    rate, rate_low, rate_high = pooled(row) or (None, None, None)
    usual = usual_for(row.get("season_grade"), spec)
    summary = Summary(
        series=row["series"],
        chart=row["chart"],
        reason=reason(row["why"], row["kind"], row["chart"], row),
        n=row["n"],
        limits_kind=row["limits_kind"] or "none",
        preset=spec.rules,
        state=state,
        headline="",
        rules=tuple(row["codes"] or ()),
        rule_sides=tuple(row["sides"] or ()),
        is_watch=row["grade"] == "watch",
        side=row["side"] or 0,
        since=row["since"],
        known_on=row["known_on"],
        level=row["level"] if signal else None,
        previous_level=_previous(row, usual) if signal else None,
        latest_period=row["period"],
        latest_label=row["label"] or "",
        latest_value=row["value"],
        previous_value=row["before_last"] if row["n"] > 1 else None,
        centre=row["cl"],
        lower_limit=row["lcl"],
        upper_limit=row["ucl"],
        frozen_on=row["frozen_on"],
        pooled=rate,
        pooled_low=rate_low,
        pooled_high=rate_high,
        is_rare=row["is_rare"] or False,
        dispersion=row["dispersion"],
        r1=row["r1"],
        missing=tuple(row["missing"]),
        overdue=tuple(row["overdue"]),
        note=_notes(_note(row), _alike(row, spec)),
        is_dependent=row["is_dependent"],
        season=_season(row, spec),
        usual_for=usual,
    )
    summary = _promised(summary, row, spec)
    sentence = headline(summary, spec, row["since_label"] or "", row["held"] or 0)
    return replace(summary, headline=sentence)


def _promised(summary: Summary, row: dict[str, Any], spec: TrendSpec) -> Summary:
    """Return the summary with its target: what was met so far, and what will be."""
    has_target = row["target_low"] is not None or row["target_high"] is not None
    wanted = Wanted(row["target_low"], row["target_high"]) if has_target else None
    cycle = processes(row, spec)
    is_concern = row["state"] == "signal" and row["direction"] in {"concern", "mixed"}
    known = bool(cycle) and row["n"] >= PROVISIONAL_FROM
    promise = promised(cycle, wanted) if known and wanted else (None, None, None)
    hits_low, hits_high = wilson(row["hits"], row["judged"]) or (None, None)
    return replace(
        summary,
        target_text=target_words(row["target_low"], row["target_high"]),
        target_met=row["target_met"],
        target_hits=row["hits"],
        target_periods=row["judged"],
        hits_low=hits_low,
        hits_high=hits_high,
        assurance=assured(cycle, wanted, is_concern=is_concern, r1=row["r1"]),
        assurance_is_provisional=known and row["n"] < FIRM_FROM and wanted is not None,
        p_success=promise[0],
        p_low=promise[1],
        p_high=promise[2],
    )


def _state(row: dict[str, Any]) -> State:
    if row["n"] == 0:
        return "no_data"
    if row["late"] > 0 or len(row["overdue"]) >= STALE_AFTER:
        return "stale"
    if row["limits_kind"] == "none" or (row["sigma"] is None and row["chart"] != "run"):
        return "too_few_points"
    if row["state"] != "signal":
        return "change" if row["grade"] == "signal" else "common_cause"
    states: dict[str, State] = {
        "concern": "concern", "improvement": "improvement", "mixed": "mixed"
    }  # fmt: skip
    return states.get(row["direction"], "change")


def _previous(row: dict[str, Any], usual: str) -> float:
    """Return the level before the signal, or the centre line where too little came before it.

    The centre line too when the earlier periods lie on the far side of the later ones: a run is
    evidence against the centre line, and the sentence must not say up where the number went down.
    Where a season or growth bends the centre line (`usual`), what that line said since.
    """
    if usual:
        return float(row["expected"])
    centre = float(row["cl"])
    if row["periods_before"] < LEVEL_FROM:
        return centre
    change = (row["level"] - row["level_before"]) * copysign(1, row["level"] - centre)
    return float(row["level_before"]) if change > SLACK * abs(centre) else centre


def _notes(*notes: str) -> str:
    """Return what is to be noted as sentences, the first as it is said alone."""
    return ". ".join(
        text if at == 0 else f"{text[0].upper()}{text[1:]}"
        for at, text in enumerate(filter(None, notes))
    )


def _alike(row: dict[str, Any], spec: TrendSpec) -> str:
    return dependence_text(row["r1"], spec.grain) if row["is_dependent"] else ""


def _season(row: dict[str, Any], spec: TrendSpec) -> str:
    grade, parts = row.get("season_grade"), row.get("parts")
    return (
        season_text(grade, parts, spec, is_added=row["season_is_added"]) if grade and parts else ""
    )


def _note(row: dict[str, Any]) -> str:
    """Return what the reader must know of the limits: how few, that nothing varies, or jumps."""
    if row["n"] == 0 and row["left_out"] > 0:
        return LEFT_OUT
    if row["baseline_rows"] is not None and row["rows"] < row["baseline_rows"]:
        return (
            f"limits come from all {row['rows']} rows of the phase: it has fewer than the "
            f"{row['baseline_rows']} asked for"
        )
    if row["limits_kind"] != "none" and row["n"] > 1 and not row["varies"]:
        return f"{NO_VARIATION}: the same in all {row['n']} periods"
    if row["chart"] == "run" and row["n"] >= FEWEST_USEFUL and row["tied"] >= MOST_TIES:
        return (
            f"{NO_RUN_TESTS}: {100 * row['tied']:.0f} % of the values lie on the centre line, so"
            " sides say nothing; look at the gaps between events on a t or g chart"
        )
    if row["chart"] == "xmr" and row["url"] and row["largest_mr"] > row["url"] * (1 + SLACK):
        wider = 100 * (row["mean_mr"] / row["quiet_mr"] - 1) if row["quiet_mr"] else inf
        return (
            f"limits inflated by {wider:.0f} % by a jump inside their own periods; where its cause "
            "is known, exclude its point, or begin a phase there if the new level stayed"
        )
    return ""
