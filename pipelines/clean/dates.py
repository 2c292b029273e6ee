"""Dates and instants: by the declared formats or the column's evidence, never by a guess."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl

from pipelines.clean.date_evidence import DateDoubt, DateEvidence, date_formats_of, read_by
from pipelines.clean.formats import Converted, Formats, Target, failures_at, no_failures, shown
from pipelines.mapping.model import EVIDENCE, ISO_DATES

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years that are read. 0026 is a slip of two digits, 9999 means "never": neither is a date."""


def dates(texts: pl.Series, target: Target, formats: Formats) -> Converted:
    """Return `texts` (trimmed, null where empty) as dates or instants of `target`.

    An instant with an offset is what the clocks of the organisation showed then; one without is
    taken as it is written.
    """
    instants = _instants(texts, formats.zone)
    is_instant = instants.is_not_null()
    if not is_instant.any():
        return _without_offsets(texts, target, formats)
    found = _without_offsets(texts.set(is_instant, None), target, formats)
    values = instants.cast(target.dtype).zip_with(is_instant, found.values)
    return replace(found, values=values.alias(texts.name))


_OFFSET = r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}([.,]\d+)?)? ?(Z|[+-]\d{2}(:?\d{2})?)$"
"""An instant of ISO 8601 that says how far its clock is from UTC."""


def _instants(texts: pl.Series, zone: str) -> pl.Series:
    """Return the texts with an offset by the clocks of `zone`, null for all others."""
    is_one = texts.str.contains(_OFFSET).fill_null(value=False)
    if not is_one.any():
        return pl.Series(texts.name, [None] * len(texts), dtype=pl.Datetime("us"))
    plain = (
        texts.set(~is_one, None)
        .str.replace(r" ?Z$", "+00:00")
        .str.replace(r" ?([+-]\d{2}):?(\d{2})$", "${1}:${2}")
        .str.replace(r" ?([+-]\d{2})$", "${1}:00")
        .str.replace(",", ".", literal=True)
        .str.replace(r"[ T](\d{2}:\d{2})([+-])", "T${1}:00${2}")
        .str.replace(" ", "T", literal=True)
    )
    instants = plain.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", strict=False, time_unit="us")
    return instants.dt.convert_time_zone(zone).dt.replace_time_zone(None)


def _without_offsets(texts: pl.Series, target: Target, formats: Formats) -> Converted:
    if formats.dates == EVIDENCE:
        return _by_evidence(texts, target, formats)
    return _declared(texts, target, formats)


def _declared(texts: pl.Series, target: Target, formats: Formats) -> Converted:
    values = pl.Series(texts.name, [None] * len(texts), dtype=target.dtype)
    for form in formats.dates:
        open_ones = texts.set(values.is_not_null(), None)
        if open_ones.null_count() == len(texts):
            break
        parsed = _parsed(open_ones, form).cast(target.dtype)
        values = values.zip_with(values.is_not_null(), parsed)
    is_read = values.is_not_null()
    is_meant = (values.dt.year() >= FIRST_YEAR) & (values.dt.year() <= LAST_YEAR)
    is_failed = (texts.is_not_null() & ~is_meant.fill_null(value=False)).rename("failed")
    if not is_failed.any():
        return Converted(values, no_failures())
    reason = (
        pl.when(pl.lit(is_read.filter(is_failed)))
        .then(pl.format(f"{{}} is not between {FIRST_YEAR} and {LAST_YEAR}", shown()))
        .when(pl.col("value").str.contains(_shapes(formats)))
        .then(pl.format("{} is no day of the calendar", shown()))
        .otherwise(pl.format("{} is not a date as declared", shown()))
    )
    failures = failures_at(is_failed, texts, "date", reason, _wanted(formats))
    return Converted(values.set(is_failed, None), failures)


