"""A seasonal process against its target: period by period of a cycle, then all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

from metrics.trend.assurance import Process, Wanted, assurance, p_interval, p_success
from metrics.trend.levelled import INDIVIDUAL
from metrics.trend.process import Row, process_of
from metrics.trend.season import CYCLE, MOVES
from metrics.trend.spec import Assurance, TrendSpec


def processes(row: Row, spec: TrendSpec) -> list[Process]:
    """Return the process as each period of a cycle has it; of one without a season, the only one.

    None where there are no limits.
    """
    rows = [_moved(row, factor) for factor in _factors(row, spec)] or [row]
    return [process for each in rows if (process := process_of(each)) is not None]


def assured(
    cycle: Sequence[Process], wanted: Wanted | None, *, is_concern: bool, r1: float | None
) -> Assurance:
    """Return whether the target will be met all through a cycle: hit or miss where not alike."""
    answers = {
        assurance(process, wanted, is_concern=is_concern, r1=r1) for process in cycle or (None,)
    }
    return answers.pop() if len(answers) == 1 else "hit_or_miss"


def promised(cycle: Sequence[Process], wanted: Wanted) -> tuple[float, float, float]:
    """Return the share of periods that will meet the target, and its interval, over a cycle."""
    ends = [p_interval(process, wanted) for process in cycle]
    share = mean(p_success(process, wanted) for process in cycle)
    return share, mean(low for low, _ in ends), mean(high for _, high in ends)


def _factors(row: Row, spec: TrendSpec) -> list[float]:
    if row.get("season_grade") not in MOVES or row["sigma"] is None:
        return []
    return [each for each in row["factors"][-CYCLE[spec.grain] :] if each is not None]


def _moved(row: Row, factor: float) -> Row:
    """Return the facts with the lines of another period of the cycle: its factor, or difference."""
    now, line, sigma = row["season_factor"], row["cl"], row["sigma"]
    if row["season_is_added"]:
        line += factor - now
    else:
        line *= factor / now
        sigma *= _wider(row, factor / now)
    low, high = line - 3 * sigma, line + 3 * sigma
    least, most = row["bound_low"], row["bound_high"]
    return {
        **row,
        "cl": line,
        "centre": line,
        "sigma": sigma,
        "lcl": low if least is None else max(low, least),
        "ucl": high if most is None else min(high, most),
    }


def _wider(row: Row, ratio: float) -> float:
    """Return how many times sigma is what it is now where the level is `ratio` times as high."""
    if row["chart"] in INDIVIDUAL:
        return ratio
    if row["chart"] not in {"p", "p-prime"}:
        return float(ratio**0.5)
    share = row["cl"] / row["per"]
    others = max(1 - share * ratio, 0.0) / (1 - share) if share < 1 else 1.0
    return float((ratio * others) ** 0.5)
