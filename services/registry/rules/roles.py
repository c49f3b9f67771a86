"""What a department's dated role has to do with a matter."""

from datetime import date

from services.registry.facts.answers import Matter
from services.registry.rules.industries import deepest_cover
from shared.roster.facts import DatedRole, OrganKind, OrganRole

DEPARTMENTS = (OrganKind.GOVERNMENT_DEPARTMENT, OrganKind.PARTY_DEPARTMENT)
REGULATORS = frozenset({OrganRole.NAMED_REGULATOR, OrganRole.OTHER_REGULATOR})


def role_matches(role: DatedRole, matter: Matter, day: date) -> bool:
    """Whether a department regulates the matter or is competent for it on `day`.

    A regulator without industry or field limit regulates everything; a competent department is competent
    only for what its role names.
    """
    if not role.span.covers(day) or role.role is OrganRole.OTHER:
        return False
    if role.role in REGULATORS and not role.industries and not role.fields:
        return True
    return deepest_cover(role.industries, matter.industry) is not None or not set(role.fields).isdisjoint(matter.fields)
