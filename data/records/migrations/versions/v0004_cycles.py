"""PDCA cycles and their checks."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_cycles()
    _create_cycle_checks()


def _create_cycles() -> None:
    op.create_table(
        "cycles",
        *_plan_columns(),
        *_later_columns(),
        sa.ForeignKeyConstraint(["process"], ["processes.id"]),
        sa.ForeignKeyConstraint(["owner"], ["people.id"]),
        sa.ForeignKeyConstraint(["done_by"], ["people.id"]),
        sa.ForeignKeyConstraint(["next_cycle"], ["cycles.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_cycles_metric", "cycles", ["metric"], unique=False)
    op.create_index("ix_cycles_owner", "cycles", ["owner"], unique=False)


def _plan_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("slice", sa.String(), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("source_kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("hypothesis", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=True),
        sa.Column("expected_change", sa.Float(), nullable=True),
        sa.Column("worthwhile", sa.Float(), nullable=True),
        sa.Column("lag", sa.Integer(), nullable=False),
        sa.Column("wash_out", sa.Integer(), nullable=False),
        sa.Column("trigger_from", sa.Date(), nullable=True),
        sa.Column("trigger_to", sa.Date(), nullable=True),
        sa.Column("check_on", sa.Date(), nullable=True),
        sa.Column("balancing", sa.JSON(), nullable=False),
        sa.Column("plan_fixed_on", sa.Date(), nullable=True),
        sa.Column("plan_fixed_by", sa.String(), nullable=True),
    ]


def _later_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("implemented_from", sa.Date(), nullable=True),
        sa.Column("implemented_on", sa.Date(), nullable=True),
        sa.Column("done_text", sa.Text(), nullable=True),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("outcome_by", sa.String(), nullable=True),
        sa.Column("outcome_note", sa.Text(), nullable=True),
        sa.Column("phase", sa.Integer(), nullable=True),
        sa.Column("next_cycle", sa.String(), nullable=True),
    ]


def _create_cycle_checks() -> None:
    op.create_table(
        "cycle_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.Column("warehouse_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.id"]),
        sa.ForeignKeyConstraint(["done_by"], ["people.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_cycle_checks_cycle", "cycle_checks", ["cycle"], unique=False)
