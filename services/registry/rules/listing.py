"""The posts of one region that have to do with a matter on a day, each with clause and reason."""

from collections.abc import Iterator
from uuid import UUID

from services.registry.facts import ChainEntry, Gap, tier_rank
from services.registry.facts.answers import Matter
from services.registry.rules.lookup import Lookup
from services.registry.rules.matching import Match, matching_roles, portfolio_match
from services.registry.rules.roles import DEPARTMENTS, REGULATORS
from services.registry.rules.scope import IN_SCOPE
from shared.roster.facts import Appointment, Organ, OrganKind, OrganRole, Post, PostKind, Region, Tier
from shared.statute.clauses import cites
from shared.statute.decision import Basis

LEADING_ORGANS = (
    OrganKind.PARTY_COMMITTEE,
    OrganKind.PARTY_WORKING_COMMITTEE,
    OrganKind.GOVERNMENT,
    OrganKind.MANAGEMENT_COMMITTEE,
    OrganKind.SUBDISTRICT_OFFICE,
)
Reason = tuple[tuple[str, ...], str, str]

_ALWAYS: dict[PostKind, Reason] = {
    PostKind.PARTY_PRINCIPAL: (
        ("art4", "art5"),
        "党委（党工委）主要负责人，本地安全生产第一责任人",
        "party principal, first responsible person",
    ),
    PostKind.GOVERNMENT_PRINCIPAL: (
        ("art4", "art6"),
        "政府（管委会、办事处）主要负责人，本地安全生产第一责任人",
        "government principal, first responsible person",
    ),
    PostKind.GOVERNMENT_SAFETY_LEAD: (
        ("art4", "art8"),
        "分管安全生产的政府领导",
        "government leader in charge of work safety",
    ),
}
_BY_PORTFOLIO: dict[PostKind, Reason] = {
    PostKind.PARTY_STANDING_MEMBER: (("art4", "art7"), "党委常委会成员", "standing-committee member"),
    PostKind.GOVERNMENT_OTHER_LEADER: (("art4", "art9"), "政府其他领导", "government leader"),
    PostKind.LEADING_BODY_MEMBER: (("art4",), "领导班子成员", "member of the leading body"),
}
_DEPARTMENT_POSTS: dict[PostKind, tuple[tuple[str, ...], tuple[str, ...], str, str]] = {
    PostKind.DEPARTMENT_PRINCIPAL: (("art10.2",), ("art11.3",), "主要负责人", "principal"),
    PostKind.DEPARTMENT_SAFETY_DEPUTY: (("art10.3",), ("art11.2",), "分管安全生产负责人", "safety deputy"),
    PostKind.DEPARTMENT_OTHER_LEADER: (("art10.4",), ("art11.2",), "其他负责人", "other leader"),
}


@cites("art4", "art5", "art6", "art7", "art8", "art9", "art10", "art11")
def region_entries(region: Region, lookup: Lookup, matter: Matter) -> tuple[ChainEntry, ...]:
    """Who in `region` answers for the matter, principals first; a seat without holder appears as vacant."""
    return tuple(
        entry
        for post, organ, reason in (
            *_leaders(region, lookup, matter),
            *_department_posts(region, lookup, matter),
        )
        for entry in entries_of_post(post, organ, region, lookup, reason)
    )


def region_gaps(region: Region, lookup: Lookup) -> tuple[Gap, ...]:
    """Seats nobody registered: the two principals, and a safety lead from the county up."""
    expected = [PostKind.PARTY_PRINCIPAL, PostKind.GOVERNMENT_PRINCIPAL]
    if tier_rank(region.tier) > 0:
        expected.append(PostKind.GOVERNMENT_SAFETY_LEAD)
    organs = leading_organs(region, lookup)
    present = {post.kind for organ in organs for post in lookup.posts_of(organ)}
    return tuple(Gap(region.code, kind) for kind in expected if kind not in present)


def entries_of_post(post: Post, organ: Organ, region: Region, lookup: Lookup, reason: Reason) -> tuple[ChainEntry, ...]:
    """An entry for each holder of the post on the day, or one vacant entry."""
    holders: tuple[Appointment | None, ...] = lookup.holders(post.id) or (None,)
    return tuple(entry_for(post, organ, region, holder, reason, lookup) for holder in holders)


