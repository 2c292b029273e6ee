"""The pages of figures in a browser: deep links, a phone, and the way from a figure down."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Server, settle, visit, widest_overflow

ADDRESSES = (
    "",
    "?site=Cork",
    "metric?metric=on_time_share",
    "metric?metric=complaints&site=Aarhus&period=2025-03-01",
    "owner?owner=Site+manager+Cork",
    "records?table=complaints&site=Cork",
    "metric?metric=nowhere",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_fits_a_phone(phone_page: Page, server: Server, address: str) -> None:
    visit(phone_page, f"{server.url}/{address}")
    assert widest_overflow(phone_page) == 0
    assert phone_page.get_by_role("heading", level=1).count() == 1


def test_a_scorecard_is_cards_on_a_phone_and_a_grid_on_a_desk(
    phone_page: Page, page: Page, server: Server
) -> None:
    for opened, is_phone in ((phone_page, True), (page, False)):
        visit(opened, server.url)
        cards = opened.locator("[class*=st-key-scorecard-cards]")
        grid = opened.locator("[class*=st-key-scorecard-grid]")
        assert (cards.is_visible(), grid.is_visible()) == (is_phone, not is_phone)


def test_a_click_on_the_scorecard_opens_the_metric(page: Page, server: Server) -> None:
    visit(page, server.url)
    grid = page.locator("[class*=st-key-scorecard-grid]").get_by_test_id("stDataFrame")
    grid.click(position={"x": 60, "y": 36 + 18})
    page.wait_for_url(re.compile(r"/metric\?metric=on_time_share"))
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Deliveries on time")


def test_a_deep_link_shows_what_the_clicks_led_to(page: Page, server: Server) -> None:
    visit(page, f"{server.url}/metric?metric=on_time_share")
    page.get_by_role("combobox", name="Site").click()
    page.get_by_role("option", name="Faro").click()
    page.wait_for_url(re.compile("site=Faro"))
    settle(page)
    clicked = page.get_by_test_id("stMain").inner_text()
    visit(page, page.url)
    assert page.get_by_test_id("stMain").inner_text() == clicked
    assert "Deliveries on time, Faro" in clicked


def test_two_clicks_lead_from_a_figure_on_home_to_its_rows_and_file(
    page: Page, server: Server
) -> None:
    visit(page, server.url)
    page.get_by_role("link", name=re.compile("^Deliveries on time")).first.click()
    page.wait_for_url(re.compile("/metric"))
    settle(page)
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text(re.compile(r"SHA-256 [0-9a-f]{12}"))
    expect(main).to_contain_text("outputs.csv")
    expect(main).to_contain_text("Numerator: 8 rows of outputs")
    # A grid is drawn on a canvas; the table within, for screen readers, carries the same cells.
    cells = main.locator("[data-testid=stDataFrame] canvas", has_text="outputs.csv").first
    # 25 months of eight rows stand between the header, row 1, and October's first.
    expect(cells).to_contain_text("202outputs.csv")
    expect(cells).to_contain_text("209outputs.csv")
