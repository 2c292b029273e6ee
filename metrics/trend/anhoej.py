"""The run rules of Anhoej: is the longest run too long, or are there too few crossings?"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import count
from math import floor, log2

import polars as pl
from scipy import special

FEW = 0.05
"""How likely fewer crossings than expected are by chance."""


def longest_expected(useful: int) -> int:
    """Return the longest run that chance explains among `useful` points off the centre line."""
    return round(log2(useful)) + 3


@cache
def fewest_expected(useful: int) -> int:
    """Return the fewest crossings that chance explains: the 5 % quantile of fair throws."""
    throws = useful - 1
    near: int = floor(special.bdtrik(FEW, throws, 0.5))
    return next(k for k in count(max(near - 1, 0)) if special.bdtr(k, throws, 0.5) >= FEW)


FEWEST_USEFUL = 10
"""Useful points below which the rules say nothing."""

MOST_TIES = 0.5
"""Share of points on the centre line from which sides say nothing: a median of 0 among zeros."""


def phases(tested: pl.DataFrame) -> pl.DataFrame:
    """Return one row a unit: useful, longest, longest_expected, crossings, fewest_expected, is_run.

    `tested` has unit, cell and side (-1, 0, 1; no nulls) in order. `is_run` is null with fewer than
    ten useful points, or where half of all lie on the centre line.
    Source: Anhoej and Olesen, Run charts revisited, PLOS ONE 9(11), 2014.
    """
    off = tested.filter(pl.col("side") != 0)
    unit, side = pl.col("unit"), pl.col("side")
    turned = ((unit != unit.shift()) | (side != side.shift())).fill_null(value=True)
    off = off.with_columns(run=turned.cast(pl.Int64).cum_sum())
    runs = off.group_by("unit", "run").agg(
        length=pl.len(), first=pl.col("cell").min(), last=pl.col("cell").max()
    )
    found = runs.group_by("unit").agg(
        useful=pl.col("length").sum(),
        longest=pl.col("length").max(),
        crossings=pl.len().cast(pl.Int64) - 1,
        first=pl.col("first").min(),
        last=pl.col("last").max(),
    )
    every = tested.group_by("unit").agg(points=pl.len())
    found = found.join(every, on="unit")
    sizes = [int(n) for n in found["useful"].unique() if n >= FEWEST_USEFUL]
    enough = (pl.col("useful") >= FEWEST_USEFUL) & (pl.col("useful") > MOST_TIES * pl.col("points"))
    found = found.with_columns(
        longest_expected=_of(sizes, longest_expected), fewest_expected=_of(sizes, fewest_expected)
    )
    too_long = pl.col("longest") > pl.col("longest_expected")
    too_few = pl.col("crossings") < pl.col("fewest_expected")
    return found.with_columns(is_run=pl.when(enough).then(too_long | too_few)).sort("unit")


def first_known(tested: pl.DataFrame) -> int:
    """Return the cell of one flagged phase at which its rules first spoke."""
    useful = longest = run = crossings = last = 0
    for points, (cell, side) in enumerate(tested.select("cell", "side").iter_rows(), start=1):
        if side != 0:
            crossings += last == -side
            run = run + 1 if side == last else 1
            useful, longest, last = useful + 1, max(longest, run), side
        if useful < FEWEST_USEFUL or useful <= MOST_TIES * points:
            continue
        if longest > longest_expected(useful) or crossings < fewest_expected(useful):
            return int(cell)
    return int(tested["cell"][-1])


def _of(sizes: list[int], expected: Callable[[int], int]) -> pl.Expr:
    known = {n: expected(n) for n in sizes}
    return pl.col("useful").replace_strict(known, default=None, return_dtype=pl.Int64)
