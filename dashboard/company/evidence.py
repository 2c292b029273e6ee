"""Gathering what a review is assembled from: metrics as of its period's end, records, lateness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.company import figures, uploads
from dashboard.company.opened import Company
from dashboard.company.redefinitions import redefined_since
from dashboard.company.series import EVERYTHING, held, series_of
from dashboard.company.worked import with_worked, worked_lines
from data.records import actions, batches, meetings, objectives, people, reviews, targets
from data.records.models import Batch, Review
from data.warehouse import Reader
from metrics.periods import Calendar, Period
from metrics.review.assemble import LISTERS
from metrics.review.model import Evidence, MetricEvidence, Restatement
from metrics.review.standards import load_standards
from metrics.review.tables import open_at
from metrics.review.topics import TOPICS
from metrics.stretches import span

LOOKED_BACK = timedelta(days=3 * 366)
"""How far back the lists of records under an input reach: the certification cycle."""


MOST_ROWS = 500_000
"""More rows of one table than this are not listed under an input; its figures hold all of them."""

CLOSED_BY: Mapping[str, str] = {
    "audit_findings": "closed_on",
    "calibrations": "completed_on",
    "corrective_actions": "implemented_on",
    "trainings": "completed_on",
}
"""What has to be ended, and the column that says when: what is open is never too old."""


def gather(company: Company, reader: Reader, review: Review) -> Evidence:
    """Return everything the review is assembled from, nothing of it later than its period."""
    every = reviews.reviews(company.records)
    until = review.period_to
    standards = load_standards()
    records, unlisted = _records(company, reader, until)
    period = _period(review.period_from, until, company.catalogue.calendar)
    return Evidence(
        period=period,
        as_of=company.as_of,
        standards=tuple(standards[name] for name in review.standards),
        review=review,
        previous=_previous(every, review),
        metrics=_metrics(company, reader, until),
        targets=tuple(targets.targets(company.records)),
        actions=tuple(actions.actions(company.records)),
        decisions=tuple(meetings.decisions(company.records)),
        objectives=tuple(objectives.objectives(company.records)),
        inputs=tuple(meetings.review_inputs(company.records, review.id)),
        records=with_worked(company, records),
        worked=worked_lines(company, "action"),
        unlisted=unlisted,
        tables=company.tables,
        owners=_owners_by_topic(company, until),
        people={person.id: person.name for person in people.people(company.records)},
        late_uploads=uploads.late_for(company, reader, until),
        restatements=restated_since(company, _previous(every, review)),
        redefinitions=redefined_since(company, reader, _previous(every, review), period),
        reviews=tuple(every),
        calendar=company.catalogue.calendar,
    )


def last_day(company: Company, until: date) -> date:
    """Return the day trends are read on: the one after the period, when all of it is over."""
    return min(company.as_of, until + timedelta(days=1))


def _previous(every: Iterable[Review], review: Review) -> Review | None:
    """Return the last closed review of a period before this one."""
    earlier = [
        each for each in every if each.state == "closed" and each.period_to < review.period_to
    ]
    return max(earlier, key=lambda each: each.period_to, default=None)


def _metrics(company: Company, reader: Reader, until: date) -> tuple[MetricEvidence, ...]:
    wanted = [(metric, EVERYTHING) for metric in company.catalogue.metrics.values()]
    if not wanted:
        return ()
    day = last_day(company, until)
    found = figures.views(company, reader, wanted, as_of=day)
    formulas = [view for view in found.values() if view.metric.measure.kind == "formula"]
    given = held(company, reader, [view.metric for view in formulas])
    leaves = {
        view.key: {
            leaf.name: series_of(company, given, leaf, as_of=day, part=view.slice).filter(
                pl.col("period") <= until
            )
            for leaf in view.metric.leaf_metrics
        }
        for view in formulas
    }
    return tuple(
        MetricEvidence(
            view.metric,
            view.series.filter(pl.col("period") <= until),
            view.summary,
            view.slice,
            view.owner.name if view.owner else None,
            leaves.get(view.key, {}),
        )
        for view in found.values()
    )


def _records(
    company: Company, reader: Reader, until: date
) -> tuple[dict[str, pl.DataFrame], dict[str, int]]:
    """Return, by table, the rows in force to list, and how many where they are too many to.

    These are the rows of the last years up to the end of the period, and what was open then.
    """
    first = until - LOOKED_BACK
    records, unlisted = {}, {}
    for name in company.tables:
        if name not in LISTERS:
            continue
        page = reader.browse(name, first=first, last=until, limit=MOST_ROWS)
        rows, total = page.rows, page.total
        if closed := CLOSED_BY.get(name):
            before = reader.browse(name, last=first - timedelta(days=1), limit=MOST_ROWS)
            rows = pl.concat([rows, open_at(before.rows, closed, until)])
            # Where not even the older rows could be read, which are open is not known.
            total = max(rows.height, total, before.total if before.total > MOST_ROWS else 0)
        if total > MOST_ROWS:
            unlisted[name] = total
        else:
            records[name] = rows
    return records, unlisted


def _owners_by_topic(company: Company, on: date) -> dict[str, str]:
    """Return who answers for each topic, by name.

    These are the owners of the processes its metrics measure, and for objectives those who own
    one. A topic without either falls to who keeps the system as a whole: the quality manager where
    there is exactly one, failing that the one person in top management. Where several could be
    meant, nobody is named.
    """
    found: dict[str, set[str]] = {}
    for metric in company.catalogue.metrics.values():
        owner = people.owner_of(company.records, metric.process, {}, on)
        if metric.topic and owner:
            found.setdefault(metric.topic, set()).add(owner.name)
    names = {person.id: person.name for person in people.people(company.records)}
    own = {names[each.owner] for each in objectives.objectives(company.records)}
    if own:
        found["objectives"] = own
    keeper = _keeper(company)
    kept = dict.fromkeys(TOPICS, keeper) if keeper else {}
    return kept | {topic: ", ".join(sorted(each)) for topic, each in found.items()}


def _keeper(company: Company) -> str | None:
    """Return the one person who can be meant where no owner is on record, or None."""
    everybody = people.people(company.records)
    for role in ("quality_manager", "top_management"):
        holders = [person.name for person in everybody if person.role == role]
        if len(holders) == 1:
            return holders[0]
    return None


def restated_since(company: Company, previous: Review | None) -> tuple[Restatement, ...]:
    """Return the batches that changed rows already in force since a review was sealed.

    A batch changes them by restating or removing some when it is published, and by being taken
    back: what it brought is gone, what it had restated or removed is as it was before.
    """
    if previous is None or previous.closed_at is None:
        return ()
    every = batches.batches(company.records)
    zone = ZoneInfo(company.catalogue.calendar.time_zone)
    sent = (
        _restatement(zone, batch, batch.actor, batch.published_at, (batch.restated, batch.removed))
        for batch in every
        if is_published_since(batch, previous) and batch.restated + batch.removed
    )
    taken_back = (
        _restatement(
            zone,
            batch,
            batch.reverted_by or batch.actor,
            batch.reverted_at,
            (batch.restated + batch.removed, batch.new),
        )
        for batch in every
        if is_reverted_since(batch, previous)
    )
    return (*sent, *taken_back)


def is_published_since(batch: Batch, review: Review) -> bool:
    """Return whether a batch in force was published after what a review sealed.

    The pack holds one version of the warehouse: a batch published while it was being sealed is not
    in it, whatever the clock says. Only where a version is not on record do the instants decide.
    """
    return batch.state == "published" and _came_after(batch, review)


def is_reverted_since(batch: Batch, review: Review) -> bool:
    """Return whether a batch that a review had sealed was taken back since."""
    if batch.state != "reverted" or batch.reverted_at is None or review.closed_at is None:
        return False
    return batch.reverted_at > review.closed_at and not _came_after(batch, review)


def _came_after(batch: Batch, review: Review) -> bool:
    if batch.version is not None and review.warehouse_version is not None:
        return batch.version > review.warehouse_version
    at, sealed_at = batch.published_at, review.closed_at
    return at is not None and sealed_at is not None and at > sealed_at


def _restatement(
    zone: ZoneInfo, batch: Batch, actor: str, at: datetime | None, changed: tuple[int, int]
) -> Restatement:
    parts = (batch.report or {}).get("parts", ())
    tables = tuple(sorted({part["table"] for part in parts}))
    restated, removed = changed
    at = (at or batch.received_at).astimezone(zone)
    return Restatement(batch.id or 0, batch.file_name, actor, at, restated, removed, tables)


def _period(first: date, last: date, calendar: Calendar) -> Period:
    label = span(first, last, calendar) if calendar.is_of_weeks else _label(first, last)
    return Period(first, last, label)


def _label(first: date, last: date) -> str:
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%B %Y}"
    if first.year == last.year:
        return f"{first:%B} to {last:%B %Y}"
    return f"{first:%B %Y} to {last:%B %Y}"
