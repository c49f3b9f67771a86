"""Notices, how far the sweep came, the working calendar, calendar feeds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "duties_0006_deadlines"
down_revision = "duties_0005_overlays"
branch_labels = None
depends_on = None

_instant = sa.DateTime(timezone=True)


def _notice() -> None:
    op.create_table(
        "notice",
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
    )
    op.create_index("notice_obligation_id", "notice", ["obligation_id", "stage"], unique=True)
    op.create_index("notice_given_on", "notice", ["given_on", "id"])
    op.create_index("notice_post_id", "notice", ["post_id", "given_on"])
    op.create_index("notice_organ_id", "notice", ["organ_id", "given_on"])
    op.create_index("notice_holders", "notice", ["holders"], postgresql_using="gin")


def _notice_sweep() -> None:
    op.create_table(
        "notice_sweep",
        sa.Column("sole", sa.Boolean, primary_key=True, server_default=sa.true()),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("post_id", sa.Uuid, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("obligation_id", sa.Uuid, nullable=False),
        sa.Column("finished", sa.Boolean, nullable=False),
        sa.CheckConstraint("sole", name="notice_sweep_single_row"),
    )


def _working_year() -> None:
    op.create_table(
        "working_year",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("notice_number", sa.Text, nullable=False),
        sa.Column("days", JSONB, nullable=False),
    )


def _calendar_feed() -> None:
    op.create_table(
        "calendar_feed",
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
    )
    op.create_index("calendar_feed_token_sha256", "calendar_feed", ["token_sha256"], unique=True)
    op.create_index("calendar_feed_created_at", "calendar_feed", ["created_at", "id"])


def upgrade() -> None:
    _notice()
    _notice_sweep()
    _working_year()
    _calendar_feed()


def downgrade() -> None:
    for table in ("calendar_feed", "working_year", "notice_sweep", "notice"):
        op.drop_table(table)
