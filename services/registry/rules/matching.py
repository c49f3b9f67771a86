"""What a matter (an industry, a field) has to do with a department's role or a leader's portfolio."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.facts.answers import Matter
from services.registry.rules.industries import deepest_cover, depth
from shared.roster.facts import DatedRole, Organ, OrganRole, Portfolio

REGULATORS = frozenset({OrganRole.NAMED_REGULATOR, OrganRole.OTHER_REGULATOR})
_VIA_ORGAN, _NAMED_FIELD = 0, 5


@dataclass(frozen=True, slots=True)
class Match:
    """Why a portfolio matches: 5 named field, 4 class … 1 section, 0 through a department answered for."""

    specificity: int
    what: str


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


def matching_roles(organ: Organ, matter: Matter, day: date) -> frozenset[OrganRole]:
    """The roles by which the department has to do with the matter; a merged department may have several."""
    return frozenset(role.role for role in organ.roles if role_matches(role, matter, day))


def portfolio_match(portfolios: Iterable[Portfolio], matter: Matter, departments: Collection[Organ]) -> Match | None:
    """The most specific match among one post's portfolios; `departments` are those that match the matter."""
    names = {organ.id: organ.name for organ in departments}
    found = (match for portfolio in portfolios for match in _matches(portfolio, matter, names))
    return max(found, key=lambda match: match.specificity, default=None)


def _matches(portfolio: Portfolio, matter: Matter, departments: dict[UUID, str]) -> Iterable[Match]:
    industry = deepest_cover(portfolio.industries, matter.industry)
    if industry is not None:
        yield Match(depth(industry), industry)
    yield from (Match(_NAMED_FIELD, field) for field in portfolio.fields if field in matter.fields)
    yield from (Match(_VIA_ORGAN, departments[organ]) for organ in portfolio.organ_ids if organ in departments)
