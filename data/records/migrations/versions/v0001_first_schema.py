"""The first schema of the records."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_audit_log()
    _create_batches()
    _create_people()
    _create_processes()
    _create_reviews()
    _create_decisions()
    _create_events()
    _create_notes()
    _create_objectives()
    _create_owners()
    _create_quarantine()
    _create_review_inputs()
    _create_actions()
    _create_targets()
    _refuse_changes_to_the_audit_log()


def _refuse_changes_to_the_audit_log() -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_log_refuses_{verb.lower()} BEFORE {verb} ON audit_log "
            "BEGIN SELECT RAISE(ABORT, 'The audit log is only ever added to.'); END"
        )


def _create_audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_log_subject", "audit_log", ["subject"], unique=False)


def _create_batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=True),
        sa.Column("process", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("received_at", sa.String(32), nullable=False),
        sa.Column("published_at", sa.String(32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("restated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("reverted_at", sa.String(32), nullable=True),
        sa.Column("reverted_by", sa.String(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_batches_sha256", "batches", ["sha256"], unique=False)


def _create_people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_processes() -> None:
    op.create_table(
        "processes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("standards", sa.JSON(), nullable=False),
        sa.Column("participants", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("attendance", sa.JSON(), nullable=False),
        sa.Column("conclusion", sa.JSON(), nullable=True),
        sa.Column("planned_at", sa.String(32), nullable=False),
        sa.Column("closed_at", sa.String(32), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("pack_path", sa.String(), nullable=True),
        sa.Column("pack_sha256", sa.String(), nullable=True),
        sa.Column("warehouse_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("review", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answers", sa.String(), nullable=True),
        sa.Column("disposition", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("decided_at", sa.String(32), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["review"],
            ["reviews.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_decisions_review", "decisions", ["review"], unique=False)


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("process", sa.String(), nullable=True),
        sa.Column("metric", sa.String(), nullable=True),
        sa.Column("slice", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["process"],
            ["processes.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_events_on", "events", ["on"], unique=False)


def _create_notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("process", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["process"],
            ["processes.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notes_subject", "notes", ["subject"], unique=False)


def _create_objectives() -> None:
    op.create_table(
        "objectives",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("process", sa.String(), nullable=True),
        sa.Column("metric", sa.String(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("resources", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("evaluation", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["process"],
            ["processes.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_owners() -> None:
    op.create_table(
        "owners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=True),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["process"],
            ["processes.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("process", "dimension", "value", "from_on"),
    )
    op.create_index("ix_owners_person", "owners", ["person"], unique=False)
    op.create_index("ix_owners_process", "owners", ["process"], unique=False)


def _create_quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("mapping", sa.String(), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("accepted", sa.String(), nullable=True),
        sa.Column("row_json", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch"],
            ["batches.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_quarantine_batch", "quarantine", ["batch"], unique=False)


def _create_review_inputs() -> None:
    op.create_table(
        "review_inputs",
        sa.Column("review", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("narrative", sa.String(), nullable=True),
        sa.Column("narrative_by", sa.String(), nullable=True),
        sa.Column("narrative_at", sa.String(32), nullable=True),
        sa.Column("waived_reason", sa.String(), nullable=True),
        sa.Column("waived_by", sa.String(), nullable=True),
        sa.Column("waived_at", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["review"],
            ["reviews.id"],
        ),
        sa.PrimaryKeyConstraint("review", "topic"),
    )


def _create_actions() -> None:
    op.create_table(
        "actions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("review", sa.String(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("process", sa.String(), nullable=True),
        sa.Column("metric", sa.String(), nullable=True),
        sa.Column("expected_effect", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("original_due_on", sa.Date(), nullable=False),
        sa.Column("re_dated", sa.Integer(), nullable=False),
        sa.Column("re_dates", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("verified_by", sa.String(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("cancelled_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision"],
            ["decisions.id"],
        ),
        sa.ForeignKeyConstraint(
            ["done_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["process"],
            ["processes.id"],
        ),
        sa.ForeignKeyConstraint(
            ["review"],
            ["reviews.id"],
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_actions_decision", "actions", ["decision"], unique=False)
    op.create_index("ix_actions_owner", "actions", ["owner"], unique=False)
    op.create_index("ix_actions_review", "actions", ["review"], unique=False)


def _create_targets() -> None:
    op.create_table(
        "targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("slice", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("approver", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("objective", sa.String(), nullable=True),
        sa.Column("set_at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["objective"],
            ["objectives.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_targets_metric_slice", "targets", ["metric", "slice", "from_on"], unique=False
    )
