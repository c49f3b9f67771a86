"""The registry's tables: one row per version of an aggregate, and what never travels.

A version row never changes but for the moment in which the next one superseded it; corrections and annulments are
new versions. `path` says under which regions the row belongs and may be read.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint

metadata = sa.MetaData()
_instant = sa.DateTime(timezone=True)


def _days() -> tuple[sa.Column[Any], ...]:
    return sa.Column("from_day", sa.Date, nullable=False), sa.Column("to_day", sa.Date)


def _source() -> tuple[sa.Column[Any], ...]:
    return sa.Column("source_recorded_at", _instant), sa.Column("attested_by", sa.Text)


def _spoken() -> tuple[sa.Column[Any], ...]:
    """How a name is read, derived from it when a version is kept; searched by prefix."""
    return sa.Column("pinyin", sa.Text, nullable=False), sa.Column("initials", sa.Text, nullable=False)


def _renamed(table: str) -> sa.Index:
    """The few rows whose names are dated, by every name."""
    dated = sa.text("jsonb_array_length(names) > 0")
    ops = {"names": "jsonb_path_ops"}
    return sa.Index(f"{table}_renamed", "names", postgresql_using="gin", postgresql_ops=ops, postgresql_where=dated)


def _searched(table: str, *columns: str) -> tuple[sa.Index, ...]:
    """Indexes for prefixes, whatever the database's collation; of every version, for any moment of knowledge."""
    return tuple(
        sa.Index(f"{table}_{column}_prefix", column, postgresql_ops={column: "text_pattern_ops"}) for column in columns
    )


def _versioned(name: str, *items: sa.Column[Any] | sa.Index | sa.Constraint) -> sa.Table:
    """A table keyed by (id, version); `superseded_at` is NULL in the newest version."""
    return sa.Table(
        name,
        metadata,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("recorded_at", _instant, nullable=False),
        sa.Column("superseded_at", _instant),
        sa.Column("exercise", sa.Boolean, nullable=False),
        sa.Column("path", ARRAY(sa.Text), nullable=False),
        *items,
        sa.Index(f"{name}_path", "path", postgresql_using="gin"),
        sa.Index(f"{name}_one_current", "id", unique=True, postgresql_where=sa.text("superseded_at IS NULL")),
    )


