"""Trying a definition out on the facts before it is saved, in a process that may die of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import polars as pl

import dashboard
from dashboard.company.opened import Company
from data.errors import Clause9Error
from data.records.access import Actor, require
from metrics.history import EFFECT_SCHEMA, changed_periods
from metrics.model import Metric
from metrics.periods import period_of
from metrics.trend import TrendSpec

SECONDS = 5.0
"""How long the queries may run: what takes longer on the page holds everybody up when computed."""

STARTING = 25.0
"""Seconds the process may take to start on a busy machine, before its alarm is set."""

MEMORY_MB = 3_000
"""Addresses the process may have: Polars and DuckDB set two gigabytes aside before any query."""

TOO_LONG = (
    "The definition could not be tried out: it was stopped after {:g} seconds. Ask for less: a "
    "narrower condition, fewer functions within each other."
)

TOO_MUCH = (
    "The definition could not be tried out: it asks for more memory than a number of its kind "
    "needs. Replace and join less text, and fewer functions within each other."
)

_NO_MEMORY = ("MemoryError", "bad_alloc", "llocat", "failed to map", "can't start new thread")
"""What Python, C++, Rust and the loader write when there is no memory left."""

SCHEMA: Mapping[str, pl.DataType] = {
    "period": pl.Date(),
    "label": pl.String(),
    "before": pl.Float64(),
    "after": pl.Float64(),
    "difference": pl.Float64(),
    "status_before": pl.String(),
    "status_after": pl.String(),
}


@dataclass(frozen=True)
class Preview:
    """The last periods of a metric by both definitions; `changed` of them differ.

    `rows` is as SCHEMA; `spec` says how they are drawn.
    """

    rows: pl.DataFrame
    spec: TrendSpec
    changed: int = 0


def preview(
    company: Company,
    before: Metric,
    after: Metric,
    *,
    actor: Actor,
    seconds: float = SECONDS,
) -> Preview:
    """Return what a definition gives on the facts of today beside what it gave before.

    It takes the right to edit definitions. Raises Clause9Error with a sentence where the definition
    asks for more time or memory than it may have.
    """
    require(actor, "edit_definitions")
    file = company.warehouse.file()
    if file is None:
        return Preview(pl.DataFrame(schema=SCHEMA), _spec(company, after))
    reply = _asked(
        {
            "warehouse": str(file),
            "tables": str(company.workspace.root / "tables"),
            "before": before.canonical_json,
            "after": after.canonical_json,
            "seconds": seconds,
            "memory_mb": MEMORY_MB,
            "cpu_seconds": ceil(seconds + STARTING),
        },
        seconds,
    )
    return _beside(reply, after, company)


def _asked(request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "dashboard.company.preview_child"],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=seconds + STARTING,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Clause9Error(TOO_LONG.format(seconds)) from None
    if ended.returncode == -signal.SIGALRM:
        raise Clause9Error(TOO_LONG.format(seconds))
    if ended.returncode != 0:
        raise _died(ended.returncode, ended.stderr.decode(errors="replace"))
    reply: dict[str, Any] = json.loads(ended.stdout)
    if "refused" in reply:
        raise Clause9Error(f"The definition could not be tried out. {reply['refused']}")
    return reply


def _died(code: int, said: str) -> Exception:
    """Return why the process ended: no memory was left, or else a bug, which keeps its trace."""
    if code < 0 or any(word in said for word in _NO_MEMORY):
        return Clause9Error(TOO_MUCH)
    return RuntimeError(f"trying a definition out ended with {code}:\n{said[-2_000:]}")


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    paths = [str(Path(dashboard.__file__).parents[1])]
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(paths),
        "POLARS_MAX_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }


def _beside(reply: Mapping[str, Any], metric: Metric, company: Company) -> Preview:
    found = pl.DataFrame(reply["rows"], schema={**EFFECT_SCHEMA, "period": pl.String()})
    days = found["period"].str.to_date()
    calendar = company.defined.calendar_of(metric)
    labels = [period_of(day, metric.period, calendar).label for day in days]
    rows = found.with_columns(
        period=days,
        label=pl.Series(labels, dtype=pl.String),
        difference=pl.col("after") - pl.col("before"),
    ).select(*SCHEMA)
    return Preview(rows, _spec(company, metric), changed_periods(rows).height)


def _spec(company: Company, metric: Metric) -> TrendSpec:
    return TrendSpec(
        title=metric.title,
        unit=metric.unit,
        grain=metric.period,
        decimals=metric.decimals,
        calendar=company.defined.calendar_of(metric),
    )
