"""The page script: routes, and the frame around every page."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components import links, page
from dashboard.views import (
    board,
    data_health,
    definitions,
    home,
    metric,
    owner,
    records,
    review,
    this_month,
    upload,
)
from data.errors import Clause9Error

st.set_page_config(page_title="Clause9", page_icon="◧", layout="wide")
st.logo(page.brand(), size="medium")
st.html(page.STYLE)


def main() -> None:
    """Show the page the address names, in the frame of the organisation."""
    pages = {
        "home": st.Page(home.show, title="Home", url_path="home", default=True),
        "metric": st.Page(metric.show, title="Metric", url_path="metric"),
        "owner": st.Page(owner.show, title="My work", url_path="owner"),
        "this_month": st.Page(this_month.show, title="This month", url_path="this-month"),
        "board": st.Page(board.show, title="PDCA board", url_path="pdca"),
        "records": st.Page(records.show, title="Records", url_path="records"),
        "review": st.Page(review.show, title="Review", url_path="review"),
        "upload": st.Page(upload.show, title="Upload", url_path="upload"),
        "definitions": st.Page(definitions.show, title="Definitions", url_path="definitions"),
        "data_health": st.Page(data_health.show, title="Data health", url_path="data-health"),
    }
    links.register(pages)
    chosen = st.navigation(list(pages.values()), position="top")
    try:
        session.company()
        chosen.run()
    except Clause9Error as error:
        page.problem(error)
        st.page_link(chosen, label=f"Open {chosen.title} afresh →")
        return
    page.footer(session.company())


main()
