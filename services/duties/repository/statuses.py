"""The status of obligations as SQL, equal to `rules.status`: of dated facts, on any day, as known at any moment."""

#: The status of obligation `o` on `:as_of`, by what was known at `:known_at`: one expression, equal to `report`.
STATUS = """CASE
  WHEN CAST(:as_of AS date) < o.from_day THEN 'upcoming'
  WHEN (SELECT count(*) FROM obligation_act a WHERE a.obligation_id = o.id AND a.day <= CAST(:as_of AS date)
    AND a.recorded_at <= CAST(:known_at AS timestamptz) AND a.known @> CAST(:known_at AS timestamptz)
    AND (a.corrected_at IS NULL OR a.corrected_at > CAST(:known_at AS timestamptz))
    AND (NOT a.needs_review OR a.verified_at <= CAST(:known_at AS timestamptz))) >= o.count THEN 'fulfilled'
  WHEN EXISTS (SELECT FROM obligation_excuse e WHERE e.obligation_id = o.id
    AND e.recorded_at <= CAST(:known_at AS timestamptz) AND e.accepted_at <= CAST(:known_at AS timestamptz)
    AND (e.corrected_at IS NULL OR e.corrected_at > CAST(:known_at AS timestamptz)))
    THEN 'excused'
  WHEN CAST(:as_of AS date) > o.due_on THEN 'lapsed'
  WHEN CAST(:as_of AS date) > o.due_on - CAST(:due_soon_days AS int) THEN 'due_soon'
  ELSE 'open' END"""
KNOWN = "o.known @> CAST(:known_at AS timestamptz)"
