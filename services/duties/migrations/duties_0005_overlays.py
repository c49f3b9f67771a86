"""Overlays: documents that put a reading into force from a day to a day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "duties_0005_overlays"
down_revision = "duties_0004_records"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "overlay",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("duty_id", sa.Text, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("path", ARRAY(sa.Text), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("overlay")
