"""A help desk's web service on this machine: pages, a cursor, logins, and bad days on demand."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = 2

Record = dict[str, Any]


def a_ticket(number: int, at: str = "2026-10-01T08:00:00Z", **fields: object) -> Record:
    """Return a ticket as the service tells it."""
    return {
        "id": number,
        "received_on": "2026-09-01",
        "plant": "Porto",
        "kind": "late",
        "cost": 10.5,
        "said": None,
        "customer": {"name": "Ada"},
        "tags": ["a", "b"],
        "updated_at": at,
        **fields,
    }


@dataclass
class Service:
    """What the service knows and how it behaves; tests change it between requests.

    `answers` are status codes given before any record is, one a request. `asked` are the requests.
    """

    tickets: list[Record] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    pages: str = "number"
    login: str | None = None
    redirect: str | None = None
    body: bytes | None = None
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """The address of its tickets."""
        return f"http://127.0.0.1:{self.port}/api/tickets"

    def parameters(self, name: str) -> list[str | None]:
        """Return what was asked with a parameter of this name, request by request."""
        found = [parse_qs(urlsplit(path).query).get(name, [None]) for path in self.asked]
        return [values[0] for values in found]

    def page(self, query: dict[str, list[str]]) -> tuple[object, dict[str, str]]:
        """Return the answer to a query, and its headers."""
        since = query.get("since", [""])[0]
        known = [ticket for ticket in self.tickets if str(ticket["updated_at"]) >= since]
        if self.pages == "offset":
            start, size = int(query["offset"][0]), int(query["limit"][0])
            return {"data": known[start : start + size]}, {}
        if self.pages in {"one", "endless"}:
            return {"data": known}, {}
        at = int(query.get("page", query.get("mark", ["1"]))[0])
        is_last = at * PAGE >= len(known)
        following = f"{self.url}?page={at + 1}&since={since}"
        answer = {
            "data": known[(at - 1) * PAGE : at * PAGE],
            "links": {"next": None if is_last else following},
            "meta": {"mark": None if is_last else str(at + 1)},
        }
        return answer, {} if is_last else {"Link": f'<{following}>; rel="next"'}


class _Handler(BaseHTTPRequestHandler):
    service: Service

    def do_GET(self) -> None:
        service = self.service
        service.asked.append(self.path)
        if service.answers:
            self._answer(service.answers.pop(0), b"sorry", {"Retry-After": "0"})
        elif service.login is not None and not self._is_known():
            self._answer(401, b"who are you?", {})
        elif service.redirect is not None:
            self._answer(302, b"", {"Location": service.redirect})
        elif service.body is not None:
            self._answer(200, service.body, {})
        else:
            page, headers = service.page(parse_qs(urlsplit(self.path).query))
            self._answer(200, json.dumps(page).encode(), headers)

    def _is_known(self) -> bool:
        query = parse_qs(urlsplit(self.path).query)
        said = [self.headers.get("Authorization"), self.headers.get("X-Api-Key")]
        return self.service.login in [*said, query.get("key", [None])[0]]

    def _answer(self, code: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(code)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a test that fails shows what was asked."""


def basic(user: str, password: str) -> str:
    """Return the header by which a user and a password are known."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@contextmanager
def web_service() -> Iterator[Service]:
    """Yield a running service without tickets; it ends with the block."""
    service = Service()
    handler = type("Handler", (_Handler,), {"service": service})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        service.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join(10)
