"""Child processes that start in milliseconds, because what they need is imported already."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess

CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(["dashboard.company.opened", "dashboard.company.publishing"])


def moments(count: int, longest: float, seed: int = 9) -> list[float]:
    """Return moments in seconds, the same ones in every run."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    return [chance.uniform(0.0, longest) for _ in range(count)]


def kill_after(
    child: ForkServerProcess, begun: Callable[[], bool], seconds: float, *, may_end: bool = False
) -> bool:
    """Kill the child without a warning some time after it has begun; say whether it was alive.

    Until then it must be alive, or, if it may end, have ended well.
    """
    child.start()
    while not begun() and child.exitcode is None:
        child.join(0.002)
    child.join(seconds)
    ended = child.exitcode
    assert ended is None or (may_end and ended == 0), f"the child ended by itself with {ended}"
    child.kill()
    child.join()
    return ended is None
