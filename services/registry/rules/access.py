"""Who may do what: (resource, action) → roles. Where they may do it, their grants say."""

from collections.abc import Mapping

EVERYBODY = frozenset(
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
        "agency",
        "viewer",
    }
)
REGISTRARS = frozenset({"administrator", "registrar"})
NUMBER_READERS = frozenset({"organization", "discipline_handler"})

POLICY: Mapping[tuple[str, str], frozenset[str]] = {
    ("register", "read"): EVERYBODY,
    ("register", "write"): REGISTRARS,
    ("division", "load"): frozenset({"administrator"}),
    ("competence", "confirm"): frozenset({"administrator"}),
    ("official", "read"): EVERYBODY - {"agency"},
    ("citizen_number", "read"): NUMBER_READERS,
    ("citizen_number", "search"): NUMBER_READERS | REGISTRARS,
    ("responsibility", "read"): EVERYBODY - {"agency"},
    ("accident", "read"): EVERYBODY - {"agency"},
    ("accident", "record"): frozenset({"registrar", "safety_office", "investigator"}),
    ("accident", "revise"): frozenset({"registrar", "safety_office", "investigator"}),
    ("accident", "annul"): frozenset({"safety_office", "investigator"}),
    ("chain", "adjust"): frozenset({"safety_office", "investigator", "discipline_handler"}),
    ("accident", "investigate"): frozenset({"safety_office", "investigator"}),
    ("career", "read"): EVERYBODY - {"agency", "viewer"},
    ("official", "merge"): REGISTRARS,
    ("region", "change"): frozenset({"administrator"}),
    ("zone", "register"): REGISTRARS,
    ("finding", "read"): EVERYBODY - {"agency"},
    ("declaration", "read"): EVERYBODY - {"agency"},
    ("declaration", "write"): REGISTRARS | {"safety_office"},
}
