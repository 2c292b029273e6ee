"""The packs of closed reviews as they lie on disk: read and verified only as they are on record."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from dashboard.company.opened import Company
from data.errors import Clause9Error, NotFoundError, UsageError
from data.records import reviews
from data.records.models import Review
from metrics.review.pack import MANIFEST
from metrics.review.verify import VerifyReport, verify_pack


def path_of(company: Company, review: str) -> Path:
    """Return where the pack of a review lies, sealed or not."""
    return company.workspace.state / "packs" / f"{review}.zip"


def sealed_pack(company: Company, review: Review) -> Path:
    """Return where the pack of a closed review lies, whole as it was sealed.

    Raises NotFoundError where it is gone, Clause9Error where its bytes are not those on record.
    """
    path = path_of(company, review.id)
    if not path.is_file():
        raise NotFoundError(
            f"The pack of review {review.id} is not in state/packs. Restore it from a backup."
        )
    with path.open("rb") as source:
        found = hashlib.file_digest(source, "sha256").hexdigest()
    if found != review.pack_sha256:
        raise Clause9Error(
            f"The pack of review {review.id} is not the one that was sealed: its SHA-256 is "
            f"{found}, on record is {review.pack_sha256}. Restore it from a backup."
        )
    return path


def member(company: Company, review: Review, name: str) -> str:
    """Return a text inside the sealed pack of a closed review, such as its page."""
    with ZipFile(sealed_pack(company, review)) as archive:
        return archive.read(name).decode()


def recorded_sha256(company: Company, pack: Path) -> str | None:
    """Return the SHA-256 on record for the review a pack says it is of; None for an unknown one."""
    try:
        with ZipFile(pack) as archive:
            manifest = json.loads(archive.read(MANIFEST))
        named = (manifest.get("organisation"), manifest.get("review"))
    except (OSError, BadZipFile, KeyError, ValueError, AttributeError):
        return None  # verifying says what is wrong with it
    ours = company.workspace.settings.organisation
    known = {(ours, each.id): each.pack_sha256 for each in reviews.reviews(company.records)}
    return known.get(named)


def verify(pack: Path, recorded_sha256: str | None = None) -> VerifyReport:
    """Return what recomputing every figure of a pack from its sealed rows found.

    With the SHA-256 on record, a pack made anew in every part is found out too.
    """
    if not pack.is_file():
        raise UsageError(f"There is no file {pack}.")
    return verify_pack(pack, recorded_sha256)
