"""The kernel's tables in every service database: ledger, outbox, seal, positions, dead letters and more."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = sa.MetaData()
_instant = sa.DateTime(timezone=True)

ledger = sa.Table(
    "ledger",
    metadata,
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
    sa.Column("agency_data", JSONB(none_as_null=True)),
    sa.Column("public_data", JSONB(none_as_null=True)),
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

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("publish", sa.Boolean, nullable=False),
)

seal = sa.Table(
    "seal",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False, unique=True),
    sa.Column("prev_hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Column("algorithm", sa.Text, nullable=False),
    sa.Column("sealed_at", _instant, nullable=False),
)

position = sa.Table(
    "position",
    metadata,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("aggregate_type", sa.Text, primary_key=True),
    sa.Column("aggregate_id", sa.Uuid, primary_key=True),
    sa.Column("applied_version", sa.Integer, nullable=False),
    sa.Column("blocked", sa.Boolean, nullable=False, server_default=sa.false()),
)

dead_letter = sa.Table(
    "dead_letter",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("consumer", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("aggregate_type", sa.Text, nullable=False),
    sa.Column("aggregate_id", sa.Uuid, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", sa.Text),
    sa.Column("headers", JSONB, nullable=False),
    sa.Column("body", JSONB, nullable=False),
    sa.Column("recorded_at", _instant, nullable=False),
    sa.UniqueConstraint("consumer", "source", "aggregate_type", "aggregate_id", "version"),
    sa.CheckConstraint("state IN ('failing', 'dead', 'waiting', 'discarded')", name="dead_letter_state"),
)

idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("actor", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("headers", JSONB, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("recorded_at", _instant, nullable=False),
)

operation = sa.Table(
    "operation",
    metadata,
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

halt = sa.Table(
    "halt",
    metadata,
    sa.Column("sole", sa.Boolean, primary_key=True, server_default=sa.true()),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("since", _instant, nullable=False),
    sa.CheckConstraint("sole", name="halt_single_row"),
)

#: Tables that the runtime role may read and append to, and never change (their history is the audit trail).
APPEND_ONLY = ("ledger", "seal")
