"""The facts, and the cells computed from them: a chain of immutable DuckDB files and a pointer.

`open_warehouse` gives a `Warehouse` with two verbs: `read()`, which never waits and never sees half
a batch, and `publish()`, which makes the next version in one transaction or leaves no trace.
"""

from data.warehouse.changes import Comparison
from data.warehouse.closed import ClosedDays
from data.warehouse.engine import DamagedWarehouseError
from data.warehouse.memory import memory_warehouse
from data.warehouse.reader import CHANGE_SCHEMA, COMPUTED_SCHEMA, READING_SCHEMA, Page, Reader
from data.warehouse.store import Warehouse, open_warehouse
from data.warehouse.writer import WarehouseBatch, Writer

__all__ = [
    "CHANGE_SCHEMA",
    "COMPUTED_SCHEMA",
    "READING_SCHEMA",
    "ClosedDays",
    "Comparison",
    "DamagedWarehouseError",
    "Page",
    "Reader",
    "Warehouse",
    "WarehouseBatch",
    "Writer",
    "memory_warehouse",
    "open_warehouse",
]
