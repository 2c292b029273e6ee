"""A review of a past quarter of thirty airports: fed or told, answered, sealed, opened."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support.command_line import Site
from tests.support.examples import copied

MOST_CLICKS = 3

HEAD = """
held_on = 2024-01-20
attendance = ["Managing director", "Head of operations"]

[conclusion]
suitable = true
adequate = true
effective = false
aligned = true
text = "Travellers complain more than before; what was decided is to show by summer."
"""


def minutes(site: Site) -> str:
    """Return minutes that waive every gap and answer every concern the review shows."""
    found = site.done("review", "assemble", "--json").json
    waived = [each["topic"] for each in found["inputs"] if each["state"] == "gap"]
    concerns = {
        signal["figure"]: each["topic"]
        for each in found["inputs"]
        for signal in each["signals"]
        if signal["kind"] == "concern"
    }
    assert waived, "nothing is a gap"
    assert concerns, "nothing is a concern"
    lines = [HEAD, "[waivers]", *(f'{topic} = "no public records of it"' for topic in waived)]
    for figure, topic in concerns.items():
        lines += [
            "[[decisions]]",
            f"topic = {json.dumps(topic)}",
            'kind = "improvement"',
            f"text = {json.dumps(f'Find out what moved {figure}.')}",
            'owner = "Head of operations"',
            "due_on = 2024-06-30",
            f"answers = {json.dumps(figure)}",
            'disposition = "investigate"',
        ]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def closed(airports: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Give the airports with the review of the last quarter of 2023 closed."""
    site = copied(airports, tmp_path_factory.mktemp("closed"))
    told = site.run("review", "close")
    assert told.code == 1
    assert "neither fed nor waived" in told.err
    assert "No decision answers this concern" in told.err
    site.done("review", "record", site.file("minutes.toml", minutes(site)))
    site.done("review", "close")
    return site


def test_every_input_is_fed_or_is_a_gap_with_a_sentence(airports: Site) -> None:
    rows = airports.done("review", "status", "--json").json
    assert len(rows) == 12
    assert {row["state"] for row in rows} == {"fed", "gap"}
    for row in rows:
        sentences = row["gaps"] if row["state"] == "gap" else [row["headline"]]
        assert all(re.fullmatch(r"\S.{20,}\.", sentence) for sentence in sentences), row["title"]
        assert sentences, row["title"]


def test_rule_03_two_reviews_of_different_periods_give_different_numbers(
    airports: Site, tmp_path: Path
) -> None:
    site = copied(airports, tmp_path)
    period = ("--from", "2022-10-01", "--to", "2022-12-31")
    site.done("review", "new", "2022-q4", *period, "--title", "Last quarter of 2022")
    figures = [
        {
            figure["id"]: figure["whole"]["value"]
            for each in site.done("review", "assemble", "--review", review, "--json").json["inputs"]
            for figure in each["figures"]
        }
        for review in ("2022-q4", "2023-q4")
    ]
    assert figures[0].keys() == figures[1].keys()
    same = {name for name in figures[0] if figures[0][name] == figures[1][name]}
    assert same == {"airlines"}, "as many airlines flew in both; nothing else is the same"


def test_a_review_of_a_past_quarter_shows_the_quarters_own_numbers(airports: Site) -> None:
    found = airports.done("review", "assemble", "--json").json
    (flights,) = (f for i in found["inputs"] for f in i["figures"] if f["id"] == "flights")
    quarter = airports.values("flights", "--from", "2023-10-01", "--to", "2023-12-31")
    assert len(quarter) == 3
    assert flights["whole"]["numerator"] == sum(row["numerator"] for row in quarter)


def test_a_closed_review_is_a_pack_whose_every_figure_is_recomputed(closed: Site) -> None:
    pack = closed.root / "state" / "packs" / "2023-q4.zip"
    found = closed.done("review", "verify", pack, "--json").json
    assert found["figures_matched"] > 0
    assert found["mismatches"] in ([], 0)


def test_a_pack_with_one_changed_row_fails(closed: Site, tmp_path: Path) -> None:
    pack, touched = closed.root / "state" / "packs" / "2023-q4.zip", tmp_path / "touched.zip"
    with zipfile.ZipFile(pack) as sealed, zipfile.ZipFile(touched, "w") as changed:
        for name in sealed.namelist():
            content = sealed.read(name)
            if name == "facts/outputs.parquet":
                content = content[:-200] + bytes([content[-200] ^ 1]) + content[-199:]
            changed.writestr(name, content)
    answer = closed.run("review", "verify", touched)
    assert answer.code == 1
    assert "facts/outputs.parquet" in answer.err
    assert "Traceback" not in answer.err


def test_three_clicks_lead_from_a_figure_to_its_row_in_the_file(
    closed: Site, page: Page, tmp_path: Path
) -> None:
    target = tmp_path / "review.html"
    closed.done("review", "export", "--review", "2023-q4", "-o", target)
    shown = closed.done("batches", "list", "--json").json
    files = {
        batch["file"]: closed.done("batches", "show", str(batch["id"]), "--json").json["sha256"]
        for batch in shown
    }
    page.goto(target.as_uri())  # the page fixture fails on any request to another machine
    clicks = 0
    page.locator(".figure .value .opens").first.click()
    clicks += 1
    sheet = page.locator("section.source:popover-open")
    sheet.locator("summary", has_text=re.compile(r"\brows\b")).first.click()
    clicks += 1
    said = sheet.inner_text()
    assert clicks <= MOST_CLICKS
    (named,) = (name for name in files if name in said)
    assert files[named] in said  # the SHA-256, whole
    assert re.search(r"(?m)\brow\b", said, re.IGNORECASE)
    assert "Quality manager" in said
