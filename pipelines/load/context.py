"""What is known while the files of a run are read."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass

from data.calendars import COMMON, Calendar
from data.tables import Table
from pipelines.clean.shape import FindLookup
from pipelines.mapping.periods import Period
from pipelines.templates import Figure

FiguresOf = abc.Callable[[str, Period], abc.Sequence[Figure]]
"""Returns the figures a person (by id) answers for in a period, with what was handed in for each.

Raises NotFoundError for somebody the records do not know.
"""


@dataclass(frozen=True)
class Context:
    """What is known while files are read: the tables, the processes, the declared period.

    `figures_of` None asks nobody whose the figures of an owner's template are: whoever reads an
    archived file again was told when it came in. `known_metrics` are the names figures are handed
    in under; None where no definition reads any.
    """

    tables: abc.Mapping[str, Table]
    find_lookup: FindLookup
    known_processes: abc.Collection[str] | None = None
    period: Period | None = None
    figures_of: FiguresOf | None = None
    known_metrics: abc.Collection[str] | None = None
    calendar: Calendar = COMMON
