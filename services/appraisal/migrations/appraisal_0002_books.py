"""What closed books of duties hold, kept as reference for each organ."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "appraisal_0002_books"
down_revision = "appraisal_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "books_reference",
        sa.Column("books_id", sa.Uuid, primary_key=True),
        sa.Column("organ_id", sa.Uuid, primary_key=True),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
    )
    op.create_index("books_reference_organ_id", "books_reference", ["organ_id"])


def downgrade() -> None:
    op.drop_table("books_reference")
