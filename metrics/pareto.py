"""Parts ranked by what they add up to: the few that make most of it, and the rest as one."""

from __future__ import annotations

import polars as pl

REST = "Other"
"""What the parts beyond the ones asked for are called together."""


def ranked(
    kinds: pl.DataFrame, most: int | None = None, *, unnamed: str = "not given"
) -> pl.DataFrame:
    """Return kind, now, before, share and running (percent of the whole), the largest first.

    `kinds` has kind (String; null is `unnamed`), now and before (numbers, of one type; null now is
    nothing). Beyond `most` rows the rest is one, "Other (7 kinds)". Shares are null where the whole
    is nothing. Of two of one size the first by name.
    """
    known = kinds.select(
        pl.col("kind").fill_null(unnamed), pl.col("now").fill_null(0), "before"
    ).sort("now", "kind", descending=[True, False])
    if most is not None and known.height > most:
        rest = known.slice(most - 1)
        name = f"{REST} ({rest.height} kinds)"
        other = rest.select(pl.lit(name).alias("kind"), pl.col("now", "before").sum())
        known = pl.concat([known.head(most - 1), other.cast(known.schema)])
    amount = pl.col("now").cast(pl.Float64)
    whole = float(known["now"].sum())
    share = 100 * amount / whole if whole else pl.lit(None, dtype=pl.Float64)
    return known.with_columns(share=share).with_columns(running=pl.col("share").cum_sum())
