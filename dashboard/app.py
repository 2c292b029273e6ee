"""The app: what `streamlit run dashboard/app.py` and `clause9 serve` start.

Without sign-in the server answers this machine only, however it was launched.
"""

from __future__ import annotations

import sys

import pandas as pd  # noqa: F401 - two first sessions at once would meet it half imported inside Altair
import streamlit as st
from streamlit import config

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
"""The addresses only this machine can reach."""


def refuse_open_addresses() -> None:
    """Stop the process when it would listen to other machines while nobody has to sign in."""
    address = config.get_option("server.address")
    if address not in LOOPBACK:
        sys.exit(
            f"Clause9 does not start on {address or 'every address of this machine'}: no sign-in is "
            "set up, so anybody could read and change everything. Start it with clause9 serve, "
            "or give --server.address 127.0.0.1."
        )


refuse_open_addresses()
app = st.App("main.py")
