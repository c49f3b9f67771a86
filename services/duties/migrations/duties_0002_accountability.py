"""Standing reviews name evidence and hearing; findings may be appealed; yearly responsibility lists."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "duties_0002_accountability"
down_revision = "duties_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("standing_review", sa.Column("evidence", ARRAY(sa.Text), nullable=False, server_default="{}"))
    op.add_column("standing_review", sa.Column("heard_on", sa.Date))
    op.add_column("standing_review", sa.Column("statement", sa.Text, nullable=False, server_default=""))
    op.create_index("standing_review_post_id", "standing_review", ["post_id", "duty_id"])
    op.add_column("nonperformance", sa.Column("appeal", JSONB(none_as_null=True)))
    op.create_table(
        "responsibility_list",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("organ_id", sa.Uuid, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("path", ARRAY(sa.Text), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
    )
    op.create_index("responsibility_list_organ_id", "responsibility_list", ["organ_id", "year"])


def downgrade() -> None:
    op.drop_table("responsibility_list")
    op.drop_column("nonperformance", "appeal")
    op.drop_index("standing_review_post_id", "standing_review")
    for name in ("statement", "heard_on", "evidence"):
        op.drop_column("standing_review", name)