def _by_evidence(texts: pl.Series, target: Target, formats: Formats) -> Converted:
    """Return the dates all cells together decide on; a cell left in doubt fails with both days."""
    evidence = date_formats_of(texts)
    doubtful, failures = texts.clear(len(texts)), [no_failures()]
    values = pl.Series(texts.name, [None] * len(texts), dtype=target.dtype)
    for doubt in evidence.doubts:
        days, reason = _doubtful(doubt, texts)
        is_open = reason.is_not_null()
        values = values.zip_with(values.is_not_null(), days.cast(target.dtype))
        found = failures_at(is_open, texts, "date order", "", _choice(doubt))
        failures.append(found.with_columns(reason=reason.drop_nulls()))
        doubtful = doubtful.zip_with(doubtful.is_not_null(), texts.set(~is_open, None))
    sure = texts.set(values.is_not_null() | doubtful.is_not_null(), None)
    certain = _declared(sure, target, replace(formats, dates=evidence.formats or ISO_DATES))
    return Converted(
        certain.values.zip_with(certain.values.is_not_null(), values),
        pl.concat([certain.failures, *failures]).sort("index"),
        _told(evidence),
    )


def _doubtful(doubt: DateDoubt, texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the days of the cells that are the same in every reading, and why each other fails."""
    is_about = texts.str.contains(doubt.cells).fill_null(value=False)
    about = texts.set(~is_about, None)
    readings = [
        read_by(about, formats).alias(f"day {i}") for i, formats in enumerate(doubt.readings)
    ]
    frame = pl.DataFrame([about.alias("value"), *readings])
    days = [pl.col(day.name) for day in readings]
    if doubt.is_contradiction:
        reason = frame.select(pl.when(pl.col("value").is_not_null()).then(pl.lit(doubt.sentence)))
        return pl.Series(
            texts.name, [None] * len(texts), dtype=pl.Datetime("us")
        ), reason.to_series()
    is_same = pl.all_horizontal(day == days[0] for day in days)
    told = pl.concat_str(
        [day.dt.to_string("%-d %B %Y") for day in days], separator=" or ", ignore_nulls=True
    )
    could = pl.format("{} could be {}, and no cell of the column settles it", shown(), told)
    said = frame.select(
        pl.when(is_same).then(days[0]).alias("day"),
        pl.when(pl.col("value").is_not_null() & ~is_same.fill_null(value=False))
        .then(could)
        .alias("reason"),
    )
    return said.get_column("day"), said.get_column("reason")


def _choice(doubt: DateDoubt) -> str:
    if doubt.is_contradiction:
        return "dates written one way through the whole column, like 2026-09-30"
    choices = " or ".join(f'dates = "{formats[0]}"' for formats in doubt.readings)
    return f"a date like 2026-09-30; say in the mapping {choices}"


def _told(evidence: DateEvidence) -> str:
    if evidence.settled_by is None:
        return ""
    forms = " or ".join(form.replace("%.f", "") for form in evidence.formats)
    return f"dates were read as {forms}, as '{evidence.settled_by}' shows"


def _parsed(texts: pl.Series, form: str) -> pl.Series:
    if re.search(r"%[HIMSTRf]|%\.f", form):
        return texts.str.to_datetime(form, strict=False, time_unit="us")
    return texts.str.to_date(form, strict=False)


_DIGITS = {"%Y": r"\d{4}", "%y": r"\d{2}", "%m": r"\d{1,2}", "%d": r"\d{1,2}"}


def _shapes(formats: Formats) -> str:
    """Return a pattern of the digits and signs of the declared forms, whatever day they name."""
    days = [form for form in formats.dates if set(re.findall("%.", form)) <= _DIGITS.keys()]
    # No text has the shape of no form at all.
    return "|".join(f"^{_shape(form)}$" for form in days) or r"^\b$"


def _shape(form: str) -> str:
    return re.sub(r"%[Yymd]", lambda found: _DIGITS[found[0]], re.escape(form))


def _wanted(formats: Formats) -> str:
    shown_forms = [form.replace("%.f", "") for form in formats.dates]
    examples: list[str] = []
    for example in dict.fromkeys(map(_example, shown_forms)):
        # The same day with a time after it is no other way of writing a day.
        if not any(example.startswith(shorter) for shorter in examples):
            examples.append(example)
    return f"a date written like {' or '.join(examples[:3])}"


_EXAMPLE = {
    "%Y": "2026",
    "%y": "26",
    "%m": "09",
    "%d": "30",
    "%b": "Sep",
    "%B": "September",
    "%H": "14",
    "%I": "02",
    "%M": "05",
    "%S": "00",
    "%p": "PM",
}


def _example(form: str) -> str:
    return re.sub(r"%[-_]?([a-zA-Z])", lambda sign: _EXAMPLE.get(f"%{sign[1]}", sign[0]), form)
