"""How a web service is asked: only the hosts named, patiently, and not for ever."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

from dlt.sources.helpers.requests import Client
from requests import PreparedRequest, RequestException, Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectTimeout, JSONDecodeError, ReadTimeout

from data.errors import SourceError
from pipelines.mapping.pull import RestPull

CONNECT_SECONDS = 15
"""How long a service may take to pick up."""

LONGEST_PAUSE = 60
"""Seconds waited at most before a page is asked for again, whatever the service wishes."""

METADATA = frozenset({"fd00:ec2::254", "100.100.100.200", "192.0.0.192"})
"""Where clouds hand out the machine's own credentials, beside the addresses of the link."""


class Guard(HTTPAdapter):
    """Sends what may be sent: every request passes here, redirects and next pages too."""

    def __init__(self, pull: RestPull) -> None:
        super().__init__()
        self.hosts = {urlsplit(pull.url).hostname, *pull.allow_hosts}
        self.open_hosts = frozenset(pull.allow_hosts)
        self.starts = urlsplit(pull.url).scheme
        self.left = pull.max_pages * pull.attempts

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401 the parent's
        """Send a request, or raise SourceError where its host is none of those named."""
        parts = urlsplit(request.url or "")
        host = parts.hostname or ""
        if host not in self.hosts:
            raise SourceError(
                f"The service leads to the host {host}, which the source does not name. If that is "
                "right, add it to `allow_hosts`."
            )
        if self.starts == "https" and parts.scheme != "https" and host not in self.open_hosts:
            raise SourceError(f"The service leads to {host} unencrypted, so it was not followed.")
        if host not in self.open_hosts:
            _refuse_link_local(host)
        self.left -= 1
        if self.left < 0:
            raise SourceError("The service was asked more often than `max_pages` allows.")
        return super().send(request, *args, **kwargs)


def _refuse_link_local(host: str) -> None:
    """Raise SourceError where a host is an address that only this machine's link knows."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return  # whoever connects says so
    for *_, place in found:
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        plain = getattr(address, "ipv4_mapped", None) or address
        if plain.is_link_local or plain.is_unspecified or str(plain) in METADATA:
            raise SourceError(
                f"{host} is the address {plain}, where machines keep what is theirs alone. If the "
                "service is there indeed, add the host to `allow_hosts`."
            )


def session_for(pull: RestPull) -> Session:
    """Return a session that asks again after 429 and 5xx, pausing as the service wishes."""
    client = Client(
        request_timeout=(CONNECT_SECONDS, pull.seconds),
        raise_for_status=False,
        request_max_attempts=pull.attempts,
        request_backoff_factor=1,
        request_max_retry_delay=LONGEST_PAUSE,
    )
    session: Session = client.session
    guard = Guard(pull)
    session.mount("https://", guard)
    session.mount("http://", guard)
    return session


def said(pull: RestPull, error: Exception) -> str:
    """Return what went wrong in words of ours: theirs hold addresses with what they were asked."""
    host = urlsplit(pull.url).hostname
    cause = error.__cause__
    match cause:
        case SourceError():
            return str(cause)
        case ConnectTimeout() | ReadTimeout():
            return f"{host} did not answer in time; it was asked {pull.attempts} times."
        case JSONDecodeError():
            return f"{host} answered something that is not JSON."
        case RequestException(response=Response() as response):
            return f"{host} answered {_status(response, pull)}"
        case RequestException():
            return f"{host} cannot be reached; it was asked {pull.attempts} times."
        case _:
            return f"{host} answered something that cannot be read ({type(cause).__name__})."


def _status(response: Response, pull: RestPull) -> str:
    code, reason = response.status_code, response.reason or ""
    words = f"{code} {reason}".strip()
    match code:
        case 401 | 403:
            return f"{words}: it does not accept who asks. Look at the secret named in `auth`."
        case 404:
            return f"{words}: there is nothing at the path {urlsplit(pull.url).path}."
        case 429:
            return f"{words}, {pull.attempts} times. Pull less often, or raise `attempts`."
        case _ if code >= 500:
            return f"{words}, {pull.attempts} times. Try again later."
        case _:
            return f"{words}."
