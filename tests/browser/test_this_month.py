"""Handing figures in without a spreadsheet, in Chromium: fill, submit, own metric moved."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import (
    Server,
    app_on,
    settle,
    visit,
    widest_overflow,
)
from tests.support.reported_company import a_reporting_company

NUMERATOR, DENOMINATOR = 200, 400
"""Where the two columns begin to be, in pixels from the left of the grid."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("reporting")
    a_reporting_company(folder / "works").records.close()
    with app_on(folder / "works", folder / "output.txt", "Head of production") as started:
        yield started


def type_into(page: Page, grid: int, row: int, across: int, text: str) -> None:
    """Type into a cell as a person does: double click it, type, Enter."""
    cells = page.locator('[data-testid="stDataFrame"] .dvn-scroller').nth(grid)
    cells.dblclick(position={"x": across, "y": 35 * (row + 1) + 17})
    editor = page.locator("#portal input.gdg-input")
    editor.wait_for()
    page.keyboard.press("Control+A")
    page.keyboard.type(text, delay=20)
    page.keyboard.press("Enter")
    editor.wait_for(state="detached")
    # The grid gathers edits for a moment before it passes them on; a person is slower than that.
    page.wait_for_timeout(300)


def test_from_my_work_to_the_figure_that_moved(server: Server, page: Page) -> None:
    visit(page, f"{server.url}/owner?owner=Head+of+production")
    page.get_by_role("link", name="Fill in October 2026").click()
    page.get_by_role("heading", name="October 2026").wait_for()
    settle(page)
    type_into(page, 0, 0, NUMERATOR, "195")
    type_into(page, 0, 0, DENOMINATOR, "100")
    page.get_by_role("button", name="Hand in October 2026").click()
    wrong = page.get_by_text("Numerator says 195, more than the 100 it is a part of")
    wrong.wait_for()
    settle(page)
    type_into(page, 0, 0, NUMERATOR, "95")
    page.get_by_role("button", name="Hand in October 2026").click()
    # 95 of 100 orders: October had no figure before
    page.get_by_text("What it changed").wait_for()
    settle(page)
    expect(page.get_by_text("no figure → 95.0")).to_be_visible()
    expect(page.get_by_text("1 of 3 figures handed in")).to_be_visible()
    expect(wrong).to_have_count(0)


def test_it_fits_a_telephone(server: Server, phone_page: Page) -> None:
    visit(phone_page, f"{server.url}/this-month?owner=Head+of+production&period=2026-10")
    phone_page.get_by_role("button", name="Hand in October 2026").wait_for()
    assert widest_overflow(phone_page) == 0
