"""What people decided and concluded, as a part of the page; empty until they did."""

from __future__ import annotations

from dashboard.documents.markup import Markup, element
from dashboard.documents.page import ReviewPage
from dashboard.documents.pieces import chip, grid, record_table
from data.records.models import Decision
from metrics.review.wording import day, listed

ANSWERS = {"accept": "accepted", "investigate": "to be investigated", "act": "acted on"}
KINDS = {"improvement": "Improvement", "change": "Change", "resources": "Resources"}
VERDICTS = ("suitable", "adequate", "effective", "aligned")


def decisions(page: ReviewPage) -> Markup:
    """Return every decision of this review with the actions it asks for."""
    if not page.decisions:
        return _section("Decisions and actions", "decisions", _empty("No decision is recorded."))
    return _section(
        "Decisions and actions", "decisions", *(_decision(each, page) for each in page.decisions)
    )


def conclusion(page: ReviewPage) -> Markup:
    """Return who was there and what they concluded; what nobody said is "not said"."""
    review = page.review
    present = listed([page.named(each) for each in review.attendance])
    attendance = present or "Nobody is recorded as present."
    said = review.conclusion or {}
    verdicts = element(
        "p", *(_verdict(word, said.get(word)) for word in VERDICTS), class_="verdicts"
    )
    text = str(said.get("text") or "")
    words = element("blockquote", text, class_="word") if text else None
    return _section(
        "Conclusion",
        "conclusion",
        element("p", f"Present: {attendance}"),
        verdicts,
        words or _empty("No conclusion is recorded."),
    )


def purposes(page: ReviewPage) -> Markup:
    """Return which metrics serve each purpose of analysis, holes included."""
    rows = [
        (each.clause, each.title, ", ".join(each.metrics) or "no metric serves this")
        for each in page.assembly.purposes
    ]
    return _section(
        "What the figures are for", "purposes", grid(("Clause", "Purpose", "Metrics"), rows)
    )


def restatements(page: ReviewPage) -> Markup | None:
    """Return what was restated since the last pack; None when nothing was."""
    table = page.assembly.restatements
    return (
        None
        if table is None
        else element("section", record_table(table), class_="input", id="restatements")
    )


def redefinitions(page: ReviewPage) -> Markup | None:
    """Return which definitions changed since the last review; None when none did."""
    table = page.assembly.redefinitions
    return (
        None
        if table is None
        else element("section", record_table(table), class_="input", id="redefinitions")
    )


def _section(title: str, name: str, *children: Markup) -> Markup:
    return element("section", element("h2", title), *children, class_="input", id=name)


def _empty(text: str) -> Markup:
    return element("p", text, class_="quiet")


def _decision(each: Decision, page: ReviewPage) -> Markup:
    answer = None
    if each.disposition:
        figures = page.assembly.figures()
        named = each.answers or ""
        title = figures[named].title if named in figures else named
        said = f"{title}: {ANSWERS[each.disposition]}" if title else ANSWERS[each.disposition]
        answer = element("p", f"{said}, {each.reason}" if each.reason else said, class_="small")
    due = f", due {day(each.due_on)}" if each.due_on else ""
    rows = [
        (action.id, action.title, page.named(action.owner), day(action.due_on), action.state)
        for action in page.actions
        if action.decision == each.id
    ]
    return element(
        "div",
        element(
            "p",
            chip(KINDS[each.kind]),
            element("span", f" {each.id} · {page.named(each.owner)}{due}", class_="quiet small"),
        ),
        element("p", each.text),
        answer,
        grid(("Action", "What", "Owner", "Due", "State"), rows) if rows else None,
        class_="decision",
        id=f"decision-{each.id}",
    )


def _verdict(word: str, said: object) -> Markup:
    if said is None:
        return chip(f"? {word}: not said")
    label = "aligned with strategic direction" if word == "aligned" else word
    return chip(f"✓ {label}", "better") if said else chip(f"✕ not {label}", "concern")
