"""A filing that its recipient returned is missing again, on boards too."""

from alembic import op

revision = "duties_0007_returned_filings"
down_revision = "duties_0006_deadlines"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE obligation_filing o SET corrected_at = (f.returned->>'at')::timestamptz FROM filing f"
        " WHERE f.id = o.filing_id AND jsonb_typeof(f.returned) = 'object' AND o.corrected_at IS NULL"
    )


def downgrade() -> None:
    """What was put right stays right."""
