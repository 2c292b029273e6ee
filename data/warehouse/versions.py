"""The files of the warehouse: versions, the pointer to the current one, and leftovers."""

from __future__ import annotations

from data.errors import Clause9Error


class DamagedWarehouseError(Clause9Error):
    """A version cannot be read; the text names it and the way out, `clause9 rebuild`."""
