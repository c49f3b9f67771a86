"""What every post owes, derived by SQL from the roster's copy and the catalogue: set by set, never row by row.

The same law as `rules.obligations.obligations_of_post` and `rules.status.why_not_counted`; tests hold them equal.
A version row of the roster's copy is known at the moments of `shared.roster.repository` (ADR 0011); what follows from
several rows is known while all of them are: the intersection of their moments.
"""

from services.duties.facts.overlays import OverlayKind
from shared.roster.facts import PostKind, Tier

_EVER = "'{(,)}'::tstzmultirange"
_INTERPRETATION = OverlayKind.INTERPRETATION.value
_PRINCIPAL = PostKind.DEPARTMENT_PRINCIPAL.value
_TIERS = ", ".join(f"'{tier.value}'" for tier in Tier)
BOOKS_CLOSE_DAYS = "CAST(:books_close_days AS int)"


def _known(table: str) -> str:
    """When the version was known here: before the copy's birth by the registry's moments, then by arrival."""
    return (
        f"(CASE WHEN {table}.recorded_at < least({table}.superseded_at, born.at) THEN"
        f" tstzmultirange(tstzrange({table}.recorded_at, least({table}.superseded_at, born.at))) ELSE '{{}}' END"
        f" + CASE WHEN {table}.arrived_at < coalesce({table}.replaced_at, 'infinity') THEN"
        f" tstzmultirange(tstzrange({table}.arrived_at, {table}.replaced_at)) ELSE '{{}}' END)"
    )


def _span(first: str, last: str) -> str:
    """The days of a span; one that ends before it begins holds none."""
    return f"CASE WHEN {last} < {first} THEN 'empty' ELSE daterange({first}, {last}, '[]') END"


def _days(table: str) -> str:
    return _span(f"{table}.from_day", f"{table}.to_day")


def _written(span: str) -> str:
    """The days of a span that stands in a document."""
    return _span(f"({span}->>'from_day')::date", f"({span}->>'to_day')::date")


def _dated(parts: str) -> str:
    """Of a region's dated parts the one in force on the day `begun`: the last that has begun, or the first."""
    return (
        f"(SELECT d.part FROM jsonb_array_elements(r.{parts}) WITH ORDINALITY AS d(part, n), LATERAL"
        " (SELECT (d.part->>'from_day')::date <= r.begun AS begun) b"
        " ORDER BY b.begun DESC, CASE WHEN b.begun THEN d.n ELSE -d.n END DESC LIMIT 1)"
    )


def _secretary(title: str) -> str:
    return f"(position('书记' IN {title}) > 0 AND position('副书记' IN {title}) = 0)"


_ID = "set_byte(set_byte(b, 6, get_byte(b, 6) & 15 | 128), 8, get_byte(b, 8) & 63 | 128)"
_NAME = "'anze:obligation:' || requirement_id || '/' || post_id || '/' || label"
_ADOPTION = (
    "adoption a WHERE a.duty_id = d.duty_id AND (a.scope = d.place OR d.place = d.tier AND a.scope = d.region_code)"
    " AND a.days @> d.from_day AND (a.within IS NULL OR a.within = ANY(d.path)) AND (d.exercise OR NOT a.exercise)"
    " AND a.post_kind IS NOT DISTINCT FROM CASE WHEN d.left_out THEN d.post_kind END"
)
_BEFORE = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
_AFTER = "ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING"

