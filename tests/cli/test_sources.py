"""Help with mappings on the command line."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.support.command_line import Site

DESK = "No,Date,Plant\n1,2026-07-03,Porto Ltd\n2,2026-07-19,PORTO LTD.\n3,2026-08-02,Porto Ltd\n"


def test_spellings_are_printed_as_lines_of_the_mapping(site: Site, tmp_path: Path) -> None:
    (tmp_path / "desk_1.csv").write_text(DESK)
    answer = site.done("sources", "spellings", tmp_path / "desk_1.csv", "site")
    assert answer.out == '[crm.values.site]\n"PORTO LTD." = "Porto Ltd"  # 1 row\n'
    assert tomllib.loads(answer.out)["crm"]["values"]["site"] == {"PORTO LTD.": "Porto Ltd"}
    assert "Column 'Plant': 2 spellings look like 1 name." in answer.err


def test_what_the_mapping_translates_already_is_settled(site: Site, tmp_path: Path) -> None:
    source = next((site.root / "sources").glob("*.toml"))
    source.write_text(source.read_text() + '[crm.values.site]\n"PORTO LTD." = "Porto Ltd"\n')
    (tmp_path / "desk_1.csv").write_text(DESK)
    answer = site.done("sources", "spellings", tmp_path / "desk_1.csv", "site")
    assert (answer.out, "none like another" in answer.err) == ("", True)


def test_a_file_without_a_mapping_is_looked_into_by_its_headers(site: Site, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text(DESK)
    answer = site.done("sources", "spellings", tmp_path / "other.csv", "Plant", "--json")
    assert (answer.json["spellings"], answer.json["names"]) == (2, 1)
    assert [group["rows"] for group in answer.json["groups"]] == [2, 1]


def test_an_unknown_column_is_told_with_the_nearest(site: Site, tmp_path: Path) -> None:
    (tmp_path / "desk_1.csv").write_text(DESK)
    answer = site.run("sources", "spellings", tmp_path / "desk_1.csv", "stie")
    assert (answer.code, "no column 'stie'. Did you mean 'site'?" in answer.err) == (1, True)
