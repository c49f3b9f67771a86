"""The tables of duties: what is on record, each with the path of where it belongs and its version."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = sa.MetaData()


def recorded() -> tuple[sa.Column[Any], ...]:
    """The columns that every record has: where it belongs, when it was recorded first, whether it is an exercise."""
    return (
        sa.Column("path", ARRAY(sa.Text), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
    )


performance = sa.Table(
    "performance",
    metadata,
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
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("participants", ARRAY(sa.Uuid), nullable=False),
    sa.Column("agenda", JSONB, nullable=False),
    sa.Column("findings", JSONB, nullable=False),
    sa.Column("reviewer", sa.Text),
    sa.Column("corrected", JSONB(none_as_null=True)),
    sa.Column("verified", JSONB(none_as_null=True)),
    sa.Column("recorded_by", sa.Text, nullable=False),
    *recorded(),
    sa.Index("performance_post_ids", "post_ids", postgresql_using="gin"),
    sa.Index("performance_organ_id", "organ_id", "day"),
)

standing_review = sa.Table(
    "standing_review",
    metadata,
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
    sa.Column("evidence", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("heard_on", sa.Date),
    sa.Column("statement", sa.Text, nullable=False, server_default=""),
    *recorded(),
    sa.Index("standing_review_official_id", "official_id"),
    sa.Index("standing_review_post_id", "post_id", "duty_id"),
)

nonperformance = sa.Table(
    "nonperformance",
    metadata,
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
    sa.Column("appeal", JSONB(none_as_null=True)),
    *recorded(),
    sa.Index("nonperformance_official_id", "official_id"),
)

#: One row a version: prior versions stay readable. `content` is the list whole.
responsibility_list = sa.Table(
    "responsibility_list",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("organ_id", sa.Uuid, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("content", JSONB, nullable=False),
    *recorded(),
    sa.Index("responsibility_list_organ_id", "organ_id", "year"),
)

#: One row a version: what was issued stays readable. `content` is the attestation whole.
attestation = sa.Table(
    "attestation",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("accident_id", sa.Uuid, nullable=False),
    sa.Column("official_id", sa.Uuid, nullable=False),
    sa.Column("content", JSONB, nullable=False),
    *recorded(),
    sa.Index("attestation_accident_id", "accident_id"),
)

#: One row a version, because what was known at a moment stays readable. `content` is the overlay whole.
overlay = sa.Table(
    "overlay",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("duty_id", sa.Text, nullable=False),
    sa.Column("content", JSONB, nullable=False),
    *recorded(),
)
