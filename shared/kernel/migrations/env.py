"""Alembic's environment for every service: runs in the connection that `shared.kernel.migrations` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
