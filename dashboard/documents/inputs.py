"""One input of a review as a section of the page: headline, figures, lists, gaps, words."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import astuple

from dashboard.charts import DARK, LIGHT
from dashboard.documents.markup import Child, Markup, element, joined
from dashboard.documents.page import Chart, ReviewPage
from dashboard.documents.pieces import (
    block,
    chip,
    grid,
    listed_lines,
    opens,
    record_table,
    state_chip,
    trend_chip,
    unbroken,
    value_text,
)
from metrics.review.model import Figure, Gap, Input
from metrics.review.sources import Which
from metrics.review.wording import day, listed

HEX = re.compile(r"#[0-9a-fA-F]{6}\b")

CHARTS_SHOWN = 1
"""Charts of one input that stand open; the weightiest says it, the others are one click away."""


def input_id(each: Input) -> str:
    """Return the anchor of an input: "input-9-3-2-c-1"."""
    return "input-" + each.clauses[0].replace(".", "-")


def input_section(each: Input, page: ReviewPage) -> Markup:
    """Return the whole section of one input."""
    return element(
        "section",
        _head(each),
        _figures(each, page),
        _charts(each, page),
        *(record_table(table, beside=each.headline) for table in each.tables),
        _gaps(each),
        _late(each),
        _changes(each),
        _words(each, page),
        _decided_last_time(each),
        _decisions(each, page),
        class_="input",
        id=input_id(each),
    )


def _head(each: Input) -> Markup:
    owner = f"{each.owner} speaks" if each.owner else "no owner set"
    kicker = element(
        "p",
        element("span", f"{listed(each.clauses)} · {each.title} · {owner}"),
        state_chip(each),
        element("span", each.evidence, class_="small") if each.evidence != "nothing" else None,
        class_="kicker",
    )
    by_person = each.state == "waived"
    origin = f"Waived by {each.waived_by}" if by_person else "Generated from the data"
    head = element("h2", unbroken(each.headline))
    return joined((kicker, head, element("span", origin, class_="origin")))


def _figures(each: Input, page: ReviewPage) -> Markup | None:
    if not each.figures:
        return None
    shown = sorted(each.figures, key=weight)
    return element("div", *(_figure(figure, page) for figure in shown), class_="figures")


def weight(shown: Figure) -> int:
    """Return the place of a figure among those of its input: what needs an answer comes first."""
    order = ("concern", "mixed", "change", "improvement")
    place = order.index(shown.state) if shown.state in order else len(order)
    return place * 2 - (shown.target_met is False)


def _figure(shown: Figure, page: ReviewPage) -> Markup:
    tint = {"concern": " concern", "improvement": " better"}.get(shown.state, "")
    return element(
        "div",
        element("p", shown.title, class_="title"),
        _value(shown, page),
        element("p", trend_chip(shown), *_target_chip(shown), class_="chips"),
        _facts(shown, page),
        element("p", unbroken(shown.headline), class_="say"),
        class_=f"figure{tint}",
    )


def _value(shown: Figure, page: ReviewPage) -> Markup:
    if shown.value is None:
        return element("p", element("span", "not known", class_="unknown"), class_="value")
    return element(
        "p",
        _number(shown, "whole", page),
        element("span", shown.unit, class_="quiet small"),
        class_="value",
    )


def _target_chip(shown: Figure) -> Iterator[Markup]:
    if shown.target == "no target":
        yield chip("no target")
        return
    sign = {True: "✓", False: "✕", None: "?"}[shown.target_met]
    tint = "concern" if shown.target_met is False else ""
    yield chip(f"{shown.target} · {sign} {shown.standing}", tint)


def _facts(shown: Figure, page: ReviewPage) -> Markup:
    rows: list[tuple[str, Child]] = [("Period", shown.label)]
    if shown.whole.remark:
        rows[0] = ("Period", f"{shown.label} ({shown.whole.remark})")
    if shown.latest.value is not None and shown.latest.period != shown.whole.period:
        rows.append((shown.latest.period.label, _number(shown, "latest", page)))
    if shown.previous is not None:
        rows.append((f"{shown.previous.period.label}", _number(shown, "previous", page)))
    if shown.objective:
        rows.append(("Objective", shown.objective))
    pairs = (part for term, said in rows for part in (element("dt", term), element("dd", said)))
    return element("dl", *pairs, class_="facts")


def _number(shown: Figure, which: Which, page: ReviewPage) -> Markup:
    reading = {"whole": shown.whole, "latest": shown.latest, "previous": shown.previous}[which]
    value = reading.value if reading else None
    has_source = any(each.which == which for each in page.sources.get(shown.id, ()))
    return opens(shown, which, value_text(value, shown), has_source=has_source)


def _charts(each: Input, page: ReviewPage) -> Markup | None:
    """Return the charts of an input; an objective's stands under the topic of its metric."""
    if each.topic == "objectives":
        return None
    shown = sorted((each for each in each.figures if each.id in page.charts), key=weight)
    drawn = [_chart(figure, page.charts[figure.id]) for figure in shown]
    rest = [
        element("details", element("summary", f"Chart: {figure.title}"), picture)
        for figure, picture in zip(shown[CHARTS_SHOWN:], drawn[CHARTS_SHOWN:], strict=True)
    ]
    return joined([*drawn[:CHARTS_SHOWN], *rest]) if drawn else None


