"""What incoming rows change: how they compare to the rows in force, and which rows are in force."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """How many incoming rows are new, say something else, say the same, and how many rows end."""

    new: int
    restated: int
    unchanged: int
    removed: int
