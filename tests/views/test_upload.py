"""The page Upload, without a browser: cells put right in place, published, told the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.app_pages import open_page, texts
from tests.support.pages import HEADER, a_company, with_three_mistakes, without_mistakes


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_company(tmp_path_factory.mktemp("upload") / "works")


@pytest.fixture
def root(works: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the app at a company of its own, with figures to August."""
    shutil.copytree(works, tmp_path / "works")
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(tmp_path / "works"))
    monkeypatch.setenv("CLAUSE9_ACTOR", "Quality manager")
    return tmp_path / "works"


def sent(file: Path) -> AppTest:
    """Return the page after a file was chosen."""
    app = open_page("upload")
    app.file_uploader[0].set_value((file.name, file.read_bytes(), "application/octet-stream"))
    app.run()
    assert not app.exception, app.exception[0].message
    return app


def press(app: AppTest, label: str) -> None:
    next(each for each in app.button if each.label.startswith(label)).click()
    app.run()
    assert not app.exception, app.exception[0].message


def said(app: AppTest) -> str:
    return texts(app).replace("\\", "")


def metrics(app: AppTest) -> dict[str, str]:
    return {each.label: each.value for each in app.metric}


@pytest.mark.usefixtures("root")
def test_three_cells_are_put_right_in_place_and_the_file_is_published(tmp_path: Path) -> None:
    file = with_three_mistakes(tmp_path / "in")
    app = sent(file)
    assert "Three cells stand in the way." in said(app)
    assert metrics(app)["Refused"] == "3"
    day, cost = (each for each in app.text_input if each.label.startswith("Your value"))
    (grade,) = (each for each in app.selectbox if each.label.startswith("Your value"))
    day.set_value("2026-09-30")
    cost.set_value("30.00")
    grade.set_value("major")
    press(app, "Check again with these values")

    assert "Three cells put right on this page" in said(app)
    assert "2026-09-31 → 2026-09-30" in said(app)
    assert metrics(app)["New"] == "4"
    next(each for each in app.text_input if each.label == "Note").set_value("Late, sorry")
    press(app, "Publish 4 rows")
    assert "Published" in said(app)
    assert "no figure → **4.0**" in said(app)

    again = sent(file)
    assert "Already published as batch" in said(again)
    assert "3 of its cells corrected" in said(again)
    assert not [each for each in again.button if each.label.startswith("Publish")]


@pytest.mark.usefixtures("root")
def test_what_was_put_right_can_be_taken_back(tmp_path: Path) -> None:
    app = sent(with_three_mistakes(tmp_path / "in"))
    day = next(each for each in app.text_input if each.label.startswith("Your value"))
    day.set_value("2026-09-30")
    press(app, "Check again with these values")
    assert "Two cells stand in the way." in said(app)
    press(app, "Take that back")
    assert "Three cells stand in the way." in said(app)


@pytest.mark.usefixtures("root")
def test_many_cells_are_told_by_kind(tmp_path: Path) -> None:
    rows = [f"Q-{n},customer-service,2026-09-{n},minor,5.00,Halden,x" for n in range(31, 56)]
    file = tmp_path / "complaints_porto_2026-09.csv"
    file.write_text("\n".join([",".join(HEADER), *rows]) + "\n", encoding="utf-8")
    app = sent(file)
    assert "25 cells to fix" in said(app)
    assert not [each for each in app.text_input if each.label.startswith("Your value")]
    assert "25 cells" in str(app.table[0].value)


@pytest.mark.usefixtures("root")
def test_what_a_file_says_is_never_markdown(tmp_path: Path) -> None:
    file = tmp_path / "complaints_porto_2026-09.csv"
    row = "![x](https://example.org),customer-service,<b>soon</b>,**grave**,5.00,Halden,x"
    file.write_text(",".join(HEADER) + f"\n{row}\n", encoding="utf-8")
    shown = texts(sent(file))
    assert r"\<b\>soon\</b\>" in shown
    assert r"\*\*grave\*\*" in shown


CLAIMS = """List of claims;;;
Claim;Came in;Grade;Cost
R-1;02.09.2026;minor;10,50
R-2;03.09.2026;major;1,00
"""
"""A file nobody has said anything about: a title above the header, days and sums as in German."""


def claims(folder: Path, month: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"claims_2026-{month}.csv"
    file.write_text(CLAIMS.replace(".09.", f".{month}."), encoding="utf-8")
    return file


def choose(app: AppTest, label: str, value: str) -> None:
    next(each for each in app.selectbox if each.label == label).set_value(value)
    app.run()
    assert not app.exception, app.exception[0].message


def test_a_file_nobody_knows_is_taught_once_and_the_next_month_needs_nothing(
    root: Path, tmp_path: Path
) -> None:
    app = sent(claims(tmp_path / "in", "09"))
    assert "Nobody has said yet how this file is read" in said(app)
    in_the_way = app.caption[1].value
    assert in_the_way.startswith("Row 1 does not name the columns")
    assert in_the_way.endswith("as under a title.")
    choose(app, "What it holds", "Complaints, a row each")
    assert "Every row needs: Complaint ID, Received on, Process." in said(app)
    choose(app, "A Claim is", "complaint_id")
    choose(app, "B Came in is", "received_on")
    choose(app, "C Grade is", "severity")
    choose(app, "D Cost is", "cost")
    choose(app, "Process, the same in every row", "customer-service")
    choose(app, "A day is written", "31.12.2026")
    choose(app, "A number is written", "1250,50")
    press(app, "Remember, and check the file")
    assert metrics(app)["New"] == "2"
    written = (root / "sources" / "claims.toml").read_text(encoding="utf-8")
    assert 'files = ["claims_*.csv"]' in written
    assert "header_row = 2" in written

    october = sent(claims(tmp_path / "in", "10"))
    assert metrics(october)["New"] == "2"
    assert metrics(october)["Refused"] == "0"


def test_a_reading_that_is_not_right_is_corrected_under_its_name(
    root: Path, tmp_path: Path
) -> None:
    app = sent(without_mistakes(tmp_path / "in"))
    press(app, "Not understood right? Correct it")
    choose(app, "E cost is", "not read")
    press(app, "Remember this for Complaints Porto")
    assert metrics(app)["New"] == "4"
    (written,) = [*(root / "sources").glob("*.toml")]
    text = written.read_text(encoding="utf-8")
    assert 'cost = "cost"' not in text
    assert 'site = "Porto"' in text


@pytest.mark.usefixtures("root")
def test_what_is_being_corrected_can_be_left_as_it_was(tmp_path: Path) -> None:
    app = sent(without_mistakes(tmp_path / "in"))
    press(app, "Not understood right? Correct it")
    assert not [each for each in app.button if each.label.startswith("Publish")]
    press(app, "Leave it as it was")
    assert [each for each in app.button if each.label.startswith("Publish")]
