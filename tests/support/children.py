"""Child processes that start in milliseconds, because what they need is imported already."""

from __future__ import annotations

import multiprocessing
import os
import random
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Event

CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(["data.warehouse"])


def kills(usual: int) -> int:
    """Return how often to kill: CLAUSE9_KILLS raises the usual count for a long run."""
    return int(os.environ.get("CLAUSE9_KILLS", usual))


def moments(count: int, longest: float, seed: int = 9) -> list[float]:
    """Return moments in seconds, the same ones in every run."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    return [chance.uniform(0.0, longest) for _ in range(count)]


def kill_after(child: ForkServerProcess, ready: Event, seconds: float) -> None:
    """Kill the child without a warning some time after it is ready; it must be alive until then."""
    child.start()
    assert ready.wait(60), "the child did not get ready"
    child.join(seconds)
    assert child.exitcode is None, f"the child ended by itself with {child.exitcode}"
    child.kill()
    child.join()
