"""Editing a definition in a browser: text, figures beside each other, saved, computed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import (
    SETTLE_MILLISECONDS,
    Server,
    settle,
    visit,
    widest_overflow,
)


@pytest.mark.parametrize("address", ["definitions", "definitions?metric=on_time_share"])
def test_the_page_fits_a_phone(phone_page: Page, server: Server, address: str) -> None:
    visit(phone_page, f"{server.url}/{address}")
    assert widest_overflow(phone_page) == 0
    assert phone_page.get_by_role("heading", level=1).count() == 1


def test_a_link_of_the_list_opens_the_definition(phone_page: Page, server: Server) -> None:
    visit(phone_page, f"{server.url}/definitions")
    phone_page.get_by_role("link", name=re.compile("^Deliveries on time")).click()
    phone_page.wait_for_url(re.compile("metric=on_time_share"))
    settle(phone_page)
    expect(phone_page.get_by_role("heading", level=1)).to_contain_text("Deliveries on time")


def test_an_edit_goes_from_text_to_figures(page: Page, server: Server) -> None:
    visit(page, f"{server.url}/definitions?metric=complaints")
    page.get_by_role("button", name="Edit the definition").click()
    settle(page)
    area = page.get_by_role("textbox", name=re.compile("^The definition, as it stands"))
    text = area.input_value()
    main = page.get_by_test_id("stMain")

    area.fill(text.replace('"complaints" }', '"complaints", where = "category = late" }'))
    area.press("Control+Enter")
    says(main, "no column 'late'")
    expect(page.get_by_role("button", name="Save the definition")).to_be_disabled()

    area.fill(text.replace('"complaints" }', '"complaints", where = "category = \'late\'" }'))
    area.press("Control+Enter")
    says(main, "24 of 24 months would change")
    settle(page)
    page.get_by_role("button", name="Save the definition").click()
    says(main, "The definition is saved in metrics/site.toml")
    says(main, "Its figures are still by the definition before")
    settle(page)
    page.get_by_role("button", name="Compute the figures by the new one").click()
    says(main, "26 of 26 periods have another figure")
    says(main, "measure.numerator.where")


def says(main: Locator, words: str) -> None:
    """Wait until the page says so: trying out and computing take longer than drawing."""
    expect(main).to_contain_text(words, timeout=SETTLE_MILLISECONDS)
