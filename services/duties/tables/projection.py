"""The projection: what the law makes each post owe, and the dated facts that decide it. Never a status.

Every row can be made again from the roster's copy, the catalogue and the records. `known` says when this service knew
it: from when to when, by the arrivals of what it follows from (ADR 0011). A reader with `known_at` takes the rows whose
`known` holds that moment, and of one obligation at most one does.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZMULTIRANGE

from services.duties.tables import metadata

_instant = sa.DateTime(timezone=True)

#: The catalogue's periodic requirements, one row for each place where `scope` speaks of them.
duty_rule = sa.Table(
    "duty_rule",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # requirement@place
    sa.Column("duty_id", sa.Text, nullable=False),
    sa.Column("requirement_id", sa.Text, nullable=False),
    sa.Column("clause", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),  # a tier or a region code
    sa.Column("excepted", ARRAY(sa.Text), nullable=False),  # region codes that a tier's row does not speak of
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
    sa.Column("left_out", sa.Boolean, nullable=False),  # posts that only a reading puts in (art30)
    sa.Column("from_day", sa.Date, nullable=False),  # of this version of the entry
    sa.Column("to_day", sa.Date),
    sa.Column("until", sa.Date),  # the last day of the versions that follow without a gap
    sa.Column("statute", sa.Text, nullable=False),
    sa.Column("governs", JSONB, nullable=False),  # which statute governs where, of the catalogue whole
    sa.Column("overlays", JSONB, nullable=False),  # those of the duty that the catalogue holds itself
)
#: The years that are evaluated, or being opened region by region. Opening one again changes nothing.
evaluated_year = sa.Table(
    "evaluated_year",
    metadata,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("catalogue", sa.Text, nullable=False),  # the version by which it is evaluated
    sa.Column("through", sa.Text),  # the code of the last region that was reached, while it is being opened
)
#: One requirement of a duty × one post × one period. Several rows of one `id` have `known` that do not overlap.
obligation = sa.Table(
    "obligation",
    metadata,
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
    sa.Index("obligation_id", "id"),
    sa.Index("obligation_post_id", "post_id", "due_on"),
    sa.Index("obligation_region_code", "region_code", "due_on"),
    sa.Index("obligation_due_on", "due_on", "id"),
)
#: An act that counts towards an obligation, at the moments in `known`, once it is recorded and unless withdrawn.
obligation_act = sa.Table(
    "obligation_act",
    metadata,
    sa.Column("obligation_id", sa.Uuid, nullable=False),
    sa.Column("performance_id", sa.Uuid, nullable=False),
    sa.Column("post_id", sa.Uuid, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("recorded_at", _instant, nullable=False),
    sa.Column("corrected_at", _instant),
    sa.Column("verified_at", _instant),
    sa.Column("needs_review", sa.Boolean, nullable=False),  # recorded while the books of its period were closed
    sa.Column("known", TSTZMULTIRANGE, nullable=False),
    sa.Index("obligation_act_obligation_id", "obligation_id"),
    sa.Index("obligation_act_performance_id", "performance_id"),
    sa.Index("obligation_act_post_id", "post_id", "day"),
)
#: An impediment that was accepted for one obligation.
obligation_excuse = sa.Table(
    "obligation_excuse",
    metadata,
    sa.Column("obligation_id", sa.Uuid, primary_key=True),
    sa.Column("impediment_id", sa.Uuid, primary_key=True),
    sa.Column("recorded_at", _instant, nullable=False),
    sa.Column("accepted_at", _instant, nullable=False),
    sa.Column("corrected_at", _instant),
)
#: A filing about one obligation.
obligation_filing = sa.Table(
    "obligation_filing",
    metadata,
    sa.Column("obligation_id", sa.Uuid, primary_key=True),
    sa.Column("filing_id", sa.Uuid, primary_key=True),
    sa.Column("relation", sa.Text, nullable=False),
    sa.Column("filed_on", sa.Date, nullable=False),
    sa.Column("recorded_at", _instant, nullable=False),
    sa.Column("corrected_at", _instant),
)
#: The books of a region and period, with every closing and reopening.
books = sa.Table(
    "books",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("region_code", sa.Text, nullable=False),
    sa.Column("path", ARRAY(sa.Text), nullable=False),
    sa.Column("period_kind", sa.Text, nullable=False),
    sa.Column("from_day", sa.Date, nullable=False),
    sa.Column("to_day", sa.Date, nullable=False),
    sa.Column("entries", JSONB, nullable=False),
    sa.Column("exercise", sa.Boolean, nullable=False),
    sa.Index("books_period", "from_day", "to_day"),
)
