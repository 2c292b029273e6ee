"""What is not documented fails: commands, definition fields, tables, errors, links."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import pytest
import typer
from pydantic import BaseModel, Field

from tests.support import reference
from tests.support.model_pages import undescribed
from tests.support.source_tree import REPOSITORY

PAGES = sorted((REPOSITORY / "docs").rglob("*.md"))
PROSE = [*sorted(REPOSITORY.glob("*.md")), *PAGES]

LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def name_of(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_says_what_the_code_says(page: Path, request: pytest.FixtureRequest) -> None:
    written = page.read_text(encoding="utf-8")
    current = reference.generated(written)
    if request.config.getoption("update_snapshots"):
        page.write_text(current, encoding="utf-8")
    else:
        assert written == current, "run `make golden` and read the diff"


def test_every_generated_part_stands_on_exactly_one_page() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert sorted(match["name"] for match in reference.BLOCK.finditer(text)) == sorted(
        reference.BLOCKS
    )


def test_every_command_and_option_has_a_help_text() -> None:
    assert reference.silent_parameters() == []


def test_every_field_a_site_may_write_says_what_it_means() -> None:
    assert reference.silent_fields() == []


def test_every_error_says_what_it_means() -> None:
    assert [kind.__name__ for kind in reference.errors() if not kind.__doc__] == []


def test_a_command_and_an_option_without_a_help_text_are_noticed() -> None:
    app = typer.Typer()

    @app.command()
    def told(count: Annotated[int, typer.Option(help="How many.")] = 1) -> None:
        """Say it."""

    @app.command()
    def untold(count: int = 1) -> None: ...

    assert reference.silent_parameters(app) == ["clause9 untold", "clause9 untold count"]


def test_a_field_without_a_meaning_is_noticed() -> None:
    class Inner(BaseModel):
        told: int = Field(1, description="How many.")
        untold: int = 1

    class Outer(BaseModel):
        name: str
        inner: Inner

    assert undescribed(Outer) == ["Inner.untold"]


def test_a_stale_part_is_noticed() -> None:
    page = "Prose.\n<!-- generated: errors -->\nold\n<!-- end -->\nMore prose.\n"
    current = reference.generated(page)
    assert current.startswith("Prose.\n<!-- generated: errors -->\n| error |")
    assert current.endswith("|\n<!-- end -->\nMore prose.\n")
    assert "old" not in current
    assert reference.generated(current) == current


def test_every_page_is_in_the_index() -> None:
    index = REPOSITORY / "docs" / "README.md"
    text = index.read_text(encoding="utf-8")
    listed = {index.parent / match["target"] for match in LINK.finditer(text)}
    assert set(PAGES) - listed - {index} == set()


@pytest.mark.parametrize("page", PROSE, ids=name_of)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert broken_links(page) == []


def test_a_link_to_nowhere_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[here](page.md) [there](nowhere.md) ![home](home.png) [web](https://x.org)")
    assert broken_links(page) == ["nowhere.md", "home.png"]


def test_a_link_to_a_missing_heading_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# The review\n[here](#the-review) [there](page.md#the-pack)")
    assert broken_links(page) == ["page.md#the-pack"]


def broken_links(page: Path) -> list[str]:
    """Return the targets of `page` that are neither elsewhere nor a file or heading of ours."""
    targets = [match["target"] for match in LINK.finditer(page.read_text(encoding="utf-8"))]
    return [target for target in targets if "://" not in target and not leads(page, target)]


def leads(page: Path, target: str) -> bool:
    path, _, heading = target.partition("#")
    file = page.parent / path if path else page
    return file.exists() and (not heading or heading in anchors(file))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as they are made on GitHub."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
