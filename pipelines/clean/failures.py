"""What is known about refused cells, whatever refused them: one frame of one shape."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

FAILURES = pl.Schema(
    {
        "index": pl.UInt32(),
        "column": pl.String(),
        "value": pl.String(),
        "rule": pl.String(),
        "reason": pl.String(),
        "accepted": pl.String(),
    }
)
"""index: the row's place in the shaped frame. column: the header as the person sees it, or our
column. value: the cell. rule: what refused it. reason: a sentence. accepted: what would do."""

INDEX = "clause9:index"
"""The column of a shaped frame that numbers its rows; filters keep it."""


def no_failures() -> pl.DataFrame:
    """Return the empty frame of failures."""
    return pl.DataFrame(schema=FAILURES)


def together(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return all failures in one frame."""
    return pl.concat(
        [no_failures(), *(part.select(FAILURES.names()).cast(FAILURES) for part in parts)]
    )
