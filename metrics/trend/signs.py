"""What the rules say of the periods before an action and after it, of many series in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple, cast

import polars as pl

from metrics.trend.analyse import read, with_lines
from metrics.trend.before_after import RARE
from metrics.trend.claim import Outlook
from metrics.trend.spec import ChartKind, Summary, TrendSpec, TrendTarget

COUNTED = ("p", "u", "c")
"""Charts whose limits the counts before decide: by three sigma, exactly, or beyond chance."""

RECENT = 6
"""Periods at the end that must still show what was found."""

_NO_DAY = date(1970, 1, 1)
"""Events have an order, and several may share a day: the engine is given one day each."""


@dataclass(frozen=True)
class Signs:
    """Patterns of the periods after alone, by limits of those before.

    `has_good` is a pattern on the better side, `is_adverse` one on the other in the last periods.
    `outside` counts signals of rule 1 on the better side, `beyond` values past the better limit;
    `held` is the share of the last periods on the better side of the old centre line, `is_inside`
    whether all lie within the old limits, `relapses` whether the periods after, by limits of their
    own, end in an adverse signal. `is_improving` and `unstable` are of the periods before, by
    limits of their own: a pattern for the better at their end, the share of them in any pattern.
    """

    has_good: bool
    is_adverse: bool
    outside: int
    beyond: int
    held: float
    is_inside: bool
    relapses: bool
    is_improving: bool
    unstable: float


@dataclass(frozen=True)
class Read:
    """The signs of every series by name, and its summaries before and after by limits of each."""

    signs: Mapping[str, Signs]
    summaries: Mapping[str, Summary]

    def outlook(self, name: str, side: str) -> Outlook:
        """Return whether the process of one side meets the target in force at the end."""
        summary = self.summaries[f"{side} {name}"]
        return Outlook(summary.assurance, summary.p_success)


def read_signs(rows: pl.DataFrame, specs: Mapping[str, TrendSpec]) -> Read:
    """Return what the rules say of `rows`, which are those of `parted` with periods before."""
    rows = rows.with_columns(
        ghost=~pl.col("is_before") & ~pl.col("is_after"),
        phase_id=0,
        period=pl.when(pl.col("chart").is_in(RARE))
        .then(pl.lit(_NO_DAY) + pl.duration(days=pl.col("at")))
        .otherwise("period"),
    )
    last = pl.col("at").filter("is_before").max().over("series")
    stretches = {
        "both": rows,
        "before": rows.filter(pl.col("at") <= last),
        "after": rows.filter("is_late"),
    }
    own = {
        f"{part} {name}": _spec(specs[name], part, facts)
        for part, stretch in stretches.items()
        for name, facts in _facts(stretch, part)
    }
    frames = [
        stretch.with_columns(pl.concat_str(pl.lit(f"{part} "), "series").alias("series"))
        for part, stretch in stretches.items()
    ]
    cells, charts = with_lines(pl.concat(frames), own)
    trends = read(_judged(cells, rows), charts, own)
    return Read(_signs(trends.points, trends.patterns, rows), trends.summaries)


class _Facts(NamedTuple):
    """What is known of one stretch: `rows` are those its limits come from."""

    chart: str
    last_on: date
    rows: int
    has_season: bool


def _facts(stretch: pl.DataFrame, part: str) -> Iterator[tuple[str, _Facts]]:
    """Yield each series with the facts of its stretch."""
    base = pl.col("at") if part == "after" else pl.col("at").filter("is_before")
    found = stretch.group_by("series").agg(
        pl.col("chart").drop_nulls().last().fill_null("xmr"),
        pl.col("period").max(),
        rows=base.max() - pl.col("at").min() + 1,
        has_season=pl.col("season_factor").is_not_null().any(),
    )
    yield from ((name, _Facts(*facts)) for name, *facts in found.iter_rows())


def _spec(spec: TrendSpec, part: str, facts: _Facts) -> TrendSpec:
    """Return how one stretch is read: its own limits on the ladder, or those of before, frozen.

    Where the chart of the whole series follows a season, so do these, from two cycles on.
    """
    options = replace(spec.options, ladder=part != "both", baseline=facts.rows)
    rare = facts.chart in RARE
    return replace(
        spec,
        kind=cast("ChartKind", facts.chart),
        fixed=spec.fixed or facts.chart not in COUNTED,
        grain="day" if rare else spec.grain,
        targets=_in_force(spec, facts.last_on) if part != "both" else (),
        options=options,
        season="on" if facts.has_season else "off",
        guards=part != "both",
    )


def _in_force(spec: TrendSpec, day: date) -> tuple[TrendTarget, ...]:
    """Return the target of the last period, in force for every period: both sides meet one."""
    begun = [target for target in spec.targets if target.from_on <= day]
    latest = max(begun, key=lambda target: target.from_on, default=None)
    return (latest._replace(from_on=date.min),) if latest else ()


def _judged(cells: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the cells rules are read on: of both sides together, only those after the action."""
    late = rows.filter("is_late").group_by("series").agg(_from=pl.col("period").min())
    late = late.select(
        series=pl.concat_str(pl.lit("both "), "series").cast(cells.schema["series"]), _from="_from"
    )
    cells = cells.join(late, on="series", how="left", maintain_order="left")
    is_both = pl.col("series").cast(pl.String).str.starts_with("both ")
    shown = ~is_both | (pl.col("period") >= pl.col("_from")).fill_null(value=False)
    kept = cells.filter(shown).drop("_from")
    return kept.with_columns(cell=pl.int_range(pl.len(), dtype=pl.Int64))


