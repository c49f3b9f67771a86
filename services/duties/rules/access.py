"""Who may do what in duties; where is decided by the regions of the grant."""

_RECORDERS = frozenset({"registrar", "safety_office"})
_REVIEWERS = frozenset({"safety_office", "inspector", "rechecker", "organization"})
_FINDERS = frozenset({"discipline_handler", "discipline_approver", "organization", "safety_office"})
_READERS = frozenset(
    {
        "administrator",
        "registrar",
        "safety_office",
        "investigator",
        "discipline_handler",
        "discipline_approver",
        "organization",
        "inspector",
        "rechecker",
        "auditor",
        "viewer",
    }
)
_EXAMINERS = _READERS - {"registrar", "viewer", "rechecker"}

#: (resource, action) → the roles that may; art29 names who finds, `rules.findings` checks the organ.
POLICY: dict[tuple[str, str], frozenset[str]] = {
    ("duty", "read"): _READERS,
    ("obligation", "read"): _READERS,
    ("performance", "read"): _READERS,
    ("performance", "record"): _RECORDERS,
    ("performance", "withdraw"): _RECORDERS,
    ("performance", "verify"): _REVIEWERS,
    ("standing_review", "read"): _EXAMINERS,
    ("standing_review", "record"): _REVIEWERS,
    ("nonperformance", "read"): _EXAMINERS,
    ("nonperformance", "find"): _FINDERS,
    ("attestation", "read"): _EXAMINERS,
    ("attestation", "renew"): _EXAMINERS - {"auditor"},
    ("board", "read"): _READERS,
    ("books", "read"): _READERS,
    ("books", "close"): frozenset({"safety_office"}),
    ("books", "reopen"): frozenset({"safety_office"}),
    ("projection", "evaluate"): frozenset({"administrator", "safety_office"}),
    ("notice", "read"): _READERS,
    ("notice", "sweep"): frozenset({"administrator", "safety_office"}),
    ("working_calendar", "read"): _READERS,
    ("working_calendar", "record"): frozenset({"administrator"}),
    ("calendar_feed", "read"): _RECORDERS | {"administrator"},
    ("calendar_feed", "create"): _RECORDERS | {"administrator"},
    ("calendar_feed", "revoke"): _RECORDERS | {"administrator"},
}
