"""Who may do what here: (resource, action) → roles."""

from collections.abc import Mapping

_OFFICE = frozenset({"safety_office"})
_VISITORS = frozenset({"inspector", "safety_office"})
_READERS = frozenset(
    {"safety_office", "inspector", "rechecker", "investigator", "organization", "auditor", "administrator"}
)

POLICY: Mapping[tuple[str, str], frozenset[str]] = {
    ("tour", "read"): _READERS,
    ("tour", "plan"): _OFFICE,
    ("tour", "decline"): _OFFICE,
    ("tour", "visit"): _VISITORS,
    ("finding", "rectify"): _VISITORS,
    ("finding", "recheck"): frozenset({"rechecker", "inspector"}),
    ("coverage", "read"): _READERS | {"viewer"},
    ("listing", "read"): _READERS | {"viewer"},
    ("listing", "register"): _OFFICE,
}
