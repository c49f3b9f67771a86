"""Credit codes of organs, and how a name is read."""

import sqlalchemy as sa
from alembic import op

revision = "roster_0005"
down_revision = "roster_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both; rows that are there were recorded before either was known."""
    op.add_column("roster_organ", sa.Column("credit_code", sa.Text))
    op.add_column("roster_official", sa.Column("reading", sa.Text))
