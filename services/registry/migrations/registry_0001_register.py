"""Regions, organs, posts, officials, appointments, portfolios, accidents; citizen numbers, promotion bars."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "registry_0001"
down_revision = None
branch_labels = ("registry",)
depends_on = None


def _region() -> None:
    op.create_table(
        "region",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("path", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("code_parent", sa.Text(), nullable=True),
        sa.Column("admin_parent", sa.Text(), nullable=True),
        sa.Column("competence", sa.Text(), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", "version"),
    )
    op.create_index("region_code", "region", ["code"], unique=False)
    op.create_index(
        "region_one_current", "region", ["id"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_index("region_path", "region", ["path"], unique=False, postgresql_using="gin")


def _organ() -> None:
    op.create_table(
        "organ",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("path", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", "version"),
    )
    op.create_index(
        "organ_one_current", "organ", ["id"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_index("organ_path", "organ", ["path"], unique=False, postgresql_using="gin")
    op.create_index("organ_region_code", "organ", ["region_code"], unique=False)


def _post() -> None:
    op.create_table(
        "post",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("path", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("organ_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", "version"),
    )
    op.create_index("post_one_current", "post", ["id"], unique=True, postgresql_where=sa.text("superseded_at IS NULL"))
    op.create_index("post_organ_id", "post", ["organ_id"], unique=False)
    op.create_index("post_path", "post", ["path"], unique=False, postgresql_using="gin")


def _official() -> None:
    op.create_table(
        "official",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("path", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version"),
    )
    op.create_index(
        "official_one_current", "official", ["id"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_index("official_path", "official", ["path"], unique=False, postgresql_using="gin")


def _appointment() -> None:
    op.create_table(
        "appointment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("path", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("acting", sa.Boolean(), nullable=False),
        sa.Column("promotion", sa.Boolean(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("annulled", sa.Boolean(), nullable=False),
        sa.Column("source_recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attested_by", sa.Text(), nullable=True),
        sa.Column("flags", postgresql.ARRAY(sa.Text()), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("post_id"), "="),
            (sa.text("daterange(from_day, to_day, '[]')"), "&&"),
            where=sa.text("superseded_at IS NULL AND NOT annulled AND NOT acting"),
            using="gist",
            name="appointment_one_seat",
        ),
        sa.PrimaryKeyConstraint("id", "version"),
    )
    op.create_index("appointment_official_id", "appointment", ["official_id"], unique=False)
    op.create_index(
        "appointment_one_current", "appointment", ["id"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_index("appointment_path", "appointment", ["path"], unique=False, postgresql_using="gin")
    op.create_index("appointment_post_id", "appointment", ["post_id"], unique=False)


def _portfolio() -> None:
    op.create_table(
        "portfolio",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("path", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("industries", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("organ_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("annulled", sa.Boolean(), nullable=False),
        sa.Column("source_recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attested_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", "version"),
    )
    op.create_index(
        "portfolio_one_current", "portfolio", ["id"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_index("portfolio_path", "portfolio", ["path"], unique=False, postgresql_using="gin")
    op.create_index("portfolio_post_id", "portfolio", ["post_id"], unique=False)


def _accident() -> None:
    op.create_table(
        "accident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("path", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("reach", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", "version"),
    )
    op.create_index("accident_occurred_at", "accident", ["occurred_at"], unique=False)
    op.create_index(
        "accident_one_current", "accident", ["id"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_index("accident_path", "accident", ["path"], unique=False, postgresql_using="gin")
    op.create_index("accident_reach", "accident", ["reach"], unique=False, postgresql_using="gin")


def _citizen_number() -> None:
    op.create_table(
        "citizen_number",
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("blind_index", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("official_id"),
        sa.UniqueConstraint("blind_index"),
    )


def _promotion_bar() -> None:
    op.create_table(
        "promotion_bar",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("through_day", sa.Date(), nullable=True),
        sa.Column("basis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("lifted", sa.Boolean(), nullable=False),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_promotion_bar_official_id"), "promotion_bar", ["official_id"], unique=False)


def upgrade() -> None:
    """Create the register."""
    _region()
    _organ()
    _post()
    _official()
    _appointment()
    _portfolio()
    _accident()
    _citizen_number()
    _promotion_bar()
