"""Art. 2: whom the rules bind, tested on the day of the conduct and never on the day of the decision."""

from datetime import date
from uuid import UUID

from shared.roster.facts import Organ, OrganKind, Post, Region, Roster, Tier
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_LEADING = frozenset({OrganKind.PARTY_COMMITTEE, OrganKind.GOVERNMENT})
_WORKING = frozenset({OrganKind.PARTY_WORKING_COMMITTEE, OrganKind.MANAGEMENT_COMMITTEE})
_DEPARTMENTS = frozenset(
    {OrganKind.PARTY_DEPARTMENT, OrganKind.GOVERNMENT_DEPARTMENT, OrganKind.ORGANIZATION_DEPARTMENT}
)
_IN_SCOPE: dict[Tier, frozenset[OrganKind]] = {
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
    if organ.kind not in _IN_SCOPE[region.tier]:
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
    """Whether the official held a post in scope on `day`, whatever became of him or her since.

    KeyError where the roster slice lacks the organ or region of a post held.
    """
    posts = {post.id: post for post in roster.posts}
    organs = {organ.id: organ for organ in roster.organs}
    regions = {region.code: region for region in roster.regions if region.span.covers(day)}
    held = [
        posts[item.post_id]
        for item in roster.appointments
        if item.official_id == official_id and not item.annulled and item.span.covers(day)
    ]
    decisions = [
        post_in_scope(post, organs[post.organ_id], regions[organs[post.organ_id].region_code]) for post in held
    ]
    return next(
        (decision for decision in decisions if decision),
        decisions[0]
        if decisions
        else refuse("no_post_that_day", "当日未任职", "held no post on that day", Basis("art2")),
    )
