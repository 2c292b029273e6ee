"""The chart of a metric in Chromium: every point told from the next, on a desk and a phone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import Server, app_on, settle, visit, widest_overflow
from tests.support.charted_company import ABSENT, LENGTHS, a_charted_company


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("charted")
    with app_on(a_charted_company(folder / "works"), folder / "output.txt") as started:
        yield started


def chart(page: Page) -> Locator:
    """Return the metric's own chart, drawn."""
    found = page.get_by_test_id("stVegaLiteChart").first
    expect(found.locator("svg")).to_be_visible()
    return found


def points(page: Page) -> list[tuple[float, float]]:
    """Return where each point begins and ends across the page, in order of time."""
    boxes = (
        chart(page)
        .locator('path[aria-label*="; Value: "]')
        .evaluate_all(
            "marks => marks.map(mark => mark.getBoundingClientRect())"
            ".map(box => [box.left, box.right])"
        )
    )
    return [(left, right) for left, right in boxes]


@pytest.mark.parametrize("name", ["one", "forty", "gaps"])
def test_every_point_stands_apart_on_a_phone(phone_page: Page, server: Server, name: str) -> None:
    visit(phone_page, f"{server.url}/metric?metric={name}")
    drawn = points(phone_page)
    assert len(drawn) == LENGTHS[name] - (len(ABSENT) if name == "gaps" else 0)
    assert all(right <= left for (_, right), (left, _) in itertools.pairwise(drawn))
    assert 0 <= drawn[0][0] <= drawn[-1][1] <= 390
    assert widest_overflow(phone_page) == 0


def test_what_cannot_be_seen_is_told_by_name_and_on_hover(page: Page, server: Server) -> None:
    visit(page, f"{server.url}/metric?metric=phased")
    said = page.get_by_role("heading", level=3).first.inner_text()
    expect(chart(page)).to_have_attribute("aria-label", said)
    left_out = chart(page).locator('path[aria-label*="Left out of limits and rules"]')
    left_out.hover()
    expect(page.locator("#vg-tooltip-element")).to_contain_text("Stocktaking")
    expect(chart(page)).to_contain_text("New saw")
    expect(chart(page)).to_contain_text("New line")


def test_fewer_periods_are_one_choice_away_and_in_the_address(page: Page, server: Server) -> None:
    visit(page, f"{server.url}/metric?metric=forty")
    page.get_by_role("combobox", name="Periods shown").click()
    page.get_by_role("option", name="last 18 months").click()
    page.wait_for_url("**/metric?metric=forty&show=18")
    settle(page)
    assert len(points(page)) == 18
    expect(chart(page)).to_contain_text("Upper limit 13.2")


def test_a_click_on_a_point_opens_its_numbers(page: Page, server: Server) -> None:
    visit(page, f"{server.url}/metric?metric=forty")
    mark = chart(page).locator('path[aria-label*="; Value: "]').nth(4)
    month = str(mark.get_attribute("aria-label")).split("Period: ")[1].split(";")[0]
    mark.click()
    page.wait_for_url("**/metric?metric=forty&period=*")
    expect(page.get_by_test_id("stToast")).to_contain_text(f"{month}: its numbers are open")
    settle(page)
    expect(page.get_by_role("combobox", name="Period with a value")).to_have_value(month)