#: The rules, and what puts their readings into force (art30): the catalogue's own overlays, always known, and those
#: recorded, each version of them from when it was recorded until the next was. `concerned`: whom each rule speaks of.
_RULES = f"""
rule AS MATERIALIZED (SELECT r.* FROM duty_rule r WHERE @rules),
adoption AS MATERIALIZED (
  SELECT w.duty_id, c.scope, {_written("c.span")} AS days, c.document, c.binding, c.post_kind, c.within, c.exercise,
    {_EVER} AS known, NULL::timestamptz AS recorded_at, c.ordinality AS position, NULL::uuid AS id
  FROM (SELECT DISTINCT duty_id, overlays FROM rule) w, ROWS FROM (jsonb_to_recordset(w.overlays) AS (
    scope text, span jsonb, document text, binding boolean, post_kind text, within text, exercise boolean
  )) WITH ORDINALITY AS c
  UNION ALL
  SELECT v.duty_id, c.scope, {_written("c.span")}, c.document, c.kind = '{_INTERPRETATION}', c.post_kind, c.territory,
    v.exercise, tstzmultirange(tstzrange(least(v.recorded_at, v.following), v.following)), c.recorded_at, NULL, v.id
  FROM (
    SELECT *, min(recorded_at) OVER (PARTITION BY id ORDER BY version {_AFTER}) AS following
    FROM overlay WHERE duty_id IN (SELECT duty_id FROM rule)) v,
  jsonb_to_record(v.content) AS c(
    kind text, scope text, span jsonb, document text, post_kind text, territory text, recorded_at timestamptz)),
reading AS MATERIALIZED (
  SELECT * FROM (
    SELECT r.*, r.firmness <> 'text' AND EXISTS (SELECT FROM adoption a WHERE a.duty_id = r.duty_id) AS adoptable,
      dense_rank() OVER (ORDER BY r.governs) AS regime
    FROM rule r) r
  WHERE r.adoptable OR r.firmness <> 'off'),
concerned AS MATERIALIZED (
  SELECT id AS rule, requirement_id, duty_id, place, excepted, roles, period, count, firmness, left_out, adoptable,
    secretary_first, from_day AS rule_from, coalesce(to_day, 'infinity') AS rule_to,
    coalesce(until, 'infinity') AS rule_until, regime, statute, post_kind, organ_kind
  FROM reading, unnest(post_kinds) AS post_kind, unnest(organ_kinds) AS organ_kind),
"""
#: The seats of posts, as they were known (versions that say the same here are one): post, organ and region; where and
#: under which statute each period lasts, place by place; and the rules that concern a seat. What is dear to compare
#: (arrays, multiranges, documents) is compared once a place or behind a join on words and numbers, never row by row.
_SEATS = f"""
born AS MATERIALIZED (SELECT coalesce((SELECT born_at FROM roster_birth), 'infinity'::timestamptz) AS at),
seat_post AS MATERIALIZED (
  SELECT p.id, p.organ_id, p.kind, {_secretary("p.title")} AS secretary, p.exercise, {_days("p")} AS days,
    range_agg({_known("p")}) AS known
  FROM roster_post p CROSS JOIN born
  WHERE @posts AND p.kind IN (SELECT post_kind FROM concerned) GROUP BY 1, 2, 3, 4, 5, 6),
seat_organ AS MATERIALIZED (
  SELECT o.id, o.kind, o.region_code, o.roles, {_days("o")} AS days, range_agg({_known("o")}) AS known
  FROM roster_organ o CROSS JOIN born
  WHERE o.id IN (SELECT organ_id FROM seat_post) AND o.kind IN (SELECT organ_kind FROM concerned)
  GROUP BY 1, 2, 3, 4, 5),
turn AS MATERIALIZED (
  SELECT r.*, d.begun, lead(d.begun) OVER (PARTITION BY r.id, r.version ORDER BY d.begun) - 1 AS last
  FROM roster_region r CROSS JOIN LATERAL (
    SELECT r.from_day AS begun UNION SELECT greatest(r.from_day, (one->>'from_day')::date)
    FROM jsonb_array_elements(r.tiers || r.parents || r.competences) AS one) d
  WHERE r.code IN (SELECT region_code FROM seat_organ) AND d.begun <= coalesce(r.to_day, 'infinity')),
stretch AS MATERIALIZED (
  SELECT * FROM (
    SELECT r.id, r.code, w.tier, w.path, {_span("r.begun", "least(r.last, r.to_day)")} AS days, {_known("r")} AS known,
      bool_and(w.tier IN ({_TIERS}) AND coalesce(w.competence, w.tier) IN ({_TIERS})) OVER (
        PARTITION BY r.id, r.version) AS in_known_words
    FROM turn r CROSS JOIN born CROSS JOIN LATERAL (
      SELECT CASE WHEN r.tiers = '[]' THEN r.tier ELSE {_dated("tiers")}->>'tier' END AS tier,
        CASE WHEN r.parents = '[]' THEN r.path
          ELSE ARRAY(SELECT jsonb_array_elements_text({_dated("parents")}->'path')) END AS path,
        CASE WHEN r.competences = '[]' THEN r.competence ELSE {_dated("competences")}->>'competence' END AS competence
    ) w) s
  WHERE in_known_words),
bound AS (
  SELECT DISTINCT s.code, b.t FROM stretch s, unnest(s.known) k, LATERAL (VALUES (lower(k)), (upper(k))) b(t)
  WHERE b.t IS NOT NULL),
epoch AS (SELECT code, tstzrange(t, lead(t) OVER (PARTITION BY code ORDER BY t)) AS known FROM bound),
seen AS (
  SELECT s.code, s.tier, s.path, s.days, e.known,
    range_agg(s.days) OVER (PARTITION BY e.code, e.known, s.tier) AS cover,
    range_agg(s.days) OVER (PARTITION BY e.code, e.known ORDER BY s.id, s.days {_BEFORE}) AS taken
  FROM epoch e JOIN stretch s ON s.code = e.code AND s.known @> lower(e.known)),
place AS MATERIALIZED (
  SELECT row_number() OVER () AS number, l.* FROM (
    SELECT code, tier, path, cover, datemultirange(days) - coalesce(taken, '{{}}') AS days, range_agg(known) AS known
    FROM seen GROUP BY 1, 2, 3, 4, 5) l),
seat AS MATERIALIZED (
  SELECT * FROM (
    SELECT p.id AS post_id, p.kind AS post_kind, p.secretary, p.exercise, o.id AS organ_id, o.kind AS organ_kind,
      o.roles, l.number, l.code, l.tier, l.path, at.place, p.days * o.days AS days, p.known * o.known * l.known AS known
    FROM seat_post p JOIN seat_organ o ON o.id = p.organ_id JOIN place l ON l.code = o.region_code
    CROSS JOIN LATERAL (VALUES (l.code), (l.tier)) at(place)
    WHERE at.place IN (SELECT place FROM concerned) OFFSET 0) s
  WHERE NOT isempty(known)),
ruled AS MATERIALIZED (
  SELECT number, regime, statute, range_agg(days - coalesce(nearer, '{{}}')) AS days FROM (
    SELECT p.number, w.regime, g.statute, datemultirange({_written("g.span")}) AS days,
      range_agg({_written("g.span")}) OVER (
        PARTITION BY p.number, w.regime ORDER BY array_position(p.path, g.region) DESC, g.ordinality {_BEFORE}
      ) AS nearer
    FROM place p, (SELECT DISTINCT regime, governs FROM reading) w, ROWS FROM (
      jsonb_to_recordset(w.governs) AS (statute text, region text, span jsonb)) WITH ORDINALITY AS g
    WHERE g.region = ANY(p.path)) n
  GROUP BY 1, 2, 3),
lasting AS MATERIALIZED (
  SELECT l.number, w.regime, w.statute, d.*, l.days @> d.from_day AND l.cover @> d.days
    AND (w.everywhere OR coalesce(u.days @> d.from_day AND u.days @> d.due_on, false)) AS holds
  FROM place l CROSS JOIN (SELECT DISTINCT regime, statute, governs = '[]' AS everywhere FROM reading) w
  LEFT JOIN ruled u ON u.number = l.number AND u.regime = w.regime AND u.statute = w.statute
  CROSS JOIN (
    SELECT p.*, daterange(p.from_day, p.due_on, '[]') AS days FROM unnest(
      CAST(:kinds AS text[]), CAST(:labels AS text[]), CAST(:first_days AS date[]), CAST(:last_days AS date[])
    ) AS p(kind, label, from_day, due_on)) d),
pair AS MATERIALIZED (
  SELECT c.*, s.post_id, s.secretary, s.exercise, s.organ_id, s.number, s.code, s.tier, s.path, s.days, s.known,
    CASE WHEN c.roles = '{{}}' THEN '{{(,)}}' ELSE (
      SELECT range_agg({_days("one")}) FROM jsonb_to_recordset(s.roles) AS one(role text, from_day date, to_day date)
      WHERE one.role = ANY(c.roles)) END AS in_role
  FROM seat s JOIN concerned c ON c.place = s.place AND c.post_kind = s.post_kind AND c.organ_kind = s.organ_kind
    AND s.code <> ALL(c.excepted)
    AND (c.roles = '{{}}' OR jsonb_path_query_array(s.roles, '$[*].role') ?| c.roles)),
"""
#: The moments at which presiding does not lie on the organ's secretary instead (art10.2).
_OWN = f"""CASE WHEN s.secretary_first AND NOT s.secretary THEN s.known - coalesce((
    SELECT range_agg({_known("c")}) FROM roster_post c CROSS JOIN born
    WHERE c.organ_id = s.organ_id AND c.id <> s.post_id AND c.kind = '{_PRINCIPAL}' AND {_secretary("c.title")}
      AND {_days("c")} @> d.from_day), '{{}}') ELSE s.known END"""
