"""`clause9 pdca`: a cycle by the command line alone, and what it says of one that is not right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import Site

RECORDS = """
[[people]]
id = "care"
name = "Head of customer service"

[[people]]
id = "quality"
name = "Quality manager"

[[processes]]
id = "customer-service"
title = "Customer service"
"""

OPENING = """
title = "Ask for the room number"
metric = "complaint_rate"
slice = { site = "Porto" }
owner = "Head of customer service"
cause = "deliveries to the wrong door"
hypothesis = "Most wrong deliveries are to the right house."
opened_on = 2026-07-01
criterion = "improve"
worthwhile = 0.4
"""

DONE = """
implemented_on = 2026-07-20
done_by = "Head of customer service"
done_text = "Every order asks for it."
"""


@pytest.fixture
def works(site: Site) -> Site:
    site.done("records", "load", site.file("people.toml", RECORDS))
    return site


def stepped(site: Site, *steps: str) -> Site:
    """Return the site with its cycle P-1 taken through these steps."""
    files = {
        "open": site.file("open.toml", OPENING),
        "plan": site.file("plan.toml", "check_on = 2026-10-15\n"),
        "do": site.file("do.toml", DONE),
    }
    for step in steps:
        cycle = [] if step == "open" else ["P-1"]
        rest: list[str | Path] = ["--by", "quality"] if step == "check" else [files[step]]
        site.done("pdca", step, *cycle, *rest)
    return site


def test_a_cycle_goes_through_all_its_steps(works: Site) -> None:
    opened = works.done("pdca", "open", works.file("open.toml", OPENING), "--json")
    assert (opened.json["id"], opened.json["state"], opened.json["process"]) == (
        "P-1",
        "plan",
        "customer-service",
    )
    assert "Fix its plan before acting: clause9 pdca plan P-1" in opened.err
    fixed = works.done("pdca", "plan", "P-1", works.file("plan.toml", "check_on = 2026-10-15\n"))
    assert "The plan of P-1 is fixed. It is checked on 2026-10-15." in fixed.err
    assert "Warning: check_on 2026-10-15 is too early for a verdict" in fixed.err
    done = works.done("pdca", "do", "P-1", works.file("do.toml", DONE))
    assert done.err == (
        "P-1 was carried out on 2026-07-20. Its plan was fixed after the action began; every "
        "verdict says so.\n"
    )
    kept = works.done("pdca", "check", "P-1", "--by", "Quality manager", "--json")
    assert kept.json["verdict"] == "not_assessable"
    assert "no period before the action has a value; 8 are needed" in kept.err
    outcome = works.file("act.toml", 'outcome = "next_cycle"\nnote = "Not enough to judge by."\n')
    acted = works.done("pdca", "act", "P-1", outcome)
    assert acted.err == "P-1: next cycle. Its next cycle is P-2.\n"


def test_the_list_has_the_open_cycles_and_what_has_none(works: Site) -> None:
    stepped(works, "open", "plan", "do", "check")
    found = works.done("pdca", "list", "--json").json
    [row] = found["cycles"]
    assert (row["cycle"], row["phase"], row["owner"], row["said"]) == (
        "P-1",
        "act",
        "Head of customer service",
        "Not assessable",
    )
    assert row["metric_title"] == "Complaints per 1,000 deliveries (site Porto)"
    assert found["ignored_signals"] == []
    assert found["worked"] == [{"cause": "deliveries to the wrong door", "worked": 0, "judged": 1}]
    assert found["effect_unknown"] == {"actions": [], "corrective_actions": 0}
    listed = works.done("pdca", "list")
    assert listed.err == "0 of 1 cycle worked against: deliveries to the wrong door\n"
    head, line = listed.out.splitlines()
    assert head.startswith("cycle  phase  title")
    assert line.startswith("P-1    act    Ask for the room number")


def test_a_closed_cycle_is_listed_where_all_are_asked_for(works: Site) -> None:
    stepped(works, "open", "plan", "do", "check")
    outcome = works.file("act.toml", 'outcome = "abandon"\nnote = "Nobody asks."\n')
    works.done("pdca", "act", "P-1", outcome)
    assert works.done("pdca", "list", "--json").json["cycles"] == []
    [row] = works.done("pdca", "list", "--all", "--json").json["cycles"]
    assert (row["phase"], row["outcome"]) == ("closed", "abandon")


def test_a_cycle_is_shown_with_its_plan_verdict_and_checks(works: Site) -> None:
    stepped(works, "open", "plan", "do")
    found = works.done("pdca", "show", "P-1", "--json").json
    assert (found["criterion"], found["worthwhile"], found["is_after_the_fact"]) == (
        "improve",
        0.4,
        True,
    )
    assert found["judgement"]["verdict"] == "not_assessable"
    assert [(each["kind"], each["due_on"]) for each in found["checks"]] == [("first", "2026-10-15")]
    shown = works.done("pdca", "show", "P-1").out
    lines = dict(line.split(maxsplit=1) for line in shown.splitlines() if line)
    assert lines["slice"] == "site=Porto"
    assert lines["sentence"].startswith("Not assessable: no period before the action has a value")


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (("show", "P-11"), 1, "no cycle 'P-11'. Did you mean 'P-1'?"),
        (("plan", "P-1"), 2, "cannot be fixed yet: write check_on"),
        (("check", "P-1", "--by", "quality"), 2, "P-1 is in its phase plan"),
        (("check", "P-1"), 2, "Missing option '--by'"),
        (("open", "nowhere.toml"), 1, "nowhere.toml"),
    ],
)
def test_what_is_not_right_is_told_with_its_exit_code(
    works: Site, command: tuple[str, ...], code: int, told: str
) -> None:
    stepped(works, "open")
    answer = works.run("pdca", *command)
    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err


def test_every_value_that_cannot_be_read_is_named_with_its_key(works: Site) -> None:
    broken = OPENING.replace("0.4", "0").replace("cause", "causes").replace('"improve"', '"better"')
    answer = works.run("pdca", "open", works.file("open.toml", broken))
    assert answer.code == 2
    assert "causes" in answer.err
    assert "Did you mean 'cause'" in answer.err
    assert "criterion" in answer.err
