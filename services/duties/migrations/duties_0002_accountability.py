"""Standing reviews say what they rest on and that the holder was heard; findings may be appealed."""

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


def downgrade() -> None:
    op.drop_column("nonperformance", "appeal")
    op.drop_index("standing_review_post_id", "standing_review")
    for name in ("statement", "heard_on", "evidence"):
        op.drop_column("standing_review", name)
