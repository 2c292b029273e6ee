"""Each real company is built once a session, by the commands a person would type."""

from __future__ import annotations

import pytest

from tests.support.command_line import Site
from tests.support.examples import built


@pytest.fixture(scope="session")
def airports(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return built("us_airports", tmp_path_factory.mktemp("examples"))


@pytest.fixture(scope="session")
def food_safety(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return built("detroit_food_safety", tmp_path_factory.mktemp("examples"))


@pytest.fixture(scope="session")
def marketplace(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return built("marketplace", tmp_path_factory.mktemp("examples"))


@pytest.fixture(scope="session")
def transit(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return built("ttc", tmp_path_factory.mktemp("examples"))
