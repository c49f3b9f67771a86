"""A kept roster file is a row for each of its sealed pieces: nobody who keeps or opens one holds it as a whole."""

import sqlalchemy as sa
from alembic import op

revision = "registry_0010_pieces"
down_revision = "registry_0009_search"
branch_labels = None
depends_on = None

#: A file in pieces began with a zero byte; each piece followed its length, four bytes of it.
_CUT = r"""
INSERT INTO import_piece (import_id, number, sealed)
WITH RECURSIVE cut (id, number, at, until) AS (
    SELECT id, -1, 0, 2 FROM roster_import WHERE substring(sealed, 1, 1) = '\x00'
    UNION ALL
    SELECT id, number + 1, until + 4,
        until + 4 + ('x' || encode(substring(sealed, until, 4), 'hex'))::bit(32)::int
    FROM cut JOIN roster_import USING (id) WHERE until <= length(sealed)
)
SELECT id, number, substring(sealed, at, until - at) FROM cut JOIN roster_import USING (id) WHERE number >= 0
"""
#: What was sealed as a whole, before there were pieces, is number -1.
_WHOLE = r"""
INSERT INTO import_piece (import_id, number, sealed)
SELECT id, -1, sealed FROM roster_import WHERE substring(sealed, 1, 1) <> '\x00'
"""
MOVED = (_CUT, _WHOLE)


def upgrade() -> None:
    """A table of pieces, and into it what is kept."""
    op.create_table(
        "import_piece",
        sa.Column("import_id", sa.Uuid(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    for statement in MOVED:
        op.execute(statement)
    op.drop_column("roster_import", "sealed")
