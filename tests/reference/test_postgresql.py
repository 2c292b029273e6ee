"""The same random definitions on a real PostgreSQL: the cells are those of the reference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.model import Metric
from metrics.periods import Calendar
from tests.reference.comparing import disagreement
from tests.support import external, postgres
from tests.support.counts import examples
from tests.support.facts import TABLES, Facts
from tests.support.random_definitions import ANY_CALENDAR, FACTS, THROUGH, definitions

MAY_LIE_THERE = ("complaints", "outputs", "survey_responses")


@pytest.fixture(scope="module")
def owner(server: postgres.Server) -> Iterator[psycopg.Connection]:
    external.create(server, *(TABLES[name] for name in MAY_LIE_THERE))
    with psycopg.connect(server.place, autocommit=True) as opened:
        yield opened


@settings(
    max_examples=examples(25, full=100),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    metrics=definitions(),
    facts=FACTS,
    through=THROUGH,
    calendar=ANY_CALENDAR,
    there=st.lists(st.sampled_from(MAY_LIE_THERE), min_size=1, unique=True),
)
def test_postgresql_agrees_with_the_reference(  # noqa: PLR0913, PLR0917 - all that is drawn
    server: postgres.Server,
    owner: psycopg.Connection,
    metrics: list[Metric],
    facts: dict[str, list[dict[str, Any]]],
    through: date,
    calendar: Calendar,
    there: list[str],
) -> None:
    """Each table lies here or there, so that the sides of a metric may come from two engines."""
    kept = {name: external.kept_there(TABLES[name]) for name in there}
    warehouse = Facts({**TABLES, **kept}).fill(**facts)
    for name, table in kept.items():
        warehouse.frames[name] = external.warned(table, warehouse.frames[name])
        external.fill(owner, table, warehouse.frames[name])
    with external.engines(server) as engines:
        assert disagreement(metrics, warehouse, through, calendar, engines) is None
