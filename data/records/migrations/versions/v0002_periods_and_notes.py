"""Notes on batches, batches that try refused rows again, and the closing of periods."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _extend_batches()
    _extend_quarantine()
    _create_period_closings()


def _extend_batches() -> None:
    # Added in place: SQLite would have to copy a table to give its column a foreign key, and
    # other tables refer to this one.
    with op.batch_alter_table("batches") as batches:
        batches.add_column(sa.Column("note", sa.String(), nullable=True))
        batches.add_column(sa.Column("late_reason", sa.String(), nullable=True))
        batches.add_column(sa.Column("retries", sa.Integer(), nullable=True))


def _extend_quarantine() -> None:
    with op.batch_alter_table("quarantine") as quarantine:
        quarantine.add_column(sa.Column("retried_by", sa.Integer(), nullable=True))
        quarantine.add_column(sa.Column("replaced_at", sa.String(32), nullable=True))


def _create_period_closings() -> None:
    op.create_table(
        "period_closings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("process", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("closed_at", sa.String(32), nullable=False),
        sa.Column("reopened_by", sa.String(), nullable=True),
        sa.Column("reopened_at", sa.String(32), nullable=True),
        sa.Column("reopened_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["process"], ["processes.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_period_closings_first_on", "period_closings", ["first_on"], unique=False)
