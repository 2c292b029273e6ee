"""Catalogues of standards, as data: one TOML file per standard and edition, in our own words."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from data.definitions import read_toml, validated
from data.errors import DefinitionError, NotFoundError, Problem, near_miss
from metrics.review.topics import TOPICS

SHIPPED = Path(__file__).parent / "standards"

DecisionKind = Literal["improvement", "change", "resources"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InputClause(_Frozen):
    """One clause that a review must consider, and the topic that feeds it."""

    clause: str
    topic: str
    title: str
    says: str
    mandatory: bool = True


class OutputClause(_Frozen):
    """One clause on what a review must decide, and the kind of decision that answers it."""

    clause: str
    kind: DecisionKind
    title: str
    says: str


class Purpose(_Frozen):
    """One purpose that analysing data must serve."""

    clause: str
    title: str


class Interval(_Frozen):
    """How often top management reviews, and the words its conclusion must answer."""

    clause: str
    says: str
    conclusion: tuple[str, ...]


class Standard(_Frozen):
    """One standard in one edition; `confidence` H, M or L says how sure its letters are."""

    id: str
    title: str
    edition: str
    confidence: Literal["H", "M", "L"]
    note: str = ""
    interval: Interval
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    purposes: tuple[Purpose, ...] = ()


def load_standards(
    names: tuple[str, ...] | None = None, site_folder: Path | None = None
) -> dict[str, Standard]:
    """Return the named standards in the order given (None: all); a site's file wins.

    Raises NotFoundError for a name no catalogue has, DefinitionError with every problem.
    """
    files = _catalogues(site_folder)
    problems: list[Problem] = []
    standards: dict[str, Standard] = {}
    for name in sorted(files) if names is None else names:
        if name not in files:
            known = ", ".join(sorted(files))
            raise NotFoundError(
                f"There is no standard '{name}'. Known: {known}.{near_miss(name, files)}"
            )
        found, wrong = _read(name, files[name])
        problems += wrong
        if found:
            standards[name] = found
    if problems:
        raise DefinitionError(problems)
    return standards


def _catalogues(site_folder: Path | None) -> dict[str, Path]:
    folders = [SHIPPED, *([site_folder] if site_folder else [])]
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}


def _read(name: str, path: Path) -> tuple[Standard | None, list[Problem]]:
    place = f"standards/{path.name}"
    raw, problems = read_toml(path, place)
    if problems:
        return None, problems
    values = {"id": name, **raw.pop("standard", {}), **raw}
    standard, problems = validated(Standard, values, place)
    return standard, problems + (_unknown_topics(place, standard) if standard else [])


def _unknown_topics(place: str, standard: Standard) -> list[Problem]:
    """Return a problem for a topic nearly, not quite, one of ours; a site's own is fine."""
    return [
        Problem(place, f"inputs.{each.clause}.topic", f"no topic '{each.topic}'.{near}")
        for each in standard.inputs
        if each.topic not in TOPICS and (near := near_miss(each.topic, TOPICS))
    ]
