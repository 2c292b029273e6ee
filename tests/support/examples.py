"""The real companies of data/examples, built from their public files by their own build.sh."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import ACTOR, Site
from tests.support.source_tree import REPOSITORY

FOLDERS = {
    "us_airports": "us_airports",
    "detroit_food_safety": "detroit_food_safety",
    "marketplace": "olist_marketplace",
    "ttc": "ttc_transit_delays",
    "medicine_supply": "scms_supplier_deliveries",
    "boston_animals_and_pests": "boston_311_pest_animal",
    "software_help_desk": "helpdesk_tickets",
    "device_recalls": "fda_device_recalls",
}
"""The example, and the folder of the source files it is built from."""


def sources() -> Path:
    """Return where the downloaded source files are, if they are anywhere."""
    named = os.environ.get("CLAUSE9_SOURCES")
    return Path(named) if named else REPOSITORY.parent / "shared" / "data"


def built(example: str, folder: Path) -> Site:
    """Return the workspace of an example, built in `folder`; skips without its source files."""
    if not (sources() / FOLDERS[example]).is_dir():
        pytest.skip(
            f"There are no source files in {sources() / FOLDERS[example]}: download them and name "
            "their folder in CLAUSE9_SOURCES."
        )
    script = REPOSITORY / "data" / "examples" / example / "build.sh"
    clause9 = str(Path(sys.executable).parent / "clause9")
    done = subprocess.run(
        ["sh", str(script), str(sources()), str(folder / example)],
        env=os.environ | {"CLAUSE9": clause9, "CLAUSE9_ACTOR": ACTOR},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Site(folder / example)


def copied(site: Site, folder: Path) -> Site:
    """Return a copy of a workspace, to be changed."""
    shutil.copytree(site.root, folder / site.root.name)
    return Site(folder / site.root.name)
