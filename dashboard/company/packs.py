"""What leaves a review: the page in which every number opens, and the sealed pack."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl

from dashboard.charts import LIGHT, chart_svg, control_chart
from dashboard.charts.render import in_dark
from dashboard.company import figures, meetings, sealed_packs
from dashboard.company.events import events_of
from dashboard.company.evidence import last_day
from dashboard.company.figures import MetricView
from dashboard.company.meetings import Meeting
from dashboard.company.opened import Company
from dashboard.documents.html import review_html
from dashboard.documents.page import Chart, ReviewPage
from data.durable import sync_folder, write_whole
from data.errors import Clause9Error
from data.records import reviews
from data.records.access import Actor, require
from data.records.models import Review
from data.warehouse import Reader
from metrics.review.model import Figure
from metrics.review.origins import sources_of
from metrics.review.pack import PackParts, SealedPack, seal
from metrics.review.sources import Source
from metrics.review.wording import day

CHARTED_PERIODS = 36
"""Periods a chart in a document shows: three years, the certification cycle."""


def export(company: Company, review: str | None, path: Path, *, actor: Actor, at: datetime) -> Path:
    """Write a review as one HTML page; a closed one as it was sealed."""
    write_whole(path, page_text(company, review, actor=actor, at=at).encode())
    return path


def page_text(company: Company, review: str | None, *, actor: Actor, at: datetime) -> str:
    """Return the page of a review: of a closed one the sealed page, else as it assembles now."""
    require(actor, "read")
    row = meetings.find(company, review)
    if row.state == "closed":
        return sealed_packs.member(company, row, "review.html")
    with company.warehouse.read() as reader:
        meeting = meetings.read_meeting(company, reader, row.id)
        return review_html(_page(company, reader, meeting, at))


def close(company: Company, review: str | None, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """Close a held review: seal its pack, then sign; return pack, sha256 and figures.

    Raises Clause9Error naming everything that stands in the way, or that something was recorded
    while the pack was sealed: then the review stays open, and nothing is sealed.
    """
    require(actor, "sign_review")
    revision = company.records.revision()
    # One version of the warehouse for all of it: what is published meanwhile must not show.
    with company.warehouse.read() as reader:
        meeting = meetings.read_meeting(company, reader, review)
        _refuse_unready(meeting)
        path = sealed_packs.path_of(company, meeting.review.id)
        # The page inside the pack is the one of a closed review, although the seal comes before.
        as_closed = meeting.review.model_copy(
            update={"state": "closed", "closed_at": at, "closed_by": actor.name}
        )
        page = replace(_page(company, reader, meeting, at), review=as_closed)
        html = review_html(page).encode()
        # A name of its own: whoever closes at the same time must not touch this pack, nor it theirs
        unsigned = path.with_name(f"{path.stem}.{uuid4().hex}.unsigned")
        try:
            parts = _parts(company, meeting, html, (actor, at))
            sealed = seal(unsigned, meeting.assembly, parts, reader)
            _sign(company, meeting.review, (sealed, reader.version), (actor, at), revision)
        finally:
            unsigned.unlink(missing_ok=True)
    return {
        "review": meeting.review.id,
        "pack": str(path),
        "sha256": sealed.sha256,
        "figures": sealed.figures,
    }


def _sign(
    company: Company,
    review: Review,
    made: tuple[SealedPack, int],
    signed: tuple[Actor, datetime],
    revision: int,
) -> None:
    """Close the review and put its pack in place, both or neither.

    `revision` is the one of the records the pack was made from.
    """
    (sealed, version), (actor, at) = made, signed
    path = sealed_packs.path_of(company, review.id)
    on_record = str(path.relative_to(company.workspace.root))
    with company.records.together() as joined:
        if joined.revision() != revision:
            raise Clause9Error(
                f"Something was recorded while {review.title} was being sealed, so nothing was "
                "sealed. Look at it once more and close again."
            )
        pack = reviews.SealedPack(on_record, sealed.sha256, version)
        reviews.close_review(joined, actor, review.id, (), pack, at)
        # Before the commit: a crash in between leaves an open review, and closing again replaces
        # a pack that nobody signed.
        sealed.path.replace(path)
        sync_folder(path.parent)


def _refuse_unready(meeting: Meeting) -> None:
    """Raise before sealing what the records would refuse after it, and all of it at once."""
    told = [blocker.sentence for blocker in meeting.readiness.blockers]
    told += [line for line in reviews.standing_in_the_way(meeting.review) if line not in told]
    if told:
        lines = "\n".join(f"  {line}" for line in told)
        raise Clause9Error(f"{meeting.review.title} cannot be closed yet:\n{lines}")


def _parts(
    company: Company, meeting: Meeting, html: bytes, signed: tuple[Actor, datetime]
) -> PackParts:
    actor, at = signed
    gathered, settings = meeting.evidence, company.workspace.settings
    return PackParts(
        organisation=settings.organisation,
        metrics=tuple(company.catalogue.metrics.values()),
        tables=company.tables,
        review=meeting.review,
        html=html,
        sealed_at=at,
        sealed_by=actor.name,
        targets=gathered.targets,
        decisions=gathered.decisions,
        actions=gathered.actions,
        inputs=gathered.inputs,
        calendar=company.catalogue.calendar,
        is_synthetic=settings.synthetic,
    )


def _page(company: Company, reader: Reader, meeting: Meeting, at: datetime) -> ReviewPage:
    gathered, settings = meeting.evidence, company.workspace.settings
    until = meeting.review.period_to
    shown = meeting.assembly.figures()
    wanted = [(figures.find_metric(company, each.metric), each.slice) for each in shown.values()]
    views = figures.views(company, reader, wanted, last_day(company, until))
    sources = {key: _sources(company, reader, figure) for key, figure in shown.items()}
    return ReviewPage(
        organisation=settings.organisation,
        assembly=meeting.assembly,
        readiness=meeting.readiness,
        review=meeting.review,
        is_synthetic=settings.synthetic,
        decisions=tuple(each for each in gathered.decisions if each.review == meeting.review.id),
        actions=tuple(each for each in gathered.actions if each.review == meeting.review.id),
        people=gathered.people,
        definitions=company.catalogue.metrics,
        charts={
            key: _chart(company, views[figures.series_key(figure.metric, figure.slice)], until)
            for key, figure in shown.items()
        },
        sources=sources,
        made_at=at,
    )


def figure_sources(company: Company, shown: Figure) -> tuple[Source, ...]:
    """Return what the numbers of a figure open to: the same as in the page and the pack."""
    with company.warehouse.read() as reader:
        return _sources(company, reader, shown)


def _sources(company: Company, reader: Reader, figure: Figure) -> tuple[Source, ...]:
    metric = figures.find_metric(company, figure.metric)
    return sources_of(reader, metric, company.tables, figure)


def charted(view: MetricView, until: date) -> pl.DataFrame:
    """Return the points a review shows: three years, and nothing after its period."""
    return view.points.filter(pl.col("period") <= until).tail(CHARTED_PERIODS)


def _chart(company: Company, view: MetricView, until: date) -> Chart:
    points = charted(view, until)
    events = events_of(company, view.metric.name, view.slice)
    shown = events.filter(pl.col("on").is_between(points["period"].min(), until))
    known = points.filter(pl.col("value").is_not_null())
    rows = known.select("label", "value", "state").iter_rows()
    digits = view.metric.decimals
    drawn = chart_svg(control_chart(points, view.spec, LIGHT, events=events, height=240))
    return Chart(
        light=drawn,
        dark=in_dark(drawn),
        alt=view.summary.headline,
        points=tuple(
            (label, f"{value:,.{digits}f}", (state or "").replace("_", " "))
            for label, value, state in rows
        ),
        events=tuple((day(on), what) for on, what in shown.select("on", "what").iter_rows()),
    )
