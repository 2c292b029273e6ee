"""Any database SQLAlchemy knows: the answer comes in chunks of rows, each turned into columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa

from data.engines.columns import common_schema, frame_of, refuse_doubled


def fetched(
    connection: sa.Connection, selected: sa.Select[Any], target: Path, chunk_rows: int
) -> tuple[int, tuple[str, ...]]:
    """Write the answer to `target` as Parquet; return its rows, and the columns made text."""
    parts: list[Path] = []
    schemas: list[pl.Schema] = []
    rows = 0
    with connection.execution_options(stream_results=True).execute(selected) as result:
        names = tuple(result.keys())
        refuse_doubled(names)
        for chunk in result.partitions(chunk_rows):
            frame = frame_of(names, chunk)
            parts.append(target.with_suffix(f".{len(parts)}.arrow"))
            frame.write_ipc(parts[-1], compression="zstd")
            schemas.append(frame.schema)
            rows += frame.height
    if not parts:
        pl.DataFrame(schema=dict.fromkeys(names, pl.String)).write_parquet(target)
        return 0, ()
    schema = common_schema(schemas)
    whole = pl.concat([pl.scan_ipc(part).cast(schema) for part in parts])  # type: ignore[arg-type]
    whole.sink_parquet(target, compression="zstd")
    for part in parts:
        part.unlink()
    mixed = [n for n, kind in schema.items() if kind == pl.String() and _was_other(n, schemas)]
    return rows, tuple(mixed)


def _was_other(name: str, schemas: list[pl.Schema]) -> bool:
    return any(schema[name] not in {pl.String(), pl.Null()} for schema in schemas)
