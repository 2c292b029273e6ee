"""Definitions written out for people: one Markdown page of everything that governs each number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from metrics.model import Metric
from metrics.review.wording import day


@dataclass(frozen=True)
class Described:
    """A definition with what stands around it, each in words.

    `process` is its title, `targets` are sentences, the newest first, `sql` the queries of its
    cells.
    """

    metric: Metric
    meaning: str
    file: str
    process: str
    owner: str | None
    targets: tuple[str, ...]
    sql: tuple[str, ...]

    @property
    def facts(self) -> dict[str, str]:
        """What governs the number, by what each is called; what nobody said is left out."""
        metric = self.metric
        approved = metric.approved_by or ""
        if approved and metric.approved_on:
            approved += f", {day(metric.approved_on)}"
        kept = ", ".join(name.replace("_", " ") for name in metric.by) or "as a whole only"
        said = {
            "Counts": self.meaning,
            "Unit": metric.unit,
            "Better": metric.better,
            "Period": metric.period,
            "Kind": metric.measure.kind,
            "Kept by": kept,
            "Process": self.process,
            "Owner": self.owner or "",
            "Topic": (metric.topic or "").replace("_", " "),
            "Purpose": metric.purpose or "",
            "Approved by": approved,
            "Look at again by": day(metric.review_by) if metric.review_by else "",
            "Defined in": self.file,
        }
        return {name: text for name, text in said.items() if text}


def definitions_page(title: str, described: Sequence[Described]) -> str:
    """Return a Markdown page: a list of all definitions, then each in full."""
    lines = [f"# {_plain(title)}", "", *listing(described), ""]
    return "\n".join([*lines, *(line for each in described for line in section(each))])


def listing(described: Sequence[Described]) -> Iterator[str]:
    """Yield the lines of a table of definitions, each leading to its section."""
    yield from (_cells("metric", "title", "unit", "topic"), "|---|---|---|---|")
    for each in described:
        metric, topic = each.metric, (each.metric.topic or "").replace("_", " ")
        link = f"[`{metric.name}`](#{metric.name})"
        yield _cells(link, _plain(metric.title), _plain(metric.unit), topic)


def section(described: Described) -> Iterator[str]:
    """Yield the lines of one definition: why, what governs it, its targets, its query."""
    metric = described.metric
    yield from (f"## {metric.name}", "", f"**{_plain(metric.title)}.** {_plain(metric.why)}", "")
    yield from ("| | |", "|---|---|")
    for name, text in described.facts.items():
        yield _cells(name, _plain(text))
    yield _cells("Definition", f"`{metric.definition_hash}`")
    yield ""
    if described.targets:
        yield from ("Targets:", "", *(f"* {_plain(text)}" for text in described.targets), "")
    for sql in described.sql:
        yield from ("```sql", sql, "```", "")


def _cells(*texts: str) -> str:
    return "| " + " | ".join(text.replace("|", "\\|").replace("\n", " ") for text in texts) + " |"


def _plain(text: str) -> str:
    """Return text from people with the signs of Markdown and HTML taken literally."""
    for sign in "\\`*_[]<>#":
        text = text.replace(sign, f"\\{sign}")
    return text
