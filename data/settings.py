"""A workspace: the folder of one organisation, and the settings in its clause9.toml.

A workspace holds `clause9.toml`, the site's definitions in `tables/`, `metrics/` and `sources/`, an
`inbox/`, and `state/`, which Git ignores: warehouse, records and archive.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

from data.calendars import Calendar, Pattern, Weekday, YearEnd
from data.definitions import read_toml, validated
from data.errors import DefinitionError, NotFoundError, UsageError

SETTINGS_FILE = "clause9.toml"

_FOLDERS = ("tables", "metrics", "sources", "inbox", "state")


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class WarehouseSettings(_Section):
    """How the warehouse of facts is kept."""

    keep_versions: int = Field(
        default=5, ge=1, description="How many published versions stay on disk."
    )
    memory_limit: str = Field(
        default="2GB",
        pattern=r"^\d+(\.\d+)?\s?(MB|GB|MiB|GiB)$",
        description="Memory DuckDB may use.",
    )
    threads: int = Field(default=2, ge=1, description="Processor threads DuckDB may use.")
    lock_seconds: float = Field(
        default=60, ge=0, description="How long a writer waits for another one before it says busy."
    )


class Access(_Section):
    """Who may sign in, and how."""

    mode: Literal["none"] = Field(
        default="none",
        description="none: no sign-in; whoever sits at this machine acts, and the dashboard "
        "listens to this machine alone.",
    )


class UploadSettings(_Section):
    """What one uploaded file may cost before it is refused."""

    max_bytes: int = Field(default=200_000_000, ge=1, description="Largest file that is read.")
    seconds: float = Field(
        default=20,
        gt=0,
        description="Processor time reading one file may take; files above 20 MB get more.",
    )
    memory_mb: int = Field(
        default=1024,
        ge=512,
        description="Memory the reading process may use; files above 64 MB get more.",
    )


class EngineSettings(_Section):
    """A database that keeps the rows of some tables; a table names it as its `engine`."""

    url_from: str = Field(
        min_length=1,
        description="The secret that holds the URL: an environment variable, or a key of "
        "state/secrets.toml.",
    )
    seconds: int = Field(
        default=300, ge=1, le=86_400, description="How long one question may take there."
    )


class Settings(_Section):
    """What clause9.toml says about one organisation."""

    organisation: str = Field(min_length=1, description="The organisation's name, as on screen.")
    synthetic: bool = Field(
        default=False,
        description="Whether the data is invented; every page and document then says so.",
    )
    fiscal_year_start: int = Field(
        default=1, ge=1, le=12, description="The month (1 to 12) in which the fiscal year starts."
    )
    fiscal_periods: Pattern = Field(
        default="months",
        description="months: periods are calendar months. 4-4-5, 4-5-4, 5-4-4: years of 52 or 53 "
        "whole weeks, quarters of 13, periods of so many weeks; a 53rd week belongs to the last.",
    )
    fiscal_year_ends: YearEnd = Field(
        default="last",
        description="Where a year of whole weeks ends: on the `last` last-day-of-the-week of the "
        "month before `fiscal_year_start`, or on the one `nearest` that month's end.",
    )
    week_starts: Weekday = Field(
        default="monday",
        description="The first day of the week. With sunday, a year of whole weeks ends on a "
        "Saturday.",
    )
    time_zone: str = Field(
        default="UTC",
        description="The zone whose clocks say which day it is: today, when a file came in, and an "
        "instant written with an offset. Europe/Lisbon.",
    )
    standards: tuple[str, ...] = Field(
        default=("iso9001_2015",), min_length=1, strict=False, description="The standards in force."
    )
    as_of: date | None = Field(
        default=None,
        description="The day a closed history is read as of; without it, today. Pages say which.",
    )
    records_url: str | None = Field(
        default=None,
        description="Database of the records, as an SQLAlchemy URL without a password. Default: "
        "SQLite in state/.",
    )
    warehouse: WarehouseSettings = WarehouseSettings()
    access: Access = Access()
    upload: UploadSettings = UploadSettings()
    engines: dict[str, EngineSettings] = Field(
        default={},
        description="External engines by the name tables call them: [engines.plant_db]. See "
        "EngineSettings.",
    )

    @property
    def calendar(self) -> Calendar:
        """The calendar that says which period a day is in."""
        return Calendar(
            self.fiscal_year_start,
            self.fiscal_periods,
            self.fiscal_year_ends,
            self.week_starts,
            self.time_zone,
        )

    @field_validator("organisation")
    @classmethod
    def _is_one_line(cls, value: str) -> str:
        if not value.strip() or not value.isprintable():
            raise ValueError("must be a name on one line, without control characters.")
        return value

    @field_validator("engines", mode="before")
    @classmethod
    def _hold_no_url(cls, value: object) -> object:
        # A URL typed here would be repeated by the message about an unknown key.
        sections = value.values() if isinstance(value, dict) else ()
        if any(
            "://" in str(text)
            for each in sections
            if isinstance(each, dict)
            for text in each.values()
        ):
            raise ValueError(
                "holds a URL. Put it into the environment or state/secrets.toml and name it: "
                'url_from = "PLANT_DB_URL".'
            )
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_a_time_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            sentence = f"'{value}' is not a time zone. Write one like Europe/Lisbon or UTC."
            raise ValueError(sentence) from error
        return value

    @field_validator("records_url")
    @classmethod
    def _holds_no_password(cls, value: str | None) -> str | None:
        if value and urlsplit(value).password:
            raise ValueError(
                "holds a password. Take it out and give it in ~/.pgpass or in PGPASSWORD: "
                "definitions are kept in Git."
            )
        return value


@dataclass(frozen=True)
class Workspace:
    """An opened workspace: where everything of one organisation lies."""

    root: Path
    settings: Settings

    @property
    def tables_folder(self) -> Path:
        """The site's table contracts."""
        return self.root / "tables"

    @property
    def metrics_folder(self) -> Path:
        """The site's metric definitions."""
        return self.root / "metrics"

    @property
    def sources_folder(self) -> Path:
        """The site's mappings: which file feeds which table."""
        return self.root / "sources"

    @property
    def inbox(self) -> Path:
        """Where files to be ingested may be put."""
        return self.root / "inbox"

    @property
    def state(self) -> Path:
        """What Clause9 itself keeps; never in Git."""
        return self.root / "state"

    @property
    def warehouse_folder(self) -> Path:
        """The versions of the warehouse of facts."""
        return self.state / "warehouse"

    @property
    def archive_folder(self) -> Path:
        """The raw bytes of every file ever received."""
        return self.state / "archive"

    @property
    def secrets_file(self) -> Path:
        """Passwords, tokens and database URLs, by the names definitions call them."""
        return self.state / "secrets.toml"

    @property
    def pulls_folder(self) -> Path:
        """What is being pulled, until it is archived."""
        return self.state / "pulls"

    @property
    def records_url(self) -> str:
        """The SQLAlchemy URL of the records."""
        return self.settings.records_url or f"sqlite:///{self.state / 'records.sqlite'}"


