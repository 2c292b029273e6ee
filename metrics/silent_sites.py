"""Sites that hand in figures and in some period did not: the total of the others is not the whole.

One file may bring the figures of all sites, so that nothing else tells that one of them is absent.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

SITE = "site"
"""The dimension every table has whose values are parts of the organisation, which come and go."""

GONE_AFTER_DAYS = 366
"""A site that has handed in nothing for a year is not missed any more: it has closed or moved."""


def silent_sites(own: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Return period, `by` and `silent`: the sites that have figures before it, and none in it.

    `own` are the cells of a metric with its dimensions as columns. A site is expected from its
    first figure to a year after its last.
    """
    keys = ["period", *by]
    if SITE not in own.columns or SITE in by:
        return own.select(keys).clear().with_columns(silent=pl.lit(None, dtype=pl.String))
    is_there = pl.col(SITE).is_not_null() & (pl.col("status") != "missing")
    seen = own.filter(is_there).select(*keys, SITE).unique()
    spans = seen.group_by(*by, SITE).agg(
        first=pl.col("period").min(),
        gone=pl.col("period").max().dt.offset_by(f"{GONE_AFTER_DAYS}d"),
    )
    grid = seen.select(keys).unique()
    expected = grid.join(spans, on=by, nulls_equal=True) if by else grid.join(spans, how="cross")
    inside = pl.col("period").is_between("first", "gone")
    absent = expected.filter(inside).join(seen, on=[*keys, SITE], how="anti", nulls_equal=True)
    return absent.group_by(keys).agg(silent=pl.col(SITE).sort().str.join(", "))
