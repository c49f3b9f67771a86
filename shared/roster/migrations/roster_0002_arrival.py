"""When each version arrived in the copy, and when the copy was born (I8).

Rows that are there answered by the registry's moments, and go on doing so: those become their arrival.
"""

import sqlalchemy as sa
from alembic import op

revision = "roster_0002"
down_revision = "roster_0001"
branch_labels = None
depends_on = None

_instant = sa.DateTime(timezone=True)
_TABLES = tuple(f"roster_{name}" for name in ("region", "organ", "post", "official", "appointment", "portfolio"))


def upgrade() -> None:
    """Add the moments of arrival, and the birth of a copy that has rows."""
    for table in _TABLES:
        op.add_column(table, sa.Column("arrived_at", _instant))
        op.add_column(table, sa.Column("replaced_at", _instant))
        op.execute(f"UPDATE {table} SET arrived_at = recorded_at, replaced_at = superseded_at")
        op.alter_column(table, "arrived_at", nullable=False)
    op.create_table(
        "roster_birth",
        sa.Column("sole", sa.Boolean, primary_key=True, server_default=sa.true()),
        sa.Column("born_at", _instant, nullable=False),
        sa.CheckConstraint("sole", name="roster_birth_single_row"),
    )
    first = " UNION ALL ".join(f"SELECT min(recorded_at) AS moment FROM {table}" for table in _TABLES)
    op.execute(
        f"INSERT INTO roster_birth (born_at) SELECT min(moment) FROM ({first}) AS firsts HAVING count(moment) > 0"
    )
