"""What changed, ranked: concerns first, then improvements, holes in the data, restatements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from dashboard.company.deadlines import Upload
from dashboard.company.definition_history import changed_since
from dashboard.company.evidence import is_published_since, is_reverted_since
from dashboard.company.figures import MetricView
from dashboard.company.opened import Company
from dashboard.company.series import constant_dimensions
from data.records import batches, cycles, people, reviews
from data.records.models import Batch, Review
from metrics import pdca
from metrics.periods import Calendar, period_of
from metrics.trend.claim import VERDICT_WORDS, Verdict
from metrics.trend.wording import listed

Kind = Literal[
    "concern", "mixed", "check", "improvement", "verdict", "gap", "restated", "redefined"
]

ORDER: dict[Kind, int] = {
    "concern": 0, "mixed": 1, "check": 2, "improvement": 3, "verdict": 4, "gap": 5,
    "restated": 6, "redefined": 7,
}  # fmt: skip
"""What a person should read first; the page says it in this order."""


NOT_IN_FORCE = "Its definition was edited and its figures are by the one before."


@dataclass(frozen=True)
class Change:
    """One thing that is different: a sentence, who answers for it, and what it leads to.

    It leads to the metric of `view`, the late `source`, the restated `table` or the `cycle`,
    whichever is named.
    `is_known` when the last review could see it already.
    """

    kind: Kind
    title: str
    sentence: str
    owner: str | None = None
    view: MetricView | None = None
    source: str | None = None
    table: str | None = None
    cycle: str | None = None
    is_known: bool = False


def changes(
    company: Company, shown: Sequence[MetricView], late: Sequence[Upload], *, is_whole: bool = True
) -> tuple[Change, ...]:
    """Return what changed, most important first: within a kind what is new, governed and missed.

    Where `shown` is not the whole company, only what those metrics read is told of the data.
    """
    since = last_review_day(company)
    found = [change for view in shown if (change := _of_signal(view, since)) is not None]
    found += _of_cycles(company, shown, since)
    found.sort(key=lambda change: (ORDER[change.kind], _weight(change)))
    gaps = [change.view for change in found if change.kind == "gap" and change.view]
    untold = [
        upload
        for upload in late
        if not any(_reads(company, view, upload) for view in gaps)
        and (is_whole or any(_reads(company, view, upload) for view in shown))
    ]
    read = {table for view in shown for table in view.metric.tables}
    restated = [change for change in _of_restatements(company) if is_whole or change.table in read]
    return (*found, *_of_lateness(untold), *restated, *_of_definitions(company, shown))


def last_review_day(company: Company) -> date | None:
    """Return the day the last review was closed or held, or None."""
    closed = [each for each in reviews.reviews(company.records) if each.state == "closed"]
    return max((each.held_on for each in closed if each.held_on), default=None)


def _of_definitions(company: Company, shown: Sequence[MetricView]) -> Iterator[Change]:
    """Yield metrics kept by a definition before today's, and those redefined since the review."""
    last = _last_closed(company)
    since = changed_since(company, last.closed_at) if last and last.closed_at else ()
    came = {each.metric: each for each in since if each.changes_figures}
    for view in shown:
        owner, title = view.owner.name if view.owner else None, view.metric.title
        if view.changed is not None:
            yield Change("redefined", title, NOT_IN_FORCE, owner, view=view)
        elif each := came.get(view.metric.name):
            told = f"Defined differently since {_day(each.at.date())}, by {each.actor}."
            yield Change("redefined", title, told, owner, view=view)


def _of_signal(view: MetricView, since: date | None) -> Change | None:
    summary, owner = view.summary, view.owner.name if view.owner else None
    match summary.state:
        case "concern" | "mixed" | "improvement" as kind if not summary.is_watch:
            known = _was_known(view, since)
            return Change(
                kind, view.metric.title, summary.headline, owner, view=view, is_known=known
            )
        case "stale":  # a metric that never had a figure is no change; the scorecard says so
            return Change("gap", view.metric.title, summary.headline, owner, view=view)
        case _:
            return None


def _of_cycles(
    company: Company, shown: Sequence[MetricView], since: date | None
) -> Iterator[Change]:
    """Yield cycles whose check is over its day, and the verdicts that came since the review."""
    checks, names = cycles.checks(company.records), people.people(company.records)
    owners = {each.id: each.name for each in names}
    metrics = {view.metric.name for view in shown}
    for cycle in cycles.cycles(company.records):
        mine = checks.get(cycle.id, ())
        over = pdca.overdue_days(pdca.next_check(cycle, mine), company.as_of)
        last, title = pdca.last_done(mine), f"{cycle.id} {cycle.title}"
        if cycle.metric not in metrics:
            continue
        if over:
            told = f"Its check is {over} day{'' if over == 1 else 's'} over."
            yield Change("check", title, told, owners.get(cycle.owner), cycle=cycle.id)
        elif since and last and last.done_on and last.done_on > since:
            word = VERDICT_WORDS[cast("Verdict", last.verdict)].lower()
            told = f"Checked on {_day(last.done_on)}: {word}."
            yield Change("verdict", title, told, owners.get(cycle.owner), cycle=cycle.id)


