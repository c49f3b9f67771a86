"""A leader answers for a department; after a reform, for what became of it: duties follow by function, each once."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from uuid import UUID

from services.registry.facts.answers import Matter
from services.registry.rules.roles import DEPARTMENTS, role_matches
from services.registry.rules.succession import fate_within
from shared.roster.facts import DatedRole, Heir, Organ, OrganRole, Span
from shared.statute.clauses import cites

_DAY = timedelta(days=1)
_Key = tuple[OrganRole, str | None]
_Led = tuple[Organ, tuple[str, ...]]


@cites("art9", "art10.2", "art11.3")
def answering_departments(
    organ: Organ, matter: Matter, day: date, since: date, organs: Mapping[UUID, Organ]
) -> Iterator[_Led]:
    """The departments through which a leader who answers for `organ` since a day answers for the matter on `day`.

    The organ itself as long as it stands, with whatever it is that day; after a reform its heirs, each by the
    functions that it took over and no further, where both what the organ had and what the heir has concern the
    matter. A function that went to another region is that region's leaders' to answer for, and one that nobody took
    over nobody's (readings of "duties follow by function"). Each department comes with the documents that led there.
    """
    begun = since + _DAY if organ.span.covers(since) else organ.span.from_day
    yield from _followed(organ, None, matter, Span(begun, day), (), organs)


def _followed(
    organ: Organ,
    taken: frozenset[_Key] | None,
    matter: Matter,
    within: Span,
    documents: tuple[str, ...],
    organs: Mapping[UUID, Organ],
) -> Iterator[_Led]:
    """`taken` are the roles by which the organ is an heir; None: it is the organ that the portfolio names."""
    fate, last = fate_within(organ, within), within.to_day or within.from_day
    if fate is None:
        if organ.kind in DEPARTMENTS and organ.span.covers(last) and _concerned(organ, taken, matter, last):
            yield organ, documents
        return
    had = _concerned(organ, taken, matter, fate.day - _DAY)
    for heir in fate.heirs:
        if heir.organ_id == organ.id:
            yield from _followed(organ, taken, matter, Span(fate.day + _DAY, last), documents, organs)
            continue
        other, passed = organs.get(heir.organ_id), _passed(had, heir)
        if other is not None and passed and other.region_code == organ.region_code:
            yield from _followed(other, passed, matter, Span(fate.day, last), (*documents, fate.document), organs)


def _concerned(organ: Organ, taken: frozenset[_Key] | None, matter: Matter, day: date) -> frozenset[_Key]:
    roles = {_key(role) for role in organ.roles if role_matches(role, matter, day)}
    return frozenset(roles if taken is None else roles & taken)


def _key(role: DatedRole) -> _Key:
    return role.role, role.function


def _passed(had: frozenset[_Key], heir: Heir) -> frozenset[_Key]:
    """What the heir took of it; who took a role without a function over has it among its own."""
    return frozenset((role, function) for role, function in had if function is None or function in heir.functions)
