"""What every room's tests share: the browser and a PostgreSQL.

Builders are imported by name from tests.support.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.support.postgres import Server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Give one Chromium for the module; not wider, for its event loop occupies the thread."""
    from tests.support import browser

    with browser.chromium() as opened:
        yield opened


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Give a page at 1440 pixels that may talk to this machine alone."""
    from tests.support import browser

    with browser.open_page(chromium) as opened:
        yield opened


@pytest.fixture
def phone_page(chromium: Browser) -> Iterator[Page]:
    """Give a page at 390 pixels that may talk to this machine alone."""
    from tests.support import browser

    with browser.open_page(chromium, viewport=browser.PHONE) as opened:
        yield opened


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Give one running PostgreSQL; each test makes tables of its own."""
    from tests.support import postgres

    with postgres.server() as running:
        yield running


@pytest.fixture(autouse=True)
def the_same_main_module() -> Iterator[None]:
    """Put `__main__` back: a page under test takes its place, and child processes import it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
