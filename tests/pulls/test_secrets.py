"""A canary in place of every secret: whatever goes wrong, it is nowhere in what is said or kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from data.errors import Clause9Error
from data.secrets import Secrets
from tests.support.command_line import Answer
from tests.support.postgres import Server
from tests.support.pulling import Site, a_pull, a_site, erp, every_byte, joined
from tests.support.web_service import Service, a_ticket, web_service

CANARY = "c4n4ry p@ss/w#rd%"
FORMS = (CANARY, quote(CANARY), quote(CANARY, safe=""), quote_plus(CANARY), "c4n4ry")


@pytest.fixture
def service() -> Iterator[Service]:
    with web_service() as running:
        running.tickets = [a_ticket(1)]
        yield running


def is_quiet(site: Site, answers: list[Answer]) -> None:
    """Hold that no form of the canary is in what was said or in any file of the workspace."""
    said = joined(answers)
    found = [form for form in FORMS if form in said]
    assert not found, said
    for path, content in every_byte(site.root):
        if path.name != "secrets.toml":
            assert not [form for form in FORMS if form.encode() in content], path


def pulled(site: Site, code: int) -> list[Answer]:
    """Pull for a person and for a machine; each time it must end with `code`."""
    answers = [site.run("pull", *way) for way in ((), ("--full", "--json"))]
    assert {answer.code for answer in answers} == {code}, joined(answers)
    return answers


def databases(server: Server) -> dict[str, str]:
    return {
        "wrong password": server.url_with(CANARY),
        "wrong host": server.url_with(CANARY, host="no-such-host.invalid"),
        "refused": server.url_with(CANARY, port=1),
        "not escaped": f"postgresql://u:{CANARY}@127.0.0.1:{server.port}/x",
        "no port": f"postgresql://u@127.0.0.1:{CANARY}/x",
        "no url": CANARY,
        "no driver": f"oracle://u:{quote(CANARY, safe='')}@127.0.0.1/x",
        "in a parameter": f"{server.url}?sslpassword={quote(CANARY)}&sslmode=require",
        "an unknown parameter": f"{server.url}?nonsense_key={quote(CANARY)}",
    }


CASES = (
    "wrong password",
    "wrong host",
    "refused",
    "not escaped",
    "no port",
    "no url",
    "no driver",
    "in a parameter",
    "an unknown parameter",
)


@pytest.mark.parametrize("case", CASES)
def test_a_database_that_fails_does_not_tell(database: Server, tmp_path: Path, case: str) -> None:
    site = a_site(tmp_path / "company", erp(), {"ERP_URL": databases(database)[case]})
    is_quiet(site, pulled(site, code=1))


def test_a_database_that_answers_does_not_tell(database: Server, tmp_path: Path) -> None:
    database.run(
        "DROP ROLE IF EXISTS canary",
        f"CREATE ROLE canary LOGIN PASSWORD '{CANARY}'",
        "GRANT SELECT ON complaints TO canary",
    )
    url = database.url_with(CANARY).replace("erp_reader", "canary")
    site = a_site(tmp_path / "company", erp(), {})
    secrets = site.root / "state" / "secrets.toml"
    secrets.write_text(f'ERP_URL = "{url}"\n', encoding="utf-8")
    secrets.chmod(0o600)
    answers = pulled(site, code=0)
    site.defines(erp().replace('"complaints"\ncursor', '"nothing"\ncursor'))
    answers += pulled(site, code=1)
    database.run("UPDATE complaints SET received_on = NULL")
    site.defines(erp())
    answers += [site.run("pull", "--full", "--json"), site.run("batches", "show", "1", "--json")]
    assert answers[-2].code == 3
    is_quiet(site, answers)
    database.run("REVOKE ALL ON complaints FROM canary", "DROP ROLE canary")


AUTHS = (
    'auth = { kind = "bearer", token_from = "T" }',
    'auth = { kind = "api_key", name = "key", key_from = "T", place = "query" }',
    'auth = { kind = "basic", user = "quality", password_from = "T" }',
)


@pytest.mark.parametrize("auth", AUTHS)
def test_a_web_service_that_fails_does_not_tell(
    service: Service, tmp_path: Path, auth: str
) -> None:
    lines = (f'url = "{service.url}"', 'records = "data"', "attempts = 1", auth)
    site = a_site(tmp_path / "company", a_pull("desk", 'kind = "rest"', *lines), {"T": CANARY})
    answers = [site.run("pull", "--json")]
    service.answers = [401, 404, 500, 429]
    answers += [site.run("pull", "--json") for _ in range(4)]
    service.body = b"{"
    answers.append(site.run("pull"))
    service.body, service.redirect = None, "http://example.invalid/elsewhere"
    answers.append(site.run("pull"))
    gone = a_pull("desk", 'kind = "rest"', *lines).replace(str(service.port), "1")
    site.defines(gone)
    answers.append(site.run("pull", "--json"))
    assert [answer.code for answer in answers] == [0, *[1] * 7]
    is_quiet(site, answers)


def test_a_bug_of_ours_does_not_tell(
    database: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ValueError(f"cannot parse {database.url_with(CANARY)}")

    monkeypatch.setattr("pipelines.sources.sql.extract", fails)
    site = a_site(tmp_path / "company", erp(), {"ERP_URL": database.url_with(CANARY)})
    answers = pulled(site, code=70)
    assert "This is a bug in Clause9" in answers[0].err
    assert "ValueError: cannot parse •••" in answers[0].err
    is_quiet(site, answers)


def test_a_secrets_file_others_may_read_is_not_used(site: Site, database: Server) -> None:
    secrets = site.root / "state" / "secrets.toml"
    secrets.write_text(f'OTHER_URL = "{database.url_with(CANARY)}"\n', encoding="utf-8")
    secrets.chmod(0o644)
    site.defines(erp().replace("ERP_URL", "OTHER_URL"))
    refused = site.run("pull")
    assert refused.code == 1
    assert "state/secrets.toml may be read by others" in refused.err
    secrets.chmod(0o600)
    secrets.write_text(f'OTHER_URL = "{CANARY}"" x\n', encoding="utf-8")
    broken = site.run("pull")
    assert "state/secrets.toml, line 1" in broken.err
    is_quiet(site, [refused, broken])


def test_a_secret_that_is_nowhere_is_asked_for_by_name(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text('ERP_URL = "x"\nEMPTY = 5\n', encoding="utf-8")
    file.chmod(0o600)
    secrets = Secrets({"TOKEN": "y", "BLANK": ""}, file)
    assert (secrets.value("TOKEN"), secrets.value("ERP_URL")) == ("y", "x")
    for name in ("ERP_URI", "EMPTY", "BLANK"):
        with pytest.raises(Clause9Error, match=f"There is no secret '{name}'"):
            secrets.value(name)


@pytest.mark.parametrize(
    "text",
    [
        "at postgresql://u:p%40sss%2Fw@h:5/db?x=1 it failed",
        "password p@sss/w is wrong",
        "?password=p%40sss%2Fw",
        "no host 'sss/w'",
    ],
)
def test_no_form_of_a_password_stays_in_a_text(tmp_path: Path, text: str) -> None:
    secrets = Secrets({"U": "postgresql://u:p%40sss%2Fw@h:5/db?x=1"}, tmp_path / "none")
    secrets.value("U")
    assert "sss" not in secrets.hidden(text).replace("password", "")
