"""The roster's copy: regions, organs, posts, officials, appointments, portfolios, by version."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "roster_0001"
down_revision = None
branch_labels = ("roster",)
depends_on = None


def _versioned(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        f"roster_{name}",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True)),
        sa.Column("exercise", sa.Boolean, nullable=False),
        *columns,
    )


def _days() -> tuple[sa.Column[Any], ...]:
    return sa.Column("from_day", sa.Date, nullable=False), sa.Column("to_day", sa.Date)


def _places() -> None:
    _versioned(
        "region",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("code_parent", sa.Text),
        sa.Column("admin_parent", sa.Text),
        sa.Column("path", ARRAY(sa.Text), nullable=False),
        *_days(),
        sa.Column("competence", sa.Text),
    )
    op.create_index("roster_region_code", "roster_region", ["code"])
    op.create_index("roster_region_path", "roster_region", ["path"], postgresql_using="gin")
    _versioned(
        "organ",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("region_code", sa.Text, nullable=False),
        *_days(),
        sa.Column("roles", JSONB, nullable=False),
        sa.Column("parent_id", sa.Uuid),
    )
    op.create_index("roster_organ_region_code", "roster_organ", ["region_code"])
    _versioned(
        "post",
        sa.Column("organ_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        *_days(),
    )
    op.create_index("roster_post_organ_id", "roster_post", ["organ_id"])


def _people() -> None:
    _versioned("official", sa.Column("name", sa.Text, nullable=False))
    _versioned(
        "appointment",
        sa.Column("post_id", sa.Uuid, nullable=False),
        sa.Column("official_id", sa.Uuid, nullable=False),
        *_days(),
        sa.Column("acting", sa.Boolean, nullable=False),
        sa.Column("promotion", sa.Boolean, nullable=False),
        sa.Column("end_reason", sa.Text),
        sa.Column("annulled", sa.Boolean, nullable=False),
        sa.Column("source_recorded_at", sa.DateTime(timezone=True)),
        sa.Column("attested_by", sa.Text),
        sa.Column("flags", ARRAY(sa.Text), nullable=False),
    )
    op.create_index("roster_appointment_post_id", "roster_appointment", ["post_id"])
    op.create_index("roster_appointment_official_id", "roster_appointment", ["official_id"])
    _versioned(
        "portfolio",
        sa.Column("post_id", sa.Uuid, nullable=False),
        *_days(),
        sa.Column("industries", ARRAY(sa.Text), nullable=False),
        sa.Column("fields", ARRAY(sa.Text), nullable=False),
        sa.Column("organ_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("annulled", sa.Boolean, nullable=False),
        sa.Column("source_recorded_at", sa.DateTime(timezone=True)),
        sa.Column("attested_by", sa.Text),
    )
    op.create_index("roster_portfolio_post_id", "roster_portfolio", ["post_id"])


def upgrade() -> None:
    """Create the copy."""
    _places()
    _people()
