"""The shipped catalogue, and what a wrong one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import DefinitionError, NotFoundError
from metrics.review.standards import load_standards
from metrics.review.topics import TOPICS


def test_iso_9001_2015_asks_for_twelve_inputs_each_a_topic_we_know() -> None:
    standard = load_standards(("iso9001_2015",))["iso9001_2015"]
    assert {each.topic for each in standard.inputs} == set(TOPICS)
    assert [each.clause for each in standard.outputs] == ["9.3.3.a", "9.3.3.b", "9.3.3.c"]
    assert [each.clause[-1] for each in standard.purposes] == list("abcdefg")
    assert standard.confidence == "H"


def test_an_unknown_standard_is_told_the_nearest_one() -> None:
    with pytest.raises(NotFoundError, match="Did you mean 'iso9001_2015'"):
        load_standards(("iso9001_2025",))


def test_a_sites_catalogue_with_a_misspelt_topic_names_clause_and_near_miss(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        """
        [standard]
        title = "Own"
        edition = "2026"
        confidence = "L"
        [interval]
        clause = "1"
        says = "Yearly."
        conclusion = ["suitable"]
        [[inputs]]
        clause = "1.a"
        topic = "audit_result"
        title = "Audits"
        says = "What audits found."
        [[outputs]]
        clause = "1.b"
        kind = "improvement"
        title = "Improvement"
        says = "What will be improved."
        """,
        encoding="utf-8",
    )
    with pytest.raises(DefinitionError, match="audit_results") as raised:
        load_standards(("own",), tmp_path)
    assert "inputs.1.a.topic" in str(raised.value)
