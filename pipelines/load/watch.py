"""Looking on while a run goes its way: the stage it is at, and each file once it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.load.loader import Loaded


def _nobody(_: object) -> None:
    pass


@dataclass(frozen=True)
class Watch:
    """Who looks on, in the thread of the caller.

    `told` is told each stage as it begins, `seen` is shown each file as it was judged: again where
    a period was closed meanwhile.
    """

    told: Callable[[str], None] = _nobody
    seen: Callable[[Loaded], None] = _nobody


UNWATCHED = Watch()
