"""What a matter (an industry, a field) has to do with a department's role or a leader's portfolio."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.facts.answers import Matter
from services.registry.rules.heirs import answering_departments
from services.registry.rules.industries import deepest_cover, depth
from services.registry.rules.roles import role_matches
from shared.roster.facts import Organ, OrganRole, Portfolio

_VIA_ORGAN, _NAMED_FIELD = 0, 5


@dataclass(frozen=True, slots=True)
class Match:
    """Why a portfolio matches: 5 named field, 4 class … 1 section, 0 through a department answered for."""

    specificity: int
    what: str


def matching_roles(organ: Organ, matter: Matter, day: date) -> frozenset[OrganRole]:
    """The roles by which the department has to do with the matter; a merged department may have several."""
    return frozenset(role.role for role in organ.roles if role_matches(role, matter, day))


def portfolio_match(
    portfolios: Iterable[Portfolio], matter: Matter, organs: Mapping[UUID, Organ], day: date
) -> Match | None:
    """The most specific match among one post's portfolios of the day.

    An organ that a portfolio names is looked up in `organs` and followed to its heirs; one that is not there, as in
    the other world, matches nothing.
    """
    found = (match for portfolio in portfolios for match in _matches(portfolio, matter, organs, day))
    return max(found, key=lambda match: match.specificity, default=None)


def _matches(portfolio: Portfolio, matter: Matter, organs: Mapping[UUID, Organ], day: date) -> Iterator[Match]:
    industry = deepest_cover(portfolio.industries, matter.industry)
    if industry is not None:
        yield Match(depth(industry), industry)
    yield from (Match(_NAMED_FIELD, field) for field in portfolio.fields if field in matter.fields)
    named = (organs[identity] for identity in portfolio.organ_ids if identity in organs)
    for organ in named:
        for heir, documents in answering_departments(organ, matter, day, portfolio.span.from_day, organs):
            yield Match(_VIA_ORGAN, _led(organ, heir, documents, day))


def _led(organ: Organ, heir: Organ, documents: tuple[str, ...], day: date) -> str:
    """The department, and where it is an heir, whose and by which documents."""
    if heir.id == organ.id:
        return heir.name_on(day)
    return f"{organ.name_on(organ.span.to_day or day)}→{heir.name_on(day)}（{'；'.join(documents)}）"
