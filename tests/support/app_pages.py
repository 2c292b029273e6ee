"""The app's pages without a browser: the page script run as a session would run it."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

MAIN = Path(__file__).resolve().parents[2] / "dashboard" / "main.py"


def open_page(page: str, **asked: str) -> AppTest:
    """Return a page of the workspace in CLAUSE9_WORKSPACE after its first run; "" is Home."""
    app = AppTest.from_file(MAIN, default_timeout=60)
    # AppTest.switch_page knows pages that are files; ours are functions, known by their path.
    app._page_hash = calc_hash(page)
    for name, value in asked.items():
        app.query_params[name] = value
    return app.run()


def texts(app: AppTest) -> str:
    """Return everything the page says in words."""
    blocks = [*app.markdown, *app.caption, *app.warning, *app.info]
    return "\n".join(str(block.value) for block in blocks)


def link_labels(app: AppTest) -> list[str]:
    """Return the labels of the page's links, in order."""
    return [element.proto.label for element in app.get("page_link")]
