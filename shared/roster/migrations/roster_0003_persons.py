"""Records of one person merged into another, and the coded cause of an appointment's end."""

import sqlalchemy as sa
from alembic import op

revision = "roster_0003"
down_revision = "roster_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both; rows that are there were recorded before either was known."""
    op.add_column("roster_official", sa.Column("merged_into", sa.Uuid))
    op.create_index(
        "roster_official_merged_into",
        "roster_official",
        ["merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.add_column("roster_appointment", sa.Column("end_cause", sa.Text))
