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
_KEEPERS = frozenset({"administrator", "safety_office"})

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
    ("nonperformance", "appeal"): _FINDERS | _RECORDERS,
    ("nonperformance", "decide_appeal"): _FINDERS,
    ("attestation", "read"): _EXAMINERS,
    ("responsibility_list", "read"): _READERS,
    ("responsibility_list", "draft"): _RECORDERS,
    ("responsibility_list", "approve"): _RECORDERS,
    ("responsibility_list", "publish"): _RECORDERS,
    ("responsibility_list", "assess"): _RECORDERS,
    ("attestation", "renew"): _EXAMINERS - {"auditor"},
    ("board", "read"): _READERS,
    ("books", "read"): _READERS,
    ("books", "close"): frozenset({"safety_office"}),
    ("books", "reopen"): frozenset({"safety_office"}),
    ("projection", "evaluate"): _KEEPERS,
    ("operation", "projection"): _KEEPERS,
    ("operation", "projection_year"): _KEEPERS,
    ("attachment", "read"): _READERS,
    ("attachment", "download"): _READERS - {"viewer"},
    ("attachment", "store"): _RECORDERS | _REVIEWERS,
    ("impediment", "read"): _READERS,
    ("impediment", "record"): _RECORDERS,
    ("impediment", "accept"): frozenset({"safety_office"}),
    ("impediment", "withdraw"): _RECORDERS,
    ("filing", "read"): _READERS,
    ("filing", "file"): _RECORDERS,
    ("filing", "receive"): frozenset({"safety_office", "registrar"}),
    ("filing", "return"): frozenset({"safety_office", "registrar"}),
    ("filing", "withdraw"): _RECORDERS,
    ("overlay", "read"): _READERS,
    ("overlay", "record"): _KEEPERS,
    ("what_if", "ask"): frozenset({"administrator", "safety_office", "organization", "auditor"}),
    ("notice", "read"): _READERS,
    ("notice", "sweep"): _KEEPERS,
    ("operation", "notice_sweep"): _KEEPERS,
    ("working_calendar", "read"): _READERS,
    ("working_calendar", "record"): frozenset({"administrator"}),
    ("calendar_feed", "read"): _RECORDERS | {"administrator"},
    ("calendar_feed", "create"): _RECORDERS | {"administrator"},
    ("calendar_feed", "revoke"): _RECORDERS | {"administrator"},
}
