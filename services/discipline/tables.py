"""The state of discipline: each row is an aggregate's full state, with the columns that lists and rules ask for.

`lead`, `case`, `exemption`, `veto` are its own; `accident`, `nonperformance`, `attestation` are copies of what the
registry and duties said. No foreign keys: causes arrive independently of one another.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = sa.MetaData()


def _state(name: str, *items: sa.Column[Any] | sa.Index) -> sa.Table:
    """A table of current states; `version` is the ledger's, or the producer's for a copy."""
    return sa.Table(
        f"discipline_{name}",
        metadata,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
        sa.Column("path", ARRAY(sa.Text), nullable=False),
        *items,
        sa.Column("state", JSONB, nullable=False),
        sa.Index(f"discipline_{name}_path", "path", postgresql_using="gin"),
    )


def _uuid(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid, nullable=nullable, index=True)


lead = _state(
    "lead",
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("ground", sa.Text, nullable=False),
    _uuid("official_id", nullable=True),
    _uuid("accident_id", nullable=True),
)
case = _state(
    "case",
    sa.Column("status", sa.Text, nullable=False),
    _uuid("official_id"),
    _uuid("accident_id", nullable=True),
)
exemption = _state(
    "exemption",
    sa.Column("status", sa.Text, nullable=False),
    _uuid("official_id"),
    _uuid("accident_id"),
    sa.Column("post_id", sa.Uuid, nullable=False),
)
veto = _state(
    "veto",
    sa.Column("kind", sa.Text, nullable=False),
    _uuid("official_id"),
    _uuid("case_id"),
    sa.Column("from_day", sa.Date, nullable=False),
    sa.Column("through_day", sa.Date),
)
accident = _state("accident")
nonperformance = _state("nonperformance", _uuid("official_id"))
attestation = _state(
    "attestation", _uuid("official_id"), _uuid("accident_id"), sa.Column("post_id", sa.Uuid, nullable=False)
)

#: The table of each aggregate type.
TABLES: Mapping[str, sa.Table] = {
    "lead": lead,
    "case": case,
    "exemption": exemption,
    "veto": veto,
    "accident": accident,
    "nonperformance": nonperformance,
    "attestation": attestation,
}
