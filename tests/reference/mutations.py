"""Twelve ways in which a compiler could be wrong, each of which the agreement must see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from metrics.compile import holistic, queries, spans
from metrics.compile.amounts import Amount, Context
from metrics.compile.query import Columns, Part
from metrics.compile.spans import Spans
from metrics.model import Metric
from metrics.periods import COMMON

Function = Callable[..., Any]


@dataclass(frozen=True)
class Mutation:
    """One function of the compiler made wrong: `wrong` gives the replacement of the original."""

    name: str
    claim: str
    owner: Any
    attribute: str
    wrong: Callable[[Function], Function]


def _all_versions(summed: Function) -> Function:
    def wrong(
        self: Columns, start: str, by: tuple[str, ...], rows: str, chosen: Sequence[str], *more: str
    ) -> str:
        return str(summed(self, start, by, rows, ["TRUE", *chosen[1:]], *more))

    return wrong


def _a_day_late(period_start: Function) -> Function:
    return lambda day, *more: period_start(f"({day} + 1)", *more)


def _common_calendar(period_start: Function) -> Function:
    return lambda day, grain, _: period_start(day, grain, COMMON)


def _unknown_counts(create: Function) -> Function:
    def wrong(self: Amount, *given: object) -> None:
        create(self, *given)
        self.counts = [f"COALESCE({each}, TRUE)" for each in self.counts]

    return wrong


def _no_conditions(taken: Function) -> Function:
    return lambda self, value, conditions: taken(
        self, value, [f"({' AND '.join(conditions)} OR TRUE)"] if conditions else []
    )


def _one_a_row(weight: Function) -> Function:
    def wrong(self: Amount, *given: object) -> tuple[str, bool, frozenset[str]]:
        sql, is_optional, columns = weight(self, *given)
        return ("1" if sql.startswith("COALESCE(") else sql), is_optional, columns

    return wrong


def _nothing_spoils(_: Function) -> Function:
    return lambda *_: None


def _everything_spoils(_: Function) -> Function:
    return lambda *_: True


def _backwards_too(followed: Function) -> Any:  # noqa: ANN401 a property
    def wrong(self: Amount) -> list[str]:
        return followed.__get__(self)[:-1] or ["TRUE"]

    return property(wrong)


def _closed_a_day_late(side: Function) -> Function:
    def wrong(self: Spans, index: int, columns: Columns, chosen: list[str], since: str = "") -> str:
        sql = str(side(self, index, columns, chosen, since))
        closed = f'CAST("{self._scan.dates[1]}" AS DATE)'
        head, _, tail = sql.partition(" AS period")
        return head.replace(closed, f"({closed} + 1)") + " AS period" + tail if index else sql

    return wrong


def _aged_a_day_more(next_start: Function) -> Function:
    return lambda *given: f"({next_start(*given)} + 1)"


def _nearest_value(taken: Function) -> Function:
    def wrong(metric: Metric, context: Context, columns: Columns) -> dict[Part, str]:
        found: dict[Part, str] = taken(metric, context, columns)
        columns._names = {
            sql.replace("PERCENTILE_CONT", "PERCENTILE_DISC"): name
            for sql, name in columns._names.items()
        }
        return found

    return wrong


MUTATIONS = (
    Mutation(
        "all versions",
        "Rows that were replaced or taken back count too.",
        Columns, "summed", _all_versions,
    ),
    Mutation(
        "a day late",
        "The last day of a period belongs to the next one.",
        queries, "period_start", _a_day_late,
    ),
    Mutation(
        "common calendar",
        "Fiscal years and years of whole weeks are taken for calendar years.",
        queries, "period_start", _common_calendar,
    ),
    Mutation(
        "unknown counts",
        "A row counts where `where` is unknown.",
        Amount, "__init__", _unknown_counts,
    ),
    Mutation(
        "no conditions",
        "`where` is not asked at all.",
        Columns, "taken", _no_conditions,
    ),
    Mutation(
        "one a row",
        "A row is one event, whatever `counted_by` says.",
        Amount, "_weight", _one_a_row,
    ),
    Mutation(
        "nothing spoils",
        "A warned row counts in the measure it spoils.",
        Context, "spoiled", _nothing_spoils,
    ),
    Mutation(
        "everything spoils",
        "A warned row is left out of measures it does not spoil.",
        Context, "_spoils", _everything_spoils,
    ),
    Mutation(
        "backwards too",
        "A record that ended before it began is followed.",
        Amount, "followed", _backwards_too,
    ),
    Mutation(
        "closed a day late",
        "What closed on the last day of a period is still open at its end.",
        Spans, "_side", _closed_a_day_late,
    ),
    Mutation(
        "aged a day more",
        "What is open ages to the day after the period.",
        spans, "next_start", _aged_a_day_more,
    ),
    Mutation(
        "nearest value",
        "A percentile is the nearest value and not interpolated.",
        holistic, "_taken", _nearest_value,
    ),
)  # fmt: skip
