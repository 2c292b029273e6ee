"""Tables kept by a real PostgreSQL, made and filled from their contracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import polars as pl
import psycopg

from data.engines.asking import opened_engine
from data.engines.database import Access
from data.expressions import POSTGRESQL
from data.tables import Table
from metrics.evaluate import Engines
from tests.support import postgres

ENGINE = "plant_db"


def kept_there(table: Table) -> Table:
    """Return the contract of a table whose rows PostgreSQL keeps."""
    return table.model_copy(update={"engine": ENGINE})


def create(server: postgres.Server, *tables: Table) -> None:
    """Create the tables, empty, with the columns of their contracts."""
    for table in tables:
        columns = ", ".join(
            f'"{c.name}" numeric(18, {c.decimals})'
            if c.type == "decimal"
            else f'"{c.name}" {POSTGRESQL.types[c.type]}'
            for c in table.columns
        )
        server.run(f"DROP TABLE IF EXISTS {table.name}", f"CREATE TABLE {table.name} ({columns})")


def fill(connection: psycopg.Connection, table: Table, rows: pl.DataFrame) -> None:
    """Replace the rows of a table by those in force, without bookkeeping."""
    in_force = rows.filter("_is_current") if "_is_current" in rows.columns else rows
    names = table.column_names
    marks = ", ".join(["%s"] * len(names))
    with connection.transaction():
        connection.execute(f"TRUNCATE {table.name}".encode())
        connection.cursor().executemany(
            f"INSERT INTO {table.name} VALUES ({marks})".encode(), in_force.select(names).rows()
        )


@contextmanager
def engines(server: postgres.Server) -> Iterator[Engines]:
    """Hold PostgreSQL open as the engine of tables kept there, read by an account that may."""
    with opened_engine(Access(server.url, "PLANT_DB", seconds=60)) as reader:
        yield {ENGINE: reader}


def warned(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the names of the rules they break, as publishing would mark them."""
    from data.expressions import parse
    from data.expressions.frame import to_polars

    broken: Mapping[str, pl.Expr] = {
        rule.name: ~to_polars(parse(rule.expect, table.column_types)) for rule in table.rules
    }
    names = [pl.when(expression).then(pl.lit(name)) for name, expression in broken.items()]
    return frame.with_columns(_warnings=pl.concat_str(*names, separator=",", ignore_nulls=True))
