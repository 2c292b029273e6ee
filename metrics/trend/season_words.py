"""The season of a series, and what makes its points alike, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from metrics.periods import Grain
from metrics.trend.independence import TOO_ALIKE_FROM
from metrics.trend.season import CYCLE, MOVES
from metrics.trend.spec import TrendSpec
from metrics.trend.wording import listed, number, unit_of

WORTH_NAMING = 0.5
"""Seasons at least this share as far off as the furthest are named."""

_SAID: Mapping[str, str] = {
    "applied": "seasonal: {}",
    "early": "seasonal, from fewer than three full {cycles}: {}",
    "unconfirmed": "seasonal by the definition, though the figures do not prove it: {}",
    "hint": "perhaps seasonal: {}; limits follow a season once three full {cycles} prove it",
}


def season_facts(cells: pl.DataFrame) -> pl.DataFrame:
    """Return per series with a season its grade, is_added and parts: each season's last period."""
    has = cells.filter(pl.col("season_grade").is_not_null() & pl.col("season_part").is_not_null())
    part = pl.struct("period", "label", "season_part")
    return has.group_by("series", maintain_order=True).agg(
        pl.col("season_grade", "season_is_added").last(),
        parts=part.tail(max(CYCLE.values())),
        factors=pl.col("season_factor").tail(max(CYCLE.values())),
    )


def season_text(
    grade: str, parts: Sequence[Mapping[str, object]], spec: TrendSpec, *, is_added: bool
) -> str:
    """Return which seasons are higher and lower and by how much, and what it rests on."""
    own = parts[-CYCLE[spec.grain] :]
    named = [(_name(each, spec.grain), float(str(each["season_part"]))) for each in own]
    middle = 0.0 if is_added else 1.0
    furthest = max(abs(part - middle) for _, part in named)
    sides = []
    for word, sign in (("higher", 1), ("lower", -1)):
        far = [(name, part) for name, part in named if sign * (part - middle) > 0]
        far = [(n, p) for n, p in far if abs(p - middle) >= WORTH_NAMING * furthest]
        far.sort(key=lambda each: -sign * each[1])
        amounts = [(name, _amount(part, spec, is_added=is_added)) for name, part in far]
        told = [f"{name} ({amount})" for name, amount in amounts]
        if told:
            sides.append(f"{word} in {listed(told)}")
    cycles = "weeks" if spec.grain == "day" else "years"
    return _SAID[grade].format(", ".join(sides) or "by less than chance makes", cycles=cycles)


def usual_for(grade: str | None, spec: TrendSpec) -> str:
    """Return what the usual level depends on: "for the season", or nothing."""
    seasonal = grade in MOVES
    if spec.growth:
        return "with expected growth" + (" and for the season" if seasonal else "")
    return "for the season" if seasonal else ""


def dependence_text(r1: float, grain: Grain) -> str:
    """Return that neighbours are alike, what it does to limits and rules, and what to do."""
    text = (
        f"points not independent: neighbouring {unit_of(grain)} are alike (correlation"
        f" {number(r1, 2)}), so runs come by themselves, and one counts only where many of its"
        " points lie beyond a limit"
    )
    if r1 > TOO_ALIKE_FROM:
        text += "; a longer period or another measure would say more"
    return text


def _name(part: Mapping[str, object], grain: Grain) -> str:
    """Return "December", "Q4", "Week 51" or "Thursday": the period without its year."""
    period, label = part["period"], str(part["label"])
    if grain == "day" and isinstance(period, date):
        return f"{period:%A}"
    if grain == "week":
        return label.partition(",")[0]
    return label.partition(" ")[0]


def _amount(part: float, spec: TrendSpec, *, is_added: bool) -> str:
    if is_added:
        return f"{'+' if part > 0 else '−'}{number(abs(part), spec.decimals)}"
    places = 1 if abs(part - 1) >= 0.15 else 2
    return f"{number(part, places)} ×"