#: What is owed but for its reading, once for each period.
_DUE = f"""
due AS MATERIALIZED (
  SELECT s.rule, s.requirement_id, s.duty_id, s.place, s.left_out, s.firmness, s.adoptable, s.count, s.post_id,
    s.post_kind, s.organ_id, s.code AS region_code, s.tier, s.path, s.exercise, d.from_day, d.due_on, d.label,
    {_OWN} AS own
  FROM pair s JOIN lasting d ON d.holds AND d.number = s.number AND d.kind = s.period AND d.regime = s.regime
    AND d.statute = s.statute AND s.days @> d.days AND s.in_role @> d.days
    AND d.from_day BETWEEN s.rule_from AND s.rule_to AND d.due_on <= s.rule_until)
"""
#: Which reading was in force for the period, and when that was known (art30): an interpretation before a local default,
#: of two such the first.
_READINGS = f"""
  SELECT CASE WHEN a.binding THEN a.document END AS adopted_by,
    CASE WHEN NOT a.binding THEN a.document END AS default_by, a.known - coalesce(a.taken, '{{}}') AS known
  FROM (
    SELECT a.document, a.binding, a.known, range_agg(a.known) OVER (
      ORDER BY NOT a.binding, a.recorded_at NULLS FIRST, a.position, a.id {_BEFORE}) AS taken
    FROM {_ADOPTION}) a
  UNION ALL
  SELECT NULL, NULL, {_EVER} - coalesce((SELECT range_agg(a.known) FROM {_ADOPTION}), '{{}}') WHERE d.firmness <> 'off'
"""
COLUMNS = (
    "id, rule, duty_id, post_id, organ_id, region_code, tier, path, from_day, due_on, count, basis, adopted_by,"
    " default_by, exercise, known"
)
#: OFFSET 0 keeps the planner from deriving an id three times.
_OWED = f"""
SELECT CAST(encode({_ID}, 'hex') AS uuid) AS id, rule, duty_id, post_id, organ_id, region_code, tier, path, from_day,
  due_on, count, CASE WHEN firmness = 'text' THEN 'text' WHEN firmness = 'off' AND default_by IS NOT NULL THEN 'default'
    ELSE 'reading' END AS basis, adopted_by, default_by, exercise, known
FROM (
  SELECT *, substr(sha256(convert_to({_NAME}, 'UTF8')), 1, 16) AS b FROM (
    SELECT d.*, NULL AS adopted_by, NULL AS default_by, d.own AS known FROM due d WHERE NOT adoptable
    UNION ALL
    SELECT d.*, a.adopted_by, a.default_by, d.own * a.known FROM due d CROSS JOIN LATERAL ({_READINGS}) a
    WHERE d.adoptable) o
  WHERE NOT isempty(known)
  OFFSET 0) h
"""
_SCOPED = "post_id = ANY(CAST(:posts AS uuid[]))"
_SOME_RULES = "r.id = ANY(CAST(:rules AS text[]))"


