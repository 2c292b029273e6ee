"""The one way a value is written in a contract: what an example or a default must look like."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import assert_never

from data.tables.contract import Column

Cell = str | int | float | Decimal | bool | date | datetime


def cell_of(column: Column, text: str) -> Cell:
    """Return `text` as a value of the column.

    Dates are ISO (2026-09-30, 2026-09-30 14:00:00), numbers have a decimal point, truths are true
    and false. Raises ValueError with a sentence for anything else.
    """
    match column.type:
        case "text":
            return _allowed(column, text)
        case "boolean":
            return _truth(text)
        case "integer" | "decimal" | "float":
            return _numeric(column, text)
        case "date":
            return _date(text)
        case "timestamp":
            return _timestamp(text)
        case _:
            assert_never(column.type)


def _allowed(column: Column, text: str) -> str:
    if column.allowed and text not in column.allowed:
        raise ValueError(f"'{text}' is not one of the allowed: {', '.join(column.allowed)}.")
    return text


def _truth(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(f"'{text}' is neither true nor false.")
    return text == "true"


_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")
DIGITS = 18
"""Digits a stored decimal has in all, before and after the point (DECIMAL(18,n))."""


def _numeric(column: Column, text: str) -> int | float | Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"'{text}' is not a number like 1250.5.")
    number = Decimal(text)
    if column.type == "float":
        return _finite(text)
    decimals = column.decimals or 0
    if abs(number) >= Decimal(10) ** (DIGITS - decimals):
        raise ValueError(f"'{text}' is too large; a {column.type} holds {DIGITS} digits.")
    if round(number, decimals) != number:
        wanted = "is not a whole number" if decimals == 0 else f"has more than {decimals} decimals"
        raise ValueError(f"'{text}' {wanted}.")
    return int(number) if column.type == "integer" else round(number, decimals)


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"'{text}' is not a finite number.")
    return number


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # Python reads 20260930 and 2026-W40-3 as well; a person would not know that.
    if day is None or day.isoformat() != text:
        raise ValueError(f"'{text}' is not a date like 2026-09-30.")
    return day


def _timestamp(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a date and time like 2026-09-30 14:00.") from None
    if instant.tzinfo is not None:
        raise ValueError(f"'{text}' has a zone; write the site's own time without it.")
    return instant
