"""The system's Chromium and a served workspace, for tests that look at pages as a reader does."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route, ViewportSize, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[2]
APP = REPOSITORY / "dashboard" / "app.py"

DESKTOP = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)

CHROMIUM_FLAGS = (
    "--no-sandbox",  # CI runs as root, where Chromium's sandbox refuses to start
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

SETTLE_MILLISECONDS = 30_000
"""How long a page may take to come to rest; the first one imports Altair and Polars."""

START_SECONDS = 60.0
"""How long a server may take to answer on a busy machine with two cores."""

STOP_SECONDS = 10.0
"""How long a server may take to end after SIGTERM before it is killed."""

IS_AT_REST = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app !== null
    && app.getAttribute('data-test-script-state') === 'notRunning'
    && document.querySelector('[data-testid="stSkeleton"]') === null
    && document.querySelector('[data-stale="true"]') === null;
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give the system's Chromium, headless; FileNotFoundError with the way out if there is none."""
    executable = shutil.which("chromium")
    if executable is None:
        raise FileNotFoundError("No chromium on this machine: `make chromium` installs it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=list(CHROMIUM_FLAGS), headless=True
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_page(
    browser: Browser, *, viewport: ViewportSize = DESKTOP, dark: bool = False
) -> Iterator[Page]:
    """Give an empty page; on leaving, fail if it asked another machine for anything."""
    foreign: list[str] = []
    context = browser.new_context(
        viewport=viewport, color_scheme="dark" if dark else "light", reduced_motion="reduce"
    )

    def refuse(route: Route) -> None:
        # Refused rather than only noted: a test must not depend on what the network answers.
        foreign.append(route.request.url)
        route.abort()

    context.route(is_foreign, refuse)
    page = context.new_page()
    page.set_default_timeout(SETTLE_MILLISECONDS)
    try:
        yield page
    finally:
        context.close()
    assert not foreign, f"the page asked other machines for {sorted(set(foreign))}"


def is_foreign(url: str) -> bool:
    """Say whether fetching `url` leaves this machine."""
    parts = urlsplit(url)
    if parts.scheme in {"file", "data", "blob", "about"}:
        return False
    return parts.hostname not in {"127.0.0.1", "localhost", "::1"}


def visit(page: Page, url: str) -> None:
    """Open `url` and wait until the page is at rest."""
    page.goto(url, wait_until="domcontentloaded")
    settle(page)


def settle(page: Page) -> None:
    """Wait until the Streamlit script is done and nothing on the page is stale."""
    page.wait_for_function(IS_AT_REST)
    # A rerun that a widget asks for on its first drawing starts within a few frames of rest.
    page.wait_for_timeout(250)
    page.wait_for_function(IS_AT_REST)


def widest_overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window; 0: nobody scrolls sideways."""
    width = page.evaluate(
        """() => Math.max(0, ...[document.scrollingElement,
             document.querySelector('[data-testid="stMain"]')].filter(Boolean)
             .map((element) => element.scrollWidth - element.clientWidth))"""
    )
    return int(width)


@dataclass(frozen=True)
class Server:
    """A served workspace: where it answers, which process it is, and where its output goes."""

    url: str
    process: subprocess.Popen[bytes]
    output: Path


def streamlit_run(script: Path, port: int) -> list[str | Path]:
    """Return the command that serves a Streamlit script on a port."""
    return [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]


@contextmanager
def app_on(root: Path, output: Path, actor: str | None = None) -> Iterator[Server]:
    """Give the app served on a workspace, to whoever sits there or to the actor of a name."""
    environment = {"CLAUSE9_WORKSPACE": str(root)}
    if actor is not None:
        environment["CLAUSE9_ACTOR"] = actor
    with serving(
        lambda port: streamlit_run(APP, port),
        output=output,
        environment=environment,
        directory=APP.parent,
    ) as started:
        yield started


@contextmanager
def serving(
    command: Callable[[int], Sequence[str | Path]],
    *,
    output: Path,
    environment: Mapping[str, str] | None = None,
    directory: Path = REPOSITORY,
) -> Iterator[Server]:
    """Give a server started by `command(port)` on a free loopback port; its process group ends it.

    Raises AssertionError with the end of its output when it ends early or does not answer in
    START_SECONDS.
    """
    port = free_port()
    with output.open("wb") as stream:
        process = subprocess.Popen(
            [str(part) for part in command(port)],
            cwd=directory,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        server = Server(f"http://127.0.0.1:{port}", process, output)
        try:
            wait_until_healthy(server)
            yield server
        finally:
            stop(process)


def free_port() -> int:
    """Return a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_healthy(server: Server) -> None:
    """Return once Streamlit says it is ready."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        if answers(f"{server.url}/_stcore/health"):
            return
        time.sleep(0.1)
    tail = server.output.read_text(errors="replace")[-4_000:]
    state = "still running" if server.process.poll() is None else f"exit {server.process.poll()}"
    raise AssertionError(f"the server did not answer in {START_SECONDS:g} s ({state}):\n{tail}")


def answers(url: str) -> bool:
    """Say whether a GET of `url` succeeds now."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - loopback only
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the process and the children of its session, politely first."""
    for sign, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
        if process.poll() is not None:
            return
        os.killpg(process.pid, sign)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            continue
