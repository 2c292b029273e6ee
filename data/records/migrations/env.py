"""Run the migrations on the connection `data.records.database` hands over, in its transaction."""

from alembic import context
from sqlmodel import SQLModel

import data.records.cycle_models
import data.records.models  # noqa: F401 the tables register with the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