def owed(*, some_posts: bool, some_rules: bool) -> str:
    """The statement's `WITH` and the query of what is owed; parameters: periods, `posts` and `rules` where asked."""
    posts = "p.id = ANY(CAST(:posts AS uuid[]))" if some_posts else "true"
    rules = _SOME_RULES if some_rules else "true"
    return f"WITH {_RULES}{_SEATS}{_DUE}{_OWED}".replace("@posts", posts).replace("@rules", rules)


def emptied() -> tuple[str, str]:
    """Nothing of these posts is there any more, of the periods that end within some days and the acts of those days."""
    within = " BETWEEN CAST(:from_day AS date) AND CAST(:to_day AS date)"
    return f"DELETE FROM obligation_act WHERE {_SCOPED} AND day{within}", (
        f"DELETE FROM obligation WHERE {_SCOPED} AND due_on{within}"
    )


def fill() -> str:
    """Everything that these posts owe in periods of which nothing is there yet."""
    return f"INSERT INTO obligation ({COLUMNS}) {owed(some_posts=True, some_rules=False)}"


def _difference(table: str, columns: str, key: str, fresh: str, scope: str) -> str:
    """Bring the rows in `scope` to what is `fresh`, writing only what differs; answers how many went and came.

    EXCEPT, because its work grows with the rows whatever the planner believes about their number.
    """
    there = f"SELECT {columns} FROM {table} o WHERE {scope}"
    return (
        f"WITH fresh AS MATERIALIZED ({fresh}),"
        f" stale AS MATERIALIZED ({there} EXCEPT SELECT * FROM fresh),"
        f" gone AS (DELETE FROM {table} o USING stale s"
        f" WHERE o.{key} = s.{key} AND ROW(o.*)::text = ROW(s.*)::text RETURNING 1),"
        f" added AS (INSERT INTO {table} ({columns}) SELECT * FROM fresh EXCEPT {there} RETURNING 1)"
        f" SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM added)"
    )


