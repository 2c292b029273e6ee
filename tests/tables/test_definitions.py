"""Problems of definition files are said in one voice, however deep the key lies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from data.definitions import read_toml, validated


class Count(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["count"] = "count"
    numerator: str


class Rate(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["rate"] = "rate"
    numerator: str
    denominator: str


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    files: str
    on: str | None = None


class Definition(BaseModel):
    model_config = ConfigDict(extra="forbid")
    measure: Annotated[Count | Rate, Field(discriminator="kind")]
    lookup: tuple[Part, ...] = ()
    named: dict[str, Part] = {}
    end: str | None = Field(default=None, alias="to")


GOOD = {"kind": "rate", "numerator": "a", "denominator": "b"}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"measure": GOOD | {"denominators": "c"}},
            "x.measure.denominators: unknown key 'denominators'. Did you mean 'denominator'?",
        ),
        (
            {"measure": {"kind": "count", "numerator": "a", "qqq": "b"}},
            "unknown key 'qqq'. Known are: kind, numerator.",
        ),
        (
            {"measure": GOOD, "lookup": [{"files": "f"}, {"file": "f"}]},
            "m.toml, x.lookup#2.file: unknown key 'file'. Did you mean 'files'?",
        ),
        (
            {"measure": GOOD, "named": {"first": {"files": "f", "onn": "k"}}},
            "m.toml, x.named.first.onn: unknown key 'onn'. Did you mean 'on'?",
        ),
        ({"measure": GOOD, "too": "now"}, "unknown key 'too'. Did you mean 'to'?"),
        (
            {"measure": {"kind": "rat", "numerator": "a"}},
            "x.measure.kind: 'rat' is not one of: count, rate. Did",
        ),
        ({"measure": {"numerator": "a"}}, "x.measure.kind: is missing. It says"),
        ({"measure": "rate"}, "m.toml, x.measure: must be a section of keys, not 'rate'."),
        ({"measure": GOOD | {"numerator": 5}}, 'must be a text in "quotes", not 5.'),
    ],
)
def test_a_wrong_value_is_said_with_its_place(values: object, sentence: str) -> None:
    found, problems = validated(Definition, values, "m.toml", "x")
    assert found is None
    assert any(sentence in str(problem) for problem in problems), [str(p) for p in problems]


def test_every_problem_of_a_definition_is_found() -> None:
    values = {"measure": GOOD | {"numerator": 5}, "lookup": [{"on": 3}], "extra": 1}
    _, problems = validated(Definition, values, "m.toml")
    assert sorted(problem.key for problem in problems) == [
        "extra",
        "lookup#1.files",
        "lookup#1.on",
        "measure.numerator",
    ]


def test_a_good_definition_comes_back_without_problems() -> None:
    found, problems = validated(Definition, {"measure": GOOD, "to": "closed_on"}, "m.toml")
    assert found is not None
    assert (found.end, problems) == ("closed_on", [])


def test_a_file_that_is_not_there_is_a_problem_and_not_a_crash(tmp_path: Path) -> None:
    values, problems = read_toml(tmp_path / "none.toml", "none.toml")
    assert values == {}
    assert [str(problem) for problem in problems] == [
        "none.toml: cannot be read: No such file or directory."
    ]
