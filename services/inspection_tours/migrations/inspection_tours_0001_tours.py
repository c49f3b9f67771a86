"""Tours and the dated list of whom they cover."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "inspection_tours_0001"
down_revision = None
branch_labels = ("inspection_tours",)
depends_on = None


def _tour() -> None:
    op.create_table(
        "tour",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("region_code", sa.Text, nullable=False),
        sa.Column("organ_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("findings", JSONB, nullable=False),
        sa.Column("planned_for", sa.Date),
        sa.Column("opened_on", sa.Date),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("accident_id", sa.Uuid),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("team", ARRAY(sa.Text), nullable=False),
        sa.Column("samples", sa.Integer, nullable=False),
        sa.Column("result_on", sa.Date),
        sa.Column("closed_on", sa.Date),
        sa.Column("official_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("path", ARRAY(sa.Text), nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
    )
    op.create_index("tour_path", "tour", ["path"], postgresql_using="gin")
    op.create_index("tour_organ_ids", "tour", ["organ_ids"], postgresql_using="gin")
    op.create_index("tour_accident_id", "tour", ["accident_id"])


def _listing() -> None:
    op.create_table(
        "listing",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organ_id", sa.Uuid),
        sa.Column("region_code", sa.Text, nullable=False),
        sa.Column("from_day", sa.Date, nullable=False),
        sa.Column("to_day", sa.Date),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("path", ARRAY(sa.Text), nullable=False),
        sa.Column("exercise", sa.Boolean, nullable=False),
    )
    op.create_index("listing_path", "listing", ["path"], postgresql_using="gin")


def upgrade() -> None:
    """Create the tables."""
    _tour()
    _listing()


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("listing")
    op.drop_table("tour")
