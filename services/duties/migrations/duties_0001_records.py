"""The records of duties: performances, standing reviews, findings of non-performance, attestations."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "duties_0001"
down_revision = None
branch_labels = ("duties",)
depends_on = None


def _recorded() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("path", ARRAY(sa.Text), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
    )


def _performance() -> None:
    op.create_table(
        "performance",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("organ_id", sa.Uuid, nullable=False),
        sa.Column("region_code", sa.Text, nullable=False),
        sa.Column("post_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("presided_by", sa.Uuid),
        sa.Column("led_by", sa.Uuid),
        sa.Column("performed_by", sa.Uuid),
        sa.Column("capacities", JSONB, nullable=False),
        sa.Column("evidence", JSONB, nullable=False),
        sa.Column("corrected", JSONB(none_as_null=True)),
        sa.Column("verified", JSONB(none_as_null=True)),
        sa.Column("recorded_by", sa.Text, nullable=False),
        *_recorded(),
    )
    op.create_index("performance_post_ids", "performance", ["post_ids"], postgresql_using="gin")
    op.create_index("performance_organ_id", "performance", ["organ_id", "day"])


def _standing_review() -> None:
    op.create_table(
        "standing_review",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("post_id", sa.Uuid, nullable=False),
        sa.Column("duty_id", sa.Text, nullable=False),
        sa.Column("from_day", sa.Date, nullable=False),
        sa.Column("to_day", sa.Date, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reviewed_by", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        *_recorded(),
    )
    op.create_index("standing_review_official_id", "standing_review", ["official_id"])


def _nonperformance() -> None:
    op.create_table(
        "nonperformance",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("post_id", sa.Uuid, nullable=False),
        sa.Column("duty_id", sa.Text, nullable=False),
        sa.Column("obligation_id", sa.Uuid),
        sa.Column("accident_id", sa.Uuid),
        sa.Column("period_start", sa.Date, nullable=False),
        sa.Column("period_end", sa.Date, nullable=False),
        sa.Column("organ_id", sa.Uuid, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("heard_on", sa.Date, nullable=False),
        sa.Column("statement", sa.Text, nullable=False),
        sa.Column("decided_on", sa.Date, nullable=False),
        sa.Column("clears", sa.Boolean, nullable=False),
        *_recorded(),
    )
    op.create_index("nonperformance_official_id", "nonperformance", ["official_id"])


def _attestation() -> None:
    op.create_table(
        "attestation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("accident_id", sa.Uuid, nullable=False),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        *_recorded(),
    )
    op.create_index("attestation_accident_id", "attestation", ["accident_id"])


def upgrade() -> None:
    _performance()
    _standing_review()
    _nonperformance()
    _attestation()


def downgrade() -> None:
    for table in ("attestation", "nonperformance", "standing_review", "performance"):
        op.drop_table(table)
