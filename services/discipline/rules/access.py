"""Who may do what: (resource, action) → roles. Regions are checked where the thing is known."""

HANDLERS = frozenset({"discipline_handler"})
APPROVERS = frozenset({"discipline_approver"})
FINDERS = frozenset({"investigator", "discipline_handler"})
READERS = HANDLERS | APPROVERS | FINDERS | {"auditor"}
EVERYBODY = READERS | {
    "administrator",
    "registrar",
    "safety_office",
    "organization",
    "inspector",
    "rechecker",
    "agency",
    "viewer",
}

POLICY = {
    ("lead", "read"): READERS,
    ("lead", "bring"): FINDERS | {"inspector", "safety_office"},
    ("lead", "dismiss"): HANDLERS | APPROVERS,
    ("case", "read"): READERS,
    ("case", "open"): HANDLERS,
    ("case", "find"): FINDERS,
    ("case", "propose"): HANDLERS,
    ("case", "approve"): APPROVERS,
    ("case", "return"): APPROVERS,
    ("case", "refer"): HANDLERS | APPROVERS,
    ("case", "close"): HANDLERS | APPROVERS,
    ("exemption", "read"): READERS,
    ("exemption", "request"): FINDERS,
    ("exemption", "find"): FINDERS,
    ("exemption", "answer"): HANDLERS | APPROVERS,
    ("veto", "read"): READERS | {"organization", "registrar", "agency"},
    ("veto", "lift"): APPROVERS,
    ("catalogue", "read"): EVERYBODY,
}
