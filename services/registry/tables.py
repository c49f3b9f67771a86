"""The registry's tables: one row per version of an aggregate, and what never travels.

A version row never changes but for the moment in which the next one superseded it; corrections and annulments are
new versions. `path` says under which regions the row belongs and may be read.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint

metadata = sa.MetaData()
_instant = sa.DateTime(timezone=True)


def _days() -> tuple[sa.Column[Any], ...]:
    return sa.Column("from_day", sa.Date, nullable=False), sa.Column("to_day", sa.Date)


def _source() -> tuple[sa.Column[Any], ...]:
    return sa.Column("source_recorded_at", _instant), sa.Column("attested_by", sa.Text)


def _versioned(name: str, *items: sa.Column[Any] | sa.Index | sa.Constraint) -> sa.Table:
    """A table keyed by (id, version); `superseded_at` is NULL in the newest version."""
    return sa.Table(
        name,
        metadata,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("recorded_at", _instant, nullable=False),
        sa.Column("superseded_at", _instant),
        sa.Column("exercise", sa.Boolean, nullable=False),
        sa.Column("path", ARRAY(sa.Text), nullable=False),
        *items,
        sa.Index(f"{name}_path", "path", postgresql_using="gin"),
        sa.Index(f"{name}_one_current", "id", unique=True, postgresql_where=sa.text("superseded_at IS NULL")),
    )


region = _versioned(
    "region",
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("code_parent", sa.Text),
    sa.Column("admin_parent", sa.Text),
    sa.Column("competence", sa.Text),
    *_days(),
    sa.Column("tiers", JSONB, nullable=False),
    sa.Column("parents", JSONB, nullable=False),
    sa.Column("competences", JSONB, nullable=False),
    sa.Column("successor_codes", ARRAY(sa.Text), nullable=False),
    sa.Column("managing_organ_id", sa.Uuid),
    sa.Column("document", sa.Text),
    sa.Column("ended_by", sa.Text),
    #: Every code that the region ever has above it, and its own: `path` of all its days.
    sa.Column("ancestry", ARRAY(sa.Text), nullable=False),
    sa.Index("region_code", "code"),
    sa.Index("region_ancestry", "ancestry", postgresql_using="gin"),
    sa.Index("region_successor_codes", "successor_codes", postgresql_using="gin"),
    ExcludeConstraint(
        ("code", "="),
        (sa.text("daterange(from_day, to_day, '[]')"), "&&"),
        name="region_one_code",
        using="gist",
        where=sa.text("superseded_at IS NULL"),
    ),
)
organ = _versioned(
    "organ",
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("region_code", sa.Text, nullable=False),
    sa.Column("roles", JSONB, nullable=False),
    sa.Column("parent_id", sa.Uuid),
    *_days(),
    sa.Column("names", JSONB, nullable=False),
    sa.Column("successions", JSONB, nullable=False),
    sa.Column("predecessor_ids", ARRAY(sa.Uuid), nullable=False),
    sa.Index("organ_region_code", "region_code"),
)
post = _versioned(
    "post",
    sa.Column("organ_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    *_days(),
    sa.Index("post_organ_id", "organ_id"),
)
official = _versioned(
    "official",
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("merged_into", sa.Uuid),
    sa.Index("official_merged_into", "merged_into", postgresql_where=sa.text("merged_into IS NOT NULL")),
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
    *_source(),
    sa.Column("flags", ARRAY(sa.Text), nullable=False),
    sa.Column("end_cause", sa.Text),
    sa.Index("appointment_post_id", "post_id"),
    sa.Index("appointment_official_id", "official_id"),
    ExcludeConstraint(
        ("post_id", "="),
        (sa.text("daterange(from_day, to_day, '[]')"), "&&"),
        name="appointment_one_seat",
        using="gist",
        where=sa.text("superseded_at IS NULL AND NOT annulled AND NOT acting"),
    ),
)
portfolio = _versioned(
    "portfolio",
    sa.Column("post_id", sa.Uuid, nullable=False),
    *_days(),
    sa.Column("industries", ARRAY(sa.Text), nullable=False),
    sa.Column("fields", ARRAY(sa.Text), nullable=False),
    sa.Column("organ_ids", ARRAY(sa.Uuid), nullable=False),
    sa.Column("annulled", sa.Boolean, nullable=False),
    *_source(),
    sa.Index("portfolio_post_id", "post_id"),
)
accident = _versioned(
    "accident",
    sa.Column("occurred_at", _instant, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("region_code", sa.Text, nullable=False),
    sa.Column("industry", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("reach", ARRAY(sa.Text), nullable=False),
    sa.Column("state", JSONB, nullable=False),
    sa.Index("accident_occurred_at", "occurred_at"),
    sa.Index("accident_reach", "reach", postgresql_using="gin"),
)

declaration = _versioned(
    "declaration",
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("region_code", sa.Text, nullable=False),
    *_days(),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("post_id", sa.Uuid),
    sa.Column("organ_id", sa.Uuid),
    sa.Column("name", sa.Text),
    sa.Column("industry", sa.Text),
    sa.Column("year", sa.Integer),
    sa.Column("fund_yuan", sa.BigInteger),
    sa.Column("revenue_yuan", sa.BigInteger),
    sa.Column("annulled", sa.Boolean, nullable=False),
    sa.Index("declaration_region_code", "region_code"),
)

#: The citizen number is no part of the bitemporal state: it is in no event, so it has no versions to tell.
citizen_number = sa.Table(
    "citizen_number",
    metadata,
    sa.Column("official_id", sa.Uuid, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("blind_index", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("recorded_at", _instant, nullable=False),
)

#: What discipline said about promotions, as this service last heard it.
promotion_bar = sa.Table(
    "promotion_bar",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("official_id", sa.Uuid, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("from_day", sa.Date, nullable=False),
    sa.Column("through_day", sa.Date),
    sa.Column("basis", JSONB, nullable=False),
    sa.Column("lifted", sa.Boolean, nullable=False),
    sa.Column("exercise", sa.Boolean, nullable=False),
)

#: Aggregate → its table.
TABLES: Mapping[str, sa.Table] = {
    one.name: one for one in (region, organ, post, official, appointment, portfolio, accident, declaration)
}
