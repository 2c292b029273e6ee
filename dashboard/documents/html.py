"""A review as one HTML file: no network, no script, and every number opens."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from dashboard.documents import minutes
from dashboard.documents.inputs import input_id, input_section
from dashboard.documents.markup import Markup, element
from dashboard.documents.page import ReviewPage
from dashboard.documents.pieces import STATES, chip, listed_lines, unbroken
from dashboard.documents.source_sheets import sheets
from metrics.review.model import Input
from metrics.review.wording import counted, day, listed

FIRST = 5
"""Inputs named first: what ten minutes can hold. The rest stands in the agenda."""

MARK = (
    '<svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none"'
    ' stroke="currentColor" stroke-width="2"><rect x="1" y="1" width="18" height="18" rx="4"/>'
    '<path d="M5 13l3-4 3 2 4-6"/></svg>'
)


def review_html(page: ReviewPage) -> str:
    """Return the page as text: one file, readable for as long as there are browsers."""
    css = _stylesheet()
    body = element(
        "body",
        element("a", "To the inputs", class_="skip", href="#inputs"),
        element("div", _masthead(page), _lead(page), _layout(page), _footer(page), class_="page"),
        sheets(page),
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(css)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{page.assembly.title} · {page.organisation}"),
        element("style", Markup(css)),
    )
    return "<!doctype html>\n" + element("html", head, body, lang="en") + "\n"


@cache
def _stylesheet() -> str:
    return files("dashboard.documents").joinpath("review.css").read_text(encoding="utf-8")


def _policy(css: str) -> str:
    """Return a policy that lets in this style sheet and embedded images, and nothing else."""
    digest = b64encode(sha256(css.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def _masthead(page: ReviewPage) -> Markup:
    assembly, review = page.assembly, page.review
    held = f"held {day(review.held_on)}" if review.held_on else "not held yet"
    facts = [
        f"period {assembly.period.label}",
        held,
        f"last review: {assembly.previous}" if assembly.previous else "no earlier review on record",
        f"data as of {day(assembly.as_of)}",
        listed(assembly.standards),
    ]
    synthetic = chip("synthetic company, no real people or figures", "other")
    return element(
        "header",
        element(
            "div",
            Markup(MARK),
            element("span", page.organisation),
            chip(f"● {review.state}"),
            synthetic if page.is_synthetic else None,
            class_="brand",
        ),
        element("h1", assembly.title),
        element("p", " · ".join(facts), class_="facts"),
        class_="masthead",
    )


def _layout(page: ReviewPage) -> Markup:
    inputs = (input_section(each, page) for each in page.assembly.inputs)
    main = element(
        "main",
        element("div", *inputs, id="inputs"),
        minutes.restatements(page),
        minutes.redefinitions(page),
        minutes.decisions(page),
        minutes.conclusion(page),
        minutes.purposes(page),
    )
    return element("div", _agenda(page), main, class_="layout")


def _agenda(page: ReviewPage) -> Markup:
    lines = (_agenda_line(each) for each in page.assembly.inputs)
    rest = [("decisions", "Decisions and actions"), ("conclusion", "Conclusion")]
    rest += [("restatements", "Restated")] if page.assembly.restatements else []
    rest += [("redefinitions", "Redefined")] if page.assembly.redefinitions else []
    rest += [("purposes", "What the figures are for")]
    links = (element("li", element("a", title, href=f"#{name}")) for name, title in rest)
    return element(
        "nav",
        element("h3", "Agenda"),
        element("ol", *lines),
        element("ul", *links, class_="rest"),
        class_="agenda",
        aria_label="Agenda",
    )


def _agenda_line(each: Input) -> Markup:
    glyph, word, _ = STATES[each.state]
    link = element(
        "a",
        element("span", glyph, class_="glyph", title=word),
        element("span", each.clauses[0].removeprefix("9.3.2.")),
        element("span", each.title),
        href=f"#{input_id(each)}",
    )
    return element("li", link, class_=f"is-{each.state}")


def _lead(page: ReviewPage) -> Markup:
    return element("div", _first(page), _ready(page), class_="lead")


def _first(page: ReviewPage) -> Markup:
    ranked = [each for each in page.assembly.ranked if each.why_here.kind != "quiet"][:FIRST]
    lines = (
        element(
            "li",
            element(
                "a",
                element("span", each.clauses[0], class_="clause"),
                element("span", unbroken(each.headline), class_="said"),
                element("span", each.why_here.words, class_="why"),
                href=f"#{input_id(each)}",
            ),
        )
        for each in ranked
    )
    head = element(
        "div",
        element("h3", "First in the meeting"),
        element("span", "and why it stands there", class_="quiet small"),
        class_="section-line",
    )
    body = element("ol", *lines) if ranked else element("p", "Nothing unusual on record.")
    return element("div", head, body, class_="first")


def _ready(page: ReviewPage) -> Markup:
    state = page.readiness
    counts = [
        f"{state.fed} fed",
        *([f"{state.waived} waived"] if state.waived else []),
        *([f"{state.late} late"] if state.late else []),
        *([counted(state.gaps, "gap")] if state.gaps else []),
    ]
    closed = page.review.state == "closed"
    blockers = [each.sentence for each in state.blockers]
    stand = element(
        "details",
        element("summary", f"{counted(len(blockers), 'thing')} before it can close"),
        listed_lines(blockers, "blockers"),
    )
    return element(
        "aside",
        element("h3", "Inputs"),
        element("p", f"{state.percent} %", class_="percent"),
        element("p", ", ".join(counts), class_="quiet small"),
        _bar(state.percent),
        element("p", state.sentence, class_="quiet small"),
        stand if blockers and not closed else None,
        class_="card",
        aria_label="Readiness",
    )


def _bar(percent: int) -> Markup:
    track = '<rect class="track" width="100" height="8" rx="1"/>'
    done = f'<rect class="done" width="{percent}" height="8" rx="1"/>'
    return Markup(
        f'<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f"{track}{done}</svg>"
    )


def _footer(page: ReviewPage) -> Markup:
    made = f"made {day(page.made_at.date())} {page.made_at:%H:%M} UTC" if page.made_at else ""
    parts = [page.organisation, listed(page.assembly.standards), "Clause9", made]
    return element(
        "footer",
        element("p", " · ".join(part for part in parts if part)),
        element(
            "p",
            "Headlines marked generated are made from the data by rule; nobody wrote or approved"
            " them. Every underlined number opens to its definition, query, rows and files."
            " Columns that can point to a person are masked (•••)."
            " Recompute a sealed pack with ",
            element("code", "clause9 review verify PACK"),
            ".",
        ),
    )
