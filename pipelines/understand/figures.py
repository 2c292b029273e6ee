"""Figures by period become rows of `metric_values`: which period, which metric, which slice."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from typing import Any

from data.tables import Table
from pipelines.mapping.model import Mapping
from pipelines.understand.blocks import Block
from pipelines.understand.cells import is_total, may_be_total, quoted, tidy
from pipelines.understand.dating import dated_across, dated_down
from pipelines.understand.figures_text import written
from pipelines.understand.layout import layout_keys, narrowed
from pipelines.understand.naming import file_pattern, mapping_name, short_name, short_names
from pipelines.understand.proposal import LEAVE_OUT, Asking, Settled
from pipelines.understand.shapes import Long, Wide
from pipelines.understand.theirs import name_of, quoted_name

METRIC = "metric"
"""Our column of the metric's name."""

SHORT, AS_WRITTEN = "short names", "as written"
ABOVE = "the one above"


@dataclass(frozen=True)
class Known:
    """What the company has already: names a proposal should use rather than invent."""

    metrics: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    language: str | None = None


@dataclass
class _Keys:
    """The keys of the mapping in the making."""

    said: dict[str, Any]
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    filters: list[str] = field(default_factory=list)
    fill_down: list[str] = field(default_factory=list)
    used: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class FiguresDraft:
    """Figures by period of one table of a file."""

    file: str
    block: Block
    shape: Wide | Long
    table: Table
    known: Known
    is_only: bool
    number: int = 1

    def settled(self, answers: abc.Mapping[str, str]) -> Settled:
        """Return the mapping with `answers`; UsageError for an answer that is none."""
        asking = Asking(answers, self.file)
        keys = _Keys(layout_keys(self.block, asking))
        match self.shape:
            case Wide():
                figures = self._across(self.shape, keys, asking)
            case Long():
                figures = self._down(self.shape, keys, asking)
        self._constant("process", "Which process do the figures belong to?", keys, asking)
        self._how_written(figures, keys, asking)
        keys.said = narrowed(self.block, keys.said, keys.used, asking)
        name = mapping_name(self.file, self.block.sheet.name, is_only=self.is_only)
        name += f"_{self.number}" if self.number > 1 else ""
        body = keys.said | {
            "name": name,
            "table": self.table.name,
            "files": (file_pattern(self.file),),
            "columns": keys.columns,
            "constants": keys.constants,
            "values": keys.values,
            "where": " and ".join(keys.filters) or None,
            "fill_down": tuple(keys.fill_down),
        }
        mapping = Mapping.model_validate(body)
        return asking.settled(mapping)

    def _across(self, shape: Wide, keys: _Keys, asking: Asking) -> list[int]:
        columns = self._measured(shape, asking)
        texts = {c: shape.periods[c] for c in columns}
        dating = dated_across(self.block, texts, shape, self.known.language, asking)
        keys.said |= dating.keys
        keys.used |= {*columns} | ({shape.years} if shape.years is not None else set())
        keys.said["unpivot"] = {
            "columns": dating.headers,
            "name_to": self.table.dated_by,
            "value_to": "value",
        }
        keys.filters.append("value is not null")
        self._labels(shape.labels, keys, asking)
        self._tell_left_out(shape.left_out, asking)
        return columns

    def _measured(self, shape: Wide, asking: Asking) -> list[int]:
        """Return the columns of periods to take, where each period has several: plan, actual."""
        said = list(dict.fromkeys(shape.measures.values()))
        seen = [shape.periods[c] for c in shape.periods]
        if len({*seen}) == len(seen):
            return list(shape.periods)
        answer = asking.ask(
            "measure",
            f"Each period has {len(said)} columns: {quoted(said, 6)}. Which holds the figures?",
            said,
        )
        kept = answer or said[0]
        others = [text for text in said if text != kept]
        asking.tell(f"Of each period '{kept}' is taken; {quoted(others, 6)} left out.")
        return [c for c in shape.periods if shape.measures[c] == kept]

    def _down(self, shape: Long, keys: _Keys, asking: Asking) -> list[int]:
        dating = dated_down(self.block, shape, self.known.language, asking)
        keys.said |= dating.keys
        keys.used |= {shape.period} | ({shape.years} if shape.years is not None else set())
        keys.columns[self.table.dated_by] = name_of(self.block, shape.period)
        if dating.values:
            keys.values[self.table.dated_by] = dict(dating.values)
        self._leave_totals(shape.period, keys, asking)
        figures = self._kept_figures(shape, asking)
        keys.used |= {*figures}
        if len(figures) == 1:
            header = name_of(self.block, figures[0])
            keys.columns["value"] = header
            keys.filters.append(f"{quoted_name(header)} is not null")
            self._labels(shape.labels, keys, asking)
        else:
            self._side_by_side(figures, shape, keys, asking)
        self._tell_left_out(
            [*shape.left_out, *(c for c in shape.figures if c not in figures)], asking
        )
        return figures

    def _kept_figures(self, shape: Long, asking: Asking) -> list[int]:
        """Return which columns of numbers are taken; sums of others only where asked for."""
        named = {name_of(self.block, c): c for c in shape.figures}
        usual = [name for name in named if not may_be_total(name)] or list(named)
        if len(named) == 1:
            return list(shape.figures)
        everything = ", ".join(usual)
        answer = asking.ask(
            "figures",
            "Which columns hold figures to keep, parted by commas? There are "
            f"{quoted(list(named), 20)}.",
            (everything, *named),
            is_open=True,
        )
        wanted = [part.strip() for part in (answer or everything).split(",")]
        if answer is None or answer == everything:
            wanted = usual
        unknown = [part for part in wanted if part not in named]
        if unknown:
            asking.answers.pop("figures")
            return self._kept_figures(shape, asking)
        return [named[part] for part in wanted]

    def _side_by_side(self, figures: list[int], shape: Long, keys: _Keys, asking: Asking) -> None:
        """Turn several columns of figures into rows: each a metric, or each a slice of one."""
        names = [name_of(self.block, c) for c in figures]
        used = self._labels(shape.labels, keys, asking, has_metric=False)
        free = [d for d in self.table.dimensions if d not in used]
        answer = asking.ask(
            "across",
            f"What are {quoted(names, 6)}: a metric each, or parts of one metric told apart by a "
            "column of ours?",
            (METRIC, *free),
        ) or METRIC  # fmt: skip
        keys.filters.append("value is not null")
        columns: dict[str, str] | tuple[str, ...] = {name: name for name in names}
        if answer == METRIC:
            columns = self._metric_names(names, asking)
        else:
            self._constant(METRIC, "Which metric are the figures?", keys, asking)
        keys.said["unpivot"] = {"columns": columns, "name_to": answer, "value_to": "value"}

    def _labels(
        self,
        labels: abc.Sequence[int],
        keys: _Keys,
        asking: Asking,
        *,
        has_metric: bool = True,
    ) -> set[str]:
        """Ask what each column of words tells apart; return our columns that are then filled."""
        used: set[str] = set()
        for column in labels:
            texts = [tidy(text) for _, text in self.block.values(column)]
            distinct = list(dict.fromkeys(text for text in texts if not is_total(text)))
            header = name_of(self.block, column)
            if len(distinct) < 2:
                asking.tell(f"'{header}' says {quoted(distinct)} in every row and is not read.")
                continue
            choices = self._choices(header, len(labels), used, has_metric=has_metric)
            answer = asking.ask(
                f"label.{header}",
                f"What does the column '{header}' tell apart ({len(distinct):,} values: "
                f"{quoted(distinct)})?",
                choices,
            ) or choices[0]  # fmt: skip
            if answer == LEAVE_OUT:
                asking.tell(f"'{header}' is left out.")
                continue
            used.add(answer)
            self._label(column, answer, distinct, keys, asking)
        if has_metric and METRIC not in used:
            self._constant(METRIC, "Which metric are the figures?", keys, asking)
        return used

    def _choices(
        self, header: str, count: int, used: set[str], *, has_metric: bool
    ) -> tuple[str, ...]:
        """Return what a column of words may be, the likeliest first: a column of its own name."""
        free = [d for d in self.table.dimensions if d not in used and d != "process"]
        named = [name for name in free if short_name(header) == name]
        metric = [METRIC] if has_metric and METRIC not in used else []
        usual = [*metric, *free] if count == 1 else [*free, *metric]
        process = [] if "process" in used else ["process"]
        return tuple(dict.fromkeys([*named, *usual, *process, LEAVE_OUT]))

    def _label(
        self, column: int, ours: str, distinct: list[str], keys: _Keys, asking: Asking
    ) -> None:
        header = name_of(self.block, column)
        keys.columns[ours] = header
        keys.used.add(column)
        asking.tell(f"'{header}' is our column {ours}.")
        if ours == METRIC:
            keys.values[METRIC] = self._metric_names(distinct, asking)
        self._gaps(column, keys, asking)
        self._leave_totals(column, keys, asking)

    def _gaps(self, column: int, keys: _Keys, asking: Asking) -> None:
        """Ask what rows with figures are that lack the label: it may stand in the first alone."""
        header, cells = name_of(self.block, column), self.block.cells
        others = [c for c in self.block.columns if c != column]
        bare = [
            r
            for r in self.block.body
            if cells[r][column] is None and any(cells[r][c] is not None for c in others)
        ]
        if not bare:
            return
        labelled = [row for row, _ in self.block.values(column)]
        choices = (
            (LEAVE_OUT, ABOVE) if not labelled or bare[0] > labelled[-1] else (ABOVE, LEAVE_OUT)
        )
        rows = "1 row has" if len(bare) == 1 else f"{len(bare)} rows have"
        answer = asking.ask(
            f"gaps.{header}",
            f"{rows} no '{header}' (the first: {self.block.cell(bare[0], column)}). Does the one "
            "above hold for them?",
            choices,
        )
        if (answer or choices[0]) == ABOVE:
            keys.fill_down.append(header)
            asking.tell(f"An empty cell of '{header}' means the value above it.")
        else:
            keys.filters.append(f"{quoted_name(header)} is not null")
            asking.tell(f"Rows without '{header}' are left out: {len(bare)}.")

    def _leave_totals(self, column: int, keys: _Keys, asking: Asking) -> None:
        totals = list(dict.fromkeys(t for _, t in self.block.values(column) if is_total(t)))
        for total in totals:
            text = tidy(total).replace("'", "''")
            keys.filters.append(f"{quoted_name(name_of(self.block, column))} <> '{text}'")
        if totals:
            asking.tell(f"Rows that sum up others are left out: {quoted(totals, 6)}.")

    def _metric_names(self, texts: abc.Sequence[str], asking: Asking) -> dict[str, str]:
        """Return the metric each text names, by short names or one by one as answered."""
        names = short_names(texts, self.known.metrics)
        shown = ", ".join(f"'{text}' = {name}" for text, name in list(names.items())[:4])
        answer = asking.ask(
            "metrics",
            f"{len(names)} metrics are named. By short names ({shown}), or as they are written?",
            (SHORT, AS_WRITTEN),
        )
        if answer == AS_WRITTEN:
            names = {text: text for text in texts}
        return {t: asking.given(f"metric.{t}") or name for t, name in names.items()}

    def _constant(self, ours: str, sentence: str, keys: _Keys, asking: Asking) -> None:
        if ours in keys.columns or ours == keys.said.get("unpivot", {}).get("name_to"):
            return
        known = self.known.metrics if ours == METRIC else self.known.processes
        titles = [self.block.titles[0]] if self.block.titles else []
        names = [*titles, self.block.sheet.name or self.file.split(".")[0]]
        proposed = [short_name(name) for name in names] if ours == METRIC else []
        near = [name for name in known if name in proposed]
        answer = asking.ask(ours, sentence, (*near, *proposed, *known), is_open=True)
        keys.constants[ours] = answer or (*near, *proposed, *known, "unknown")[0]

    def _tell_left_out(self, columns: abc.Iterable[int], asking: Asking) -> None:
        names = [name_of(self.block, column) for column in dict.fromkeys(columns)]
        if names:
            asking.tell(f"Columns left out: {quoted(names, 12)}.")

    def _how_written(self, columns: list[int], keys: _Keys, asking: Asking) -> None:
        decimals = self.table.column("value").decimals or 0
        found = written(self.block, columns, decimals, asking)
        said: dict[str, Any] = {
            "decimal": found.decimal,
            "thousands": found.thousands,
            "missing": found.missing,
            "round": found.is_rounded,
        }
        if found.has_percent:
            said["percent"] = ("value",)
        if found.unit:
            said["units"] = {"value": found.unit}
        keys.said |= said


__all__ = ["FiguresDraft", "Known"]
