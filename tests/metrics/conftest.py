"""A warehouse in memory for every test."""

from __future__ import annotations

import pytest

from tests.support.facts import Facts


@pytest.fixture
def warehouse() -> Facts:
    return Facts()
