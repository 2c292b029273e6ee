"""The published sets of rules again, walking along one series without gaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

Found = list[set[str]]


def plain_marks(values: Sequence[float], centre: float, sigma: float, preset: str) -> Found:
    """Return the rules that mark each point."""
    z = [(value - centre) / sigma for value in values]
    marks: Found = [set() for _ in z]
    if preset != "anhoej":
        for i, at in enumerate(z):
            if abs(at) > 3:
                marks[i].add("R1")
    for rule, mark in _RULES[preset]:
        for i in mark(z):
            marks[i].add(rule)
    return marks


def run(length: int, *, ties_break: bool = False) -> Callable[[Sequence[float]], set[int]]:
    """Return the members of runs on one side; a tie breaks, or is as if it were not there."""

    def found(z: Sequence[float]) -> set[int]:
        members: set[int] = set()
        current: list[int] = []
        for i, at in enumerate(z):
            if at == 0:
                current = [] if ties_break else current
                continue
            same = current and (z[current[-1]] > 0) == (at > 0)
            current = [*current, i] if same else [i]
            if len(current) >= length:
                members |= set(current)
        return members

    return found


def window(
    need: int, of: int, sigmas: float, *, all_beside: bool = False, within: float = 99.0,
    marks_all: bool = False,
) -> Callable[[Sequence[float]], set[int]]:  # fmt: skip
    """Return the members of windows with enough far points on one side."""

    def found(z: Sequence[float]) -> set[int]:
        members: set[int] = set()
        for start in range(len(z) - of + 1):
            places = range(start, start + of)
            for sign in (1, -1):
                far = {i for i in places if sigmas < z[i] * sign <= within}
                beside = all(z[i] * sign > 0 for i in places)
                if len(far) >= need and (beside or not all_beside):
                    members |= set(places) if marks_all else far
        return members

    return found


def stretch(
    length: int, holds: Callable[[Sequence[float]], bool]
) -> Callable[[Sequence[float]], set[int]]:
    """Return the members of every window of `length` points for which `holds` is true."""

    def found(z: Sequence[float]) -> set[int]:
        starts = (s for s in range(len(z) - length + 1) if holds(z[s : s + length]))
        return {i for s in starts for i in range(s, s + length)}

    return found


def _rises_or_falls(z: Sequence[float]) -> bool:
    steps = [b - a for a, b in pairwise(z)]
    return all(step > 0 for step in steps) or all(step < 0 for step in steps)


def _alternates(z: Sequence[float]) -> bool:
    steps = [b - a for a, b in pairwise(z)]
    return all(a * b < 0 for a, b in pairwise(steps))


def _both_sides(z: Sequence[float]) -> set[int]:
    """Return members of maximal stretches of eight or more beyond one sigma, on both sides."""
    members: set[int] = set()
    current: list[int] = []
    for i, at in enumerate([*z, 0.0]):
        if abs(at) > 1:
            current.append(i)
            continue
        if len(current) >= 8 and len({z[j] > 0 for j in current}) == 2:
            members |= set(current)
        current = []
    return members


_TWO_OF_THREE = ("R3", window(2, 3, 2))
_FOUR_OF_FIVE = ("R5", window(4, 5, 1))
_RULES: dict[str, list[tuple[str, Callable[[Sequence[float]], set[int]]]]] = {
    "standard": [("R2", run(8)), ("R3", window(2, 3, 2, all_beside=True, marks_all=True))],
    "wheeler": [("R2", run(8)), ("R3", window(3, 4, 1.5))],
    "mdc": [
        ("R2", run(7, ties_break=True)),
        ("R3", window(2, 3, 2, all_beside=True, within=3)),
        ("R4", stretch(7, _rises_or_falls)),
    ],
    "mdc2023": [
        ("R2", run(7, ties_break=True)),
        ("R3", window(2, 3, 2, all_beside=True)),
        ("R4", stretch(7, _rises_or_falls)),
    ],
    "weco": [("R2", run(8)), _TWO_OF_THREE, _FOUR_OF_FIVE],
    "nelson": [
        ("R2", run(9)),
        _TWO_OF_THREE,
        _FOUR_OF_FIVE,
        ("R4", stretch(6, _rises_or_falls)),
        ("R6", stretch(14, _alternates)),
        ("R7", stretch(15, lambda z: all(abs(at) <= 1 for at in z))),
        ("R8", _both_sides),
    ],
    "anhoej": [],
    "shewhart": [],
}
