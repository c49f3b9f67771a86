"""Seats that Art. 4 derives from posts: safety committee directors and first responsible persons."""

from services.registry.facts.answers import CommitteeSeats, Seat, SeatFinding, SeatKind
from services.registry.rules.listing import LEADING_ORGANS
from services.registry.rules.lookup import Lookup
from shared.roster.facts import OrganKind, PostKind, Region, Tier
from shared.statute.clauses import cites


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


def _seats(kind: SeatKind, region: Region, lookup: Lookup, post_kind: PostKind) -> tuple[Seat, ...]:
    organs = lookup.organs_of(region.code, *LEADING_ORGANS)
    return tuple(
        Seat(
            kind,
            post.id,
            holder.id if holder else None,
            holder.official_id if holder else None,
            acting=holder is not None and holder.acting,
        )
        for organ in organs
        for post in lookup.posts_of(organ, post_kind)
        for holder in lookup.holders(post.id) or (None,)
    )