def refresh(*, some_posts: bool, some_rules: bool) -> str:
    """Bring what is there for these posts, rules and periods to what is owed now."""
    scope = [
        "(o.from_day, o.due_on) IN (SELECT * FROM unnest(CAST(:first_days AS date[]), CAST(:last_days AS date[])))",
        *(["o.post_id = ANY(CAST(:posts AS uuid[]))"] if some_posts else []),
        *(["o.rule = ANY(CAST(:rules AS text[]))"] if some_rules else []),
    ]
    fresh = owed(some_posts=some_posts, some_rules=some_rules)
    return _difference("obligation", COLUMNS, "id", fresh, " AND ".join(scope))


ACT_COLUMNS = "obligation_id, performance_id, post_id, day, recorded_at, corrected_at, verified_at, needs_review, known"
#: Recorded while the books were closed: by the latest entry before it, or by the default deadline where there is none.
_BOOKS_CLOSED = f"""coalesce((
    SELECT (e->>'closed')::boolean FROM books b, jsonb_array_elements(b.entries) e
    WHERE b.region_code = ANY(o.path) AND b.from_day = o.from_day AND b.to_day = o.due_on AND b.exercise = o.exercise
      AND (e->>'at')::timestamptz <= o.recorded_at
    ORDER BY (e->>'at')::timestamptz DESC, (e->>'closed')::boolean DESC LIMIT 1),
  (o.recorded_at AT TIME ZONE 'Asia/Shanghai')::date > o.due_on + {BOOKS_CLOSE_DAYS})"""
