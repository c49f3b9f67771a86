"""Regions whose tier, parent and competence change by date; organs' names by date, and what became of them.

Rows that are there had none of it: nothing was dated, so their ancestors are those of their path.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "roster_0004"
down_revision = "roster_0003"
branch_labels = None
depends_on = None

_EMPTY = {JSONB: sa.text("'[]'"), ARRAY: sa.text("'{}'")}


def _add(table: str, name: str, kind: JSONB | ARRAY[str]) -> None:
    """An empty list in every row; later rows bring their own."""
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=_EMPTY[type(kind)]))
    op.alter_column(table, name, server_default=None)


def upgrade() -> None:
    """Add the dated attributes."""
    for name in ("tiers", "parents", "competences"):
        _add("roster_region", name, JSONB())
    _add("roster_region", "successor_codes", ARRAY(sa.Text))
    for column in (
        sa.Column("managing_organ_id", sa.Uuid),
        sa.Column("document", sa.Text),
        sa.Column("ended_by", sa.Text),
    ):
        op.add_column("roster_region", column)
    _add("roster_region", "ancestry", ARRAY(sa.Text))
    op.execute("UPDATE roster_region SET ancestry = path")
    op.create_index("roster_region_ancestry", "roster_region", ["ancestry"], postgresql_using="gin")
    for name in ("names", "successions"):
        _add("roster_organ", name, JSONB())
    _add("roster_organ", "predecessor_ids", ARRAY(sa.Uuid))
