"""Phases of a series, and points left out of its limits."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_phases()
    _create_exclusions()


def _create_phases() -> None:
    op.create_table(
        "phases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("slice", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=True),
        sa.Column("cycle", sa.String(), nullable=True),
        sa.Column("accepted_reason", sa.String(), nullable=True),
        *_who_and_when(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_phases_metric_slice", "phases", ["metric", "slice", "from_on"])


def _create_exclusions() -> None:
    op.create_table(
        "exclusions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("slice", sa.String(), nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        *_who_and_when(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_exclusions_metric_slice", "exclusions", ["metric", "slice", "period_on"])


def _who_and_when() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        sa.Column("withdrawn_at", sa.String(32), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=True),
    )
