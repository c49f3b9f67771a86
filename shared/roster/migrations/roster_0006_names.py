"""Regions' names by date: rows that are there were never renamed by hand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "roster_0006"
down_revision = "roster_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An empty list in every row; later rows bring their own."""
    op.add_column("roster_region", sa.Column("names", JSONB(), nullable=False, server_default=sa.text("'[]'")))
    op.alter_column("roster_region", "names", server_default=None)
