"""A web service is asked page by page and from the cursor on; nobody else is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.pulling import Site, a_pull, a_site, numbers
from tests.support.web_service import Service, a_ticket, basic, web_service

FIVE = [a_ticket(number, f"2026-10-0{number}T08:00:00Z") for number in range(1, 6)]


@pytest.fixture
def service() -> Iterator[Service]:
    with web_service() as running:
        running.tickets = list(FIVE)
        yield running


@pytest.fixture
def site(service: Service, tmp_path: Path) -> Site:
    return a_site(tmp_path / "company", desk(service), {})


def desk(service: Service, *lines: str, pages: str = '{ kind = "number" }') -> str:
    said = (f'url = "{service.url}"', 'records = "data"', f"pages = {pages}", *lines)
    return a_pull("desk", 'kind = "rest"', *said)


CURSOR = ('cursor = "updated_at"', 'cursor_param = "since"')

PAGES = {
    "number": '{ kind = "number" }',
    "offset": '{ kind = "offset", limit = 2 }',
    "link_header": '{ kind = "next_link" }',
    "next_link": '{ kind = "next_link", at = "links.next" }',
    "next_mark": '{ kind = "next_mark", at = "meta.mark", param = "mark" }',
    "one": '{ kind = "one" }',
}


@pytest.mark.parametrize("kind", PAGES)
def test_every_page_is_asked_for(site: Site, service: Service, kind: str) -> None:
    service.pages = kind
    site.defines(desk(service, pages=PAGES[kind]))
    pulled = site.pull("--dry-run")
    assert (pulled["state"], pulled["new"]) == ("checked", 5)


def test_records_become_rows_and_the_cursor_moves_with_them(site: Site, service: Service) -> None:
    source = desk(service, *CURSOR, "lag_minutes = 60")
    site.defines(source.replace('description = "said"', 'description = "customer.name"'))
    assert site.pull()["new"] == 5
    row = site.facts().row(0, named=True)
    assert (row["complaint_id"], str(row["cost"]), row["description"]) == ("1", "10.50", "Ada")
    service.tickets.append(a_ticket(6, "2026-10-06T08:00:00Z"))
    service.asked.clear()
    pulled = site.pull()
    assert [pulled[name] for name in ("new", "unchanged")] == [1, 1]
    assert set(service.parameters("since")) == {"2026-10-05T07:00:00Z"}
    assert pulled["cursor"]["value"] == "2026-10-06T08:00:00Z"
    assert numbers(site.facts()) == ["1", "2", "3", "4", "5", "6"]
    assert site.pull()["state"] == "nothing new"


def test_too_many_requests_and_faults_are_waited_out(site: Site, service: Service) -> None:
    service.answers = [429, 503]
    assert site.pull("--dry-run")["new"] == 5


def test_a_service_that_stays_down_is_given_up(site: Site, service: Service) -> None:
    site.defines(desk(service, "attempts = 2"))
    service.answers = [500, 500]
    failed = site.pull(code=1)
    assert "127.0.0.1 answered 500" in failed["message"]
    assert len(service.asked) == 2


LOGINS = [
    ('auth = { kind = "bearer", token_from = "T" }', "Bearer t0ken"),
    ('auth = { kind = "api_key", name = "X-Api-Key", key_from = "T" }', "t0ken"),
    ('auth = { kind = "api_key", name = "key", key_from = "T", place = "query" }', "t0ken"),
    ('auth = { kind = "basic", user = "quality", password_from = "T" }', basic("quality", "t0ken")),
]


@pytest.mark.parametrize(("auth", "login"), LOGINS)
def test_the_service_is_told_who_asks(
    service: Service, tmp_path: Path, auth: str, login: str
) -> None:
    site = a_site(tmp_path / "company", desk(service, auth), {"T": "t0ken"})
    service.login = login
    assert site.pull("--dry-run")["new"] == 5


def test_answers_nobody_can_read_are_said(site: Site, service: Service) -> None:
    service.login = "somebody else"
    assert "answered 401" in site.pull(code=1)["message"]
    service.login, service.body = None, b"<html>"
    assert "something that is not JSON" in site.pull(code=1)["message"]
    service.body = b'{"items": []}'
    assert "has no 'data'" in site.pull(code=1)["message"]
    service.body = b'{"data": [1, 2]}'
    assert "a int where a record should be" in site.pull(code=1)["message"]


def test_no_other_host_is_asked(site: Site, service: Service) -> None:
    service.redirect = "http://169.254.169.254/latest/meta-data/"
    failed = site.pull(code=1)
    assert "the host 169.254.169.254, which the source does not name" in failed["message"]
    site.defines(desk(service).replace(service.url, "http://169.254.169.254/latest"))
    failed = site.pull(code=1)
    assert (
        "169.254.169.254 is the address 169.254.169.254, where machines keep" in failed["message"]
    )
    # A host that is named may be led to.
    site.defines(desk(service, 'allow_hosts = ["localhost"]'))
    service.redirect = None
    with web_service() as other:
        other.tickets = FIVE[:1]
        service.redirect = other.url.replace("127.0.0.1", "localhost")
        other.pages = "one"
        site.defines(desk(service, 'allow_hosts = ["localhost"]', pages=PAGES["one"]))
        assert site.pull("--dry-run")["new"] == 1


def test_a_service_without_end_is_given_up(site: Site, service: Service) -> None:
    service.pages = "endless"
    site.defines(desk(service, "max_pages = 3", "attempts = 1"))
    assert "more often than `max_pages` allows" in site.pull(code=1)["message"]
    assert len(service.asked) == 3


def test_a_page_that_does_not_come_in_time_is_given_up(site: Site, service: Service) -> None:
    # A port that takes connections and never answers.
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/api/tickets"
        site.defines(desk(service, "seconds = 1", "attempts = 1").replace(service.url, url))
        assert "did not answer in time" in site.pull(code=1)["message"]