def open_workspace(root: Path) -> Workspace:
    """Return the workspace in `root`.

    Raises NotFoundError where there is none, DefinitionError with every problem of its settings.
    """
    root = root.resolve()
    path = root / SETTINGS_FILE
    if not path.is_file():
        raise NotFoundError(
            f"{root} is not a workspace: it has no {SETTINGS_FILE}.\n"
            f"Make one: clause9 init {root}   or name another: --workspace DIR"
        )
    values, problems = read_toml(path, SETTINGS_FILE)
    if problems:
        raise DefinitionError(problems)
    settings, problems = validated(Settings, values, SETTINGS_FILE)
    if settings is None:
        raise DefinitionError(problems)
    return Workspace(root, settings)


def zone_of(root: Path) -> ZoneInfo:
    """Return the time zone of the workspace in `root`; UTC where no settings can be read."""
    try:
        return ZoneInfo(open_workspace(root).settings.time_zone)
    except (NotFoundError, DefinitionError):
        return ZoneInfo("UTC")  # whoever opens the workspace says what is wrong with it


def create_workspace(root: Path, organisation: str, *, synthetic: bool = False) -> Workspace:
    """Return a new workspace in `root`, which may exist but not hold a workspace already."""
    root = root.resolve()
    path = root / SETTINGS_FILE
    if path.exists():
        raise UsageError(f"{root} already is a workspace. Edit {path} or take another folder.")
    _, problems = validated(Settings, {"organisation": organisation}, "", "")
    if problems:
        raise UsageError(f"The organisation's name {problems[0].message}")
    for folder in _FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    _ignore_state(root / ".gitignore")
    path.write_text(_first_settings(organisation, synthetic), encoding="utf-8")
    return open_workspace(root)


def _first_settings(organisation: str, synthetic: bool) -> str:  # noqa: FBT001
    """Return the text of a new clause9.toml, in which what can be set is shown."""
    # A JSON text is a TOML basic string too, as long as it is printable.
    lines = [f"organisation = {json.dumps(organisation, ensure_ascii=False)}"]
    if synthetic:
        lines.append("synthetic = true            # every page and document says so")
    return "\n".join(lines) + _DEFAULTS_SHOWN


_DEFAULTS_SHOWN = """
fiscal_year_start = 1       # the month, 1 to 12
time_zone = "UTC"           # for example Europe/Lisbon
standards = ["iso9001_2015"]

# Everything that can be set is described in docs/reference/settings.md.
"""


def _ignore_state(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if "state/" not in lines:
        path.write_text("\n".join([*lines, "state/"]) + "\n", encoding="utf-8")
