"""Alembic's entry: runs migrations on a connection that ``handover.store.migrate`` hands over."""

from alembic import context

from handover.store import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)  # fmt: skip
with context.begin_transaction():
    context.run_migrations()
