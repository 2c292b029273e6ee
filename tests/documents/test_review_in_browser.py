"""The exported page in Chromium: from a number to the row in the file, without a script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from dashboard.documents.html import review_html
from tests.support.browser import PHONE, open_page, widest_overflow
from tests.support.sample_page import page_of
from tests.support.sample_review import a_sample


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("export")
    with a_sample(folder) as sample:
        (folder / "review.html").write_text(review_html(page_of(sample)), encoding="utf-8")
    return (folder / "review.html").as_uri()


def rows_behind_first_number(page: Page) -> str:
    """Go from the first figure to its rows: one click on the number, one on its rows."""
    page.locator(".figure .value .opens").first.click()
    sheet = page.locator("section.source:popover-open")
    sheet.locator("summary", has_text="rows of").first.click()
    return sheet.inner_text()


def test_two_clicks_lead_from_a_number_to_its_row_in_the_file(exported: str, page: Page) -> None:
    page.goto(exported)
    said = rows_behind_first_number(page)
    assert "complaints-2026-q3.xlsx" in said
    assert f"{2 * 987654321:064x}" in said  # the SHA-256 of the file, whole
    assert "1,130" in said  # the row in it
    assert "A. Lindqvist" in said


def test_a_sheet_closes_with_escape_and_keeps_the_readers_place(exported: str, page: Page) -> None:
    page.goto(exported)
    page.locator(".figure .value .opens").first.click()
    before = page.evaluate("window.scrollY")
    page.keyboard.press("Escape")
    assert page.locator("section.source:popover-open").count() == 0
    assert page.evaluate("window.scrollY") == before


def test_a_phone_needs_no_sideways_scrolling(exported: str, chromium: Browser) -> None:
    with open_page(chromium, viewport=PHONE) as phone:
        phone.goto(exported)
        assert widest_overflow(phone) == 0
        assert "complaints-2026-q3.xlsx" in rows_behind_first_number(phone)


def test_the_page_works_where_scripts_are_forbidden(exported: str, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(exported)
        assert "complaints-2026-q3.xlsx" in rows_behind_first_number(page)
    finally:
        context.close()
