"""The small company served, for the pages that read it; who needs another one serves that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.browser import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give the app on a small company of the module's own."""
    from tests.support.browser import app_on
    from tests.support.small_company import a_small_company

    folder = tmp_path_factory.mktemp("served")
    with app_on(a_small_company(folder / "small"), folder / "output.txt") as started:
        yield started
