"""A review of figures that were counted in an engine: sealed with its cells, without its rows."""

from __future__ import annotations

import json
import zipfile

from tests.cli.test_review import MINUTES, RECORDS
from tests.support.pulling import Site


def test_a_review_is_sealed_and_verified_without_the_rows_of_an_engine(site: Site) -> None:
    records, minutes = site.root / "people.toml", site.root / "minutes.toml"
    records.write_text(RECORDS, encoding="utf-8")
    minutes.write_text(MINUTES, encoding="utf-8")
    for command in (
        ("compute",),
        ("records", "load", records),
        ("review", "new", "2026-q3", "--from", "2026-07-01", "--to", "2026-09-30"),
        ("review", "hold", "--on", "2026-10-12"),
        ("review", "record", minutes),
    ):
        answer = site.run(*command)
        assert answer.code == 0, answer.err
    closed = site.run("review", "close", "--json")
    assert closed.code == 0, closed.err
    (pack,) = site.root.rglob("*.zip")
    with zipfile.ZipFile(pack) as members:
        names = members.namelist()
        manifest = json.loads(members.read("manifest.json"))
        page = members.read("review.html").decode()
    assert manifest["counted_by_engines"] == {"complaint_rate": ["plant_db"]}
    assert "facts/complaints.parquet" in names
    assert "facts/outputs.parquet" not in names
    assert "the rows of outputs are kept by plant_db, not here" in page
    verified = site.run("review", "verify", pack)
    assert verified.code == 0, verified.err
    assert "all match" in verified.out + verified.err
    assert "or rows kept elsewhere" in verified.out + verified.err
