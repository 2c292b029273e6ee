"""Dates and instants: by the declared formats only, within the years people mean."""

from __future__ import annotations

import re

import polars as pl

from pipelines.clean.formats import Converted, Formats, Target, failures_at, no_failures, shown

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years that are read. 0026 is a slip of two digits, 9999 means "never": neither is a date."""


def dates(texts: pl.Series, target: Target, formats: Formats) -> Converted:
    """Return `texts` (trimmed, null where empty) as dates or instants of `target`."""
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
        .otherwise(pl.format("{} is not a date as declared", shown()))
    )
    failures = failures_at(is_failed, texts, "date", reason, _wanted(formats))
    return Converted(values.set(is_failed, None), failures)


def _parsed(texts: pl.Series, form: str) -> pl.Series:
    if re.search(r"%[HIMSTRf]|%\.f", form):
        return texts.str.to_datetime(form, strict=False, time_unit="us")
    return texts.str.to_date(form, strict=False)


def _wanted(formats: Formats) -> str:
    shown_forms = [form.replace("%.f", "") for form in formats.dates]
    examples = [_example(form) for form in dict.fromkeys(shown_forms)]
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
