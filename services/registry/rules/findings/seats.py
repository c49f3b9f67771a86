"""Findings about seats: missing organs, vacant and doubled principals, the safety lead and the standing committee."""

from collections.abc import Iterator
from datetime import date

from services.registry.facts import tier_rank
from services.registry.facts.findings import DeclarationKind, Finding, FindingKind
from services.registry.rules.findings.scene import Scene, edges, since
from services.registry.rules.listing import LEADING_ORGANS
from shared.roster.facts import Organ, OrganKind, Post, PostKind
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind

_BODIES = (
    ("党委（党工委）", "party committee", (OrganKind.PARTY_COMMITTEE, OrganKind.PARTY_WORKING_COMMITTEE)),
    (
        "政府（管委会、办事处）",
        "government",
        (OrganKind.GOVERNMENT, OrganKind.MANAGEMENT_COMMITTEE, OrganKind.SUBDISTRICT_OFFICE),
    ),
    ("安全生产委员会", "safety committee", (OrganKind.SAFETY_COMMITTEE,)),
)
_PRINCIPALS = {
    PostKind.PARTY_PRINCIPAL: ("党委（党工委）主要负责人", "the party principal"),
    PostKind.GOVERNMENT_PRINCIPAL: ("政府（管委会、办事处）主要负责人", "the government principal"),
}
_LEAD = ("分管安全生产的政府领导", "the government leader in charge of work safety")


@cites("art4.p2")
def missing_organs(scene: Scene) -> Iterator[Finding]:
    """A region without party body, government body or safety committee: "no organ", never a lapse."""
    for zh, en, kinds in _BODIES:
        organs = scene.of_kind(*kinds)
        changes = (scene.region.span.from_day, *edges(*(organ.span for organ in organs)))

        def absent(day: date, organs: tuple[Organ, ...] = organs) -> bool:
            return not any(organ.span.covers(day) for organ in organs)

        if first := since(scene.day, changes, absent):
            yield Finding(
                FindingKind.NO_ORGAN,
                scene.region.code,
                first,
                (Basis("art4.p2"),),
                f"{scene.region.name}未登记{zh}",
                f"no {en} is registered",
                f"登记{zh}",
                f"register the {en}",
                matter=kinds[0].value,
            )


@cites("art4.p2")
def vacant_principals(scene: Scene) -> Iterator[Finding]:
    """A leading body without its principal, because nobody holds the post or because there is none."""
    for kind, names in _PRINCIPALS.items():
        yield from _vacant(scene, kind, names, FindingKind.VACANT_PRINCIPAL, Basis("art4.p2"))


@cites("art8")
def vacant_safety_leads(scene: Scene) -> Iterator[Finding]:
    """A government without a leader in charge of work safety; below the county only where the post is registered."""
    yield from _vacant(scene, PostKind.GOVERNMENT_SAFETY_LEAD, _LEAD, FindingKind.VACANT_SAFETY_LEAD, Basis("art8"))


def _vacant(
    scene: Scene, kind: PostKind, names: tuple[str, str], finding: FindingKind, basis: Basis
) -> Iterator[Finding]:
    bodies = _BODIES[0 if kind is PostKind.PARTY_PRINCIPAL else 1][2]
    organs = scene.of_kind(*bodies)
    posts = scene.posts(organs, kind)
    expected = kind is not PostKind.GOVERNMENT_SAFETY_LEAD or tier_rank(scene.region.tier) > 0

    def empty(day: date) -> bool:
        there = [organ for organ in organs if organ.span.covers(day)]
        standing = [post for post in posts if post.span.covers(day)]
        return bool(there) and (bool(standing) or expected) and not scene.seated(standing, day)

    if first := since(scene.day, scene.changes(organs, posts), empty):
        standing = [post for post in posts if post.span.covers(scene.day)]
        zh, en = names
        yield Finding(
            finding,
            scene.region.code,
            first,
            (basis,),
            f"{scene.region.name}{zh}空缺" if standing else f"{scene.region.name}未登记{zh}岗位",
            f"{en} is vacant" if standing else f"no post is registered for {en}",
            "登记任职（主持工作亦可）" if standing else "登记岗位和任职",
            "record an appointment, acting or not" if standing else "register the post and an appointment",
            organ_id=scene.on(*bodies)[0].id,
            post_id=standing[0].id if standing else None,
            matter=kind.value,
        )


@cites("art4.p2")
def overlapping_principals(scene: Scene) -> Iterator[Finding]:
    """Two different people in one principal's seat: who of them is the first responsible person is not on record."""
    basis = Basis("art4.p2", BasisKind.DEFAULT, "一岗一人 · one seat, one person")
    for post in scene.posts(scene.on(*LEADING_ORGANS), *_PRINCIPALS):

        def doubled(day: date, post: Post = post) -> bool:
            return len(scene.people((post,), day)) > 1

        if first := since(scene.day, scene.changes((), (post,)), doubled):
            zh, en = _PRINCIPALS[post.kind]
            yield Finding(
                FindingKind.OVERLAPPING_PRINCIPALS,
                scene.region.code,
                first,
                (basis,),
                f"{scene.region.name}{zh}同时有两人任职",
                f"two people hold the post of {en} at once",
                "结束或更正其中一项任职",
                "end or correct one of the appointments",
                organ_id=post.organ_id,
                post_id=post.id,
            )


@cites("art8")
def safety_leads_outside_committee(scene: Scene) -> Iterator[Finding]:
    """From the county up the safety lead is in principle (原则上) a standing member; an exception clears it."""
    if not tier_rank(scene.region.tier):
        return
    party = scene.of_kind(OrganKind.PARTY_COMMITTEE, OrganKind.PARTY_WORKING_COMMITTEE)
    seats = scene.posts(party, PostKind.PARTY_STANDING_MEMBER, PostKind.PARTY_PRINCIPAL)
    excepted = scene.declared(DeclarationKind.STANDING_COMMITTEE_EXCEPTION)
    for post in scene.posts(
        scene.on(OrganKind.GOVERNMENT, OrganKind.MANAGEMENT_COMMITTEE), PostKind.GOVERNMENT_SAFETY_LEAD
    ):

        def outside(day: date, post: Post = post) -> bool:
            members, leads = scene.people(seats, day), scene.people((post,), day)
            exception = any(one.post_id == post.id and one.span.covers(day) for one in excepted)
            return bool(leads) and not leads & members and not exception

        changes = (*scene.changes(party, (post, *seats)), *edges(*(one.span for one in excepted)))
        if first := since(scene.day, changes, outside):
            yield Finding(
                FindingKind.SAFETY_LEAD_NOT_STANDING,
                scene.region.code,
                first,
                (Basis("art8"),),
                f"{scene.region.name}{_LEAD[0]}不在本级党委常委会",
                f"{_LEAD[1]} is no member of the standing committee",
                "登记其常委任职，或登记例外及其文件",
                "record a seat in the standing committee, or an exception with its document",
                organ_id=post.organ_id,
                post_id=post.id,
            )
