"""The tables of inspection tours: tours as they stand now, and the dated list of whom they cover."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = sa.MetaData()

tour = sa.Table(
    "tour",
    metadata,
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
    sa.Column("questioned", sa.Text, nullable=False),
    sa.Index("tour_path", "path", postgresql_using="gin"),
    sa.Index("tour_organ_ids", "organ_ids", postgresql_using="gin"),
    sa.Index("tour_accident_id", "accident_id"),
)

listing = sa.Table(
    "listing",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("organ_id", sa.Uuid),
    sa.Column("region_code", sa.Text, nullable=False),
    sa.Column("from_day", sa.Date, nullable=False),
    sa.Column("to_day", sa.Date),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("path", ARRAY(sa.Text), nullable=False),
    sa.Column("exercise", sa.Boolean, nullable=False),
    sa.Index("listing_path", "path", postgresql_using="gin"),
)
