"""The parts of formulas: which metrics an expression names, resolved down to the last.

What does not fit is a sentence for the definition's file: a name nobody knows, a ring of formulas
that need each other, a part of another period or without the dimension.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from data.errors import near_miss
from data.expressions import ExpressionError, parse
from metrics.model import Formula, Metric

Flaw = tuple[str, str, str]
"""The metric, the key in its section, and the sentence."""

_UNKNOWN = re.compile(r"no column '([^']+)'")


def with_parts(
    found: Mapping[str, Metric], shipped: Collection[str] = ()
) -> tuple[dict[str, Metric], tuple[Flaw, ...]]:
    """Return the metrics with the parts of every formula in place, and all that does not fit.

    `shipped` are the names of the library, told apart from names that nobody knows.
    """
    resolver = _Resolver(found, shipped)
    resolved = {name: resolver.metric(name, ()) or metric for name, metric in found.items()}
    return resolved, tuple(resolver.flaws)


@dataclass
class _Resolver:
    found: Mapping[str, Metric]
    shipped: Collection[str]
    flaws: list[Flaw] = field(default_factory=list)
    done: dict[str, Metric | None] = field(default_factory=dict)

    def metric(self, name: str, above: tuple[str, ...]) -> Metric | None:
        """Return a metric with its parts; None where something in it does not fit.

        `above` are the formulas that led here, each named by the one before it.
        """
        if name in above:
            self._complain_of_ring((*above[above.index(name) :], name))
            return None
        if name not in self.done:
            metric = self.found[name]
            is_formula = isinstance(metric.measure, Formula)
            self.done[name] = self._formula(metric, above) if is_formula else metric
        return self.done[name]

    def _formula(self, metric: Metric, above: tuple[str, ...]) -> Metric | None:
        names = self._names(metric)
        known = {name: self.metric(name, (*above, metric.name)) for name in sorted(names)}
        parts = {name: part for name, part in known.items() if part is not None}
        flaws = list(_misfits(metric, parts))
        self.flaws += [(metric.name, key, text) for key, text in flaws]
        if not names or len(parts) < len(names) or flaws:
            return None
        resolved = metric.measure.model_copy(update={"parts": parts})
        return metric.model_copy(update={"measure": resolved})

    def _names(self, metric: Metric) -> frozenset[str]:
        """Return the metrics a formula names, none where it cannot be read."""
        assert isinstance(metric.measure, Formula)  # noqa: S101 - told apart by the caller
        try:
            read = parse(metric.measure.expression, dict.fromkeys(self.found, "float"))
        except ExpressionError as error:
            self._complain(metric, self._of_metrics(str(error)))
            return frozenset()
        if read.type not in {"integer", "decimal", "float"}:
            self._complain(metric, f"must be a number, not {read.type}.")
        elif not read.columns:
            self._complain(metric, "names no metric; a formula is made of the values of others.")
        else:
            return read.columns
        return frozenset()

    def _of_metrics(self, message: str) -> str:
        """Return a refusal in words of metrics, for which an expression has columns."""
        unknown = _UNKNOWN.search(message)
        if unknown is None:
            return message
        name, place = unknown.group(1), message[: unknown.start()]
        if name in self.shipped:
            return f"{place}the site does not use '{name}'. Take it from the library: use it too."
        hint = near_miss(name, self.found) or " A formula names metrics the site uses."
        return f"{place}no metric '{name}'.{hint}"

    def _complain_of_ring(self, ring: tuple[str, ...]) -> None:
        told = " → ".join(ring)
        message = f"goes round in a ring: {told}. A formula cannot need its own value."
        self._complain(self.found[ring[0]], message)

    def _complain(self, metric: Metric, message: str) -> None:
        self.flaws.append((metric.name, "measure.expression", message))


def _misfits(metric: Metric, parts: Mapping[str, Metric]) -> Iterator[tuple[str, str]]:
    """Yield the key and the sentence of every part that cannot stand in the formula."""
    for name, part in parts.items():
        if part.period != metric.period:
            yield (
                "measure.expression",
                f"'{name}' has a value each {part.period}, this metric each {metric.period}; "
                "the parts of a formula have its period.",
            )
        for dimension in metric.by:
            if not part.has_values_by((dimension,)):
                kept = f"it is kept by {', '.join(part.by)}" if part.by else "it has no parts"
                yield "by", f"'{dimension}' is no dimension of '{name}' in the formula: {kept}."
