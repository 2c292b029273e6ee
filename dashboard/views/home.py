"""Home: what changed since the last review, then the scorecard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard import session
from dashboard.charts.portfolio import portfolio as matrix_of
from dashboard.company import changes, facts, figures, people, portfolio, uploads
from dashboard.company.changes import Change, Kind
from dashboard.company.figures import MetricView
from dashboard.components import choices, links, page
from dashboard.components.page import plain
from dashboard.components.scorecard import scorecard
from dashboard.components.words import count, listed

MOST = 6
"""Changes shown at once; the rest is one click away, and the page says how many there are."""

WORDS: dict[Kind, str] = {
    "concern": "concern",
    "mixed": "mixed signal",
    "check": "overdue check",
    "improvement": "improvement",
    "verdict": "verdict",
    "gap": "gap",
    "restated": "restated table",
    "redefined": "changed definition",
}

BADGES: dict[Kind, str] = {
    "concern": ":orange-badge[{side} Concern]",
    "mixed": ":violet-badge[◆ Mixed]",
    "check": ":orange-badge[◔ Overdue]",
    "improvement": ":blue-badge[{side} Improvement]",
    "verdict": ":gray-badge[≈ Verdict]",
    "gap": ":gray-badge[○ Gap]",
    "restated": ":violet-badge[↺ Restated]",
    "redefined": ":violet-badge[↻ Redefined]",
}
"""Each kind by shape, word and colour; `side` is where the metric went."""


def show() -> None:
    """Show what changed and where every metric stands."""
    company = session.company()
    choices.told_unknown(("process", "site", "owner", "confirmed"))
    title, chosen = st.columns([1.4, 1], vertical_alignment="bottom")
    with chosen:
        process, site, owner = _filters()
    with title:
        _title()
    within = [
        each for each in company.catalogue.metrics.values() if process in (None, each.process)
    ]
    part = {"site": site} if site else {}
    kept = [metric.name for metric in within if metric.has_values_by(part)]
    found = session.answer(figures.metric_views, [(name, part) for name in kept])
    views = [view for view in found.values() if owner in (None, view.owner and view.owner.name)]
    if not views:
        _nothing_yet(owner, is_defined=bool(company.catalogue.metrics))
        return
    is_whole = (process, site, owner) == (None, None, None)
    told, matrix = st.columns([2.25, 1], gap="medium")
    with matrix:
        views = _standing(views, part)
    with told:
        _changed(views, is_whole=is_whole)
    remark = "grey band: limits · dashed: target · click a row to open the metric"
    if left_out := len(within) - len(kept):
        remark += f" · {count(left_out, 'metric')} not kept by site left out"
    page.section("Scorecard", remark)
    scorecard(portfolio.ranked(views), key="home.scorecard")


def _title() -> None:
    since = session.answer(changes.last_review_day)
    late = len(session.answer(uploads.health).late)
    told = f"{page.day(since)} to " if since else "as of "
    told += page.day(session.as_of())
    page.head(
        "What changed since the last review" if since else "What the figures say",
        f"{told} · {count(late, 'upload')} late" if late else told,
    )


def _filters() -> tuple[str | None, str | None, str | None]:
    processes = session.answer(people.process_titles)
    with st.container(
        horizontal=True, horizontal_alignment="right", gap="small", key="home.filters"
    ):
        process = choices.narrow(
            "home", "process", list(processes),
            label="Process", everything="All processes", width=170, words=processes.__getitem__,
        )  # fmt: skip
        site = choices.narrow(
            "home", "site", session.answer(facts.sites),
            label="Site", everything="All sites", width=130,
        )  # fmt: skip
        owner = choices.narrow(
            "home", "owner", session.answer(people.owner_names),
            label="Owner", everything="All owners", width=180,
        )  # fmt: skip
    return process, site, owner


def _changed(views: Sequence[MetricView], *, is_whole: bool) -> None:
    if any(view.summary.state != "no_data" for view in views):
        late = session.answer(uploads.health).late
        _changes(changes.changes(session.company(), views, late, is_whole=is_whole))
    else:
        _first_step()


def _changes(found: Sequence[Change]) -> None:
    with st.container(border=True, gap="xsmall", key="home.lines"):
        if not found:
            st.markdown(
                "No signal, and no check or upload is late. The scorecard says where each metric "
                "stands."
            )
        for rank, change in enumerate(found[:MOST], start=1):
            _change(rank, change)
        if rest := found[MOST:]:
            kinds = Counter(WORDS[change.kind] for change in rest)
            told = ", ".join(count(number, kind) for kind, number in kinds.items())
            with st.expander(f"{len(rest)} more: {told}"):
                for rank, change in enumerate(rest, start=MOST + 1):
                    _change(rank, change)


def _change(rank: int, change: Change) -> None:
    mark, text = st.columns([1, 5], gap="xsmall", vertical_alignment="top")
    mark.markdown(f":gray[{rank}] &nbsp;{_badge(change)}")
    quiet = [plain(change.owner)] if change.owner else []
    quiet += ["known at the last review"] if change.is_known else []
    remark = f" &ensp;:small[:gray[{' · '.join(quiet)}]]" if quiet else ""
    label = f"**{plain(change.title)}** &ensp;{plain(change.sentence)}{remark}"
    with text:
        if change.view is not None:
            links.line("metric", label, metric=change.view.metric.name, **change.view.slice)
        elif change.cycle is not None:
            links.line("board", label, cycle=change.cycle)
        elif change.source is not None:
            links.line("upload", label, source=change.source)
        else:
            links.line("data_health", label)


def _badge(change: Change) -> str:
    side = "▲" if change.view and change.view.summary.side > 0 else "▼"
    return BADGES[change.kind].format(side=side)


def _standing(views: Sequence[MetricView], part: Mapping[str, str]) -> list[MetricView]:
    """Show the matrix and what is to be known of it; return the views as the page shows them."""
    page.section("Where the metrics stand", count(len(views), "metric"))
    above = st.container()
    shown = _confirmed(views, part)
    with above:
        _matrix(shown)
    return shown


def _confirmed(views: Sequence[MetricView], part: Mapping[str, str]) -> list[MetricView]:
    """Place the choice of what is shown as a signal; return the views so."""
    is_asked = choices.flag(
        "home", "confirmed", label="Only what two periods in a row show",
        explained="A point beyond a limit counts at once. A run, or points near a limit, counts "
        "from the second period in which it is seen.",
    )  # fmt: skip
    if not is_asked:
        return list(views)
    names = [view.metric.name for view in views]
    waits = session.answer(portfolio.waiting, names, part)
    if young := [view.metric.title for view in views if view.key in waits]:
        st.caption(
            plain(f"No signal yet one period earlier, so not shown as one: {listed(young)}.")
        )
    return [
        portfolio.held_back(view, waits[view.key]) if view.key in waits else view for view in views
    ]


def _matrix(views: Sequence[MetricView]) -> None:
    st.altair_chart(
        matrix_of([(v.summary.state, v.summary.assurance) for v in views], page.ink()),
        theme=None,
        alt="Count of metrics by variation (rows) and assurance (columns)",
    )
    told = []
    judged = [view for view in views if view.summary.target_met is not None]
    if judged:
        met = sum(1 for view in judged if view.summary.target_met)
        told.append(
            f"**{met} of {len(judged)}** metrics with a target met it in their last period."
        )
    actions = session.answer(people.actions, open_only=True)
    if actions:
        overdue = sum(1 for action in actions if action["days_over"])
        told.append(f"**{overdue} of {len(actions)}** open actions are overdue.")
    quiet = (portfolio.chance_words(views), portfolio.blank_words(views))
    told += [f":gray[{plain(sentence)}]" for sentence in quiet if sentence]
    if told:
        st.markdown("  \n".join(f":small[{line}]" for line in told))


def _first_step() -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(
            "**Nothing has come in yet, so no metric has a figure.** Each of them is listed below; "
            "the first file that is published fills those that read its table."
        )
        links.link("upload", "Put in the first file →")


def _nothing_yet(owner: str | None, *, is_defined: bool) -> None:
    with st.container(border=True):
        if owner:
            st.markdown(
                f"**{plain(owner)} answers for no metric of this choice as a whole.** "
                "What they answer for, by part, is under My work."
            )
            links.link("owner", f"Open the work of {plain(owner)} →", owner=owner)
        elif is_defined:
            st.markdown("**Nothing to show for this choice.** Take another process or site.")
        else:
            st.markdown(
                "**No metric is defined yet.** Put definitions into the folder `metrics/` of the "
                "workspace; `docs/reference/metrics.md` shows how."
            )
