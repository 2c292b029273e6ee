"""An object store that speaks like S3, on this machine: moto's server in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import fsspec

KEY, SECRET = "AKIATESTKEY", "s3cret/with+signs"


@dataclass(frozen=True)
class Store:
    """A running store with one empty bucket, `quality`."""

    endpoint: str

    @property
    def system(self) -> Any:  # noqa: ANN401 fsspec has no types
        """The file system of whoever puts files into the bucket."""
        return fsspec.filesystem(
            "s3",
            key=KEY,
            secret=SECRET,
            endpoint_url=self.endpoint,
            skip_instance_cache=True,
            use_listings_cache=False,
        )

    def put(self, name: str, text: str) -> None:
        """Write one object of the bucket."""
        self.system.pipe_file(f"quality/{name}", text.encode())


@contextmanager
def store() -> Iterator[Store]:
    """Yield a running store; it ends with the block."""
    with TemporaryDirectory(prefix="clause9-s3-") as folder:
        log = Path(folder) / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
                stdout=out,
                stderr=out,
            )
        try:
            running = Store(_address(process, log))
            running.system.mkdir("quality")
            yield running
        finally:
            process.kill()
            process.wait(30)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(600):
        text = log.read_text(encoding="utf-8")
        found = re.search(r"http://127\.0\.0\.1:[1-9]\d*", text)
        if found:
            return found[0]
        assert process.poll() is None, text
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))
