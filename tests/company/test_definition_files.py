"""The text of a definition in its file: taken out, put back, and all else as it was."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from dashboard.company.definition_files import Section, definition_toml, replaced, section_of
from data.errors import UsageError
from metrics.catalogue import load_metrics
from metrics.model import Metric
from tests.support.facts import TABLES

HEAD = 'title = "{0}"\nwhy = "W."\nunit = "u"\nbetter = "lower"\nprocess = "p"\n'
BODY = 'kind = "count"\nnumerator = { table = "complaints" }\n'

FIRST = f"# what customers say\n[first]\n{HEAD.format('First')}# kept\n[first.measure]\n{BODY}"
SECOND = f"# about the second\n[second]\n{HEAD.format('Second')}[second.measure]\n{BODY}"
WHOLE = f'use = ["complaint_rate"]\n\n# a remark on its own\n\n{FIRST}\n{SECOND}'


def taken(folder: Path, whole: str, name: str) -> Section:
    (folder / "site.toml").write_text(whole, encoding="utf-8")
    metric = load_metrics(TABLES, folder).metrics[name]
    return section_of(folder, metric, "metrics/site.toml")


def test_a_section_is_taken_with_its_own_remarks_and_nobody_elses(tmp_path: Path) -> None:
    assert taken(tmp_path, WHOLE, "first").text == FIRST
    assert taken(tmp_path, WHOLE, "second").text == SECOND


@pytest.mark.parametrize("name", ["first", "second"])
def test_a_section_put_back_as_it_was_changes_nothing(tmp_path: Path, name: str) -> None:
    section = taken(tmp_path, WHOLE, name)
    assert replaced(section, name, section.text).rstrip() == WHOLE.rstrip()


def test_only_the_section_changes(tmp_path: Path) -> None:
    section = taken(tmp_path, WHOLE, "first")
    whole = replaced(section, "first", section.text.replace('"First"', '"Changed"'))
    assert whole == WHOLE.replace('"First"', '"Changed"')


def test_a_metric_of_the_library_becomes_the_sites_own(tmp_path: Path) -> None:
    section = taken(tmp_path, WHOLE, "complaint_rate")
    assert not section.is_own
    whole = replaced(section, "complaint_rate", section.text.replace("per = 1000", "per = 100"))
    assert whole.startswith(WHOLE.rstrip())
    (tmp_path / "site.toml").write_text(whole, encoding="utf-8")
    assert load_metrics(TABLES, tmp_path).metrics["complaint_rate"].per == 100


def test_a_section_in_two_places_is_put_together_again(tmp_path: Path) -> None:
    apart = f"[first]\n{HEAD.format('First')}\n{SECOND}\n[first.measure]\n{BODY}"
    section = taken(tmp_path, apart, "first")
    assert tomllib.loads(section.text) == {"first": tomllib.loads(apart)["first"]}
    whole = replaced(section, "first", section.text.replace('"First"', '"Changed"'))
    assert tomllib.loads(whole)["first"]["title"] == "Changed"
    assert SECOND.strip() in whole


def test_a_file_that_could_not_be_kept_whole_is_not_touched() -> None:
    section = Section(Path("site.toml"), "second = { title = 1 }\n[broken", "", is_own=True)
    with pytest.raises(UsageError, match=r"site.toml: the definition 'first' cannot be put back"):
        replaced(section, "first", FIRST)


def test_text_that_looks_like_a_section_is_text(tmp_path: Path) -> None:
    odd = FIRST.replace('why = "W."', 'why = """\n[second]\n"""')
    section = taken(tmp_path, f"{odd}\n{SECOND}", "first")
    whole = replaced(section, "first", section.text.replace('"First"', '"Changed"'))
    assert tomllib.loads(whole)["first"]["why"] == "[second]\n"
    assert tomllib.loads(whole)["second"]["title"] == "Second"


def test_every_shipped_metric_is_written_as_it_is_read(tmp_path: Path) -> None:
    library = load_metrics(TABLES).metrics
    text = "\n".join(definition_toml(metric) for metric in library.values())
    (tmp_path / "site.toml").write_text(text, encoding="utf-8")
    again: dict[str, Metric] = dict(load_metrics(TABLES, tmp_path).metrics)
    assert again == dict(library)
