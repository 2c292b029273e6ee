"""Closed periods: which there are, closing one, and reopening one with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard import session
from dashboard.company import calendar_periods, closing
from dashboard.components import page
from dashboard.components.page import plain
from dashboard.components.telling import not_taken
from dashboard.components.words import NOTHING, count
from data.errors import Clause9Error
from data.records.access import can
from data.records.models import PeriodClosing
from pipelines.mapping.periods import period_named

EVERYTHING = "Everything"

SHOWN = 6
"""Closed periods shown with a button each; the command line lists them all."""


def closings() -> None:
    """Show which periods are closed; a quality manager closes and reopens them here."""
    every = session.answer(closing.closings)
    standing = [row for row in every if row.reopened_at is None]
    may = can(session.actor(), "close_period")
    told, act = st.columns([4, 1], vertical_alignment="center", gap="small")
    with told:
        remark = "figures of a closed period stay as they are"
        page.section("Closed periods", f"{len(standing) or 'none'} closed · {remark}")
    with act:
        if may and st.button("Close a period", key="data_health.close", width="stretch"):
            st.dialog("Close a period")(_close)()
    with st.container(border=True, gap="xxsmall"):
        if not standing:
            st.markdown("No period is closed: rows of any day are taken.")
        for row in standing[:SHOWN]:
            _line(row, may=may)
        if len(standing) > SHOWN:
            st.caption(f"{SHOWN} of {len(standing)} shown; all: `clause9 periods list`.")
    _reopened([row for row in every if row.reopened_at is not None])


def _line(row: PeriodClosing, *, may: bool) -> None:
    state, words, act = st.columns([0.6, 4, 0.6], vertical_alignment="center", gap="small")
    state.markdown(":gray-badge[■ closed]")
    note = f" · {plain(row.note)}" if row.note else ""
    by = f"{_day(row.closed_at)} by {plain(row.closed_by)}{note}"
    words.markdown(f"**{_period(row.period)}** · {plain(_of(row))} &ensp;:small[:gray[{by}]]")
    with act:
        if may and st.button("Reopen", key=f"data_health.reopen.{row.id}"):
            st.dialog(f"Reopen {_period(row.period)}")(_reopen)(row)


def _reopened(rows: Sequence[PeriodClosing]) -> None:
    if not rows:
        return
    with st.expander(f"{count(len(rows), 'closing')} reopened"):
        st.dataframe(
            [
                {
                    "Period": _period(row.period),
                    "Of": _of(row),
                    "Closed": _day(row.closed_at),
                    "By": row.closed_by,
                    "Reopened": _day(row.reopened_at),
                    "Reopened by": row.reopened_by or NOTHING,
                    "Why": row.reopened_reason or NOTHING,
                }
                for row in rows
            ],
            hide_index=True,
            height="content",
            alt="Periods that were closed and reopened",
        )


def _period(label: str) -> str:
    return calendar_periods.spoken(session.company(), period_named(label))


def _day(instant: datetime | None) -> str:
    return page.day(instant and session.here(instant))


def _close() -> None:
    company = session.company()
    with st.form("data_health.closing", border=False):
        st.markdown(
            "From then on no row dated in the period can be added, changed or taken away, until it "
            "is reopened with a reason, which is kept."
        )
        month = st.selectbox(
            "Period",
            session.answer(closing.closable_months),
            format_func=_period,
            key="data_health.closing.month",
        )
        titles = {EVERYTHING: EVERYTHING} | {
            name: mapping.title or name for name, mapping in company.mappings.items()
        }
        source = st.selectbox(
            "Of", list(titles), format_func=lambda name: titles[name], key="data_health.closing.of"
        )
        note = st.text_input("Note, if any", key="data_health.closing.note")
        told = st.container()
        if not st.form_submit_button("Close it", type="primary") or not month:
            return
        try:
            closing.close(
                company,
                month,
                source=None if source == EVERYTHING else source,
                note=note,
                actor=session.actor(),
                at=session.now(),
            )
        except Clause9Error as error:
            not_taken(told, str(error))
            return
        st.rerun()


def _reopen(row: PeriodClosing) -> None:
    with st.form(f"data_health.reopening.{row.id}", border=False):
        st.markdown(
            f"**{_period(row.period)}** · {plain(_of(row))}: rows dated in it are taken again. The "
            "closing stays on record, with who reopened it and why."
        )
        reason = st.text_input("Why", key=f"data_health.reopening.why.{row.id}")
        told = st.container()
        if not st.form_submit_button("Reopen it", type="primary"):
            return
        try:
            closing.reopen(
                session.company(),
                row.period,
                reason,
                source=row.source,
                process=row.process,
                actor=session.actor(),
                at=session.now(),
            )
        except Clause9Error as error:
            not_taken(told, str(error))
            return
        st.rerun()


def _of(row: PeriodClosing) -> str:
    if row.source is not None:
        mapping = session.company().mappings.get(row.source)
        return (mapping.title if mapping else None) or row.source
    return f"process {row.process}" if row.process is not None else "everything"
