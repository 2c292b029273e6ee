from collections.abc import Iterator
from pathlib import Path

import pytest

from data.records.records import Records
from tests.support.people import fresh_records


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with fresh_records(tmp_path) as opened:
        yield opened
