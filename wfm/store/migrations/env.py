"""Run migrations on the connection that ``wfm.store.schema`` hands over."""

from __future__ import annotations

from alembic import context

from wfm.store import account_models, calendar_models, draft_models, job_models, month_models  # noqa: F401 (their tables)
from wfm.store.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
