"""A workspace is a folder with a clause9.toml; a wrong one is said in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import DefinitionError, NotFoundError, UsageError
from data.settings import create_workspace, open_workspace, zone_of
from tests.support.workspaces import a_workspace


def test_a_new_workspace_has_its_folders_and_keeps_state_out_of_git(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "acme", "Acme")
    folders = {path.name for path in workspace.root.iterdir() if path.is_dir()}
    assert folders == {"tables", "metrics", "sources", "inbox", "state"}
    assert (workspace.root / ".gitignore").read_text() == "state/\n"
    assert open_workspace(workspace.root) == workspace


def test_what_a_new_workspace_writes_down_is_what_holds_anyway(tmp_path: Path) -> None:
    written = create_workspace(tmp_path / "a", "Acme").settings
    defaults = a_workspace(tmp_path / "b", settings='organisation = "Acme"').settings
    assert written == defaults


def test_a_synthetic_workspace_says_so(tmp_path: Path) -> None:
    assert create_workspace(tmp_path, "Acme", synthetic=True).settings.synthetic


@pytest.mark.parametrize(
    "name", ['Müller "Pumpen" & Söhne', "C:\\quality", "Açúcar ☂", "#1 = best"]
)
def test_any_printable_name_survives_being_written(tmp_path: Path, name: str) -> None:
    assert create_workspace(tmp_path, name).settings.organisation == name


@pytest.mark.parametrize("name", ["", "   ", "two\nlines", "bell\a"])
def test_an_unprintable_name_is_refused_and_nothing_is_made(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="organisation's name"):
        create_workspace(tmp_path / "acme", name)
    assert not (tmp_path / "acme").exists()


def test_a_workspace_is_not_made_twice_and_stays_as_it_was(tmp_path: Path) -> None:
    create_workspace(tmp_path, "Acme")
    with pytest.raises(UsageError, match="already is a workspace"):
        create_workspace(tmp_path, "Other")
    assert open_workspace(tmp_path).settings.organisation == "Acme"


def test_a_workspace_can_be_made_in_a_repository_and_keeps_its_gitignore(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.tmp")
    create_workspace(tmp_path, "Acme")
    assert (tmp_path / ".gitignore").read_text() == "*.tmp\nstate/\n"


def test_a_folder_without_settings_is_answered_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"clause9 init .*--workspace DIR"):
        open_workspace(tmp_path)


def test_records_lie_in_state_unless_an_address_is_given(tmp_path: Path) -> None:
    first = a_workspace(tmp_path / "a")
    assert first.records_url == f"sqlite:///{tmp_path / 'a' / 'state' / 'records.sqlite'}"
    second = a_workspace(
        tmp_path / "b", settings='organisation = "Acme"\nrecords_url = "postgresql://db/clause9"'
    )
    assert second.records_url == "postgresql://db/clause9"


WRONG = {
    "nothing": ("", "clause9.toml, organisation: is missing."),
    "unknown": ('organisatoin = "A"', "unknown key 'organisatoin'. Did you mean 'organisation'?"),
    "unknown below": (
        "[warehouse]\nkeep_version = 3",
        "warehouse.keep_version: unknown key 'keep_version'. Did you mean 'keep_versions'?",
    ),
    "month": (
        "fiscal_year_start = 13",
        "fiscal_year_start: 13 should be less than or equal to 12.",
    ),
    "word": ('fiscal_year_start = "May"', "fiscal_year_start: must be a whole number, not 'May'."),
    "zone": ('time_zone = "Lisbon"', "time_zone: 'Lisbon' is not a time zone. Write one like"),
    "path as zone": ('time_zone = "../../etc/passwd"', "time_zone: '../../etc/passwd' is not"),
    "access": ('[access]\nmode = "open"', "access.mode: 'open' is not one of: none."),
    "password": (
        'records_url = "postgresql://me:secret@db/clause9"',
        "records_url: holds a password. Take it out",
    ),
    "memory": ('[warehouse]\nmemory_limit = "lots"', "warehouse.memory_limit: 'lots' "),
    "day": ('as_of = "2026-09-30"', "as_of: must be a date like 2026-09-30, without quotes"),
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_the_settings_is_said(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        a_workspace(tmp_path, settings=text)
    assert sentence in str(raised.value)
    assert "secret" not in str(raised.value)


def test_the_zone_of_a_workspace_is_the_one_it_sets_and_else_utc(tmp_path: Path) -> None:
    a_workspace(tmp_path / "a", settings='organisation = "Acme"\ntime_zone = "Europe/Lisbon"')
    assert zone_of(tmp_path / "a").key == "Europe/Lisbon"
    assert zone_of(tmp_path).key == "UTC"