_ACT = "a.id AS act_id, a.day, a.recorded_at, a.corrected, a.verified"
#: A period is no longer than a year, which bounds what the act of a day can lie in.
_MATCH = """o.exercise = a.exercise AND o.from_day <= a.day AND o.due_on BETWEEN a.day AND a.day + 366"""


_BORN = "born AS MATERIALIZED (SELECT coalesce((SELECT born_at FROM roster_birth), 'infinity'::timestamptz) AS at),"
#: Which ids are one person's, and when that was known: merges of records, and merges of merges, either way.
_PERSONS = f"""RECURSIVE {_BORN}
merge AS MATERIALIZED (
  SELECT m.id, m.merged_into AS other, {_known("m")} AS known
  FROM roster_official m CROSS JOIN born WHERE m.merged_into IS NOT NULL),
link AS MATERIALIZED (SELECT id, other, known FROM merge UNION ALL SELECT other, id, known FROM merge),
person AS (
  SELECT id, other, known FROM link UNION
  SELECT p.id, l.other, p.known * l.known FROM person p JOIN link l ON l.id = p.other
  WHERE l.other <> p.id AND NOT isempty(p.known * l.known)),"""


#: The appointment in whose capacity the act was done, or any to that post where none is named.
_HELD = (
    f"t.post_id = o.post_id AND NOT t.annulled AND {_days('t')} @> o.day"
    " AND (o.appointment_id IS NULL OR o.appointment_id = t.id)"
)
_UNDER_ANOTHER_ID = f"""UNION ALL
    SELECT {_known("t")} * p.known FROM person p JOIN roster_appointment t ON t.official_id = p.other CROSS JOIN born
    WHERE p.id = o.who AND {_HELD}"""


