"""How often the verdict is wrong in series of which we know what happened; the same in every run.

`make bench WHAT=verdicts` has the full table, with rules of thumb beside it.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.noise import chance, points
from benchmarks.verdicts import World, effective, judged, rules, verdicts
from tests.support.series import a_spec

SERIES = 600
RATE, SHARE = (a_spec(kind=kind, better="lower") for kind in ("u", "p"))


@pytest.mark.parametrize("before", [12, 24])
def test_noise_is_seldom_called_effective(before: int) -> None:
    assert effective(judged(World(before), SERIES)) <= 0.02


@pytest.mark.parametrize("before", [12, 24])
def test_noise_whose_neighbours_are_alike_is_seldom_called_effective(before: int) -> None:
    assert effective(judged(World(before, r1=0.4), SERIES)) <= 0.05


def test_a_change_of_one_and_a_half_sigma_is_mostly_found() -> None:
    assert effective(judged(World(shift=1.5), SERIES)) >= 0.72


def test_acting_after_a_bad_month_does_not_make_noise_an_effect() -> None:
    shares = rules(World(raised=True), SERIES)
    assert shares["verdict"] <= 0.02
    # Rules of thumb call most of it an improvement: the bad month is what they compare with.
    assert shares["mean after below the trigger"] > 0.95
    assert shares["mean of 3 after below 3 before"] > 0.75


def test_a_season_is_no_effect() -> None:
    assert effective(judged(World(36, 8, season=2.0), SERIES)) <= 0.02


@pytest.mark.parametrize("spread", [0.0, 0.2])
def test_counts_that_vary_by_chance_or_beyond_it_are_seldom_called_effective(spread: float) -> None:
    world, size = World(), (SERIES, 32)
    levels = chance(7).gamma(1 / spread**2, spread**2, size) if spread else np.ones(size)
    exposed = chance(3).integers(90, 111, size)
    counted = {"numerator": chance().poisson(0.1 * levels * exposed), "denominator": exposed}
    assert effective(verdicts(points(counted), RATE, world.claim)) <= 0.02
    hits = chance().binomial(2 * exposed, 0.1 * np.minimum(levels, 2))
    shares = {"numerator": hits, "denominator": 2 * exposed}
    assert effective(verdicts(points(shares), SHARE, world.claim)) <= 0.02
