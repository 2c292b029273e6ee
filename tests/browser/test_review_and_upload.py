"""Review, Upload, Data health and the export routes, as a reader meets them in Chromium."""

from __future__ import annotations

import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import (
    APP,
    PHONE,
    Server,
    app_on,
    open_page,
    settle,
    streamlit_run,
    visit,
    widest_overflow,
)
from tests.support.pages import (
    REVIEW,
    a_company,
    an_empty_company,
    with_three_mistakes,
    without_mistakes,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("pages")
    root = a_company(folder / "works")
    with app_on(root, folder / "output.txt", "Quality manager") as started:
        yield started


@pytest.fixture(scope="module")
def empty_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("empty")
    root = an_empty_company(folder / "works")
    with app_on(root, folder / "output.txt", "Quality manager") as started:
        yield started


def choose(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("heading", name=f"Upload {path.name}").wait_for()
    settle(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()
    settle(page)


def type_day(page: Page, label: str, day: str) -> None:
    page.get_by_role("spinbutton", name=f"year, {label}").click()
    page.keyboard.type(day.replace("-", ""))
    page.keyboard.press("Escape")  # the calendar stands over what follows


def fetched(url: str, host: str | None = None) -> tuple[int, dict[str, str], str]:
    asked = urllib.request.Request(url, headers={"Host": host} if host else {})  # noqa: S310 - loopback only
    try:
        answer = urllib.request.urlopen(asked, timeout=60)  # noqa: S310 - loopback only
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return answer.status, headers, answer.read().decode()


def test_one_click_leads_from_a_figure_to_file_sha_and_row(server: Server, page: Page) -> None:
    visit(page, f"{server.url}/review?review={REVIEW}&step=Meet&input=customer_satisfaction")
    # 2 complaints for 1,000 deliveries a month
    page.locator("button").get_by_text("2.0", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1,000 × 8 ÷ 4,000")
    settle(page)
    cells = dialog.locator("canvas ~ *, table").all_inner_texts()
    told = " ".join([*cells, *dialog.locator("[role=gridcell]").all_inner_texts()])
    assert "complaints_porto_2026-08.csv" in told
    assert "P-82" in told
    sha = [word for word in told.split() if len(word) == 64]
    assert sha, "the SHA-256 of the file stands there whole"


def test_the_arrow_keys_turn_the_agenda(server: Server, page: Page) -> None:
    visit(page, f"{server.url}/review?review={REVIEW}&step=Meet")
    first = page.locator("h2").inner_text()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**input=**")
    settle(page)
    assert page.locator("h2").inner_text() != first
    page.keyboard.press("ArrowLeft")
    expect(page.locator("h2")).to_have_text(first)


def test_a_decision_is_recorded_where_it_is_taken_and_says_what_it_lacks(
    server: Server, page: Page
) -> None:
    visit(page, f"{server.url}/review?review={REVIEW}&step=Meet&input=resources")
    press(page, "Record decision")
    expect(page.get_by_text("Write what is decided.")).to_be_visible()
    page.get_by_label("Decision", exact=True).fill("A second desk in Porto.")
    page.get_by_role("combobox", name="Owner").click()
    page.get_by_role("option", name="Head of customer service").click()
    type_day(page, "Due", "2026-12-01")
    press(page, "Record decision")
    expect(page.get_by_text("Decided here")).to_be_visible()
    assert page.get_by_label("Decision", exact=True).input_value() == ""
    visit(page, f"{server.url}/review?review={REVIEW}&step=Close")
    expect(page.get_by_text("A second desk in Porto.")).to_be_visible()
    assert "(answers =" not in page.locator("main").inner_text()


def test_three_mistakes_are_fixed_published_and_seen_in_the_figures(
    server: Server, page: Page, tmp_path: Path
) -> None:
    """Two files chosen and one button: from a refused file to the changed figure."""
    visit(page, f"{server.url}/upload")
    choose(page, with_three_mistakes(tmp_path / "first"))
    said = page.locator("main").inner_text()
    for place in ("September!C2", "September!D3", "September!E4"):
        assert place in said
    assert "3 Check: 3 cells" in said
    assert page.get_by_role("button", name="Publish 4 rows").is_disabled()
    assert page.get_by_role("button", name="Publish the 1 good row").is_enabled()
    corrected = without_mistakes(tmp_path / "second")
    choose(page, corrected)
    press(page, "Publish 4 rows")
    expect(page.get_by_text("What it changed")).to_be_visible()
    changed = page.locator("main").inner_text()
    assert "September 2026: no figure → 4.0" in " ".join(changed.split())  # 1,000 × 4 ÷ 1,000
    page.get_by_role("button", name="Complaints per 1,000 deliveries").click()
    page.wait_for_url("**/metric?**")
    visit(page, f"{server.url}/upload")
    choose(page, corrected)
    expect(page.get_by_text("Already published as batch")).to_be_visible()
    assert page.get_by_role("button", name="Publish").count() == 0


@pytest.mark.parametrize(
    "place", ["review", "review?step=Meet", "review?step=Close", "upload", "data-health"]
)
def test_a_phone_needs_no_sideways_scrolling(server: Server, chromium: Browser, place: str) -> None:
    with open_page(chromium, viewport=PHONE) as phone:
        visit(phone, f"{server.url}/{place}")
        assert widest_overflow(phone) == 0


def test_an_empty_site_says_what_to_do_next_and_plans_its_review_on_the_page(
    empty_server: Server, page: Page
) -> None:
    ways = {
        "review": "Plan the review",
        "upload": "Choose a file",
        "data-health": "No file has been sent in yet",
    }
    for place, way in ways.items():
        visit(page, f"{empty_server.url}/{place}")
        expect(page.get_by_text(way).first).to_be_visible()

    visit(page, f"{empty_server.url}/review")
    page.get_by_label("Short name").fill("2026-h2")
    page.get_by_label("Title").fill("Review of the autumn")
    type_day(page, "Period from", "2026-05-01")
    type_day(page, "Period to", "2026-10-31")
    press(page, "Plan the review")
    expect(page.get_by_role("heading", name="Review of the autumn")).to_be_visible()
    assert "12 gaps" in page.locator("main").inner_text()


def test_the_exported_page_opens_its_numbers_and_asks_nobody_else(
    server: Server, page: Page
) -> None:
    answer = page.goto(f"{server.url}/exports/review/{REVIEW}.html")
    assert answer is not None
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    numbers = page.locator(".opens")
    assert numbers.count() > 0
    for at in range(numbers.count()):
        target = numbers.nth(at).get_attribute("popovertarget")
        assert page.locator(f"#{target}").count() == 1
    numbers.first.click()
    sheet = page.locator("section.source:popover-open")
    sheet.locator("summary", has_text="rows of").first.click()
    assert "complaints_porto_2026-08.csv" in sheet.inner_text()


def test_unknown_addresses_are_answered_in_a_sentence(server: Server) -> None:
    for place in ("review/nope.html", "pack/nope.zip", "template/nope.xlsx", "records.csv?table=x"):
        status, headers, said = fetched(f"{server.url}/exports/{place}")
        assert status == 404, place
        assert headers["content-type"].startswith("text/plain")
        assert headers["x-content-type-options"] == "nosniff"
        assert "Traceback" not in said
        assert len(said.splitlines()) == 1


def test_records_leave_as_a_file_without_formulas(server: Server) -> None:
    status, headers, text = fetched(
        f"{server.url}/exports/records.csv?table=complaints&site=Porto&last=2026-01-31"
    )
    assert status == 200
    assert headers["content-disposition"] == 'attachment; filename="complaints.csv"'
    assert "'=HYPERLINK(1)" in text
    assert len(text.splitlines()) == 3  # the header and January's two complaints


def test_another_name_for_this_machine_is_refused(server: Server) -> None:
    place = f"{server.url}/exports/records.csv?table=complaints"
    assert fetched(place, host="evil.example")[0] == 403


def test_the_app_does_not_start_on_an_address_others_reach(tmp_path: Path) -> None:
    command = [*map(str, streamlit_run(APP, 0)), "--server.address", "0.0.0.0"]  # noqa: S104 - to be refused
    ended = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert "does not start on 0.0.0.0: no sign-in is set up" in ended.stderr
