"""Art. 2: whom the rules bind, tested on the day of the conduct and never on the day of the decision."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from services.registry.facts.regions import Holding, ScopeAnswer
from shared.roster.facts import Organ, OrganKind, Post, Region, Roster, Tier
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_ART2 = Basis("art2")
_NO_PLACE = refuse(
    "region_unknown_that_day",
    "该岗位所在地区当日未登记，无法判断",
    "the region of the post is not registered for that day",
    Basis("art2", BasisKind.DEFAULT, "区划起始日以名录为限 · regions begin where the lists begin"),
)
_LEADING = frozenset({OrganKind.PARTY_COMMITTEE, OrganKind.GOVERNMENT})
_WORKING = frozenset({OrganKind.PARTY_WORKING_COMMITTEE, OrganKind.MANAGEMENT_COMMITTEE})
_DEPARTMENTS = frozenset(
    {OrganKind.PARTY_DEPARTMENT, OrganKind.GOVERNMENT_DEPARTMENT, OrganKind.ORGANIZATION_DEPARTMENT}
)
#: The organs whose leaders Art. 2 names, by the tier of their region.
IN_SCOPE: dict[Tier, frozenset[OrganKind]] = {
    Tier.PROVINCE: _LEADING | _DEPARTMENTS,
    Tier.CITY: _LEADING | _WORKING | _DEPARTMENTS,
    Tier.COUNTY: _LEADING | _DEPARTMENTS,
    Tier.TOWN: _LEADING,
    Tier.SUBDISTRICT: frozenset({OrganKind.PARTY_WORKING_COMMITTEE, OrganKind.SUBDISTRICT_OFFICE}),
    Tier.ZONE: _WORKING | _DEPARTMENTS,
}


@cites("art2")
def post_in_scope(post: Post, organ: Organ, region: Region) -> Decision:
    """Whether Art. 2 names the post.

    It names leading bodies and departments from the county up, 雄安, towns, subdistricts and zones.
    Departments of a zone are read into "管理机构"; discipline organs, enterprises and safety committees
    are not named.
    """
    if organ.kind not in IN_SCOPE[region.tier]:
        return refuse(
            "post_out_of_scope",
            f"{post.title}不属于第二条所列岗位",
            f"Art. 2 does not name the post {post.title}",
            Basis("art2", BasisKind.READING if organ.kind is OrganKind.DISCIPLINE_ORGAN else BasisKind.TEXT),
        )
    read = region.tier is Tier.ZONE and organ.kind in _DEPARTMENTS
    basis = Basis("art2", BasisKind.READING if read else BasisKind.TEXT)
    return allow("post_in_scope", f"{post.title}属于第二条所列岗位", f"Art. 2 names the post {post.title}", basis)


@cites("art2")
def in_scope_on(official_id: UUID, day: date, roster: Roster) -> Decision:
    """Whether the official held a post in scope on `day`, whatever became of him or her since."""
    return scope_on(official_id, day, roster).decision


@cites("art2")
def scope_on(official_id: UUID, day: date, roster: Roster, other_ids: Collection[UUID] = ()) -> ScopeAnswer:
    """In or out of scope on the day of the conduct, and by which appointments, under whichever id of the person.

    KeyError where the roster slice lacks a post held, or its organ. A place that no list knows for that day leaves
    the post out of scope as far as the register can say.
    """
    posts = {post.id: post for post in roster.posts}
    organs = {organ.id: organ for organ in roster.organs}
    regions = {region.code: region for region in roster.regions if region.span.covers(day)}
    held = [
        (item, posts[item.post_id], organs[posts[item.post_id].organ_id])
        for item in roster.appointments
        if item.official_id in {official_id, *other_ids} and not item.annulled and item.span.covers(day)
    ]
    holdings = tuple(
        Holding(item, post, organ, place, post_in_scope(post, organ, place) if place else _NO_PLACE)
        for item, post, organ in held
        for place in (regions.get(organ.region_code),)
    )
    decisions = [one.decision for one in holdings]
    none = decisions[0] if decisions else refuse("no_post_that_day", "当日未任职", "held no post on that day", _ART2)
    return ScopeAnswer(official_id, day, next((one for one in decisions if one), none), holdings)
