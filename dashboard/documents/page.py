"""What an exported review is made of, beside its assembly: people's words, charts and sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from data.records.models import Action, Decision, Review
from metrics.model import Metric
from metrics.review.model import Assembly, Readiness
from metrics.review.sources import Source


@dataclass(frozen=True)
class Chart:
    """One chart as SVG text for light and dark paper, its alt text, and its points as a table.

    Without `dark`, the light one is recoloured ink by ink. `points` are (period, value, remark) as
    text, `events` (day, what happened): what a flag tells on hover a page on paper has to write.
    """

    light: str
    alt: str
    dark: str | None = None
    points: tuple[tuple[str, str, str], ...] = ()
    events: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ReviewPage:
    """One review, ready to be written as a page. `charts` and `sources` are keyed by figure id."""

    organisation: str
    assembly: Assembly
    readiness: Readiness
    review: Review
    is_synthetic: bool = False
    decisions: tuple[Decision, ...] = ()
    actions: tuple[Action, ...] = ()
    people: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, Metric] = field(default_factory=dict)
    charts: Mapping[str, Chart] = field(default_factory=dict)
    sources: Mapping[str, tuple[Source, ...]] = field(default_factory=dict)
    made_at: datetime | None = None

    def named(self, person: str | None) -> str:
        """Return a person's name, or their id when no name is known."""
        return self.people.get(person or "", person or "nobody")
