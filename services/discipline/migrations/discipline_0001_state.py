"""Leads, cases, exemptions, vetoes, and the copies of accidents, findings and attestations."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "discipline_0001"
down_revision = None
branch_labels = ("discipline",)
depends_on = None


def upgrade() -> None:
    """Create the tables of the service."""
    _state("lead", _text("status"), _text("ground"), _uuid("official_id", True), _uuid("accident_id", True))
    _state("case", _text("status"), _uuid("official_id"), _uuid("accident_id", True))
    _state("exemption", _text("status"), _uuid("official_id"), _uuid("accident_id"), _post())
    _state(
        "veto",
        _text("kind"),
        _uuid("official_id"),
        _uuid("case_id"),
        sa.Column("from_day", sa.Date, nullable=False),
        sa.Column("through_day", sa.Date),
    )
    _state("accident")
    _state("nonperformance", _uuid("official_id"))
    _state("attestation", _uuid("official_id"), _uuid("accident_id"), _post())


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _post() -> sa.Column[Any]:
    return sa.Column("post_id", sa.Uuid, nullable=False)


def _uuid(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid, nullable=nullable, index=True)


def _state(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        f"discipline_{name}",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
        sa.Column("path", ARRAY(sa.Text), nullable=False),
        *columns,
        sa.Column("state", JSONB, nullable=False),
    )
    op.create_index(f"discipline_{name}_path", f"discipline_{name}", ["path"], postgresql_using="gin")
