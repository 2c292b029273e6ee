"""Asking a process that has the readers imported and forks for each file (`child --fork`).

A fork is there in 20 ms, a process started anew in 300. Every file still has one of its own, with
its limits, that may die of it. What ends without an answer is asked again in a process started anew
(`open`), so that no verdict depends on what a fork inherits.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

GRACE = 5.0
"""Seconds the asking side waits longer than a fork may live: its own alarm ends it first."""


class Forks:
    """The asking side: starts the forking process at the first file, and again if it is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        atexit.register(self.stop)

    def start(self, environment: Mapping[str, str]) -> None:
        """Start the forking process unless it runs, and do not wait for its imports."""
        with self._lock:
            self._running(environment)

    def ask(
        self, request: Mapping[str, Any], seconds: float, environment: Mapping[str, str]
    ) -> dict[str, Any] | None:
        """Return the answer of a fork, or None where it gave none within `seconds`."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._lock:
                if not self._handed_over(theirs, environment):
                    return None
            ours.settimeout(seconds + GRACE)
            try:
                ours.sendall(json.dumps({**request, "seconds": seconds}).encode())
                ours.shutdown(socket.SHUT_WR)
                text = b"".join(iter(lambda: ours.recv(1 << 16), b""))
            except OSError:
                return None
        reply: dict[str, Any] | None = json.loads(text) if text else None
        return reply

    def stop(self) -> None:
        """End the forking process; files being read are read to their end."""
        with self._lock:
            if self._control is not None:
                self._control.close()
            if self._process is not None:
                self._process.wait()
            self._control = self._process = None

    def _handed_over(self, theirs: socket.socket, environment: Mapping[str, str]) -> bool:
        for _ in range(2):
            control = self._running(environment)
            with contextlib.suppress(OSError):
                socket.send_fds(control, [b"1"], [theirs.fileno()])
                return True
            self._forget()
        return False

    def _running(self, environment: Mapping[str, str]) -> socket.socket:
        if self._control is None:
            self._control, far_end = socket.socketpair()
            with far_end:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "pipelines.readers.child", "--fork"],
                    env=dict(environment),
                    stdin=far_end.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
        return self._control

    def _forget(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._control = self._process = None
