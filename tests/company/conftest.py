"""The small company, built once for these tests and opened for reading."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dashboard.company.opened import Company
from tests.support.small_company import a_small_company, open_company


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    opened = open_company(a_small_company(tmp_path_factory.mktemp("small")))
    with opened.records:
        yield opened
