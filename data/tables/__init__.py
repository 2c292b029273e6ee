"""Table contracts: what each kind of fact looks like.

The contracts shipped with Clause9 are the TOML files of this folder; a site's own `tables/` folder
extends them or adds to them. `load_tables` reads both and reports every problem at once.
"""

from data.tables.contract import Column, ColumnType, Rule, Table
from data.tables.ddl import create_table_sql, quoted, sql_type
from data.tables.loader import load_tables

__all__ = [
    "Column",
    "ColumnType",
    "Rule",
    "Table",
    "create_table_sql",
    "load_tables",
    "quoted",
    "sql_type",
]