def _acts(where: str = "true", *, merged: bool, candidates: str = "", named: str = "true", bodies: str = "true") -> str:
    """Which acts count towards which obligations, and when that was known.

    Row by row by index, from the acts on: how many posts an act names no planner knows, and it would rather read tables
    whole (OFFSET 0 and MATERIALIZED hold it). `candidates` are queries before those here; `where` narrows obligations
    `o` and acts `a`, `named` also the capacities `c` in which acts were done, `bodies` the posts `p` of bodies.
    `merged`: whether any two records of a person were ever merged; without, nobody is looked for under another id.
    """
    return f"""
WITH {_PERSONS if merged else _BORN}
{candidates}
named AS MATERIALIZED (
  SELECT a.*, c.post_id, c.appointment_id
  FROM performance a CROSS JOIN LATERAL jsonb_to_recordset(a.capacities) AS c(post_id uuid, appointment_id uuid)
  WHERE {named}),
own AS MATERIALIZED (
  SELECT o.*, {_ACT}, a.appointment_id, CASE r.manner WHEN 'presides' THEN a.presided_by WHEN 'leads' THEN a.led_by
    ELSE a.performed_by END AS who
  FROM named a CROSS JOIN LATERAL (SELECT * FROM obligation o WHERE o.post_id = a.post_id AND {_MATCH} OFFSET 0) o
  JOIN duty_rule r ON r.id = o.rule AND r.manner <> 'body' AND a.act = ANY(r.acts)
  WHERE {where}),
body AS MATERIALIZED (
  SELECT DISTINCT p.id, p.organ_id FROM roster_post p
  WHERE p.kind = ANY(ARRAY(SELECT unnest(post_kinds) FROM duty_rule WHERE manner = 'body')) AND {bodies}),
match AS (
  SELECT o.id, o.post_id, o.path, o.from_day, o.due_on, o.exercise, o.act_id, o.day, o.recorded_at, o.corrected,
    o.verified, o.known * t.known AS known
  FROM own o CROSS JOIN LATERAL (
    SELECT {_known("t")} AS known FROM roster_appointment t CROSS JOIN born WHERE t.official_id = o.who AND {_HELD}
    {_UNDER_ANOTHER_ID if merged else ""} OFFSET 0) t
  UNION ALL
  SELECT o.id, o.post_id, o.path, o.from_day, o.due_on, o.exercise, {_ACT}, o.known
  FROM body p CROSS JOIN LATERAL (
    SELECT * FROM obligation o WHERE o.post_id = p.id AND o.organ_id = p.organ_id
      AND o.rule = ANY(ARRAY(SELECT id FROM duty_rule WHERE manner = 'body')) OFFSET 0) o
  JOIN duty_rule r ON r.id = o.rule
  JOIN performance a ON a.organ_id = o.organ_id AND {_MATCH} AND a.act = ANY(r.acts)
  WHERE {where})
SELECT o.id AS obligation_id, o.act_id AS performance_id, o.post_id, o.day, o.recorded_at,
  (o.corrected->>'at')::timestamptz AS corrected_at, (o.verified->>'at')::timestamptz AS verified_at,
  {_BOOKS_CLOSED} AS needs_review, range_agg(o.known) AS known
FROM match o WHERE NOT isempty(o.known) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""


def _acts_of_posts(where: str = "true", named: str = "true", *, merged: bool) -> str:
    candidates = (
        "wanted AS MATERIALIZED (SELECT unnest(CAST(:posts AS uuid[])) AS post),"
        " candidate AS MATERIALIZED (SELECT DISTINCT b.id FROM wanted w JOIN performance b"
        " ON b.post_ids @> ARRAY[w.post]),"
    )
    named += " AND a.id IN (SELECT id FROM candidate) AND c.post_id IN (SELECT post FROM wanted)"
    bodies = "p.id IN (SELECT post FROM wanted)"
    return _acts(where, merged=merged, candidates=candidates, named=named, bodies=bodies)


def fill_acts(*, merged: bool = False) -> str:
    """Every act of these posts that counts, where none is there yet, for the periods that lie within some days."""
    within = " BETWEEN CAST(:from_day AS date) AND CAST(:to_day AS date)"
    fresh = _acts_of_posts(f"o.due_on{within}", f"a.day{within}", merged=merged)
    return f"INSERT INTO obligation_act ({ACT_COLUMNS}) {fresh}"


def refresh_acts_of_posts(*, merged: bool = False) -> str:
    """Bring the acts of these posts' obligations to what counts now."""
    return _difference("obligation_act", ACT_COLUMNS, "obligation_id", _acts_of_posts(merged=merged), "o." + _SCOPED)


def refresh_acts_of_performance(*, merged: bool = False) -> str:
    """Bring what one act counts towards to what it counts towards now."""
    this = "a.id = CAST(:performance AS uuid)"
    fresh = _acts(
        this, merged=merged, named=this, bodies=f"p.organ_id = (SELECT a.organ_id FROM performance a WHERE {this})"
    )
    scope = "o.performance_id = CAST(:performance AS uuid)"
    return _difference("obligation_act", ACT_COLUMNS, "obligation_id", fresh, scope)


def refresh_acts_of_books(*, merged: bool = False) -> str:
    """Bring the acts of a region's period to what counts now that its books were closed or reopened."""
    inside = (
        "o.from_day = CAST(:from_day AS date) AND o.due_on = CAST(:to_day AS date)"
        " AND o.path @> ARRAY[CAST(:region AS text)] AND a.recorded_at >= CAST(:since AS timestamptz)"
    )
    scope = (
        "o.recorded_at >= CAST(:since AS timestamptz) AND o.obligation_id IN (SELECT w.id FROM obligation w WHERE"
        " w.from_day = CAST(:from_day AS date) AND w.due_on = CAST(:to_day AS date)"
        " AND w.path @> ARRAY[CAST(:region AS text)])"
    )
    fresh = _acts(inside, merged=merged, named="a.recorded_at >= CAST(:since AS timestamptz)")
    return _difference("obligation_act", ACT_COLUMNS, "obligation_id", fresh, scope)