def _was_known(view: MetricView, since: date | None) -> bool:
    """Whether the period that made the signal known was over at the last review."""
    known_on = view.summary.known_on
    return bool(
        since
        and known_on
        and period_of(known_on, view.metric.period, view.metric.calendar).end < since
    )


def _weight(change: Change) -> tuple[bool, bool, bool, str]:
    view = change.view
    governed = bool(view and any(target.objective for target in view.targets))
    missed = bool(view and view.summary.target_met is False)
    return (change.is_known, not governed, not missed, change.title)


def _reads(company: Company, view: MetricView, upload: Upload) -> bool:
    """Whether the rows an upload would bring count in what a view shows."""
    part = constant_dimensions(company, upload.mapping.name)
    apart = any(view.slice.get(name, value) != value for name, value in part.items())
    return upload.mapping.table in view.metric.tables and not apart


def _of_lateness(late: Sequence[Upload]) -> Iterator[Change]:
    by_source: dict[str, list[Upload]] = {}
    for upload in late:
        by_source.setdefault(upload.mapping.name, []).append(upload)
    for uploads in by_source.values():
        first, source = uploads[0], uploads[0].mapping
        gone = listed([upload.period.label for upload in uploads])
        yield Change(
            "gap",
            source.title or source.name,
            f"Nothing has come in for {gone}; due since {_day(first.due_on)}.",
            first.owner.name if first.owner else None,
            source=source.name,
        )


def _of_restatements(company: Company) -> Iterator[Change]:
    """Yield one change a table whose rows, sealed in the last pack, are others now or gone."""
    last = _last_closed(company)
    if last is None:
        return
    every = batches.batches(company.records)
    sent = _by_table(
        (batch, _restated_rows(batch)) for batch in every if is_published_since(batch, last)
    )
    calendar = company.catalogue.calendar
    for table, rows in _largest_first(sent):
        said = _sent(sent[table], calendar)
        yield _restated(
            company,
            table,
            f"came again with other values, {said}",
            rows,
        )
    gone = _by_table(
        (batch, _accepted_rows(batch)) for batch in every if is_reverted_since(batch, last)
    )
    for table, rows in _largest_first(gone):
        said = _taken_back(gone[table], calendar)
        yield _restated(
            company,
            table,
            f"were taken back, {said}",
            rows,
        )


def _instant_closed(review: Review) -> float:
    return review.closed_at.timestamp() if review.closed_at else 0


def _last_closed(company: Company) -> Review | None:
    closed = [each for each in reviews.reviews(company.records) if each.closed_at]
    return max(closed, key=_instant_closed, default=None)


_Sent = list[tuple[Batch, int]]
"""Batches, and how many rows of one table each of them changed."""


def _by_table(found: Iterable[tuple[Batch, Iterable[tuple[str, int]]]]) -> dict[str, _Sent]:
    by_table: dict[str, _Sent] = {}
    for batch, tables in found:
        for table, rows in tables:
            by_table.setdefault(table, []).append((batch, rows))
    return by_table


def _largest_first(by_table: dict[str, _Sent]) -> list[tuple[str, int]]:
    sizes = {table: sum(rows for _, rows in sent) for table, sent in by_table.items()}
    return sorted(sizes.items(), key=lambda each: (-each[1], each[0]))


def _restated(company: Company, table: str, what: str, rows: int) -> Change:
    said = f"{rows:,} row{'' if rows == 1 else 's'}"
    title = company.tables[table].title
    return Change("restated", title, f"{said} the last review had seen {what}.", table=table)


def _restated_rows(batch: Batch) -> Iterable[tuple[str, int]]:
    parts = (batch.report or {}).get("parts", [])
    return [(part["table"], part["restated"]) for part in parts if part["restated"]]


def _accepted_rows(batch: Batch) -> Iterable[tuple[str, int]]:
    parts = (batch.report or {}).get("parts", [])
    return [(part["table"], part["accepted"]) for part in parts if part["accepted"]]


def _taken_back(sent: Sequence[tuple[Batch, int]], calendar: Calendar) -> str:
    """Return who took back how many uploads and when."""
    actors = listed(sorted({batch.reverted_by or batch.actor for batch, _ in sent}))
    last = calendar.day_of(max(batch.reverted_at for batch, _ in sent if batch.reverted_at))
    if len(sent) == 1:
        return f"by {actors} on {_day(last)}"
    return f"{len(sent)} uploads by {actors}, the last on {_day(last)}"


def _sent(sent: Sequence[tuple[Batch, int]], calendar: Calendar) -> str:
    """Return who sent it, in how many uploads and when."""
    days = sorted({calendar.day_of(b.published_at) for b, _ in sent if b.published_at})
    actors = listed(sorted({batch.actor for batch, _ in sent}))
    if len(sent) == 1:
        return f"sent by {actors} on {_day(days[0])}"
    when = f"on {_day(days[0])}" if len(days) == 1 else f"the last on {_day(days[-1])}"
    return f"in {len(sent)} uploads by {actors}, {when}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
