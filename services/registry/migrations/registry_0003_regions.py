"""Regions by date, one region to a code on a day, organs' names by date and what became of them.

Rows that are there had none of it: nothing was dated, so their ancestors are those of their path.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "registry_0003_regions"
down_revision = "registry_0002_people"
branch_labels = None
depends_on = None

_EMPTY = {JSONB: sa.text("'[]'"), ARRAY: sa.text("'{}'")}


def _add(table: str, name: str, kind: JSONB | ARRAY[str]) -> None:
    """An empty list in every row; later rows bring their own."""
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=_EMPTY[type(kind)]))
    op.alter_column(table, name, server_default=None)


def _region() -> None:
    for name in ("tiers", "parents", "competences"):
        _add("region", name, JSONB())
    _add("region", "successor_codes", ARRAY(sa.Text))
    _add("region", "ancestry", ARRAY(sa.Text))
    op.add_column("region", sa.Column("managing_organ_id", sa.Uuid))
    op.add_column("region", sa.Column("document", sa.Text))
    op.add_column("region", sa.Column("ended_by", sa.Text))
    op.execute("UPDATE region SET ancestry = path")
    op.create_index("region_ancestry", "region", ["ancestry"], postgresql_using="gin")
    op.create_index("region_successor_codes", "region", ["successor_codes"], postgresql_using="gin")
    op.execute(
        "ALTER TABLE region ADD CONSTRAINT region_one_code EXCLUDE USING gist"
        " (code WITH =, daterange(from_day, to_day, '[]') WITH &&) WHERE (superseded_at IS NULL)"
    )


def upgrade() -> None:
    """Add the dated attributes."""
    _region()
    for name in ("names", "successions"):
        _add("organ", name, JSONB())
    _add("organ", "predecessor_ids", ARRAY(sa.Uuid))