def entry_for(
    post: Post, organ: Organ, region: Region, holder: Appointment | None, reason: Reason, lookup: Lookup
) -> ChainEntry:
    """The entry of one post and one holder, or of a vacant post."""
    clauses, zh, en = reason
    return ChainEntry(
        post_id=post.id,
        post_kind=post.kind,
        title=post.title,
        organ_id=organ.id,
        region_code=region.code,
        tier=region.tier,
        appointment_id=holder.id if holder else None,
        official_id=holder.official_id if holder else None,
        basis=tuple(Basis(clause) for clause in clauses),
        reason_zh=zh,
        reason_en=en,
        vacant=holder is None,
        acting=holder is not None and holder.acting,
        tenure=holder.span if holder else None,
        other_official_ids=lookup.persons.others(holder.official_id) if holder else (),
    )


def _matching_departments(
    region: Region, lookup: Lookup, matter: Matter
) -> dict[UUID, tuple[Organ, frozenset[OrganRole]]]:
    organs = (
        (organ, matching_roles(organ, matter, lookup.day))
        for organ in lookup.organs_of(region.code, *DEPARTMENTS)
        if organ.kind in IN_SCOPE[region.tier] and organ.region_code == region.code
    )
    return {organ.id: (organ, roles) for organ, roles in organs if roles}


def leading_organs(region: Region, lookup: Lookup) -> tuple[Organ, ...]:
    """The bodies whose leaders Art. 2 names for a region of this tier.

    A managing committee that is registered in a county or city belongs to its zone; where a city has committee and
    government they lead it, and only 雄安, which has neither, is led by working and managing committee.
    """
    organs = lookup.organs_of(region.code, *LEADING_ORGANS)
    found = tuple(organ for organ in organs if organ.kind in IN_SCOPE[region.tier])
    own = tuple(organ for organ in found if organ.kind in {OrganKind.PARTY_COMMITTEE, OrganKind.GOVERNMENT})
    return (own or found) if region.tier is Tier.CITY else found


def _leaders(region: Region, lookup: Lookup, matter: Matter) -> Iterator[tuple[Post, Organ, Reason]]:
    organs = leading_organs(region, lookup)
    for kind in (*_ALWAYS, *_BY_PORTFOLIO):
        for organ in organs:
            for post in lookup.posts_of(organ, kind):
                if kind in _ALWAYS:
                    yield post, organ, _in_region(region, _ALWAYS[kind])
                elif match := portfolio_match(lookup.portfolios(post.id), matter, lookup.organs, lookup.day):
                    yield post, organ, _with_match(_in_region(region, _BY_PORTFOLIO[kind]), match)


def _department_posts(region: Region, lookup: Lookup, matter: Matter) -> Iterator[tuple[Post, Organ, Reason]]:
    for organ, roles in _matching_departments(region, lookup, matter).values():
        for kind, (regulating, competent, zh, en) in _DEPARTMENT_POSTS.items():
            clauses = (regulating if roles & REGULATORS else ()) + (
                competent if OrganRole.INDUSTRY_COMPETENT in roles else ()
            )
            reason = (
                clauses,
                f"{organ.name}{zh}，{_role_zh(roles)}",
                f"{en} of {organ.name}, {_role_en(roles)}",
            )
            for post in lookup.posts_of(organ, kind):
                if kind is not PostKind.DEPARTMENT_OTHER_LEADER:
                    yield post, organ, reason
                elif match := portfolio_match(lookup.portfolios(post.id), matter, {}, lookup.day):
                    yield post, organ, _with_match(reason, match)


def _with_match(reason: Reason, match: Match) -> Reason:
    clauses, zh, en = reason
    return clauses, f"{zh}，分管 {match.what}", f"{en}, portfolio {match.what}"


def _in_region(region: Region, reason: Reason) -> Reason:
    clauses, zh, en = reason
    return clauses, f"{region.name}{zh}", f"{en} of {region.name}"


def _role_zh(roles: frozenset[OrganRole]) -> str:
    named = {
        OrganRole.NAMED_REGULATOR: "负有安全生产监管职责",
        OrganRole.OTHER_REGULATOR: "负有安全生产监管职责",
        OrganRole.INDUSTRY_COMPETENT: "行业主管部门",
    }
    return "、".join(dict.fromkeys(named[role] for role in OrganRole if role in roles))


def _role_en(roles: frozenset[OrganRole]) -> str:
    named = {
        OrganRole.NAMED_REGULATOR: "regulates work safety",
        OrganRole.OTHER_REGULATOR: "regulates work safety",
        OrganRole.INDUSTRY_COMPETENT: "competent for the industry",
    }
    return " and ".join(dict.fromkeys(named[role] for role in OrganRole if role in roles))
