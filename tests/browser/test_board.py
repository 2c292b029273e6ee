"""The PDCA board in Chromium: from a signal nobody took up to a verdict, by mouse and keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import PHONE, Server, settle, visit, widest_overflow


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).first.click()
    settle(page)


def write(page: Page, label: str | re.Pattern[str], text: str) -> None:
    field = page.get_by_role("textbox", name=label).first
    field.fill(text)
    field.press("Tab")


def choose_day(page: Page, label: str, day: str) -> None:
    """Type a day into a date field as a person does: digits run on from year to month to day."""
    group = page.get_by_test_id("stDateInput").filter(has_text=label)
    group.get_by_role("textbox").or_(group.get_by_role("spinbutton")).first.click()
    page.keyboard.type(day.replace("-", ""))
    page.keyboard.press("Tab")


def test_from_an_ignored_signal_to_a_verdict_that_is_too_early(page: Page, server: Server) -> None:
    visit(page, f"{server.url}/pdca")
    expect(page.get_by_text("1 signal without a cycle")).to_be_visible()
    press(page, "Open a cycle")
    page.get_by_role("heading", name="Open a cycle").wait_for()
    settle(page)
    expect(page.get_by_role("textbox", name="Title")).to_have_value(
        "Deliveries on time: concern since 1 Oct 2026"
    )
    write(page, "Cause, as far as it is known", "one carrier at Faro")
    write(page, "What we do, and why it should work", "A second carrier waits for no lorry.")
    press(page, "Open the cycle")
    page.get_by_role("heading", name="P-1 · Deliveries on time").wait_for()
    settle(page)

    write(page, "Expected change, % of deliveries", "9")
    write(page, "Least change that matters, % of deliveries", "3")
    choose_day(page, "Check on", "2027-09-01")
    press(page, "Fix the plan for good")
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("fixed · 20 Nov 2026")
    settle(page)

    write(page, "What was done", "A second carrier drives for Faro.")
    page.get_by_role("combobox", name="Done by").click()
    page.get_by_role("option", name="Head of logistics").click()
    press(page, "Record it as done")
    expect(main).to_contain_text("◔ Too early")
    expect(main).to_contain_text("done · 20 Nov 2026")
    settle(page)

    by_keyboard_into_the_cycle(page, server)
    page.set_viewport_size(PHONE)
    for address in ("pdca", "pdca?cycle=P-1", "metric?metric=on_time_share"):
        visit(page, f"{server.url}/{address}")
        assert widest_overflow(page) == 0


def by_keyboard_into_the_cycle(page: Page, server: Server) -> None:
    """Open the board and go from its first filter to the card, and in, without the mouse."""
    visit(page, f"{server.url}/pdca")
    said = page.get_by_test_id("stMain").inner_text()
    assert "1 open cycle · 0 checks overdue · 0 signals without a cycle" in said
    assert "P-1 · Head of logistics" in said
    card = page.get_by_role("link", name="Deliveries on time", exact=True)
    page.get_by_role("combobox", name="Process").focus()
    for _ in range(8):
        page.keyboard.press("Tab")
        if card.evaluate("(link) => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("cycle=P-1"))
    page.get_by_role("heading", name="P-1 · Deliveries on time").wait_for()


@pytest.mark.parametrize("address", ["pdca", "pdca?show=closed", "pdca?cycle=new"])
def test_the_board_reads_as_one_column_on_a_phone(
    phone_page: Page, server: Server, address: str
) -> None:
    visit(phone_page, f"{server.url}/{address}")
    assert widest_overflow(phone_page) == 0
    assert phone_page.get_by_role("heading", level=1).count() == 1
