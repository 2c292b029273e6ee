"""A suite that sees nothing proves nothing: each mutation of the compiler makes it fail."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from metrics.model import Metric
from metrics.periods import Calendar
from tests.reference.comparing import disagreement
from tests.reference.mutations import MUTATIONS, Mutation
from tests.support.facts import Facts
from tests.support.random_definitions import ANY_CALENDAR, FACTS, THROUGH, definitions

MOST_EXAMPLES = 60
"""A mutation that so many examples do not show would pass the agreement test as well."""


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_the_agreement_with_the_reference_sees(
    mutation: Mutation, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = getattr(mutation.owner, mutation.attribute)
    monkeypatch.setattr(mutation.owner, mutation.attribute, mutation.wrong(original))
    with pytest.raises(_SeenError):
        _until_seen()


def test_there_are_twelve_of_them() -> None:
    assert len({mutation.name for mutation in MUTATIONS}) == 12


class _SeenError(Exception):
    pass


@settings(
    max_examples=MOST_EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    several=st.lists(definitions(), min_size=3, max_size=3),
    facts=FACTS,
    through=THROUGH,
    calendar=ANY_CALENDAR,
)
def _until_seen(
    several: list[list[Metric]],
    facts: dict[str, list[dict[str, Any]]],
    through: date,
    calendar: Calendar,
) -> None:
    drawn = [metric for metrics in several for metric in metrics]
    metrics = [m.model_copy(update={"name": f"metric_{at}"}) for at, m in enumerate(drawn)]
    if disagreement(metrics, Facts().fill(**facts), through, calendar) is not None:
        raise _SeenError
