"""The app: what `streamlit run dashboard/app.py` and `clause9 serve` start.

Without sign-in the server answers this machine only, however it was launched. Exports leave by
routes of their own, through the same access checks as everything else.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from itertools import chain
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pandas as pd  # noqa: F401 - two first sessions at once would meet it half imported inside Altair
import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from dashboard import session
from dashboard.company import exports, marked_copies
from data.errors import Clause9Error, NotAllowedError, NotFoundError, UsageError

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
"""The addresses only this machine can reach."""

LOG = logging.getLogger("clause9")

CONTEXT = "streamlit.runtime.scriptrunner_utils.script_run_context"

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
"""What an answer may load: nothing. Only pages of this app may hold it in a frame."""

PAGE = f"{CLOSED}; style-src 'unsafe-inline'; img-src data:"
"""The page of a review brings its styles and pictures along, and no script."""

SAFE = {
    "Content-Security-Policy": CLOSED,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Headers of every answer that is not the app itself."""

STATUS: Mapping[type[Clause9Error], int] = {
    NotFoundError: 404,
    NotAllowedError: 403,
    UsageError: 400,
}
"""What an expected error is on the wire; any other is 409: the state of things forbids it."""

Answer = Callable[[Request], Response]


def refuse_open_addresses() -> None:
    """Stop the process when it would listen to other machines while nobody has to sign in."""
    address = config.get_option("server.address")
    if address not in LOOPBACK:
        sys.exit(
            f"Clause9 does not start on {address or 'every address of this machine'}: no sign-in "
            "is set up, so anybody could read and change everything. Start it with clause9 serve, "
            "or give --server.address 127.0.0.1."
        )


def told_with_number(error: Exception) -> bool:
    """Show an unexpected error as a number to ask for, and log the rest under it."""
    number = _logged(error)
    st.error(
        f"Something went wrong here that should not have. Nothing was published or recorded by it. "
        f"Error {number} has the details in the server's log.",
    )
    return True


class OnlyThisMachine:
    """Refuses whoever asks from elsewhere, also where another server than Streamlit's is in front.

    The name asked for is checked too: no page elsewhere can point a name of its own here.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a refusal."""
        if scope["type"] not in {"http", "websocket"} or _is_near(HTTPConnection(scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            refusal = _said("Clause9 answers this machine only: no sign-in is set up.", 403)
            await refusal(scope, receive, send)


def _is_near(asked: HTTPConnection) -> bool:
    client = asked.client.host if asked.client else ""
    return client in LOOPBACK and asked.url.hostname in LOOPBACK


@asynccontextmanager
async def opened(_: st.App) -> AsyncIterator[None]:
    """Open the workspace before anybody asks; what is wrong with it is told on every page."""
    # Routes run outside a page, where the cache's spinner would ask for one in vain.
    logging.getLogger(CONTEXT).addFilter(lambda said: "missing ScriptRunContext" not in said.msg)
    with suppress(Clause9Error):
        session.company()
    yield


def answered(answer: Answer) -> Answer:
    """Return a route that tells problems in one plain sentence, and answers this machine alone."""

    def route(request: Request) -> Response:
        try:
            return answer(request)
        except Clause9Error as error:
            return _said(str(error), STATUS.get(type(error), 409))
        except Exception as error:  # noqa: BLE001 - whatever it is, the reader gets a number, not a traceback
            return _said(f"Something went wrong. Error {_logged(error)} is in the log.", 500)

    return route


def review_page(request: Request) -> Response:
    """Answer with a review as one page in which every number opens."""
    review = request.path_params["review"]
    page = exports.review_page(session.company(), review, actor=session.actor(), at=session.now())
    headers = SAFE | {"Content-Security-Policy": PAGE}
    return Response(page, media_type="text/html; charset=utf-8", headers=headers)


def pack(request: Request) -> Response:
    """Answer with the sealed pack of a closed review."""
    review = request.path_params["review"]
    path = exports.sealed_pack(session.company(), review, actor=session.actor())
    return FileResponse(path, media_type="application/zip", filename=f"{review}.zip", headers=SAFE)


def template(request: Request) -> Response:
    """Answer with the Excel template of a table."""
    table = request.path_params["table"]
    book = exports.template(session.company(), table, actor=session.actor())
    return Response(book, media_type=XLSX, headers=_as_file(f"{table}.xlsx"))


def owner_template(request: Request) -> Response:
    """Answer with the template of an owner's figures; ?period= says of which period."""
    owner, period = request.path_params["owner"], request.query_params.get("period")
    name, book = exports.owner_template(session.company(), owner, period, actor=session.actor())
    return Response(book, media_type=XLSX, headers=_as_file(name))


def marked(request: Request) -> Response:
    """Answer with a file that is being handed in, its refused cells marked."""
    given = session.held(request.path_params["held"])
    name, book = marked_copies.marked_copy(session.company(), given, actor=session.actor())
    told = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(book, media_type=XLSX, headers=SAFE | told)


def records(request: Request) -> Response:
    """Answer with rows of a table in force, as CSV."""
    company = session.company()
    choice = exports.chosen(company, dict(request.query_params))
    rows = exports.records_csv(company, choice, actor=session.actor())
    # What goes wrong goes wrong on the first page, while a sentence can still be the answer.
    first = next(rows)
    return StreamingResponse(
        chain([first], rows),
        media_type="text/csv; charset=utf-8",
        headers=_as_file(f"{choice.table.name}.csv"),
    )


def _as_file(name: str) -> dict[str, str]:
    return SAFE | {"Content-Disposition": f'attachment; filename="{name}"'}


def _said(sentence: str, status: int) -> Response:
    return PlainTextResponse(sentence + "\n", status_code=status, headers=SAFE)


def _logged(error: Exception) -> str:
    number = uuid4().hex[:8]
    LOG.error("Error %s", number, exc_info=error)
    return number


refuse_open_addresses()
app = st.App(
    Path(__file__).with_name("main.py"),
    routes=[
        Route("/exports/review/{review}.html", answered(review_page)),
        Route("/exports/pack/{review}.zip", answered(pack)),
        Route("/exports/template/owner/{owner}.xlsx", answered(owner_template)),
        Route("/exports/template/{table}.xlsx", answered(template)),
        Route("/exports/marked/{held}.xlsx", answered(marked)),
        Route("/exports/records.csv", answered(records)),
    ],
    lifespan=opened,
    middleware=[Middleware(OnlyThisMachine)],
    on_script_error=told_with_number,
)
