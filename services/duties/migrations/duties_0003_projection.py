"""The projection of dated facts, and the books of periods."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZMULTIRANGE

revision = "duties_0003_projection"
down_revision = "duties_0002_accountability"
branch_labels = None
depends_on = None

_instant = sa.DateTime(timezone=True)


def _duty_rule() -> None:
    op.create_table(
        "duty_rule",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("duty_id", sa.Text, nullable=False),
        sa.Column("requirement_id", sa.Text, nullable=False),
        sa.Column("clause", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("excepted", ARRAY(sa.Text), nullable=False),
        sa.Column("post_kinds", ARRAY(sa.Text), nullable=False),
        sa.Column("organ_kinds", ARRAY(sa.Text), nullable=False),
        sa.Column("roles", ARRAY(sa.Text), nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("count", sa.SmallInteger, nullable=False),
        sa.Column("acts", ARRAY(sa.Text), nullable=False),
        sa.Column("manner", sa.Text, nullable=False),
        sa.Column("firmness", sa.Text, nullable=False),
        sa.Column("filings", ARRAY(sa.Text), nullable=False),
        sa.Column("secretary_first", sa.Boolean, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("left_out", sa.Boolean, nullable=False),
        sa.Column("from_day", sa.Date, nullable=False),
        sa.Column("to_day", sa.Date),
        sa.Column("until", sa.Date),
        sa.Column("statute", sa.Text, nullable=False),
        sa.Column("governs", JSONB, nullable=False),
        sa.Column("overlays", JSONB, nullable=False),
    )


def _evaluated_year() -> None:
    op.create_table(
        "evaluated_year",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("catalogue", sa.Text, nullable=False),
    )


def _obligation() -> None:
    op.create_table(
        "obligation",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("duty_id", sa.Text, nullable=False),
        sa.Column("post_id", sa.Uuid, nullable=False),
        sa.Column("organ_id", sa.Uuid, nullable=False),
        sa.Column("region_code", sa.Text, nullable=False),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("path", ARRAY(sa.Text), nullable=False),
        sa.Column("from_day", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("count", sa.SmallInteger, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("adopted_by", sa.Text),
        sa.Column("default_by", sa.Text),
        sa.Column("exercise", sa.Boolean, nullable=False),
        sa.Column("known", TSTZMULTIRANGE, nullable=False),
    )
    op.create_index("obligation_id", "obligation", ["id"])
    op.create_index("obligation_post_id", "obligation", ["post_id", "due_on"])
    op.create_index("obligation_region_code", "obligation", ["region_code", "due_on"])
    op.create_index("obligation_due_on", "obligation", ["due_on"])


def _obligation_act() -> None:
    op.create_table(
        "obligation_act",
        sa.Column("obligation_id", sa.Uuid, nullable=False),
        sa.Column("performance_id", sa.Uuid, nullable=False),
        sa.Column("post_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("recorded_at", _instant, nullable=False),
        sa.Column("corrected_at", _instant),
        sa.Column("verified_at", _instant),
        sa.Column("needs_review", sa.Boolean, nullable=False),
        sa.Column("known", TSTZMULTIRANGE, nullable=False),
    )
    op.create_index("obligation_act_obligation_id", "obligation_act", ["obligation_id"])
    op.create_index("obligation_act_performance_id", "obligation_act", ["performance_id"])
    op.create_index("obligation_act_post_id", "obligation_act", ["post_id", "day"])


def _obligation_excuse() -> None:
    op.create_table(
        "obligation_excuse",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("impediment_id", sa.Uuid, primary_key=True),
        sa.Column("recorded_at", _instant, nullable=False),
        sa.Column("accepted_at", _instant, nullable=False),
        sa.Column("corrected_at", _instant),
    )


def _obligation_filing() -> None:
    op.create_table(
        "obligation_filing",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("filing_id", sa.Uuid, primary_key=True),
        sa.Column("relation", sa.Text, nullable=False),
        sa.Column("filed_on", sa.Date, nullable=False),
        sa.Column("recorded_at", _instant, nullable=False),
        sa.Column("corrected_at", _instant),
    )


def _books() -> None:
    op.create_table(
        "books",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("region_code", sa.Text, nullable=False),
        sa.Column("path", ARRAY(sa.Text), nullable=False),
        sa.Column("period_kind", sa.Text, nullable=False),
        sa.Column("from_day", sa.Date, nullable=False),
        sa.Column("to_day", sa.Date, nullable=False),
        sa.Column("entries", JSONB, nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
    )
    op.create_index("books_period", "books", ["from_day", "to_day"])


def upgrade() -> None:
    _duty_rule()
    _evaluated_year()
    _obligation()
    _obligation_act()
    _obligation_excuse()
    _obligation_filing()
    _books()


def downgrade() -> None:
    for table in (
        "books",
        "obligation_filing",
        "obligation_excuse",
        "obligation_act",
        "obligation",
        "evaluated_year",
        "duty_rule",
    ):
        op.drop_table(table)
