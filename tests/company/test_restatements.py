"""What changed of the rows a review had sealed: sent again with other values, or taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from dashboard.company import changes, evidence, publishing
from data.records import batches, reviews
from data.records.models import Batch
from tests.support.closed_reviews import close_a_review
from tests.support.reviews import the_review_before
from tests.support.small_company import NOW, OPERATOR, a_small_company, open_company


def a_batch(version: int | None, published_at: datetime) -> Batch:
    """Return a published batch."""
    return Batch(
        file_name="complaints.csv",
        sha256="ab" * 32,
        bytes=1,
        source="complaints",
        actor="operator",
        received_at=published_at,
        state="published",
        version=version,
        published_at=published_at,
    )


def test_an_upload_the_last_review_had_seen_and_that_was_taken_back_is_told(
    tmp_path: Path,
) -> None:
    opened = open_company(a_small_company(tmp_path / "reverted"))
    with opened.records:
        close_a_review(opened, NOW + timedelta(days=1))
        later = NOW + timedelta(days=2)
        (batch,) = [
            each for each in batches.batches(opened.records) if each.file_name == "complaints.csv"
        ]
        assert batch.id
        publishing.revert(opened, batch.id, "another year", actor=OPERATOR, at=later)
        (told,) = [c for c in changes.changes(opened, (), ()) if c.kind == "restated"]
        assert told.sentence == (
            f"{batch.accepted:,} rows the last review had seen were taken back, "
            "by Quality manager on 22 November 2026."
        )
        last = reviews.reviews(opened.records)[0]
        (restated,) = evidence.restated_since(opened, last)
        assert (restated.batch, restated.removed) == (batch.id, batch.new)


def test_a_batch_published_while_a_pack_was_sealed_came_after_it() -> None:
    sealed = the_review_before(warehouse_version=4, closed_at=NOW)
    minute = timedelta(minutes=1)
    during = a_batch(5, NOW - minute)
    before = a_batch(4, NOW - minute)
    of_no_version = a_batch(None, NOW + minute)
    seen = [evidence.is_published_since(each, sealed) for each in (during, before, of_no_version)]
    assert seen == [True, False, True]
