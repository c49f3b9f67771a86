"""Who may do what here: (resource, action) → roles."""

from collections.abc import Mapping

_DECIDERS = frozenset({"organization"})
_READERS = frozenset({"organization", "safety_office", "auditor", "administrator"})

POLICY: Mapping[tuple[str, str], frozenset[str]] = {
    ("appraisal", "read"): _READERS,
    ("appraisal", "open"): frozenset({"organization", "safety_office"}),
    ("appraisal", "report"): frozenset({"organization", "safety_office", "registrar"}),
    ("appraisal", "grade"): _DECIDERS,
    ("appraisal", "reopen"): _DECIDERS,
    ("vetting", "read"): _READERS,
    ("vetting", "open"): _DECIDERS,
    ("vetting", "hear"): frozenset({"organization", "safety_office"}),
    ("vetting", "conclude"): _DECIDERS,
}
