"""Regions' names by date: rows that are there were never renamed by hand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "registry_0008_names"
down_revision = "registry_0007_sheets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An empty list in every row; later rows bring their own."""
    op.add_column("region", sa.Column("names", JSONB(), nullable=False, server_default=sa.text("'[]'")))
    op.alter_column("region", "names", server_default=None)
