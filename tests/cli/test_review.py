"""A review by the command line alone: planned, filled, held, closed, exported, verified."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from tests.support.command_line import Site, clause9

RECORDS = """
[[people]]
id = "md"
name = "Managing director"
role = "top_management"
"""

WAIVED = (
    "previous_actions", "context", "objectives", "process_performance",
    "nonconformity_and_corrective_action", "monitoring_results", "audit_results",
    "external_providers", "resources", "risks_and_opportunities", "improvement_opportunities",
)  # fmt: skip

MINUTES = f"""
held_on = 2026-10-12
attendance = ["Managing director"]

[narratives]
customer_satisfaction = "Few complaints, most of them at Porto."

[waivers]
{chr(10).join(f'{topic} = "reported apart this quarter"' for topic in WAIVED)}

[[decisions]]
topic = "customer_satisfaction"
kind = "improvement"
text = "Ask Porto's customers."
owner = "Managing director"
due_on = 2026-12-31

[[decisions.actions]]
title = "Customers of Porto asked"
owner = "Managing director"
due_on = 2026-12-31
expected_effect = "Half the complaints by spring"

[conclusion]
suitable = true
adequate = true
effective = true
aligned = true
text = "Fit for another year."
"""


@pytest.fixture(scope="module")
def prepared(pattern: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace whose review of the third quarter is planned."""
    root = tmp_path_factory.mktemp("review") / "works"
    shutil.copytree(pattern, root)
    site = Site(root)
    site.done("records", "load", site.file("records.toml", RECORDS))
    made = site.done("review", "new", "2026-q3", "--from", "2026-07-01", "--to", "2026-09-30")
    assert "clause9 review status" in made.err
    return root


@pytest.fixture
def meeting(prepared: Path, tmp_path: Path) -> Site:
    shutil.copytree(prepared, tmp_path / "works")
    return Site(tmp_path / "works")


def test_every_input_stands_with_its_clauses_fed_or_with_a_sentence(meeting: Site) -> None:
    rows = meeting.done("review", "status", "--json").json
    assert [clause for row in rows for clause in row["clauses"]] == [
        "9.3.2.a",
        "9.3.2.b",
        *(f"9.3.2.c.{number}" for number in range(1, 8)),
        "9.3.2.d",
        "9.3.2.e",
        "9.3.2.f",
    ]
    by_topic = {row["topic"]: row for row in rows}
    assert by_topic["customer_satisfaction"]["state"] == "fed"
    assert all(row["gaps"] for row in rows if row["state"] == "gap")
    assert sum(row["state"] == "gap" for row in rows) == 11
    assert "9.3.2.c.1" in meeting.done("review", "status").out


def test_the_assembly_is_one_json_value(meeting: Site) -> None:
    found = meeting.done("review", "assemble", "--json").json
    assert found["review"] == "2026-q3"
    assert len(found["inputs"]) == len(found["ranked"]) == 12
    assert meeting.done("review", "assemble").out.startswith("1. ")


def test_a_review_nobody_can_understand_is_refused(meeting: Site) -> None:
    period = ("--from", "2026-07-01", "--to", "2026-09-30")
    assert meeting.run("review", "new", "2026-q3", *period).code != 0
    backwards = meeting.run("review", "new", "x", "--from", "2026-07-01", "--to", "2026-06-30")
    assert backwards.code == 1
    assert "is before" in backwards.err
    assert meeting.run("review", "status", "--review", "2026-q9").code == 1
    minutes = meeting.file(
        "minutes.toml", MINUTES.replace("atte", "ate").replace("effect =", "e =")
    )
    refused = meeting.run("review", "record", minutes)
    assert refused.code == 1
    assert "Did you mean 'attendance'?" in refused.err
    assert meeting.done("actions", "--json").json == []


def test_closing_says_everything_that_stands_in_the_way(meeting: Site) -> None:
    meeting.done("review", "hold", "--on", "2026-10-12", "--json")
    answer = meeting.run("review", "close")
    assert answer.code == 1
    assert answer.err.count("is neither fed nor waived") == 11
    assert "Nobody is recorded as present" in answer.err
    assert "suitable, adequate, effective" in answer.err
    assert not (meeting.root / "state" / "packs" / "2026-q3.zip").exists()


def test_a_review_closes_into_a_pack_that_verifies_until_somebody_touches_it(
    meeting: Site, tmp_path: Path
) -> None:
    counts = meeting.done("review", "record", meeting.file("m.toml", MINUTES), "--json").json
    assert (counts["decisions"], counts["actions"]) == (1, 1)
    (action,) = meeting.done("actions", "--json").json
    assert (action["owner"], action["due_on"], action["state"]) == ("md", "2026-12-31", "open")
    sealed = meeting.done("review", "close", "--json").json
    pack = Path(sealed["pack"])
    sound = meeting.done("review", "verify", pack, "--json").json
    assert sound["figures_matched"] == sealed["figures"] > 0
    assert sound["compared_with_record"]
    made_anew = meeting.run("review", "verify", tampered(pack, tmp_path / "anew.zip", b"Half"))
    assert made_anew.code == 1
    assert "not the one that was sealed" in made_anew.err
    elsewhere = clause9("--workspace", tmp_path, "review", "verify", pack)
    assert elsewhere.code == 0
    assert "was not compared with the one on record" in elsewhere.err
    page = tmp_path / "review.html"
    meeting.done("review", "export", "-o", page, "--review", "2026-q3", "--json")
    assert page.read_bytes() == zipfile.ZipFile(pack).read("review.html")
    status = meeting.done("review", "status", "--json")
    assert "Every review is closed; this is the newest." in status.err
    assert [row["needs"] for row in status.json if row["needs"]] == []
    touched = meeting.run("review", "verify", tampered(pack, tmp_path / "touched.zip", b"Some"))
    assert touched.code == 1
    assert "minutes.json" in touched.err
    assert meeting.run("review", "close", "--review", "2026-q3").code != 0
    assert meeting.run("review", "record", meeting.file("m.toml", MINUTES)).code != 0


def tampered(pack: Path, copy: Path, word: bytes) -> Path:
    """Return a copy packed anew, in which `word` stands in the minutes in place of "Half"."""
    with zipfile.ZipFile(pack) as sealed, zipfile.ZipFile(copy, "w") as changed:
        for name in sealed.namelist():
            content = sealed.read(name)
            if name == "minutes.json":
                assert b"Half the complaints" in content
                content = content.replace(b"Half the complaints", word + b" the complaints")
            changed.writestr(name, content)
    return copy


def test_a_review_without_any_figure_is_exported_all_the_same(
    empty_site: Site, tmp_path: Path
) -> None:
    (empty_site.root / "metrics" / "customers.toml").unlink()
    period = ("--from", "2026-07-01", "--to", "2026-09-30")
    empty_site.done("review", "new", "2026-q3", *period)
    page = tmp_path / "page.html"
    empty_site.done("review", "export", "-o", page)
    assert "2026-q3" in page.read_text(encoding="utf-8")
