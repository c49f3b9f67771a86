"""Declarations: what clears a finding beside the roster itself."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "registry_0004_findings"
down_revision = "registry_0003_regions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of declarations."""
    op.create_table(
        "declaration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("path", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("organ_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("fund_yuan", sa.BigInteger(), nullable=True),
        sa.Column("revenue_yuan", sa.BigInteger(), nullable=True),
        sa.Column("annulled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version"),
    )
    op.create_index(
        "declaration_one_current", "declaration", ["id"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_index("declaration_path", "declaration", ["path"], unique=False, postgresql_using="gin")
    op.create_index("declaration_region_code", "declaration", ["region_code"], unique=False)
