"""Names are searched on their day and as known at any moment: dated names as rows, prefixes over every version."""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.registry.facts.names import dated

revision = "registry_0009_search"
down_revision = "registry_0008_names"
branch_labels = None
depends_on = None

_SEARCHED = {
    "region": ("code", "name", "pinyin", "initials"),
    "organ": ("credit_code", "name", "pinyin", "initials"),
    "official": ("name", "pinyin", "initials"),
}


def upgrade() -> None:
    """A table of dated names, filled from what is on record; the same indexes without their condition."""
    for table, columns in _SEARCHED.items():
        for column in columns:
            op.drop_index(f"{table}_{column}_prefix", table)
            _prefix(table, column)
    names = op.create_table(
        "dated_name",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("from_day", sa.Date(), primary_key=True),
        sa.Column("to_day", sa.Date()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
    )
    for column in ("name", "pinyin", "initials"):
        _prefix("dated_name", column)
    for name in ("region", "organ"):
        known = sa.table(name, *(sa.column(one) for one in ("id", "version", "from_day")), sa.column("names", JSONB))
        renamed = sa.select(known).where(sa.func.jsonb_array_length(known.c.names) > 0)
        for row in op.get_bind().execute(renamed).all():
            told = ((date.fromisoformat(one["from_day"]), one["name"]) for one in row.names)
            op.bulk_insert(names, [{"id": row.id, "version": row.version, **one} for one in dated(told, row.from_day)])


def _prefix(table: str, column: str) -> None:
    op.create_index(f"{table}_{column}_prefix", table, [column], postgresql_ops={column: "text_pattern_ops"})
