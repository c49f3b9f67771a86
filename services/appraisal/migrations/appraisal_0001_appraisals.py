"""Appraisals, vettings, and what is kept of vetoes and tour results."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "appraisal_0001"
down_revision = None
branch_labels = ("appraisal",)
depends_on = None


def _kept(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
        *columns,
    )


def _own() -> None:
    _kept(
        "appraisal",
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("organ_id", sa.Uuid, nullable=False),
        sa.Column("official_id", sa.Uuid),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("path", ARRAY(sa.Text), nullable=False),
    )
    op.create_index("appraisal_path", "appraisal", ["path"], postgresql_using="gin")
    op.create_index("appraisal_official_id", "appraisal", ["official_id"])
    op.create_index("appraisal_organ_id", "appraisal", ["organ_id", "year"])
    _kept(
        "vetting",
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("organ_id", sa.Uuid, nullable=False),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("concluded", sa.Boolean, nullable=False),
        sa.Column("path", ARRAY(sa.Text), nullable=False),
    )
    op.create_index("vetting_path", "vetting", ["path"], postgresql_using="gin")
    op.create_index("vetting_official_id", "vetting", ["official_id"])


def _heard_of_others() -> None:
    _kept("veto", sa.Column("official_id", sa.Uuid, nullable=False))
    op.create_index("veto_official_id", "veto", ["official_id"])
    _kept(
        "tour_reference",
        sa.Column("organ_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("official_ids", ARRAY(sa.Uuid), nullable=False),
    )
    for column in ("organ_ids", "official_ids"):
        op.create_index(f"tour_reference_{column}", "tour_reference", [column], postgresql_using="gin")


def upgrade() -> None:
    """Create the tables."""
    _own()
    _heard_of_others()


def downgrade() -> None:
    """Drop the tables."""
    for table in ("tour_reference", "veto", "vetting", "appraisal"):
        op.drop_table(table)
