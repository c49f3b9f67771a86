"""Records of one person merged into another, and the coded cause of an appointment's end."""

import sqlalchemy as sa
from alembic import op

revision = "registry_0002_people"
down_revision = "registry_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both; rows that are there were recorded before either was known."""
    op.add_column("official", sa.Column("merged_into", sa.Uuid()))
    op.create_index(
        "official_merged_into", "official", ["merged_into"], postgresql_where=sa.text("merged_into IS NOT NULL")
    )
    op.add_column("appointment", sa.Column("end_cause", sa.Text()))
