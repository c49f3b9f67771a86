"""A tour says why its accident no longer founds it; those that are there were not asked."""

import sqlalchemy as sa
from alembic import op

revision = "inspection_tours_0002"
down_revision = "inspection_tours_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is in question in any row; later rows say so themselves."""
    op.add_column("tour", sa.Column("questioned", sa.Text(), nullable=False, server_default=""))
    op.alter_column("tour", "questioned", server_default=None)
