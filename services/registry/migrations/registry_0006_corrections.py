"""Annulled accidents, and portfolios by the organs that they name."""

import sqlalchemy as sa
from alembic import op

revision = "registry_0006_corrections"
down_revision = "registry_0005_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mark every accident on record as standing; find portfolios by organ."""
    op.add_column("accident", sa.Column("annulled", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("accident", "annulled", server_default=None)
    op.create_index(
        "portfolio_organ_ids",
        "portfolio",
        ["organ_ids"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
