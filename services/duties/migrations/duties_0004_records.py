"""What a record says more, impediments, filings with their receipts, attachments."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "duties_0004_records"
down_revision = "duties_0003_projection"
branch_labels = None
depends_on = None


def _recorded() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("path", ARRAY(sa.Text), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
    )


def _performance() -> None:
    """What older records did not say is empty."""
    for column, empty in (
        (sa.Column("place", sa.Text, nullable=False), "''"),
        (sa.Column("participants", ARRAY(sa.Uuid), nullable=False), "'{}'"),
        (sa.Column("agenda", JSONB, nullable=False), "'[]'"),
        (sa.Column("findings", JSONB, nullable=False), "'[]'"),
    ):
        column.server_default = sa.DefaultClause(sa.text(empty))
        op.add_column("performance", column)
        op.alter_column("performance", column.name, server_default=None)
    op.add_column("performance", sa.Column("reviewer", sa.Text))


def _impediment() -> None:
    op.create_table(
        "impediment",
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
        *_recorded(),
    )
    op.create_index("impediment_post_id", "impediment", ["post_id"])


def _filing() -> None:
    op.create_table(
        "filing",
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
        *_recorded(),
    )
    op.create_index("filing_post_id", "filing", ["post_id", "period_end"])


def _attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("sm3", sa.Text),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("region_code", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        *_recorded(),
    )
    op.create_index("attachment_sha256", "attachment", ["sha256"])


def upgrade() -> None:
    _performance()
    _impediment()
    _filing()
    _attachment()


def downgrade() -> None:
    for table in ("attachment", "filing", "impediment"):
        op.drop_table(table)
    for column in ("reviewer", "findings", "agenda", "participants", "place"):
        op.drop_column("performance", column)
