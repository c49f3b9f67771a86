"""The roster's tables in every database that keeps a copy: one row per version of an aggregate.

A row never changes but for the moments in which a later version superseded it: there, and here. There are no foreign
keys and no exclusion constraints: aggregates arrive independently of one another, and the registry has judged them
already. Words (tiers, kinds, roles) are plain text, because enums are open.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = sa.MetaData()
_instant = sa.DateTime(timezone=True)


def _days() -> tuple[sa.Column[Any], ...]:
    return sa.Column("from_day", sa.Date, nullable=False), sa.Column("to_day", sa.Date)


def _versioned(name: str, *items: sa.Column[Any] | sa.Index) -> sa.Table:
    """A table keyed by (id, version).

    A version stood in the registry from `recorded_at` until `superseded_at`, and in this copy from `arrived_at` until
    `replaced_at`; both ends are NULL in the newest.
    """
    return sa.Table(
        f"roster_{name}",
        metadata,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("recorded_at", _instant, nullable=False),
        sa.Column("superseded_at", _instant),
        sa.Column("arrived_at", _instant, nullable=False),
        sa.Column("replaced_at", _instant),
        sa.Column("exercise", sa.Boolean, nullable=False),
        *items,
    )


region = _versioned(
    "region",
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("code_parent", sa.Text),
    sa.Column("admin_parent", sa.Text),
    sa.Column("path", ARRAY(sa.Text), nullable=False),
    *_days(),
    sa.Column("competence", sa.Text),
    sa.Column("tiers", JSONB, nullable=False),
    sa.Column("parents", JSONB, nullable=False),
    sa.Column("competences", JSONB, nullable=False),
    sa.Column("names", JSONB, nullable=False),
    sa.Column("successor_codes", ARRAY(sa.Text), nullable=False),
    sa.Column("managing_organ_id", sa.Uuid),
    sa.Column("document", sa.Text),
    sa.Column("ended_by", sa.Text),
    #: Every code that the region ever has above it, and its own: `path` of all its days.
    sa.Column("ancestry", ARRAY(sa.Text), nullable=False),
    sa.Index("roster_region_code", "code"),
    sa.Index("roster_region_path", "path", postgresql_using="gin"),
    sa.Index("roster_region_ancestry", "ancestry", postgresql_using="gin"),
)
organ = _versioned(
    "organ",
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("region_code", sa.Text, nullable=False),
    *_days(),
    sa.Column("roles", JSONB, nullable=False),
    sa.Column("parent_id", sa.Uuid),
    sa.Column("names", JSONB, nullable=False),
    sa.Column("successions", JSONB, nullable=False),
    sa.Column("predecessor_ids", ARRAY(sa.Uuid), nullable=False),
    sa.Column("credit_code", sa.Text),
    sa.Index("roster_organ_region_code", "region_code"),
)
post = _versioned(
    "post",
    sa.Column("organ_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    *_days(),
    sa.Index("roster_post_organ_id", "organ_id"),
)
official = _versioned(
    "official",
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("merged_into", sa.Uuid),
    sa.Column("reading", sa.Text),
    sa.Index("roster_official_merged_into", "merged_into", postgresql_where=sa.text("merged_into IS NOT NULL")),
)
appointment = _versioned(
    "appointment",
    sa.Column("post_id", sa.Uuid, nullable=False),
    sa.Column("official_id", sa.Uuid, nullable=False),
    *_days(),
    sa.Column("acting", sa.Boolean, nullable=False),
    sa.Column("promotion", sa.Boolean, nullable=False),
    sa.Column("end_reason", sa.Text),
    sa.Column("annulled", sa.Boolean, nullable=False),
    sa.Column("source_recorded_at", _instant),
    sa.Column("attested_by", sa.Text),
    sa.Column("flags", ARRAY(sa.Text), nullable=False),
    sa.Column("end_cause", sa.Text),
    sa.Index("roster_appointment_post_id", "post_id"),
    sa.Index("roster_appointment_official_id", "official_id"),
)
portfolio = _versioned(
    "portfolio",
    sa.Column("post_id", sa.Uuid, nullable=False),
    *_days(),
    sa.Column("industries", ARRAY(sa.Text), nullable=False),
    sa.Column("fields", ARRAY(sa.Text), nullable=False),
    sa.Column("organ_ids", ARRAY(sa.Uuid), nullable=False),
    sa.Column("annulled", sa.Boolean, nullable=False),
    sa.Column("source_recorded_at", _instant),
    sa.Column("attested_by", sa.Text),
    sa.Index("roster_portfolio_post_id", "post_id"),
)
#: When the copy took its first event. Before that moment this service answered nothing from it.
birth = sa.Table(
    "roster_birth",
    metadata,
    sa.Column("sole", sa.Boolean, primary_key=True, server_default=sa.true()),
    sa.Column("born_at", _instant, nullable=False),
    sa.CheckConstraint("sole", name="roster_birth_single_row"),
)

#: The table of each aggregate type of the registry that the roster keeps.
TABLES: Mapping[str, sa.Table] = {
    "region": region,
    "organ": organ,
    "post": post,
    "official": official,
    "appointment": appointment,
    "portfolio": portfolio,
}
