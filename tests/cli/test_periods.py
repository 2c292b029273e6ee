"""`clause9 periods`: closing, reopening, and what is due from whom."""

from __future__ import annotations

import pytest

from tests.support.command_line import DESK, MAPPING, Site

CORRECTED = DESK.replace("C1,2026-07-03,Porto", "C1,2026-07-03,Aarhus")


def test_a_closed_month_is_listed_and_refuses_a_correction_until_it_is_reopened(
    site: Site,
) -> None:
    closed = site.done("periods", "close", "2026-07", "--note", "reported", "--json")
    assert (closed.json["period"], closed.json["state"]) == ("2026-07", "closed")
    assert "2026-07 is closed since" in closed.err
    file = site.file("desk_q3.csv", CORRECTED)
    before = site.values("complaints", "--by", "site")
    refused = site.run("ingest", file)
    assert refused.code == 3
    assert 'clause9 periods reopen 2026-07 --reason "…"' in refused.err
    assert site.values("complaints", "--by", "site") == before
    unsaid = site.run("periods", "reopen", "2026-07")
    assert unsaid.code == 2  # --reason is asked for
    site.done("periods", "reopen", "2026-07", "--reason", "the desk mixed up two sites")
    assert site.done("ingest", file).code == 0
    (row,) = site.done("periods", "list", "--json").json
    assert (row["state"], row["reopened_reason"]) == ("reopened", "the desk mixed up two sites")
    assert "the desk mixed up two sites" in site.done("periods", "list").out


def test_taking_back_a_batch_of_a_closed_month_exits_3(site: Site) -> None:
    site.done("periods", "close", "2026-Q3")
    answer = site.run("batches", "revert", "1", "--reason", "a draft")
    assert answer.code == 3
    assert "Batch 1 (desk_q3.csv) cannot be taken back: 2026-Q3 is closed" in answer.err
    assert [row["state"] for row in site.done("batches", "list", "--json").json] == [
        "published",
        "published",
    ]


def test_a_rebuild_makes_what_stood_in_a_closed_month_too(site: Site) -> None:
    site.done("periods", "close", "2026-Q3")
    assert site.done("rebuild", "--json").json["differences"] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("close", "2099-01"), 2, "is not over on"),
        (("close", "July"), 2, "'July' names no period"),
        (("close", "2026-07", "--source", "crn"), 1, "Did you mean 'crm'?"),
        (("close", "2026-07", "--process", "sales"), 1, "there is no process 'sales'"),
        (("close", "2026-07", "--source", "crm", "--process", "x"), 2, "not both"),
        (("reopen", "2026-07", "--reason", "x"), 1, "2026-07 is not closed"),
    ],
)
def test_what_cannot_be_closed_or_reopened_says_why(
    site: Site, arguments: tuple[str, ...], code: int, said: str
) -> None:
    answer = site.run("periods", *arguments)
    assert (answer.code, said in answer.err) == (code, True), answer.err


def test_what_is_due_is_told_by_source_and_period(site: Site) -> None:
    """The desk began in July, sent up to 14 September, and is due 10 days after each month."""
    monthly = MAPPING.replace("[crm]", '[crm]\ncadence = "month"\ndue_days = 10')
    site.defines("sources", desk=monthly)
    settings = (site.root / "clause9.toml").read_text(encoding="utf-8")
    on = "as_of = 2026-11-08\n"
    (site.root / "clause9.toml").write_text(on + settings, encoding="utf-8")
    site.done("periods", "close", "2026-07")
    told = site.done("periods", "due", "--all", "--json").json
    assert [(row["period"], row["state"], row["due_on"]) for row in told] == [
        ("July 2026", "locked", "2026-08-10"),
        ("August 2026", "submitted", "2026-09-10"),
        ("September 2026", "submitted", "2026-10-10"),
        ("October 2026", "due", "2026-11-10"),
        ("November 2026", "due", "2026-12-10"),
    ]
    later = settings.replace("\n", "\nas_of = 2026-11-12\n", 1)
    (site.root / "clause9.toml").write_text(later, encoding="utf-8")
    told = site.done("periods", "due", "--json").json
    assert [(row["period"], row["state"]) for row in told] == [
        ("October 2026", "late"),
        ("November 2026", "due"),
    ]
