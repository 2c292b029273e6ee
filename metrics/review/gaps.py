"""Holes in the evidence, each with a sentence: what is missing, since when, what it prevents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from metrics.readings import HAS_VALUE, last_known
from metrics.review.model import Evidence, Figure, Gap, LateUpload, MetricEvidence
from metrics.review.registers import Listing
from metrics.review.topics import Topic
from metrics.review.wording import counted, day, days_between, listed, sentence


def figure_gap(shown: Figure, given: MetricEvidence) -> Gap | None:
    """Return the hole in one figure; None when nothing is missing or there was no opportunity."""
    whole = shown.whole
    if whole.status in {"ok", "estimated", "no_opportunity"}:
        return None
    prevents = f"what {shown.title} was over all of {shown.label}"
    if whole.value is not None:
        verb = "is" if whole.remark.startswith("as at") else "rests on"
        said = f"{shown.title} {verb} {whole.remark}"
        return Gap(sentence(said), _hole_since(given, whole.period.end), prevents)
    known = last_known(given.series, whole.period.end)
    ever = f"the last value is of {known}" if known else "there never was a value"
    said = f"{shown.title} has no value in {shown.label}: {whole.remark or whole.status}; {ever}"
    return Gap(
        sentence(said),
        _hole_since(given, whole.period.end),
        f"whether {shown.title} is better or worse than before",
    )


def stopped_gap(topic: Topic, table: str, listing: Listing, label: str) -> Gap | None:
    """Return the gap of a table that once had rows and has none in or open at the period."""
    if listing.list is not None or listing.last_on is None:
        return None
    said = (
        f"No {table.replace('_', ' ')} on record in {label}; the last are of {day(listing.last_on)}"
    )
    return Gap(sentence(said), listing.last_on, topic.prevents)


def unlisted_gap(table: str, total: int) -> Gap:
    """Return the gap of a table whose rows are too many to list; a part of them would mislead."""
    said = (
        f"{total:,} {table.replace('_', ' ')} are too many to list here, so no list is shown;"
        " the figures count all of them"
    )
    return Gap(sentence(said), None, f"which {table.replace('_', ' ')} there were")


def empty_gap(topic: Topic, since: date | None, late: Iterable[str]) -> Gap:
    """Return the gap of an input that nothing feeds, with the way to feed it."""
    known = f" since {day(since)}" if since else ""
    chased = "".join(f" {each}" for each in late)
    what = (
        f"Nothing on record{known} about {_lowered(topic.title)}: nobody can say {topic.prevents}"
    )
    said = f"{what}.{chased} {topic.how_to_feed}, or waive the input with a reason"
    return Gap(sentence(said), since, topic.prevents, sentence(what))


def late_in_words(uploads: Iterable[LateUpload], as_of: date) -> tuple[str, ...]:
    """Return one sentence for each overdue upload, the longest overdue first."""
    ordered = sorted(uploads, key=lambda each: (each.due_on, each.title))
    return tuple(
        sentence(
            f"{each.title}, {each.label}: {counted(days_between(each.due_on, as_of), 'day')} late"
            + (f" ({each.owner})" if each.owner else "")
        )
        for each in ordered
    )


def late_uploads(evidence: Evidence, tables: Iterable[str]) -> tuple[LateUpload, ...]:
    """Return the overdue uploads that would have fed these tables."""
    wanted = set(tables)
    return tuple(each for each in evidence.late_uploads if each.table in wanted)


def still_needed(uploads: Iterable[LateUpload]) -> str:
    """Return "Complaints, October 2026" for the list of what an input still needs."""
    return listed([f"{each.title}, {each.label}" for each in uploads])


def _hole_since(given: MetricEvidence, until: date) -> date | None:
    """Return the first day of the unbroken run of holes that reaches the end of the period."""
    rows = given.series.filter(pl.col("period") <= until).sort("period")
    good = rows.filter(pl.col("status").is_in([*HAS_VALUE, "no_opportunity"]))
    if not good.is_empty():
        rows = rows.filter(pl.col("period") > good["period"][-1])
    if rows.is_empty():
        return None
    first = rows["period"][0]
    return first if isinstance(first, date) else None


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:]
