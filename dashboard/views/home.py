"""Home: what changed since the last review, then the scorecard."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from dashboard import session
from dashboard.charts.portfolio import portfolio
from dashboard.company import changes, facts, figures, people, uploads
from dashboard.company.changes import Change
from dashboard.company.figures import MetricView
from dashboard.components import links, page
from dashboard.components.page import NBSP, plain
from dashboard.components.scorecard import scorecard
from dashboard.components.words import count
from metrics.model import Metric

MOST = 6
"""Changes shown at once; the rest is one click away, and the page says how many there are."""

BADGES = {
    "concern": ":orange-badge[▲ Concern]",
    "mixed": ":violet-badge[◆ Mixed]",
    "improvement": ":blue-badge[▼ Improvement]",
    "gap": ":gray-badge[○ Gap]",
    "restated": ":violet-badge[↺ Restated]",
}


def show() -> None:
    """Show what changed and where every metric stands."""
    company = session.company()
    title, chosen = st.columns([1.4, 1], vertical_alignment="bottom")
    with chosen:
        process, site, owner = _filters()
    metrics = [
        metric for metric in company.catalogue.metrics.values() if process in (None, metric.process)
    ]
    left_out = [metric for metric in metrics if site and "site" not in metric.by]
    part = {"site": site} if site else {}
    found = session.answer(
        figures.metric_views, [(m.name, part) for m in metrics if m not in left_out]
    )
    views = [view for view in found.values() if owner in (None, _owner(view))]
    health = session.answer(uploads.health)
    with title:
        since = session.answer(changes.last_review_day)
        heading = "What changed since the last review" if since else "What the figures say"
        late = f" · {count(len(health.late), 'upload')} late" if health.late else ""
        page.head(
            heading,
            f"{f'{page.day(since)} to ' if since else 'as of '}{page.day(company.as_of)}{late}",
        )
    if not views:
        _nothing_yet(company.catalogue.metrics.values())
        return
    told, matrix = st.columns([2.25, 1], gap="medium")
    with told:
        _changes(changes.changes(company, views, health.late))
    with matrix:
        _standing(views)
    remark = "grey band: limits · dashed: target · click a row to open the metric"
    if left_out:
        remark += f" · {count(len(left_out), 'metric')} not kept by site left out"
    page.section("Scorecard", remark)
    scorecard(_sorted(views), key="home.scorecard")


def _filters() -> tuple[str | None, str | None, str | None]:
    processes = session.answer(people.process_titles)
    with st.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="bottom", gap="small"
    ):
        process = st.selectbox(
            "Process", list(processes), index=None, placeholder="All processes", format_func=lambda each: processes.get(each, each),
            label_visibility="collapsed", width=170, bind="query-params", key="process",
        )  # fmt: skip
        site = st.selectbox(
            "Site", session.answer(facts.sites), index=None, placeholder="All sites",
            label_visibility="collapsed", width=130, bind="query-params", key="site",
        )  # fmt: skip
        owner = st.selectbox(
            "Owner", session.answer(people.owner_names), index=None, placeholder="All owners",
            label_visibility="collapsed", width=180, bind="query-params", key="owner",
        )  # fmt: skip
    return process, site, owner


def _changes(found: Sequence[Change]) -> None:
    with st.container(border=True, gap="xsmall"):
        if not found:
            st.markdown(
                "Nothing changed: every metric varies as it always did, and every upload is here."
            )
        for rank, change in enumerate(found[:MOST], start=1):
            _change(rank, change)
        if len(found) > MOST:
            with st.expander(f"{MOST} of {len(found)} shown · the other {len(found) - MOST}"):
                for rank, change in enumerate(found[MOST:], start=MOST + 1):
                    _change(rank, change)


def _change(rank: int, change: Change) -> None:
    mark, text, more = st.columns([1.25, 5.6, 1], gap="xsmall", vertical_alignment="center")
    mark.markdown(f":gray[{rank}] &nbsp;{BADGES[change.kind]}")
    owner = (
        f" &ensp;:small[:gray[{plain(change.owner).replace(' ', NBSP)}]]" if change.owner else ""
    )
    text.markdown(f"**{plain(change.title)}** &ensp;{plain(change.sentence)}{owner}")
    with more:
        if change.view is not None:
            links.link("metric", "Open", metric=change.view.metric.name, **change.view.slice)


def _standing(views: Sequence[MetricView]) -> None:
    page.section("Where the metrics stand", count(len(views), "metric"))
    st.altair_chart(
        portfolio([(v.summary.state, v.summary.assurance) for v in views], page.ink()),
        theme=None,
        alt="Count of metrics by variation (rows) and assurance (columns)",
    )
    judged = [view for view in views if view.summary.target_met is not None]
    met = sum(1 for view in judged if view.summary.target_met)
    if judged:
        st.markdown(
            f":small[**{met} of {len(judged)}** metrics with a target met it in their last period.]"
        )
    actions = session.answer(people.actions, open_only=True)
    if actions:
        overdue = sum(1 for action in actions if action["days_over"])
        st.markdown(f":small[**{overdue} of {len(actions)}** open actions are overdue.]")


def _sorted(views: Sequence[MetricView]) -> list[MetricView]:
    order = {"concern": 0, "mixed": 1, "change": 2, "improvement": 3, "common_cause": 4}
    return sorted(views, key=lambda view: (order.get(view.summary.state, 5), view.metric.title))


def _owner(view: MetricView) -> str | None:
    return view.owner.name if view.owner else None


def _nothing_yet(defined: Collection[Metric]) -> None:
    with st.container(border=True):
        if defined:
            st.markdown("**Nothing to show for this choice.** Take another process, site or owner.")
        else:
            st.markdown(
                "**No metric is defined yet.** Put definitions into the folder `metrics/` of the workspace; `docs/reference/metrics.md` shows how."
            )
