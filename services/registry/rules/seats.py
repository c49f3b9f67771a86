"""Seats that Art. 4 derives from posts: safety committee directors and first responsible persons."""

from services.registry.facts.answers import CommitteeSeats, LeadingBodies, OtherMember, Seat, SeatFinding, SeatKind
from services.registry.rules.listing import leading_organs
from services.registry.rules.lookup import Lookup
from shared.roster.facts import OrganKind, PostKind, Region, Tier
from shared.statute.clauses import cites

_OTHERS = (
    PostKind.PARTY_STANDING_MEMBER,
    PostKind.GOVERNMENT_SAFETY_LEAD,
    PostKind.GOVERNMENT_OTHER_LEADER,
    PostKind.LEADING_BODY_MEMBER,
)


@cites("art4.p2")
def committee_seats(region: Region, lookup: Lookup) -> CommitteeSeats:
    """第一主任 from city tier down is the party principal, 主任 at every tier the government principal.

    A province has no first director. A region without a safety committee gets the finding "no organ" and
    no seat.
    """
    committees = lookup.organs_of(region.code, OrganKind.SAFETY_COMMITTEE)
    if not committees:
        return CommitteeSeats(region.code, None, (), ((SeatFinding.NO_ORGAN, None),))
    wanted = {SeatKind.DIRECTOR: PostKind.GOVERNMENT_PRINCIPAL}
    if region.tier is not Tier.PROVINCE:
        wanted = {SeatKind.FIRST_DIRECTOR: PostKind.PARTY_PRINCIPAL, **wanted}
    seats = {kind: _seats(kind, region, lookup, post_kind) for kind, post_kind in wanted.items()}
    return CommitteeSeats(
        region_code=region.code,
        organ_id=committees[0].id,
        seats=tuple(seat for found in seats.values() for seat in found),
        findings=tuple((SeatFinding.NO_POST, kind) for kind, found in seats.items() if not found),
    )


@cites("art4.p2")
def first_responsible_persons(region: Region, lookup: Lookup) -> tuple[Seat, ...]:
    """第一责任人: the party principal and the government principal of the region."""
    kinds = (PostKind.PARTY_PRINCIPAL, PostKind.GOVERNMENT_PRINCIPAL)
    return tuple(seat for kind in kinds for seat in _seats(SeatKind.FIRST_RESPONSIBLE, region, lookup, kind))


@cites("art4.p2")
def other_members(region: Region, lookup: Lookup) -> tuple[OtherMember, ...]:
    """领导班子其他成员: each answers for the portfolio of the day."""
    found = (seat for kind in _OTHERS for seat in _seats(SeatKind.OTHER_MEMBER, region, lookup, kind))
    return tuple(OtherMember(seat, lookup.portfolios(seat.post_id)) for seat in found)


@cites("art4.p2")
def leading_bodies(region: Region, lookup: Lookup) -> LeadingBodies:
    """Everything that Art. 4 says of a region's leaders on the day."""
    return LeadingBodies(
        committee_seats(region, lookup), first_responsible_persons(region, lookup), other_members(region, lookup)
    )


def _seats(kind: SeatKind, region: Region, lookup: Lookup, post_kind: PostKind) -> tuple[Seat, ...]:
    organs = leading_organs(region, lookup)
    return tuple(
        Seat(
            kind,
            post.id,
            holder.id if holder else None,
            holder.official_id if holder else None,
            acting=holder is not None and holder.acting,
            other_official_ids=lookup.persons.others(holder.official_id) if holder else (),
        )
        for organ in organs
        for post in lookup.posts_of(organ, post_kind)
        for holder in lookup.holders(post.id) or (None,)
    )
