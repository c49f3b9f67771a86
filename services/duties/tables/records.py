"""Tables of what is on record beside the acts: impediments, filings with their receipts, attachments."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.duties.tables import metadata, recorded

#: `accepted`: the obligations that the safety committee's office accepted it for, and when.
impediment = sa.Table(
    "impediment",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("post_id", sa.Uuid, nullable=False),
    sa.Column("official_id", sa.Uuid),
    sa.Column("from_day", sa.Date, nullable=False),
    sa.Column("to_day", sa.Date),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("evidence", JSONB, nullable=False),
    sa.Column("accepted", JSONB, nullable=False),
    sa.Column("withdrawn", JSONB(none_as_null=True)),
    sa.Column("recorded_by", sa.Text, nullable=False),
    *recorded(),
    sa.Index("impediment_post_id", "post_id"),
)

#: `recipient_path`: where the recipient lies, because it reads, confirms and returns what was filed with it.
filing = sa.Table(
    "filing",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("obligation_id", sa.Uuid, nullable=False),
    sa.Column("post_id", sa.Uuid, nullable=False),
    sa.Column("duty_id", sa.Text, nullable=False),
    sa.Column("clause", sa.Text, nullable=False),
    sa.Column("period_start", sa.Date, nullable=False),
    sa.Column("period_end", sa.Date, nullable=False),
    sa.Column("relation", sa.Text, nullable=False),
    sa.Column("recipient_organ_id", sa.Uuid, nullable=False),
    sa.Column("recipient_path", ARRAY(sa.Text), nullable=False),
    sa.Column("filed_on", sa.Date, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("performance_id", sa.Uuid),
    sa.Column("receipt", JSONB(none_as_null=True)),
    sa.Column("returned", JSONB(none_as_null=True)),
    sa.Column("corrected", JSONB(none_as_null=True)),
    sa.Column("recorded_by", sa.Text, nullable=False),
    *recorded(),
    sa.Index("filing_post_id", "post_id", "period_end"),
)

#: Documents lie in the store under their digest; this says what they are and where they belong.
attachment = sa.Table(
    "attachment",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("sm3", sa.Text),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("region_code", sa.Text, nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    *recorded(),
    sa.Index("attachment_sha256", "sha256"),
)
