"""A process that ends without a warning at one exact step of the product's own code.

The step is a function, by file and name, about to be called or just returned: nothing in the
product knows of it, and a step that is never reached shows as a child that lived.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType


@dataclass(frozen=True)
class Step:
    """The `nth` time a function is called, or returns."""

    file: str
    function: str
    event: str = "call"
    nth: int = 1


def after(file: str, function: str, nth: int = 1) -> Step:
    return Step(file, function, "return", nth)


def before(file: str, function: str, nth: int = 1) -> Step:
    return Step(file, function, "call", nth)


def die_at(step: Step, work: Callable[[], object]) -> None:
    """Do the work in this process, and kill it at the step as `kill -9` does."""
    left = step.nth

    def watch(frame: FrameType, event: str, _: object) -> None:
        nonlocal left
        code = frame.f_code
        if event != step.event or code.co_qualname != step.function:
            return
        if code.co_filename.endswith(step.file):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)
    work()
