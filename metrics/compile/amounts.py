"""What one side of a metric takes from each row of its table."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from data.expressions import parse, render
from data.tables import Rule, Table, quoted
from metrics.compile.dialect import Dialect, dialect_of
from metrics.compile.query import Columns, Part, any_of, day_of, scan_of
from metrics.model import Elapsed, Mean, Metric, Reported, Source
from metrics.periods import Period


@dataclass
class Context:
    """One query over one table: what is bound, and every expression written so far."""

    table: Table
    parameters: dict[str, object] = field(default_factory=dict)
    _written: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)

    @property
    def dialect(self) -> Dialect:
        """How whoever keeps the rows writes the query."""
        return dialect_of(self.table)

    def bound(self, value: object) -> str:
        """Return the placeholder of `value`."""
        name = f"p{len(self.parameters) + 1}"
        self.parameters[name] = value
        return self.dialect.expressions.placeholder(name)

    def day(self, day: date | None) -> str:
        """Return the placeholder of a day."""
        return f"CAST({self.bound(day)} AS DATE)"

    def written(self, text: str) -> tuple[str, frozenset[str]]:
        """Return an expression as SQL, and the columns it reads; the same text is bound once."""
        if text not in self._written:
            expression = parse(text, self.table.column_types)
            sql = render(expression, self.parameters, self.dialect.expressions)
            self._written[text] = (sql, expression.columns)
        return self._written[text]

    def spoiled(self, columns: set[str]) -> str | None:
        """Return the condition of a row that is left out of what reads `columns`, None without any.

        In the warehouse a row carries its warnings, and what a rule refuses is not there. Rows of
        an external engine nobody checked: each rule is asked of them, a refusing one always.
        """
        rules = [rule for rule in self.table.rules if self._spoils(rule, columns)]
        if self.table.engine is not None:
            broken = [f"NOT {self.written(rule.expect)[0]}" for rule in rules]
            return f"COALESCE({any_of(broken)}, FALSE)" if rules else None
        names = ", ".join("'" + rule.name.replace("'", "''") + "'" for rule in rules)
        found = f"list_has_any(string_split(replace(_warnings, ' ', ''), ','), [{names}])"
        return f"COALESCE({found}, FALSE)" if rules else None

    def _spoils(self, rule: Rule, columns: set[str]) -> bool:
        if rule.severity == "refuse":
            return self.table.engine is not None
        return not rule.spoils or bool(columns & set(rule.spoils))


MARKS = ("ok", "estimated", "partial")
"""What is said of a figure handed in, the least sure last: it holds for the sum it is in."""

REASONS = ("not_applicable", "no_opportunity", "missing")
"""What is said of the absence of one; anything else is missing."""


class Amount:
    """What one side takes from each row of its table: whether it counts, and how much it adds."""

    def __init__(self, metric: Metric, source: Source, context: Context) -> None:
        self.measure, self._date = metric.measure, context.day
        self.dialect = context.dialect
        self._has_status = "status" in context.table.column_types
        self.counts, read = [], set[str]()
        if source.where:
            where, columns = context.written(source.where)
            self.counts, read = [where], set(columns)
        self.weight, self.is_optional, columns = self._weight(source, context)
        dates = scan_of(metric, source, {context.table.name: context.table}).dates
        self.dates = tuple(day_of(name) for name in dates)
        self.spoiled = context.spoiled(read | columns | set(dates))
        self.sound = [f"NOT {self.spoiled}"] if self.spoiled else []

    def _weight(self, source: Source, context: Context) -> tuple[str, bool, frozenset[str]]:
        """Return what a row adds, whether that may be unknown, and the columns it reads."""
        given = source.takes
        counted_by = context.table.counted_by
        if given is not None and given.strip() != "1":
            sql, columns = context.written(given)
            return sql, True, columns
        if given is None and counted_by and not isinstance(self.measure, Elapsed):
            return f"COALESCE({quoted(counted_by)}, 1)", False, frozenset({counted_by})
        return "1", False, frozenset()

    def flow(self, columns: Columns) -> dict[Part, str]:
        """Return the columns of a side dated by one day."""
        taken = columns.taken(self.weight, [*self.counts, *self.sound])
        total = "COUNT" if self.weight == "1" else "SUM"
        found: dict[Part, str] = {
            "amount": columns.name(self.dialect.exact(f"{total}({taken})")),
            "n": columns.name(f"COUNT({taken})"),
        }
        lost = [f"{self.weight} IS NULL"] if self.is_optional else []
        lost += [self.spoiled] if self.spoiled else []
        if lost:
            left_out = columns.taken("1", [*self.counts, any_of(lost)])
            found["left_out"] = columns.name(f"COUNT({left_out})")
        if isinstance(self.measure, Reported) and self._has_status:
            known = [*self.counts, *self.sound, f"{self.weight} IS NOT NULL"]
            mark = columns.taken(_ranked(MARKS, 0), known)
            reason = columns.taken(
                _ranked(REASONS, len(REASONS)), [*self.counts, f"{self.weight} IS NULL"]
            )
            found |= {"mark": columns.name(f"MAX({mark})")}
            found |= {"reason": columns.name(f"MAX({reason})")}
        if isinstance(self.measure, Mean):
            double = f"CAST({taken} AS {self.dialect.expressions.types['float']})"
            found["squares"] = columns.name(f"SUM({double} * {double})")
        return found

    @property
    def followed(self) -> list[str]:
        """The conditions of a record that is followed: it counts, and time runs forwards."""
        opened, closed = self.dates
        in_order = f"({closed} IS NULL OR {closed} >= {opened})"
        return [*self.counts, *self.sound, in_order]

    @property
    def lost(self) -> list[str]:
        """The conditions of a record that would be followed, but is left out."""
        opened, closed = self.dates
        return [*self.counts, any_of([f"{closed} < {opened}", *filter(None, [self.spoiled])])]

    def behind(self, period: Period) -> list[str]:
        """Return the conditions of the rows behind the cell of `period`."""
        end = self._date(period.end)
        if len(self.dates) == 1:
            known = [f"{self.weight} IS NOT NULL"] if self.is_optional else []
            dated = f"{self.dates[0]} BETWEEN {self._date(period.start)} AND {end}"
            return [*self.counts, *self.sound, *known, dated]
        opened, closed = self.dates
        match self.measure:
            case Elapsed(open="left_out"):
                when = f"{closed} BETWEEN {self._date(period.start)} AND {end}"
            case Elapsed():
                still = f"{closed} >= {self._date(period.start)}"
                when = f"{opened} <= {end} AND ({closed} IS NULL OR {still})"
            case _:
                when = f"{opened} <= {end} AND ({closed} IS NULL OR {closed} > {end})"
        return [*self.followed, when]

    def in_period(self, period: Period) -> str:
        """Return what a row adds to the cell of `period`."""
        if not isinstance(self.measure, Elapsed):
            return self.weight
        opened, closed = self.dates
        end = self._date(period.end)
        return self.dialect.days(opened, f"LEAST(COALESCE({closed}, {end}), {end})")


def _ranked(words: tuple[str, ...], otherwise: int) -> str:
    """Return the place of a row's status in `words`, from 0."""
    cases = " ".join(f"WHEN '{word}' THEN {place}" for place, word in enumerate(words))
    return f"CASE {quoted('status')} {cases} ELSE {otherwise} END"
