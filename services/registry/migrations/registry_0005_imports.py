"""Roster imports in staging, names as they are read, credit codes of organs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.registry.facts.names import spoken

revision = "registry_0005_imports"
down_revision = "registry_0004_findings"
branch_labels = None
depends_on = None

_SEARCHED = {
    "region": ("code", "name", "pinyin", "initials"),
    "organ": ("credit_code", "name", "pinyin", "initials"),
    "official": ("name", "pinyin", "initials"),
}


def upgrade() -> None:
    """Columns and tables; what is on record is read aloud once, here."""
    op.add_column("organ", sa.Column("credit_code", sa.Text()))
    op.add_column("official", sa.Column("reading", sa.Text()))
    for table, searched in _SEARCHED.items():
        op.add_column(table, sa.Column("pinyin", sa.Text()))
        op.add_column(table, sa.Column("initials", sa.Text()))
        _read_aloud(table)
        op.alter_column(table, "pinyin", nullable=False)
        op.alter_column(table, "initials", nullable=False)
        for column in searched:
            op.create_index(
                f"{table}_{column}_prefix",
                table,
                [column],
                postgresql_ops={column: "text_pattern_ops"},
                postgresql_where=sa.text("superseded_at IS NULL"),
            )
    _imports()
    _lines()
    _faults()


def _read_aloud(table: str) -> None:
    connection = op.get_bind()
    told = sa.text(f"UPDATE {table} SET pinyin = :pinyin, initials = :initials WHERE name = :name")
    for name in connection.execute(sa.text(f"SELECT DISTINCT name FROM {table}")).scalars().all():
        said = spoken(name, person=table == "official")
        connection.execute(told, {"name": name, "pinyin": said.pinyin, "initials": said.initials})


def _imports() -> None:
    op.create_table(
        "roster_import",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("letters", postgresql.JSONB(), nullable=False, server_default="{}"),
        sa.Column("rows", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("applied", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("faults", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("counts", postgresql.JSONB(), nullable=False, server_default="{}"),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("sealed", sa.LargeBinary()),
    )


def _lines() -> None:
    keys = ("region_code", "organ", "organ_kind", "post_kind", "post")
    texts = ("credit_code", "official", "reading")
    days = ("organ_from", "organ_first", "post_from", "post_first", "from_day", "to_day")
    op.create_table(
        "import_line",
        sa.Column("import_id", sa.Uuid(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in keys),
        *(sa.Column(name, sa.Text()) for name in texts),
        *(sa.Column(name, sa.Date()) for name in days),
        sa.Column("person", sa.Text()),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("official_id", sa.Uuid()),
        sa.Column("acting", sa.Boolean()),
        sa.Column("promotion", sa.Boolean()),
        sa.Column("end_reason", sa.Text()),
        sa.Column("source_recorded_at", sa.DateTime(timezone=True)),
        sa.Column("attested_by", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
    )
    ordered = ["import_id", *keys, "number"]
    op.create_index("import_line_order", "import_line", ordered, postgresql_where=sa.text("state = 'open'"))
    op.create_index("import_line_person", "import_line", ["import_id", "person"])


def _faults() -> None:
    op.create_table(
        "import_reach",
        sa.Column("import_id", sa.Uuid(), primary_key=True),
        sa.Column("region_code", sa.Text(), primary_key=True),
        sa.Column("exercise", sa.Boolean(), primary_key=True),
        sa.Column("since", sa.Date(), nullable=False),
    )
    op.create_table(
        "import_fault",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), primary_key=True),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer()),
        sa.Column("letter", sa.Text()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("column", "text", "code", "zh", "en")),
    )
    op.create_index("import_fault_place", "import_fault", ["import_id", "row", "id"])
