"""Regions' names by date, and regions and organs found by each: no region that is there was renamed by hand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "registry_0008_names"
down_revision = "registry_0007_sheets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An empty list in every region; later rows bring their own."""
    op.add_column("region", sa.Column("names", JSONB(), nullable=False, server_default=sa.text("'[]'")))
    op.alter_column("region", "names", server_default=None)
    for table in ("region", "organ"):
        op.create_index(
            f"{table}_renamed",
            table,
            ["names"],
            postgresql_using="gin",
            postgresql_ops={"names": "jsonb_path_ops"},
            postgresql_where=sa.text("jsonb_array_length(names) > 0"),
        )
