"""Where a source is fetched from: the [name.pull] section of a mapping, one model a kind."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Pull(BaseModel):
    # A password written here by mistake must not be shown by the error about it.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class SqlPull(_Pull):
    """Rows of a database, by a query or from a table."""

    kind: Literal["sql"] = "sql"
    url_from: str = Field(
        description="The secret that holds the database's URL: an environment variable, or a key "
        "of state/secrets.toml."
    )
    query: str | None = Field(default=None, description="One SELECT.")
    table: str | None = Field(
        default=None, description="Instead of a query: a table or view, with its schema if needed."
    )
    columns: tuple[str, ...] = Field(
        default=(), description="The columns of the table that are read; default: all."
    )
    cursor: str | None = Field(
        default=None,
        description="The column that says how far was read (when a row was changed, or a number "
        "that grows): a pull then asks only for rows from there on.",
    )
    lag_minutes: int = Field(
        default=0,
        ge=0,
        description="How far before the cursor rows are read again, for those written late.",
    )
    lag_steps: int = Field(
        default=0, ge=0, description="The same for a cursor that is a whole number."
    )
    chunk_rows: int = Field(
        default=50_000, ge=1, description="Rows in memory at a time (not for PostgreSQL)."
    )
    seconds: int = Field(
        default=1_800, ge=1, description="Longest time PostgreSQL may take to answer."
    )
