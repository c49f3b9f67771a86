"""Obligations in the order in which pages list them: what lies behind a province's board is read, not sorted."""

from alembic import op

revision = "duties_0008_in_order"
down_revision = "duties_0007_opening"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("obligation_due_on", "obligation")
    op.create_index("obligation_due_on", "obligation", ["due_on", "id"])


def downgrade() -> None:
    op.drop_index("obligation_due_on", "obligation")
    op.create_index("obligation_due_on", "obligation", ["due_on"])
