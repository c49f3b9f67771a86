"""How far the opening of a year has come; filings that were sent back are not on record as filed."""

import sqlalchemy as sa
from alembic import op

revision = "duties_0007_opening"
down_revision = "duties_0006_deadlines"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; every year that is there is open. What was sent back ended then."""
    op.add_column("evaluated_year", sa.Column("through", sa.Text()))
    op.execute(
        "UPDATE obligation_filing d SET corrected_at = (f.returned->>'at')::timestamptz FROM filing f"
        " WHERE f.id = d.filing_id AND d.corrected_at IS NULL AND f.returned IS NOT NULL"
    )


def downgrade() -> None:
    """Remove the column."""
    op.drop_column("evaluated_year", "through")
