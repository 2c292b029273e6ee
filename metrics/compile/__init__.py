"""From definitions to SQL: one fused query per table, date, slices and grain.

What each row gives is worked out once, then summed. What a row adds, whether it counts and whether
a warning spoils it are written once, in `amounts`, and read by cells and by the rows behind them.
This package and `data` are the only places where SQL is written.
"""

from metrics.compile.amounts import MARKS, REASONS
from metrics.compile.queries import compile_cells, compile_days, compile_stored_cells
from metrics.compile.query import Aggregate, Query, Scan, scan_of
from metrics.compile.rows import compile_amounts, compile_rows

__all__ = [
    "MARKS",
    "REASONS",
    "Aggregate",
    "Query",
    "Scan",
    "compile_amounts",
    "compile_cells",
    "compile_days",
    "compile_rows",
    "compile_stored_cells",
    "scan_of",
]
