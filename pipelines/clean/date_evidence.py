"""How the dates of one column are written, decided by all its cells together, never by one of them.

03/04/2026 is two days. 25/04/2026 elsewhere in the column settles it; without such a cell the
question is a person's. Cells that contradict each other settle nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

_TIME = r"([ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?Z?)?$"
_TRUE_DATE = r"^\d{4}-\d{2}-\d{2} 00:00:00"
_ENOUGH = 3
_MONTH = r"(?:[Jj]an|[Ff]eb|[Mm]ar|[Aa]pr|[Mm]ay|[Jj]un|[Jj]ul|[Aa]ug|[Ss]ep|[Oo]ct|[Nn]ov|[Dd]ec)"

_YEAR_FIRST = (
    (r"^\d{4}-\d{1,2}-\d{1,2}", "%Y-%m-%d"),
    (r"^\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
    (r"^\d{4}\.\d{1,2}\.\d{1,2}", "%Y.%m.%d"),
    (r"^(?:19|20|21)\d{2}[01]\d[0-3]\d", "%Y%m%d"),
)
_NAMED = tuple(
    (pattern.replace("NAME", name), form.replace("NAME", sign))
    for name, sign in ((_MONTH, "%b"), (_MONTH + "[a-z]{2,}", "%B"))
    for pattern, form in (
        (r"^\d{1,2}-NAME-\d{4}", "%d-NAME-%Y"),
        (r"^\d{1,2}-NAME-\d{2}", "%d-NAME-%y"),
        (r"^\d{1,2} NAME \d{4}", "%d NAME %Y"),
        (r"^\d{1,2}\. NAME \d{4}", "%d. NAME %Y"),
        (r"^NAME \d{1,2}, \d{4}", "NAME %d, %Y"),
    )
)
_SIGNS = ("/", ".", "-")
_ORDERS = {"day": "%d{0}%m{0}%Y", "month": "%m{0}%d{0}%Y"}
_SHORT_ORDERS = {"day": "%d{0}%m{0}%y", "month": "%m{0}%d{0}%y", "year": "%y{0}%m{0}%d"}


@dataclass(frozen=True)
class DateDoubt:
    """Cells of a column that a person has to decide on.

    `cells` is the pattern they fit. `readings` are what `dates` in a mapping may say (each a tuple
    of formats), the first being the day first; with `is_contradiction` no reading fits all of them.
    `examples` are one cell, or the two that contradict each other.
    """

    cells: str
    readings: tuple[tuple[str, ...], ...]
    examples: tuple[str, ...]
    sentence: str
    is_contradiction: bool = False


@dataclass(frozen=True)
class DateEvidence:
    """How the dates of one column are written.

    `formats` read every cell whose date is certain; `doubts` are the cells to ask about, none in a
    column that is decided. `settled_by` is the cell that said which of day and month comes first,
    None where the way of writing leaves no doubt. `read` and `unread` count the different texts
    that look like a date and those that do not.
    """

    formats: tuple[str, ...]
    doubts: tuple[DateDoubt, ...] = ()
    settled_by: str | None = None
    read: int = 0
    unread: int = 0

    @property
    def is_decided(self) -> bool:
        """Return whether there are dates and each is certain."""
        return bool(self.formats) and not self.doubts


def date_formats_of(texts: pl.Series) -> DateEvidence:
    """Return how the dates among `texts` (String, trimmed, null where empty) are written.

    For a mapping: `is_decided` means that `dates = formats` reads the column (true date cells of
    Excel come as ISO texts and are among them). Else each of `doubts` has a `sentence` to ask and
    the `readings` to choose from; a contradiction can only be mended in the file. A column without
    any date has neither formats nor doubts.
    """
    left = texts.drop_nulls().unique(maintain_order=True)
    count = len(left)
    left, formats = _certain(left, _YEAR_FIRST)
    true_dates = texts.filter(texts.str.contains(_TRUE_DATE)) if formats else None
    doubts: list[DateDoubt] = []
    settled_by = None
    for sign in _SIGNS if len(left) else ():
        cells = left.filter(left.str.contains(_numeric(sign)))
        group = _group(cells, sign)
        if group is None:
            continue
        left = left.filter(~left.is_in(group.cells.implode()))
        read, doubt, settled = _by_order(group, true_dates)
        formats += read
        doubts += [doubt] if doubt else []
        settled_by = settled_by or settled
    left, named = _certain(left, _NAMED)
    return DateEvidence(
        _short_first((*formats, *named)),
        tuple(doubts),
        settled_by,
        count - len(left),
        len(left),
    )


def _short_first(formats: Iterable[str]) -> tuple[str, ...]:
    """Return the formats once each, years of two digits first: %Y would read 26 as the year 26."""
    return tuple(sorted(dict.fromkeys(formats), key=lambda form: "%y" not in form))


def _certain(left: pl.Series, ways: tuple[tuple[str, str], ...]) -> tuple[pl.Series, list[str]]:
    """Return the cells that none of the ways of writing reads, and the formats of the others."""
    formats: list[str] = []
    for pattern, form in ways:
        if left.is_empty():
            break
        fits = left.str.contains(pattern + _TIME)
        if fits.any():
            formats += _with_times(form, left.filter(fits))
            left = left.filter(~fits)
    return left, formats


@dataclass(frozen=True)
class _Group:
    """Cells of two numbers and a year, parted by `sign`; `fits` says which orders each allows."""

    cells: pl.Series
    sign: str
    is_short: pl.Series
    fits: dict[str, pl.Series]


def _numeric(sign: str) -> str:
    mark = re.escape(sign)
    return rf"^(\d{{1,2}}){mark}(\d{{1,2}}){mark}(\d{{4}}|\d{{2}})" + _TIME


def _group(cells: pl.Series, sign: str) -> _Group | None:
    """Return the cells that are a date in some order, or None where there are none.

    A 31st of February says nothing it does not say by its numbers: the day comes first.
    """
    parts = cells.str.extract_groups(_numeric(sign)).struct.unnest()
    first, second, third = (parts.to_series(i).cast(pl.Int32) for i in range(3))
    is_short = parts.to_series(2).str.len_chars() == 2
    fits = {"day": _both(first, 31, second, 12), "month": _both(first, 12, second, 31)}
    # Only with hyphens do people put a year of two digits first: 26-09-30.
    if sign == "-" and is_short.all():
        fits["year"] = _both(third, 31, second, 12)
    is_any = pl.select(pl.any_horizontal(*fits.values())).to_series()
    if not is_any.any():
        return None
    kept = {order: fit.filter(is_any) for order, fit in fits.items()}
    return _Group(cells.filter(is_any), sign, is_short.filter(is_any), kept)


def _by_order(
    group: _Group, true_dates: pl.Series | None
) -> tuple[list[str], DateDoubt | None, str | None]:
    """Return the formats that read the cells, or the doubt they leave, and the cell that settled.

    `true_dates` are the cells Excel itself holds as dates, if there are any.
    """
    readings = {order: _formats(group, order) for order, fit in group.fits.items() if fit.all()}
    if not readings:
        return [], _contradiction(group), None
    days: dict[str, pl.Series] = {}
    for order, formats in readings.items():
        read = read_by(group.cells, formats)
        if not any(_same(read, other) for other in days.values()):
            days[order] = read
    if len(days) > 1:
        return [], _doubt(group, {order: readings[order] for order in days}, days), None
    excluded = [group.cells.filter(~fit) for order, fit in group.fits.items() if not fit.all()]
    if excluded and true_dates is not None and _looks_swapped(group, excluded[0], true_dates):
        return [], _swapped(group, readings), None
    settled = str(excluded[0][0]) if excluded else None
    return list(readings[next(iter(days))]), None, settled


def _looks_swapped(group: _Group, settling: pl.Series, true_dates: pl.Series) -> bool:
    """Return whether all true dates lie in the first 12 days of months, and no text date does.

    So it looks where Excel read day and month the wrong way round: what it could read that way
    became a date, the rest stayed text.
    """
    if len(settling) < len(group.cells) or min(len(settling), len(true_dates)) < _ENOUGH:
        return False
    return bool((true_dates.str.slice(8, 2).cast(pl.Int32) <= 12).all())


def _swapped(group: _Group, readings: dict[str, tuple[str, ...]]) -> DateDoubt:
    example = str(group.cells[0])
    sentence = (
        f"'{example}' and its like are texts and none is in the first 12 days of a month, while "
        "all true dates of the column are: Excel has probably swapped day and month of those"
    )
    return DateDoubt(
        _numeric(group.sign), tuple(readings.values()), (example,), sentence, is_contradiction=True
    )


def _both(one: pl.Series, most: int, other: pl.Series, most_other: int) -> pl.Series:
    return one.is_between(1, most) & other.is_between(1, most_other)


def _same(one: pl.Series, other: pl.Series) -> bool:
    return one.equals(other, check_names=False, null_equal=True)


def _formats(group: _Group, order: str) -> tuple[str, ...]:
    formats: list[str] = []
    for forms, is_meant in ((_ORDERS, ~group.is_short), (_SHORT_ORDERS, group.is_short)):
        if is_meant.any():
            formats += _with_times(forms[order].format(group.sign), group.cells.filter(is_meant))
    return _short_first(formats)


def _with_times(form: str, cells: pl.Series) -> list[str]:
    """Return `form` followed by each way in which the cells go on with a time of day."""
    times = cells.str.extract(_TIME, 1).fill_null("")
    # Only the shape of a time matters, and there are few shapes.
    shapes = times.str.replace_all(r"\d+", "0").str.to_uppercase().unique(maintain_order=True)
    return [form + _time_form(shape) for shape in shapes]


def _time_form(shape: str) -> str:
    hour = "%I" if "M" in shape else "%H"
    form = re.sub("[AP]M", "%p", shape).replace("0:0:0.0", "0:0:0")
    return form.replace("0:0:0", "0:0:%S%.f").replace("0:0", f"{hour}:%M")


def read_by(cells: pl.Series, formats: tuple[str, ...]) -> pl.Series:
    """Return the cells as instants by the first of `formats` that reads each; null where none."""
    tries = [
        cells.str.to_datetime(form, strict=False, time_unit="us")
        if re.search("%[HI]", form)
        else cells.str.to_date(form, strict=False).cast(pl.Datetime("us"))
        for form in formats
    ]
    return pl.select(pl.coalesce(tries)).to_series().rename(cells.name)


def _doubt(
    group: _Group, readings: dict[str, tuple[str, ...]], days: dict[str, pl.Series]
) -> DateDoubt:
    one, other, *_ = days.values()
    at = (one != other).fill_null(value=True).arg_true()[0]
    example = str(group.cells[at])
    told = dict.fromkeys(day.dt.to_string("%-d %B %Y")[at] for day in days.values())
    choices = " or ".join(f'dates = "{formats[0]}"' for formats in readings.values())
    sentence = (
        f"'{example}' could be {' or '.join(told)}, and no cell of the column settles it. "
        f"Which is it: {choices}?"
    )
    return DateDoubt(_numeric(group.sign), tuple(readings.values()), (example,), sentence)


def _contradiction(group: _Group) -> DateDoubt:
    day = str(group.cells.filter(~group.fits["month"])[0])
    month = str(group.cells.filter(~group.fits["day"])[0])
    readings = (_formats(group, "day"), _formats(group, "month"))
    sentence = f"'{day}' has the day first and '{month}' the month: the column is written both ways"
    return DateDoubt(_numeric(group.sign), readings, (day, month), sentence, is_contradiction=True)
