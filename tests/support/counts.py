"""How often a thing is tried: a few times with every change, as often as promised on demand."""

from __future__ import annotations

import os
from collections.abc import Callable

Tell = Callable[[str], None]
"""Keeps a sentence with a figure for the end of the run: the fixture `tell` of tests/faults."""

IS_FULL = os.environ.get("CLAUSE9_FAULTS") == "full"
"""Whether the promised counts are run; `make faults` asks for them."""


def counted(usual: int, *, full: int) -> int:
    """Return how often to try: `full` with CLAUSE9_FAULTS=full, else the `usual` count."""
    return full if IS_FULL else usual


IS_FULL_PARITY = os.environ.get("CLAUSE9_PARITY") == "full"
"""Whether engines are compared on the promised number of examples; `make parity` asks for it."""


def examples(usual: int, *, full: int) -> int:
    """Return how many examples to draw: `full` with CLAUSE9_PARITY=full, else the `usual` count."""
    return full if IS_FULL_PARITY else usual
