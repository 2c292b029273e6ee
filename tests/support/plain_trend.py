"""The XmR chart and the standard rules again, one point at a time, as a reader would check them."""

from __future__ import annotations

from collections.abc import Sequence

FREEZE = 20


def plain_limits(values: Sequence[float | None]) -> tuple[float, float | None]:
    """Return centre and sigma of the first twenty values: mean, 2.66 mean moving range / 3."""
    known = [i for i, value in enumerate(values) if value is not None][:FREEZE]
    base = [value for i in known if (value := values[i]) is not None]
    ranges = []
    for i in known:
        now, before = values[i], values[i - 1] if i else None
        if now is not None and before is not None:
            ranges.append(abs(now - before))
    sigma = 2.66 * (sum(ranges) / len(ranges)) / 3 if ranges else None
    return sum(base) / len(base), sigma


def plain_rules(values: Sequence[float | None], centre: float, sigma: float) -> list[set[str]]:
    """Return the rules each cell belongs to, found by walking along the series."""
    marks: list[set[str]] = [set() for _ in values]
    for stretch in _stretches(values):
        points = [(i, values[i]) for i in stretch]
        places = [(i, _place(value, centre, sigma)) for i, value in points if value is not None]
        for i, place in places:
            if abs(place) == 3:
                marks[i].add("R1")
        _mark_runs([(i, place) for i, place in places if place != 0], marks)
        _mark_pairs(places, marks)
    return marks


def _stretches(values: Sequence[float | None]) -> list[list[int]]:
    """Return the indexes of values between gaps of two or more."""
    stretches: list[list[int]] = [[]]
    empty = 0
    for i, value in enumerate(values):
        empty = empty + 1 if value is None else 0
        if empty == 2:
            stretches.append([])
        if value is not None:
            stretches[-1].append(i)
    return stretches


def _place(value: float, centre: float, sigma: float) -> int:
    """Return 0 on the centre line, ±1 within two sigma, ±2 beyond two, ±3 beyond three."""
    away = value - centre
    if abs(away) <= 1e-9 * max(abs(centre), sigma):
        return 0
    sign = 1 if away > 0 else -1
    for level in (3, 2):
        line = centre + sign * level * sigma
        if (value - line) * sign > 1e-9 * max(abs(line), sigma):
            return sign * level
    return sign


def _mark_runs(places: Sequence[tuple[int, int]], marks: list[set[str]]) -> None:
    run: list[int] = []
    side = 0
    for i, place in places:
        now = 1 if place > 0 else -1
        run = [*run, i] if now == side else [i]
        side = now
        if len(run) >= 8:
            for member in run:
                marks[member].add("R2")


def _mark_pairs(places: Sequence[tuple[int, int]], marks: list[set[str]]) -> None:
    for window in zip(places, places[1:], places[2:], strict=False):
        for sign in (1, -1):
            beside = [place * sign for _, place in window]
            if min(beside) > 0 and sum(place >= 2 for place in beside) >= 2:
                for i, _ in window:
                    marks[i].add("R3")
