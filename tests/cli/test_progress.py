"""Who waits at a terminal sees the stage; a log gets no moving line."""

from __future__ import annotations

import io

import pytest

from dashboard.cli import shell


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_the_stage_with_brackets_taken_literally(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with shell.progress(stream) as told:
        told("Reading and checking complaints [old].csv")
    assert "Reading and checking complaints [old].csv" in stream.getvalue()


def test_a_log_gets_no_moving_line() -> None:
    stream = io.StringIO()
    with shell.progress(stream) as told:
        told("Publishing")
    assert not stream.getvalue().strip()
