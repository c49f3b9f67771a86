"""Roster files have sheets for departments' roles and leaders' portfolios beside the roster."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "registry_0007_sheets"
down_revision = "registry_0006_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Columns of the lines in staging; a line is known by its sheet and its number."""
    op.add_column("import_line", sa.Column("sheet", sa.Text(), nullable=False, server_default="roster"))
    for name in ("role", "function", "document", "issuer", "side"):
        op.add_column("import_line", sa.Column(name, sa.Text()))
    for name in ("industries", "fields", "organs"):
        op.add_column("import_line", sa.Column(name, postgresql.ARRAY(sa.Text())))
    op.add_column("import_line", sa.Column("issued_on", sa.Date()))
    op.drop_constraint("import_line_pkey", "import_line", type_="primary")
    op.create_primary_key("import_line_pkey", "import_line", ["import_id", "sheet", "number"])
