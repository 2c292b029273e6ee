"""The browser helper drives a real Streamlit page, and notices what it is there to notice."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import (
    PHONE,
    REPOSITORY,
    Server,
    is_foreign,
    open_page,
    serving,
    settle,
    streamlit_run,
    visit,
    widest_overflow,
)

SCRIPT = """
import time
import streamlit as st

st.title("Complaints per 1,000 deliveries")
if st.button("Compute"):
    time.sleep(1)
    st.write("computed")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    script = folder / "page.py"
    script.write_text(SCRIPT)
    # Streamlit reads the settings that lie beside a script: those the app ships with.
    shutil.copytree(REPOSITORY / "dashboard" / ".streamlit", folder / ".streamlit")
    with serving(lambda port: streamlit_run(script, port), output=folder / "output.txt") as started:
        yield started


def test_a_page_is_at_rest_only_after_its_script_has_run(chromium: Browser, server: Server) -> None:
    with open_page(chromium) as page:
        visit(page, server.url)
        assert page.get_by_role("heading").inner_text() == "Complaints per 1,000 deliveries"
        page.get_by_role("button", name="Compute").click()
        settle(page)
        assert page.get_by_text("computed").is_visible()


def test_a_page_fits_a_phone(chromium: Browser, server: Server) -> None:
    with open_page(chromium, viewport=PHONE) as page:
        visit(page, server.url)
        assert widest_overflow(page) == 0


def test_a_page_that_asks_another_machine_fails_its_test(chromium: Browser) -> None:
    with pytest.raises(AssertionError, match=r"example\.org/font"), open_page(chromium) as page:
        page.set_content('<img src="https://example.org/font.woff2">')


def test_only_loopback_and_embedded_content_stay_on_this_machine() -> None:
    stays = ("http://127.0.0.1:8501/x", "http://localhost/", "data:text/plain,x", "file:///tmp/x")
    assert not any(is_foreign(url) for url in stays)
    assert is_foreign("https://data.streamlit.io/metrics.json")


def test_a_server_that_ends_early_says_what_it_last_said(tmp_path: Path) -> None:
    def broken(port: int) -> list[str]:
        return [sys.executable, "-c", f"print('no workspace at port {port}')"]

    with (
        pytest.raises(AssertionError, match=r"exit 0.*\n.*no workspace"),
        serving(broken, output=tmp_path / "output.txt"),
    ):
        pass
