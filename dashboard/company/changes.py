"""What changed, ranked: concerns first, then improvements, holes in the data, restatements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dashboard.company.figures import MetricView
from dashboard.company.opened import Company
from dashboard.company.uploads import Upload
from data.records import batches, reviews

Kind = Literal["concern", "mixed", "improvement", "gap", "restated"]

ORDER: dict[Kind, int] = {"concern": 0, "mixed": 1, "improvement": 2, "gap": 3, "restated": 4}
"""What a person should read first; the page says it in this order."""


@dataclass(frozen=True)
class Change:
    """One thing that is different: a sentence, who answers for it, and the metric it leads to."""

    kind: Kind
    title: str
    sentence: str
    owner: str | None = None
    view: MetricView | None = None


def changes(
    company: Company, shown: Iterable[MetricView], late: Sequence[Upload]
) -> tuple[Change, ...]:
    """Return what changed, most important first; signals on an objective's metric lead their kind."""
    found = [change for view in shown if (change := _of_signal(view)) is not None]
    found.sort(key=lambda change: (ORDER[change.kind], _weight(change)))
    return (*found, *_of_lateness(late), *_of_restatements(company))


def last_review_day(company: Company) -> date | None:
    """Return the day the last review was closed or held, or None."""
    closed = [each for each in reviews.reviews(company.records) if each.state == "closed"]
    return max((each.held_on for each in closed if each.held_on), default=None)


def _of_signal(view: MetricView) -> Change | None:
    match view.summary.state:
        case "concern" | "mixed" | "improvement" as kind if not view.summary.is_watch:
            return Change(kind, view.metric.title, view.summary.headline, _name(view), view)
        case "stale" | "no_data":
            return Change("gap", view.metric.title, view.summary.headline, _name(view), view)
        case _:
            return None


def _weight(change: Change) -> tuple[bool, bool, str]:
    view = change.view
    governed = bool(view and any(target.objective for target in view.targets))
    missed = bool(view and view.summary.target_met is False)
    return (not governed, not missed, change.title)


def _of_lateness(late: Sequence[Upload]) -> Iterable[Change]:
    by_source: dict[str, list[Upload]] = {}
    for upload in late:
        by_source.setdefault(upload.mapping.name, []).append(upload)
    for uploads in by_source.values():
        first, source = uploads[0], uploads[0].mapping
        periods = (
            first.period.label
            if len(uploads) == 1
            else f"{len(uploads)} periods since {first.period.label}"
        )
        yield Change(
            "gap",
            source.title or source.name,
            f"Nothing has come in for {periods}; it was due on {first.due_on.day} {first.due_on:%B %Y}.",
            first.owner.name if first.owner else None,
        )


def _of_restatements(company: Company) -> Iterable[Change]:
    since = max(
        (each.closed_at for each in reviews.reviews(company.records) if each.closed_at),
        default=None,
    )
    if since is None:
        return
    for batch in batches.batches(company.records, state="published"):
        if batch.published_at and batch.published_at > since and batch.restated:
            yield Change(
                "restated",
                batch.file_name,
                f"{batch.restated:,} rows that the last pack had seen were sent again with other values.",
                batch.actor,
            )


def _name(view: MetricView) -> str | None:
    return view.owner.name if view.owner else None
