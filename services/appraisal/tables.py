"""The tables of appraisal: its own aggregates whole, and what it keeps of other services' events."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = sa.MetaData()


def _kept(name: str, *items: sa.Column[Any] | sa.Index) -> sa.Table:
    """A table whose `content` is the fact whole; other columns repeat what is asked for."""
    return sa.Table(
        name,
        metadata,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
        *items,
    )


appraisal = _kept(
    "appraisal",
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("organ_id", sa.Uuid, nullable=False),
    sa.Column("official_id", sa.Uuid),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("path", ARRAY(sa.Text), nullable=False),
    sa.Index("appraisal_path", "path", postgresql_using="gin"),
    sa.Index("appraisal_official_id", "official_id"),
    sa.Index("appraisal_organ_id", "organ_id", "year"),
)
vetting = _kept(
    "vetting",
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("organ_id", sa.Uuid, nullable=False),
    sa.Column("official_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("concluded", sa.Boolean, nullable=False),
    sa.Column("path", ARRAY(sa.Text), nullable=False),
    sa.Index("vetting_path", "path", postgresql_using="gin"),
    sa.Index("vetting_official_id", "official_id"),
)
#: What the books of a period, as duties last said, hold of an organ's obligations.
books_reference = sa.Table(
    "books_reference",
    metadata,
    sa.Column("books_id", sa.Uuid, primary_key=True),
    sa.Column("organ_id", sa.Uuid, primary_key=True),
    sa.Column("content", JSONB, nullable=False),
    sa.Column("exercise", sa.Boolean, nullable=False),
    sa.Index("books_reference_organ_id", "organ_id"),
)
#: What discipline said about bars, and inspection tours about results, as last heard.
veto = _kept(
    "veto",
    sa.Column("official_id", sa.Uuid, nullable=False),
    sa.Index("veto_official_id", "official_id"),
)
tour_reference = _kept(
    "tour_reference",
    sa.Column("organ_ids", ARRAY(sa.Uuid), nullable=False),
    sa.Column("official_ids", ARRAY(sa.Uuid), nullable=False),
    sa.Index("tour_reference_organ_ids", "organ_ids", postgresql_using="gin"),
    sa.Index("tour_reference_official_ids", "official_ids", postgresql_using="gin"),
)
