"""This month: the figures one owner hands in for a period, without a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import streamlit as st

from dashboard import session
from dashboard.company import this_month
from dashboard.company.this_month import Asked, Submitted, ToFix
from dashboard.components import choices, effects, figures_form, page
from dashboard.components.page import plain
from dashboard.components.telling import not_taken
from dashboard.components.words import count
from dashboard.components.working import working
from data.errors import Clause9Error
from data.records.access import could
from pipelines.templates import Amounts

TYPED = "this_month.typed"
"""What was typed and could not be handed in, with what is wrong, by what names the form."""

DONE = "this_month.done"
"""What was handed in last in this session, by what names the form."""

Typed = tuple[tuple[Amounts, ...], tuple[ToFix, ...]]


def show() -> None:
    """Show the figures of the owner and period the address names, or of the first owner."""
    names = session.answer(this_month.owners)
    if not names:
        page.head("This month", "nobody hands a figure in yet")
        st.markdown(
            "A metric of kind `reported` is handed in by whoever owns its process. Define one in "
            "`metrics/`, load its owner, and the form is here."
        )
        return
    head, owner_box, period_box = st.columns([2.2, 1, 1], vertical_alignment="bottom", gap="medium")
    with owner_box:
        owner = choices.pick("this_month", "owner", names, label="Owner")
    labels = session.answer(this_month.offered, owner)
    with period_box:
        period = choices.pick(
            "this_month",
            "period",
            labels,
            label="Period",
            usual=labels[0],
            words=_title,
        )
    asked = session.answer(this_month.asked, owner, period, actor=session.actor())
    standing = asked.standing
    with head:
        done = f":gray-badge[{standing.filled} of {count(standing.asked, 'figure')} handed in]"
        page.head(asked.out.title, f"{plain(owner)} · a row left empty is missing, not 0", done)
    choices.told_unknown(("owner", "period"))
    _figures(asked)


def _title(label: str) -> str:
    return session.answer(this_month.title_of, label)


def _figures(asked: Asked) -> None:
    if not asked.out.figures:
        st.markdown(f"No figure is asked of {plain(asked.out.owner_name)} for this period.")
        return
    name = f"{asked.out.owner}.{asked.out.period.label}"
    _handed_in(name)
    if could(session.actor(), "submit"):
        _form(asked, name)
    else:
        st.caption("Handing figures in takes an owner or the quality manager.")
    href = f"/exports/template/owner/{quote(asked.out.owner)}.xlsx"
    st.link_button(
        "Get it as a spreadsheet", f"{href}?period={asked.out.period.label}", type="tertiary"
    )


def _form(asked: Asked, name: str) -> None:
    given = tuple(figure.given or this_month.NOTHING for figure in asked.out.figures)
    typed: Typed = st.session_state.get(f"{TYPED}.{name}", (given, ()))
    entries, to_fix = typed
    # The grid keeps what is typed under its key: another version or another try starts it anew.
    version = session.company().warehouse.version()
    key = f"this_month.grid.{name}.{version}.{hash(typed)}"
    with st.form("this_month.form", border=False):
        now = figures_form.grids(asked, entries, to_fix, key=key)
        button, told = st.columns([1, 2.6], vertical_alignment="center", gap="medium")
        pressed = button.form_submit_button(
            f"Hand in {asked.out.title}", type="primary", width="stretch"
        )
    if to_fix:
        not_taken(told, figures_form.told(to_fix))
    if pressed:
        _hand_in(asked, name, now, told)


def _hand_in(
    asked: Asked,
    name: str,
    entries: Sequence[Amounts],
    told: st.delta_generator.DeltaGenerator,
) -> None:
    try:
        with working(told, f"Checking {asked.out.title}") as stage:
            found = this_month.submit(
                session.company(),
                asked.out,
                entries,
                stage,
                actor=session.actor(),
                at=session.now(),
            )
    except Clause9Error as error:
        not_taken(told, str(error))
        return
    if found.to_fix:
        st.session_state[f"{TYPED}.{name}"] = (tuple(entries), found.to_fix)
    elif found.published is None:
        told.markdown(f":gray-badge[● Nothing to do] &nbsp;{plain(' '.join(found.remarks))}")
        return
    else:
        st.session_state.pop(f"{TYPED}.{name}", None)
        st.session_state[DONE] = (name, found)
    st.rerun()


def _handed_in(name: str) -> None:
    """Show what the last handing in changed, while its form is on the page."""
    last: tuple[str, Submitted] | None = st.session_state.get(DONE)
    if last is None or last[0] != name or last[1].published is None:
        return
    effects.done(last[1].published)
    for remark in last[1].remarks:
        st.caption(f"▲ {plain(remark)}")
