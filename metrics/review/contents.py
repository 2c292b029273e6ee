"""The plain contents of a pack: canonical JSON and Parquet, the same bytes for the same facts."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel

from metrics.model import Metric
from metrics.readings import Reading
from metrics.review.model import Assembly, Figure
from metrics.review.sources import Which

READINGS: tuple[Which, ...] = ("whole", "latest", "previous")


def canonical(value: object) -> bytes:
    """Return the value as JSON: keys sorted, decimals and days as text, one line a list item."""
    plain = json.dumps(
        value, default=_plain, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False
    )
    return (plain + "\n").encode()


def parquet(frame: pl.DataFrame) -> bytes:
    """Return the frame as Parquet."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=False)
    return buffer.getvalue()


def assembly_values(assembly: Assembly) -> dict[str, Any]:
    """Return the assembly as plain values; the order by weight as a list of topics."""
    values = dataclasses.asdict(assembly)
    values["ranked"] = [each.topic for each in assembly.ranked]
    return values


def figure_values(assembly: Assembly) -> list[dict[str, Any]]:
    """Return each number with the sums it is made of and the days it was taken from."""
    return [
        _figure_values(figure, which, reading)
        for figure in assembly.figures().values()
        for which in READINGS
        if (reading := reading_of(figure, which)) is not None
    ]


def reading_of(figure: Figure, which: Which) -> Reading | None:
    """Return one reading of a figure."""
    match which:
        case "whole":
            return figure.whole
        case "latest":
            return figure.latest
        case "previous":
            return figure.previous


def definition_values(metrics: Sequence[Metric]) -> list[dict[str, Any]]:
    """Return the resolved definitions with their hashes."""
    return [
        {"hash": each.definition_hash, "definition": json.loads(each.canonical_json)}
        for each in sorted(metrics, key=lambda each: each.name)
    ]


def _figure_values(figure: Figure, which: Which, reading: Reading) -> dict[str, Any]:
    return {
        "figure": figure.id,
        "metric": figure.metric,
        "definition_hash": figure.definition_hash,
        "slice": dict(figure.slice),
        "which": which,
        "period": [reading.period.start, reading.period.end],
        "counted": [[each.start, each.end] for each in reading.counted],
        "numerator": reading.numerator,
        "denominator": reading.denominator,
        "n": reading.n,
        "value": reading.value,
        "status": reading.status,
    }


def _plain(value: object) -> object:
    match value:
        case Decimal():
            return f"{value:f}"
        case datetime() | date():
            return value.isoformat()
        case Path():
            return str(value)
        case BaseModel():
            return value.model_dump(mode="json")
        case Mapping():
            return dict(value)
        case tuple() | set() | frozenset():
            return list(value)
        case _:
            raise TypeError(f"A pack cannot hold a {type(value).__name__}.")