region = _versioned(
    "region",
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("code_parent", sa.Text),
    sa.Column("admin_parent", sa.Text),
    sa.Column("competence", sa.Text),
    *_days(),
    sa.Column("tiers", JSONB, nullable=False),
    sa.Column("parents", JSONB, nullable=False),
    sa.Column("competences", JSONB, nullable=False),
    sa.Column("names", JSONB, nullable=False),
    sa.Column("successor_codes", ARRAY(sa.Text), nullable=False),
    sa.Column("managing_organ_id", sa.Uuid),
    sa.Column("document", sa.Text),
    sa.Column("ended_by", sa.Text),
    #: Every code that the region ever has above it, and its own: `path` of all its days.
    sa.Column("ancestry", ARRAY(sa.Text), nullable=False),
    *_spoken(),
    sa.Index("region_code", "code"),
    _renamed("region"),
    *_searched("region", "code", "name", "pinyin", "initials"),
    sa.Index("region_ancestry", "ancestry", postgresql_using="gin"),
    sa.Index("region_successor_codes", "successor_codes", postgresql_using="gin"),
    ExcludeConstraint(
        ("code", "="),
        (sa.text("daterange(from_day, to_day, '[]')"), "&&"),
        name="region_one_code",
        using="gist",
        where=sa.text("superseded_at IS NULL"),
    ),
)
organ = _versioned(
    "organ",
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("region_code", sa.Text, nullable=False),
    sa.Column("roles", JSONB, nullable=False),
    sa.Column("parent_id", sa.Uuid),
    *_days(),
    sa.Column("names", JSONB, nullable=False),
    sa.Column("successions", JSONB, nullable=False),
    sa.Column("predecessor_ids", ARRAY(sa.Uuid), nullable=False),
    sa.Column("credit_code", sa.Text),
    *_spoken(),
    sa.Index("organ_region_code", "region_code"),
    _renamed("organ"),
    *_searched("organ", "credit_code", "name", "pinyin", "initials"),
)
#: The names of those versions of regions and organs whose names are dated, each with its days, as they are looked for.
dated_name = sa.Table(
    "dated_name",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("from_day", sa.Date, primary_key=True),
    sa.Column("to_day", sa.Date),
    sa.Column("name", sa.Text, nullable=False),
    *_spoken(),
    *_searched("dated_name", "name", "pinyin", "initials"),
)
post = _versioned(
    "post",
    sa.Column("organ_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    *_days(),
    sa.Index("post_organ_id", "organ_id"),
)
official = _versioned(
    "official",
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("merged_into", sa.Uuid),
    sa.Column("reading", sa.Text),
    *_spoken(),
    sa.Index("official_merged_into", "merged_into", postgresql_where=sa.text("merged_into IS NOT NULL")),
    *_searched("official", "name", "pinyin", "initials"),
)
appointment = _versioned(
    "appointment",
    sa.Column("post_id", sa.Uuid, nullable=False),
    sa.Column("official_id", sa.Uuid, nullable=False),
    *_days(),
    sa.Column("acting", sa.Boolean, nullable=False),
    sa.Column("promotion", sa.Boolean, nullable=False),
    sa.Column("end_reason", sa.Text),
    sa.Column("annulled", sa.Boolean, nullable=False),
    *_source(),
    sa.Column("flags", ARRAY(sa.Text), nullable=False),
    sa.Column("end_cause", sa.Text),
    sa.Index("appointment_post_id", "post_id"),
    sa.Index("appointment_official_id", "official_id"),
    ExcludeConstraint(
        ("post_id", "="),
        (sa.text("daterange(from_day, to_day, '[]')"), "&&"),
        name="appointment_one_seat",
        using="gist",
        where=sa.text("superseded_at IS NULL AND NOT annulled AND NOT acting"),
    ),
)
portfolio = _versioned(
    "portfolio",
    sa.Column("post_id", sa.Uuid, nullable=False),
    *_days(),
    sa.Column("industries", ARRAY(sa.Text), nullable=False),
    sa.Column("fields", ARRAY(sa.Text), nullable=False),
    sa.Column("organ_ids", ARRAY(sa.Uuid), nullable=False),
    sa.Column("annulled", sa.Boolean, nullable=False),
    *_source(),
    sa.Index("portfolio_post_id", "post_id"),
    sa.Index(
        "portfolio_organ_ids", "organ_ids", postgresql_using="gin", postgresql_where=sa.text("superseded_at IS NULL")
    ),
)
accident = _versioned(
    "accident",
    sa.Column("occurred_at", _instant, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("region_code", sa.Text, nullable=False),
    sa.Column("industry", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("annulled", sa.Boolean, nullable=False),
    sa.Column("reach", ARRAY(sa.Text), nullable=False),
    sa.Column("state", JSONB, nullable=False),
    sa.Index("accident_occurred_at", "occurred_at"),
    sa.Index("accident_reach", "reach", postgresql_using="gin"),
)

declaration = _versioned(
    "declaration",
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("region_code", sa.Text, nullable=False),
    *_days(),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("post_id", sa.Uuid),
    sa.Column("organ_id", sa.Uuid),
    sa.Column("name", sa.Text),
    sa.Column("industry", sa.Text),
    sa.Column("year", sa.Integer),
    sa.Column("fund_yuan", sa.BigInteger),
    sa.Column("revenue_yuan", sa.BigInteger),
    sa.Column("annulled", sa.Boolean, nullable=False),
    sa.Index("declaration_region_code", "region_code"),
)

#: The citizen number is no part of the bitemporal state: it is in no event, so it has no versions to tell.
citizen_number = sa.Table(
    "citizen_number",
    metadata,
    sa.Column("official_id", sa.Uuid, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("blind_index", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("recorded_at", _instant, nullable=False),
)

#: What discipline said about promotions, as this service last heard it.
promotion_bar = sa.Table(
    "promotion_bar",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("official_id", sa.Uuid, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("from_day", sa.Date, nullable=False),
    sa.Column("through_day", sa.Date),
    sa.Column("basis", JSONB, nullable=False),
    sa.Column("lifted", sa.Boolean, nullable=False),
    sa.Column("exercise", sa.Boolean, nullable=False),
)

#: Roster files: what was sent, its lines on their way into the register, and what is wrong with them. Numbers and the
#: file itself are sealed; lines and file go when the import is applied.
roster_import = sa.Table(
    "roster_import",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("exercise", sa.Boolean, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("received_at", _instant, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("letters", JSONB, nullable=False, server_default="{}"),
    sa.Column("rows", sa.Integer, nullable=False, server_default="0"),
    sa.Column("applied", sa.Integer, nullable=False, server_default="0"),
    sa.Column("faults", sa.Integer, nullable=False, server_default="0"),
    sa.Column("counts", JSONB, nullable=False, server_default="{}"),
    sa.Column("finished_at", _instant),
)
#: The file itself, sealed piece by piece; number -1 is one that was sealed as a whole, before there were pieces.
import_piece = sa.Table(
    "import_piece",
    metadata,
    sa.Column("import_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
import_line = sa.Table(
    "import_line",
    metadata,
    sa.Column("import_id", sa.Uuid, primary_key=True),
    sa.Column("sheet", sa.Text, primary_key=True, server_default="roster"),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("region_code", "organ", "organ_kind", "post_kind", "post")),
    *(sa.Column(name, sa.Text) for name in ("credit_code", "official", "reading")),
    *(
        sa.Column(name, sa.Date)
        for name in ("organ_from", "organ_first", "post_from", "post_first", "from_day", "to_day")
    ),
    sa.Column("person", sa.Text),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("official_id", sa.Uuid),
    sa.Column("acting", sa.Boolean),
    sa.Column("promotion", sa.Boolean),
    sa.Column("end_reason", sa.Text),
    *_source(),
    *(sa.Column(name, sa.Text) for name in ("role", "function", "document", "issuer", "side")),
    *(sa.Column(name, ARRAY(sa.Text)) for name in ("industries", "fields", "organs")),
    sa.Column("issued_on", sa.Date),
    sa.Column("state", sa.Text, nullable=False),
    sa.Index(
        "import_line_order",
        *("import_id", "region_code", "organ", "organ_kind", "post_kind", "post", "number"),
        postgresql_where=sa.text("state = 'open'"),
    ),
    sa.Index("import_line_person", "import_id", "person"),
)
#: Where an import changed the roster and since which day, until the chains of accidents there were derived again.
import_reach = sa.Table(
    "import_reach",
    metadata,
    sa.Column("import_id", sa.Uuid, primary_key=True),
    sa.Column("region_code", sa.Text, primary_key=True),
    sa.Column("exercise", sa.Boolean, primary_key=True),
    sa.Column("since", sa.Date, nullable=False),
)
import_fault = sa.Table(
    "import_fault",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=False), primary_key=True),
    sa.Column("import_id", sa.Uuid, nullable=False),
    sa.Column("phase", sa.Text, nullable=False),
    sa.Column("sheet", sa.Text, nullable=False),
    sa.Column("row", sa.Integer),
    sa.Column("letter", sa.Text),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("column", "text", "code", "zh", "en")),
    sa.Index("import_fault_place", "import_id", "row", "id"),
)

#: Aggregate → its table.
TABLES: Mapping[str, sa.Table] = {
    one.name: one for one in (region, organ, post, official, appointment, portfolio, accident, declaration)
}
