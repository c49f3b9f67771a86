"""How far the opening of a year has come."""

import sqlalchemy as sa
from alembic import op

revision = "duties_0008_opening"
down_revision = "duties_0007_returned_filings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; every year that is there is open."""
    op.add_column("evaluated_year", sa.Column("through", sa.Uuid()))


def downgrade() -> None:
    """Remove the column."""
    op.drop_column("evaluated_year", "through")
