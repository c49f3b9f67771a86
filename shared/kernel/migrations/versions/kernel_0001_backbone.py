"""Ledger, outbox, seal, positions, dead letters, idempotency, operations, halt."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "kernel_0001"
down_revision = None
branch_labels = ("kernel",)
depends_on = None

_instant = sa.DateTime(timezone=True)


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=False), primary_key=True),
        sa.Column("id", sa.Uuid, nullable=False, unique=True),
        sa.Column("transaction", sa.Uuid, nullable=False),
        sa.Column("caused_by", sa.Text),
        sa.Column("aggregate_type", sa.Text, nullable=False),
        sa.Column("aggregate_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("agency_data", JSONB),
        sa.Column("public_data", JSONB),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("on_behalf_of", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("basis", ARRAY(sa.Text), nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
        sa.Column("occurred_at", _instant, nullable=False),
        sa.Column("recorded_at", _instant, nullable=False),
        sa.Column("traceparent", sa.Text),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("aggregate_type", "aggregate_id", "version"),
    )
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("publish", sa.Boolean, nullable=False),
    )
    op.create_table(
        "seal",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger, nullable=False, unique=True),
        sa.Column("prev_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("algorithm", sa.Text, nullable=False),
        sa.Column("sealed_at", _instant, nullable=False),
    )


def _consumer() -> None:
    key = ("consumer", "source", "aggregate_type")
    op.create_table(
        "position",
        *(sa.Column(name, sa.Text, primary_key=True) for name in key),
        sa.Column("aggregate_id", sa.Uuid, primary_key=True),
        sa.Column("applied_version", sa.Integer, nullable=False),
        sa.Column("blocked", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "dead_letter",
        sa.Column("id", sa.Uuid, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in key),
        sa.Column("aggregate_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("error", sa.Text),
        sa.Column("headers", JSONB, nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("recorded_at", _instant, nullable=False),
        sa.UniqueConstraint(*key, "aggregate_id", "version"),
        sa.CheckConstraint("state IN ('failing', 'dead', 'waiting', 'discarded')", name="dead_letter_state"),
    )


def upgrade() -> None:
    """Create the backbone."""
    _ledger()
    _consumer()
    op.create_table(
        "idempotency",
        sa.Column("actor", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("headers", JSONB, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("recorded_at", _instant, nullable=False),
    )
    op.create_table(
        "operation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("done", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("total", sa.BigInteger),
        sa.Column("result", JSONB),
        sa.Column("error", sa.Text),
        sa.Column("started_at", _instant, nullable=False),
        sa.Column("ended_at", _instant),
    )
    op.create_table(
        "halt",
        sa.Column("sole", sa.Boolean, primary_key=True, server_default=sa.true()),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", _instant, nullable=False),
        sa.CheckConstraint("sole", name="halt_single_row"),
    )
