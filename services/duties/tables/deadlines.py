"""Notices that were given, how far the sweep came, the working calendar, calendar feeds."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.duties.tables import metadata

_instant = sa.DateTime(timezone=True)

#: One row a notice; a notice never changes.
notice = sa.Table(
    "notice",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("obligation_id", sa.Uuid, nullable=False),
    sa.Column("requirement_id", sa.Text, nullable=False),
    sa.Column("duty_id", sa.Text, nullable=False),
    sa.Column("clause", sa.Text, nullable=False),
    sa.Column("post_id", sa.Uuid, nullable=False),
    sa.Column("organ_id", sa.Uuid, nullable=False),
    sa.Column("region_code", sa.Text, nullable=False),
    sa.Column("path", ARRAY(sa.Text), nullable=False),
    sa.Column("period_start", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("given_on", sa.Date, nullable=False),
    sa.Column("holders", ARRAY(sa.Uuid), nullable=False),
    sa.Column("obligation_basis", sa.Text, nullable=False),
    sa.Column("founds", sa.Boolean, nullable=False),
    sa.Column("exercise", sa.Boolean, nullable=False),
    sa.Column("recorded_at", _instant, nullable=False),
    sa.Index("notice_obligation_id", "obligation_id", "stage", unique=True),
    sa.Index("notice_given_on", "given_on", "id"),
    sa.Index("notice_post_id", "post_id", "given_on"),
    sa.Index("notice_organ_id", "organ_id", "given_on"),
    sa.Index("notice_holders", "holders", postgresql_using="gin"),
)
#: How far the sweep of the latest day came: the last obligation looked at.
notice_sweep = sa.Table(
    "notice_sweep",
    metadata,
    sa.Column("sole", sa.Boolean, primary_key=True, server_default=sa.true()),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("post_id", sa.Uuid, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("obligation_id", sa.Uuid, nullable=False),
    sa.Column("finished", sa.Boolean, nullable=False),
    sa.CheckConstraint("sole", name="notice_sweep_single_row"),
)
#: A year's notice on holidays, and the days it names.
working_year = sa.Table(
    "working_year",
    metadata,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("notice_number", sa.Text, nullable=False),
    sa.Column("days", JSONB, nullable=False),
)
#: Of a link's token there is only the digest.
calendar_feed = sa.Table(
    "calendar_feed",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Uuid, nullable=False),
    sa.Column("region_code", sa.Text, nullable=False),
    sa.Column("path", ARRAY(sa.Text), nullable=False),
    sa.Column("token_sha256", sa.Text, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", _instant, nullable=False),
    sa.Column("revoked", JSONB(none_as_null=True)),
    sa.Column("exercise", sa.Boolean, nullable=False),
    sa.Index("calendar_feed_token_sha256", "token_sha256", unique=True),
    sa.Index("calendar_feed_created_at", "created_at", "id"),
)
