"""What a [name.pull] section may say; every problem with file and key, and no value shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import DefinitionError
from data.tables import load_tables
from pipelines.mapping import load_mappings
from tests.support.pulling import COLUMNS
from tests.support.workspaces import write_definitions

CANARY = "c4n4ry-Pa55"

SQL = ('kind = "sql"', 'url_from = "ERP_URL"')
REST = ('kind = "rest"', 'url = "https://desk.example/api/tickets"')
FOLDER = ('kind = "folder"',)

WRONG: list[tuple[tuple[str, ...], str]] = [
    (("url_from = 'X'",), "pull.kind: is missing"),
    (('kind = "sqll"',), "pull.kind: what it says is not one of: sql, rest, folder."),
    (SQL, "erp.pull: says either `query` or `table`"),
    ((*SQL, 'table = "t"', 'query = "SELECT 1"'), "erp.pull: says either `query` or `table`"),
    ((*SQL, 'tables = "t"'), "pull.tables: unknown key 'tables'. Did you mean 'table'?"),
    ((*SQL, 'query = "DELETE FROM t"'), "pull.query: must be one SELECT"),
    ((*SQL, 'query = "SELECT 1; DROP TABLE t"'), "pull.query: must be one SELECT; there is a"),
    ((*SQL, 'query = "SELECT \'a"'), "pull.query: has a quote or a comment that is not closed"),
    ((*SQL, 'query = "SELECT 1"', 'columns = ["a"]'), "pull.columns: goes with `table`"),
    ((*SQL, 'table = "t"', "lag_minutes = 5"), "pull.lag_minutes: goes with a `cursor`"),
    ((*SQL, 'table = "t"', 'columns = ["a"]', 'cursor = "b"'), "pull.columns: leaves out the"),
    ((*SQL, 'table = "t"', "chunk_rows = 0"), "pull.chunk_rows: what it says should be greater"),
    (
        ('kind = "sql"', f'url_from = "postgresql://u:{CANARY}@h/d"', 'table = "t"'),
        "pull.url_from: is the name of a secret, like ERP_URL, and never the secret itself",
    ),
    (('kind = "rest"', f'url = "https://u:{CANARY}@h.example/x"'), "pull.url: holds a login"),
    (('kind = "rest"', f'url = "https://h.example/x?k={CANARY}"'), "pull.url: has parameters"),
    (('kind = "rest"', f'url = "ftp://{CANARY}"'), "pull.url: is no address like https://"),
    ((*REST, f'headers = "Bearer {CANARY}"'), "pull.headers: must be a section of keys, not what"),
    (
        (*REST, f'headers = {{ Authorization = "{CANARY}" }}'),
        "pull.headers.Authorization: would hold a secret. Say it in `auth`",
    ),
    ((*REST, f'params = {{ api_key = "{CANARY}" }}'), "pull.params.api_key: would hold a secret"),
    (
        (*REST, f'auth = {{ kind = "bearer", token_from = "{CANARY}" }}'),
        "pull.auth.token_from: is the name of a secret",
    ),
    ((*REST, f'auth = {{ kind = "{CANARY}" }}'), "pull.auth.kind: what it says is not one of:"),
    ((*REST, f'auth = "{CANARY}"'), "pull.auth: "),
    (
        (
            'kind = "rest"',
            'url = "http://desk.example/x"',
            'auth = { kind = "bearer", token_from = "T" }',
        ),
        "pull.url: would send the secret unencrypted",
    ),
    ((*REST, 'cursor = "a"'), "erp.pull: says both `cursor` and `cursor_param`, or neither"),
    ((*REST, 'pages = { kind = "next_mark" }'), "pull.pages.at: is missing"),
    ((*FOLDER, 'url = "memory://x"'), "pull.url: is a folder, or begins with s3://"),
    ((*FOLDER, f'url = "s3://k:{CANARY}@bucket"'), "pull.url: holds a login"),
    ((*FOLDER, 'url = "s3://b"', 'key_from = "K"'), "erp.pull: says both `key_from` and"),
    ((*FOLDER, 'url = "share"', 'endpoint = "https://x.example"'), "pull.endpoint: goes with s3"),
]


def problems(folder: Path, head: str, lines: tuple[str, ...]) -> str:
    text = "\n".join([head, "[erp.pull]", *lines]) + COLUMNS.format(name="erp")
    write_definitions(folder / "sources", {"erp": text})
    with pytest.raises(DefinitionError) as raised:
        load_mappings(folder / "sources", load_tables())
    return str(raised.value)


@pytest.mark.parametrize(("lines", "sentence"), WRONG, ids=lambda case: str(case)[:60])
def test_a_wrong_pull_is_a_problem_at_its_key(
    tmp_path: Path, lines: tuple[str, ...], sentence: str
) -> None:
    told = problems(tmp_path, '[erp]\ntable = "complaints"', lines)
    assert "sources/erp.toml, erp." in told
    assert sentence in told
    assert CANARY not in told


CURSOR = (*SQL, 'table = "t"', 'cursor = "changed_at"')


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ('[erp]\ntable = "complaints"\nreplace = "period"', 'replace = "period" would end'),
        ('[erp]\ntable = "outputs"', "table 'outputs' has no key"),
        (
            '[erp]\ntable = "complaints"\n[[erp.lookup]]\nfiles = "x"\non = { a = "b" }\n'
            'take = { c = "d" }',
            "lookup: reads another file of the same load",
        ),
    ],
)
def test_a_pull_has_to_fit_its_mapping(tmp_path: Path, head: str, sentence: str) -> None:
    assert sentence in problems(tmp_path, head, CURSOR)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1;",
        "with x as (select 1) select * from x",
        "(SELECT ';' AS a)",
        "SELECT 1 -- ours; and theirs",
        "/* ; */ SELECT 1",
    ],
)
def test_one_select_is_one_however_it_is_written(tmp_path: Path, query: str) -> None:
    text = "\n".join(
        ['[erp]\ntable = "complaints"\n[erp.pull]', *SQL, f"query = '''{query}'''"]
    ) + COLUMNS.format(name="erp")
    write_definitions(tmp_path / "sources", {"erp": text})
    assert load_mappings(tmp_path / "sources", load_tables())["erp"].pull is not None


def test_where_a_source_is_pulled_from_does_not_change_what_its_files_mean(tmp_path: Path) -> None:
    texts = []
    for lines in (CURSOR, (*SQL, 'table = "u"')):
        text = "\n".join(['[erp]\ntable = "complaints"\n[erp.pull]', *lines])
        write_definitions(tmp_path / "sources", {"erp": text + COLUMNS.format(name="erp")})
        texts.append(load_mappings(tmp_path / "sources", load_tables())["erp"].content_hash)
    assert texts[0] == texts[1]
