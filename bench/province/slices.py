"""Region after region: its organs, posts, people, appointments and portfolios."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

from bench.province.careers import Careers
from bench.province.plan import Plan, Slice
from bench.province.regions import hebei, regions
from bench.province.templates import FIELDS, SECTIONS, OrganPlan, PostPlan, organs
from shared.roster.facts import DatedRole, Organ, Portfolio, Post, PostKind, Region, Span, Tier

#: How many people a region may employ over the years; serials of names and numbers are cut out accordingly.
_PEOPLE = {Tier.PROVINCE: 2_000, Tier.CITY: 1_500, Tier.COUNTY: 600}
_FEW = 80
_ORGANS_SINCE, _ROLES_SINCE = date(2018, 1, 1), date(2019, 1, 1)
_PORTFOLIO_KINDS = frozenset(
    {PostKind.GOVERNMENT_SAFETY_LEAD, PostKind.GOVERNMENT_OTHER_LEADER, PostKind.LEADING_BODY_MEMBER}
)
#: What a province lacks somewhere, so that findings have something to find.
_NO_COMMITTEE, _NO_SAFETY_DEPUTY, _NO_PORTFOLIO, _NOT_STANDING = 0.02, 0.03, 0.04, 0.1


def slices(plan: Plan) -> Iterator[Slice]:
    """The province of the plan, one region at a time, parents first; memory does not grow with it.

    Raises:
        ValueError: the scale is not 1 to 10.
    """
    serials, whole = _serials()
    for region in regions(plan):
        copy, code = _copy_of(region)
        yield _slice(plan, region, copy * whole + serials[code])


def _copy_of(region: Region) -> tuple[int, str]:
    """Which copy of the province, and the code that the region has in the first."""
    original = region.code[:2] == "13"
    return (0, region.code) if original else (int(region.code[1]), f"13{region.code[2:]}")


def _serials() -> tuple[dict[str, int], int]:
    found, total = {}, 0
    for region in hebei():
        found[region.code] = total
        total += _PEOPLE.get(region.tier, _FEW)
    return found, total


def _slice(plan: Plan, region: Region, serial: int) -> Slice:
    random = Random(f"{plan.seed}/{plan.until}/{region.code}")  # noqa: S311 - invented, and the same every time
    made = Slice(region)
    ranked: list[tuple[int, Post]] = []
    concurrent: dict[UUID, UUID] = {}
    seats: dict[tuple[str, PostKind], UUID] = {}
    for organ_plan in organs(region.tier):
        if organ_plan.name == "安全生产委员会" and random.random() < _NO_COMMITTEE:
            continue
        organ = _organ(plan, region, organ_plan, random)
        made.organs.append(organ)
        for height, post_plan in enumerate(organ_plan.posts):
            posts = [_post(organ, post_plan, number, random) for number in range(post_plan.count)]
            if post_plan.kind is PostKind.DEPARTMENT_SAFETY_DEPUTY and random.random() < _NO_SAFETY_DEPUTY:
                continue
            made.posts += posts
            ranked += [(height, post) for post in posts]
            seats.setdefault((organ_plan.name, post_plan.kind), posts[0].id)
            if post_plan.concurrent is not None and random.random() > _NOT_STANDING:
                concurrent[seats[post_plan.concurrent]] = posts[0].id
    ordered = [post for _, post in sorted(ranked, key=lambda item: item[0])]
    Careers(plan, random, made, serial).fill(ordered, concurrent)
    made.portfolios.extend(_portfolios(plan, made, random))
    return made


def _marked(plan: Plan, region: Region) -> bool:
    return plan.exercise or region.code[0] == "9"


def _uuid(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)


def _organ(plan: Plan, region: Region, of: OrganPlan, random: Random) -> Organ:
    roles = tuple(
        DatedRole(role, Span(_ROLES_SINCE), industries, fields, document=f"演练文件〔2019〕{random.randrange(1, 99)}号")
        for role, industries, fields in of.roles
    )
    name = f"演练{region.name}{of.name}"
    mark = _marked(plan, region)
    return Organ(_uuid(random), name, of.kind, region.code, Span(_ORGANS_SINCE), roles, exercise=mark)


def _post(organ: Organ, of: PostPlan, number: int, random: Random) -> Post:
    title = of.title if of.count == 1 else f"{of.title}{number + 1}"
    return Post(_uuid(random), organ.id, of.kind, f"演练{title}", organ.span, exercise=organ.exercise)


def _portfolios(plan: Plan, of: Slice, random: Random) -> Iterator[Portfolio]:
    """What leaders answer for: industries dealt out among the leaders of a body, changed once for some of them."""
    departments = [organ for organ in of.organs if organ.roles]
    leaders = [post for post in of.posts if post.kind in _PORTFOLIO_KINDS]
    since = plan.since - timedelta(days=900)
    for number, post in enumerate(leaders):
        if random.random() < _NO_PORTFOLIO:
            continue
        mine = departments[number :: len(leaders)]
        made = Portfolio(
            id=_uuid(random),
            post_id=post.id,
            span=Span(since),
            industries=SECTIONS[number :: len(leaders)],
            fields=("安全生产",) if post.kind is PostKind.GOVERNMENT_SAFETY_LEAD else FIELDS[number :: len(leaders)],
            organ_ids=tuple(organ.id for organ in mine),
            exercise=post.exercise,
        )
        if random.random() < 0.3:
            change = plan.since + timedelta(days=random.randrange(100, 1_700))
            yield replace(made, span=Span(since, change - timedelta(days=1)))
            made = replace(made, id=_uuid(random), span=Span(change), fields=(*made.fields, random.choice(FIELDS)))
        yield made
