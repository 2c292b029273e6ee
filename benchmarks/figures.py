"""What a benchmark gives, and how time is taken."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured number: what of, how much, in which unit, and the goal where there is one."""

    what: str
    value: float
    unit: str
    goal: float | None = None


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """Return the shortest of `times` runs; the first, which warms everything up, is not counted."""
    work()
    return min(_once(work) for _ in range(times))


def _once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
