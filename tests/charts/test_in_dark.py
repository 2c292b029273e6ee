"""A chart drawn once serves light and dark paper."""

from __future__ import annotations

from dataclasses import asdict

from dashboard.charts.inks import DARK, LIGHT
from dashboard.charts.render import in_dark


def test_every_ink_of_the_light_page_becomes_its_dark_one() -> None:
    names = list(asdict(LIGHT))
    light = " ".join(f'{name}="{asdict(LIGHT)[name]}"' for name in names)
    dark = " ".join(f'{name}="{asdict(DARK)[name]}"' for name in names)
    assert in_dark(f"<svg {light}/>") == f"<svg {dark}/>"
