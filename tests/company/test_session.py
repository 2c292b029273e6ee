"""What day it is, for the browser and for the command line: today, where the company is."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from pathlib import Path

import pytest

from dashboard import session
from dashboard.cli import shell
from tests.support.workspaces import a_workspace

LISBON = 'organisation = "Acme"\ntime_zone = "Europe/Lisbon"\n'
"""One hour ahead of UTC in summer."""


def a_clock_at(instant: datetime) -> type[datetime]:
    """Return a datetime whose now is one instant, wherever it is asked for."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Clock:
            return cls.fromtimestamp(instant.timestamp(), tz)

    return Clock


@pytest.fixture
def works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(tmp_path))
    return a_workspace(tmp_path, settings=LISBON).root


def test_a_server_that_runs_on_is_on_the_next_day_after_midnight(
    works: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert works.is_dir()
    days = []
    for hour in (22, 23):
        instant = datetime(2026, 7, 1, hour, 30, tzinfo=UTC)
        monkeypatch.setattr(session, "datetime", a_clock_at(instant))
        days.append(session.as_of())
    # 22:30 and 23:30 UTC are 23:30 and 00:30 in Lisbon
    assert days == [date(2026, 7, 1), date(2026, 7, 2)]


def test_a_command_is_on_the_day_of_the_company(
    works: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = a_clock_at(datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    monkeypatch.setattr(shell, "datetime", clock)
    assert shell.today() == date(2026, 7, 2)
    (works / "clause9.toml").write_text('organisation = "Acme"\n', encoding="utf-8")
    assert shell.today() == date(2026, 7, 1)