def _signs(points: pl.DataFrame, patterns: pl.DataFrame, rows: pl.DataFrame) -> dict[str, Signs]:
    good = rows.group_by("series").agg(pl.col("good").first()).rename({"series": "name"})
    ok = _split(points).filter(pl.col("status") == "ok", ~pl.col("ghost"))
    ok = ok.join(good, on="name", maintain_order="left")
    sides = _before(ok).join(_after(ok), on="name", how="left")
    found = _found(_split(patterns).join(sides, on="name")).join(sides, on="name", how="right")
    told = found.select("name", *(pl.col(name).fill_null(none) for name, none in _NONE.items()))
    return {row.pop("name"): Signs(**row) for row in told.iter_rows(named=True)}


_NONE: Mapping[str, bool | int | float] = {
    "has_good": False,
    "is_adverse": False,
    "outside": 0,
    "beyond": 0,
    "held": 0.0,
    "is_inside": True,
    "relapses": False,
    "is_improving": False,
    "unstable": 0.0,
}
"""What is said of each where nothing was found."""


def _split(frame: pl.DataFrame) -> pl.DataFrame:
    series = pl.col("series")
    return frame.with_columns(
        part=series.str.extract(r"^(\w+) "), name=series.str.replace(r"^\w+ ", "")
    )


def _before(ok: pl.DataFrame) -> pl.DataFrame:
    """Return per name its good side, the last period before and the share in a pattern."""
    marked = pl.col("rules").list.len() > 0
    return (
        ok.filter(part="before")
        .group_by("name")
        .agg(pl.col("good").first(), ended=pl.col("period").max(), unstable=marked.mean())
    )


def _after(ok: pl.DataFrame) -> pl.DataFrame:
    """Return per name how the periods after lie to the lines of before."""
    limit = pl.when(pl.col("good") > 0).then("ucl").otherwise("lcl")
    side = pl.col("side").cast(pl.Int64)
    return (
        ok.filter(part="both")
        .group_by("name", maintain_order=True)
        .agg(
            beyond=((pl.col("value") - limit) * pl.col("good") > 0).sum(),
            held=(side.tail(RECENT) * pl.col("good").tail(RECENT) > 0).mean(),
            is_inside=pl.col("value").is_between("lcl", "ucl").fill_null(value=False).all(),
            leans=side.sum().sign(),
            recent=pl.col("period").tail(RECENT).min(),
        )
    )


def _found(patterns: pl.DataFrame) -> pl.DataFrame:
    """Return per name what its patterns say; a run that is too long is of the side it leans to."""
    side = pl.when(pl.col("rule") == "A").then(pl.col("leans")).otherwise(pl.col("side"))
    after, own = pl.col("part") == "both", pl.col("part") == "after"
    for_better, late = side == pl.col("good"), pl.col("last") >= pl.col("recent")
    at_end = (pl.col("part") == "before") & (pl.col("last") == pl.col("ended"))
    return patterns.group_by("name").agg(
        has_good=(after & for_better).any(),
        is_adverse=(after & late & (side == -pl.col("good"))).any(),
        outside=(after & for_better & (pl.col("rule") == "R1")).sum(),
        relapses=(own & late & (side == -pl.col("good")) & (pl.col("grade") == "signal")).any(),
        is_improving=(at_end & for_better).any(),
    )
