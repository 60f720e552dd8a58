"""Alembic's entry point; the connection is passed by the store."""

from alembic import context

from kindpakket.store.tables import facts, views

context.configure(
    connection=context.config.attributes["connection"], target_metadata=[facts, views]
)
with context.begin_transaction():
    context.run_migrations()
