"""Seeded chance that is the same on every machine and Python version."""

from __future__ import annotations

import math
from random import Random

SEED = 9301
"""One seed for the whole company; every series draws from its own stream, so that adding one
leaves the others as they were."""

EXACT_BELOW = 40.0
"""Up to this mean a Poisson count is drawn exactly; above it the normal curve is close enough."""


def stream(name: str) -> Random:
    """Return the stream of chance that belongs to a name."""
    return Random(f"{SEED}:{name}")  # noqa: S311 - a demo, not a secret


def poisson(chance: Random, mean: float) -> int:
    """Return a count with the given mean."""
    if mean > EXACT_BELOW:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def pick(chance: Random, weights: dict[str, float]) -> str:
    """Return one key, drawn by weight."""
    return chance.choices(list(weights), weights=list(weights.values()))[0]