def _chart(shown: Figure, chart: Chart) -> Markup:
    dark = chart.dark or in_dark_inks(chart.light)
    picture = element(
        "picture",
        element("source", srcset=_data_uri(dark), media="(prefers-color-scheme: dark)"),
        element("img", src=_data_uri(chart.light), alt=chart.alt),
    )
    table = element(
        "details",
        element("summary", "The points as a table"),
        grid(("Period", shown.unit, ""), chart.points),
    )
    events = element(
        "details",
        element("summary", "The events on the chart"),
        grid(("Day", "Event"), chart.events),
    )
    caption = element("figcaption", f"{shown.title}, {shown.unit}")
    return element(
        "figure",
        caption,
        picture,
        table if chart.points else None,
        events if chart.events else None,
        class_="chart",
    )


def in_dark_inks(svg: str) -> str:
    """Return a chart drawn in light inks as it looks in dark ones; drawing it again costs more."""
    inks = zip(astuple(LIGHT), astuple(DARK), strict=True)
    dark_of = {light.lower(): dark for light, dark in inks}
    return HEX.sub(lambda found: dark_of.get(found.group().lower(), found.group()), svg)


def _data_uri(svg: str) -> str:
    """Return the SVG as an image: inside an image no script runs and no address is asked for."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _gaps(each: Input) -> Markup | None:
    if not each.gaps:
        return None
    return block("What is missing", *(_gap(gap) for gap in each.gaps))


def _gap(gap: Gap) -> Markup:
    is_new = gap.since is not None and day(gap.since) not in gap.sentence
    since = f"since {day(gap.since)}" if is_new else ""
    prevents = "" if gap.prevents in gap.sentence else f"prevents knowing {gap.prevents}"
    more = " · ".join(part for part in (since, prevents) if part)
    note = element("span", more, class_="since") if more else None
    return element("div", element("span", gap.sentence), note, class_="gap")


def _late(each: Input) -> Markup | None:
    return block("Late", listed_lines(each.late)) if each.late else None


def _changes(each: Input) -> Markup | None:
    if not each.changes:
        return None
    return block("What changed since last time", listed_lines(each.changes))


def _words(each: Input, page: ReviewPage) -> Markup | None:
    if each.state == "waived":
        return None
    if each.narrative is None:
        said = "No word from the owner." if each.owner else "Nobody has said anything on this."
        return element("p", said, class_="quiet small silence")
    by = element("cite", each.narrative_by or page.named(None))
    return block("In the owner's words", element("blockquote", each.narrative, by, class_="word"))


def _decided_last_time(each: Input) -> Markup | None:
    if not each.decided_last_time:
        return None
    lines = [
        joined((past.text, element("span", f" {past.standing}.", class_="quiet")))
        for past in each.decided_last_time
    ]
    held = each.decided_last_time[0].held_on
    when = f" ({day(held)})" if held else ""
    return block(f"Decided last time{when}", listed_lines(lines))


def _decisions(each: Input, page: ReviewPage) -> Markup | None:
    own = [decision for decision in page.decisions if decision.topic == each.topic]
    if not own:
        return None
    links = [
        element("a", f"{decision.id} {decision.text}", href=f"#decision-{decision.id}")
        for decision in own
    ]
    return block("Decided in this review", listed_lines(links))
