"""Saying at a form why it was not taken, without leaving the page."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator

from dashboard.components.page import plain


def not_taken(place: DeltaGenerator, sentence: str) -> None:
    """Show what is in the way where the person is writing."""
    place.markdown(f":orange-badge[▲ Not yet] &nbsp;{plain(sentence)}")
