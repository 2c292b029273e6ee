"""Files of a folder and of an object store: each new or changed one is a batch of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.folder import _objects
from tests.support import object_store
from tests.support.object_store import KEY, SECRET, Store
from tests.support.pulling import COLUMNS, a_site, numbers

HEADER = "id,received_on,plant,kind,cost,said"
SECRETS = {"STORE_KEY": KEY, "STORE_SECRET": SECRET}


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with object_store.store() as running:
        yield running


def a_folder(url: str, *lines: str, files: str = "*.csv") -> str:
    head = f'[share]\ntable = "complaints"\nfiles = "{files}"\n\n[share.pull]\nkind = "folder"\n'
    return head + "\n".join([f'url = "{url}"', *lines]) + "\n" + COLUMNS.format(name="share")


def bucket(store: Store, prefix: str) -> str:
    login = ('key_from = "STORE_KEY"', 'secret_from = "STORE_SECRET"')
    return a_folder(f"s3://quality/{prefix}", *login, f'endpoint = "{store.endpoint}"')


def rows(*lines: str) -> str:
    return "\n".join([HEADER, *lines]) + "\n"


def changes(pulled: dict[str, Any]) -> list[int]:
    return [pulled["new"], pulled["restated"]]


def test_a_folder_gives_each_new_and_each_changed_file_once(tmp_path: Path) -> None:
    site = a_site(tmp_path / "company", a_folder("../share"), {})
    share = tmp_path / "share"
    (share / "2026").mkdir(parents=True)
    (share / "a.csv").write_text(rows("1,2026-09-01,Porto,late,1,"))
    (share / "2026" / "b.csv").write_text(rows("2,2026-09-02,Porto,late,1,"))
    (share / "notes.txt").write_text("not meant")
    (share / ".a.csv.part").write_text("hidden")
    first = site.pull()
    assert (first["state"], first["new"]) == ("published", 2)
    assert [batch.file_name for batch in site.batches()] == ["a.csv", "2026/b.csv"]
    assert site.pull()["state"] == "nothing new"

    (share / "a.csv").write_text(rows("1,2026-09-01,Cork,late,1,", "3,2026-09-03,Cork,late,1,"))
    (share / "2026" / "b.csv").unlink()
    second = site.pull()
    assert changes(second) == [1, 1]
    assert numbers(site.facts()) == ["1", "2", "3"]

    assert site.run("batches", "revert", str(second["batches"][0]), "--reason", "x").code == 0
    assert changes(site.pull()) == [1, 1]


def test_one_refused_file_holds_up_no_other(tmp_path: Path) -> None:
    site = a_site(tmp_path / "company", a_folder(str(tmp_path / "share")), {})
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "good.csv").write_text(rows("1,2026-09-01,Porto,late,1,"))
    bad = tmp_path / "share" / "bad.csv"
    bad.write_text(rows("2,yesterday,Porto,late,1,"))
    pulled = site.pull(code=3)
    assert pulled["state"] == "partly published"
    assert "bad.csv: 1 of 1 row refused" in pulled["message"]
    assert numbers(site.facts()) == ["1"]
    bad.write_text(rows("2,2026-09-02,Porto,late,1,"))
    mended = site.pull()
    assert (mended["state"], mended["rows"]) == ("published", 1)


def test_a_bucket_is_pulled_as_a_folder_is(store: Store, tmp_path: Path) -> None:
    site = a_site(tmp_path / "company", bucket(store, "erp"), SECRETS)
    store.put("erp/a.csv", rows("1,2026-09-01,Porto,late,1,"))
    store.put("other/c.csv", rows("8,2026-09-01,Porto,late,1,"))
    assert site.pull()["new"] == 1
    assert site.pull()["state"] == "nothing new"
    store.put("erp/a.csv", rows("1,2026-09-01,Cork,late,1,"))
    store.put("erp/b.csv", rows("2,2026-09-02,Porto,late,1,"))
    assert changes(site.pull()) == [1, 1]
    assert numbers(site.facts()) == ["1", "2"]
    # Written anew with the same content: the store's hash says that nothing changed.
    store.put("erp/a.csv", rows("1,2026-09-01,Cork,late,1,"))
    assert site.pull()["state"] == "nothing new"


def test_a_store_that_is_not_there_is_said(store: Store, tmp_path: Path) -> None:
    site = a_site(tmp_path / "company", bucket(store, "erp"), SECRETS)
    site.defines(bucket(store, "erp").replace("s3://quality", "s3://no-such-bucket"))
    assert "s3://no-such-bucket/erp says:" in site.pull(code=1)["message"]
    site.defines(bucket(Store("http://127.0.0.1:9"), "erp"))
    failed = site.pull(code=1)["message"]
    assert "127.0.0.1:9" in failed
    assert SECRET not in failed


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    site = a_site(tmp_path / "company", a_folder("../nowhere"), {})
    assert "There is no folder" in site.pull(code=1)["message"]


class AnyStore:
    """A store that lists whatever names it is given, as an object store may hold any text."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def find(self, root: str, *, detail: bool) -> dict[str, dict[str, object]]:
        assert detail
        return {f"{root}/{name}": {"size": 1, "ETag": '"x"'} for name in self.names}


def test_a_name_that_leads_out_of_the_folder_is_not_fetched() -> None:
    names = ["a.csv", "b/c.csv", "../d.csv", "e/../../f.csv", "g//h.csv", "./i.csv", "j\\..\\k.csv"]
    found = [each.name for each in _objects(AnyStore(*names, ".hidden/l.csv", "~$m.xlsx"), "root")]
    assert found == ["a.csv", "b/c.csv"]
