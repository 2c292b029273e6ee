"""Saying at which stage something long is, while it lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from streamlit.delta_generator import DeltaGenerator

from dashboard.components.page import plain


@contextmanager
def working(place: DeltaGenerator, first: str) -> Iterator[Callable[[str], None]]:
    """Show a stage in `place` and give what shows the next one; in the end nothing is left."""
    slot = place.empty()
    status = slot.status(plain(first))
    try:
        yield lambda stage: status.update(label=plain(stage))
    finally:
        slot.empty()
