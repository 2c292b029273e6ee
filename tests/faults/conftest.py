"""Figures: what a fault test counted is printed after the run, for docs/faults.md."""

from __future__ import annotations

import pytest

from tests.support.counts import Tell

_TOLD = pytest.StashKey[list[str]]()


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Tell:
    """Give a function that keeps a sentence for the end of the run."""
    return request.config.stash.setdefault(_TOLD, []).append


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    told = config.stash.get(_TOLD, [])
    if told:
        terminalreporter.section("figures")
    for sentence in sorted(told):
        terminalreporter.line(sentence)
