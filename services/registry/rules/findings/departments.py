"""Findings about departments and portfolios: matters nobody answers for, regulators, safety deputies, designations."""

from collections.abc import Iterator
from datetime import date

from services.registry.facts import tier_rank
from services.registry.facts.answers import Matter
from services.registry.facts.findings import DeclarationKind, Finding, FindingKind
from services.registry.rules.findings.scene import Scene, since
from services.registry.rules.listing import LEADING_ORGANS
from services.registry.rules.matching import portfolio_match
from services.registry.rules.roles import DEPARTMENTS, REGULATORS, role_matches
from shared.roster.facts import Organ, OrganRole, Post, PostKind, Tier
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind

_LEADERS = (
    PostKind.PARTY_STANDING_MEMBER,
    PostKind.GOVERNMENT_SAFETY_LEAD,
    PostKind.GOVERNMENT_OTHER_LEADER,
    PostKind.LEADING_BODY_MEMBER,
)
_LOCAL = frozenset({Tier.TOWN, Tier.SUBDISTRICT, Tier.ZONE})
_READ = "登记中出现的行业和领域 · industries and fields that the register mentions"


def _matters(scene: Scene) -> list[Matter]:
    """Industries and fields that a role, a portfolio or an enterprise of the region mentions on the day."""
    roles = [role for organ in scene.on(*DEPARTMENTS) for role in organ.roles if role.span.covers(scene.day)]
    leaders = scene.posts(scene.on(*LEADING_ORGANS), *_LEADERS)
    portfolios = [one for post in leaders for one in scene.index.portfolios[post.id] if one.span.covers(scene.day)]
    declared = [one for one in scene.declared(DeclarationKind.ENTERPRISE) if one.span.covers(scene.day)]
    named = [role for role in roles if role.role is not OrganRole.OTHER]
    industries = {code for one in named for code in one.industries}
    industries |= {code for one in portfolios for code in one.industries}
    industries |= {one.industry for one in declared if one.industry is not None}
    fields = {field for one in named for field in one.fields} | {field for one in portfolios for field in one.fields}
    return [*(Matter(code) for code in sorted(industries)), *(Matter(None, (field,)) for field in sorted(fields))]


def _words(matter: Matter) -> str:
    return matter.industry or matter.fields[0]


@cites("art4.p2", "art9")
def matters_without_holder(scene: Scene) -> Iterator[Finding]:
    """An industry or field that no leader in office answers for, neither by name nor through a department."""
    bodies = scene.of_kind(*LEADING_ORGANS)
    leaders, departments = scene.posts(bodies, *_LEADERS), scene.of_kind(*DEPARTMENTS)
    if not scene.on(*LEADING_ORGANS):
        return
    for matter in _matters(scene):

        def nobody(day: date, matter: Matter = matter) -> bool:
            return not any(_answers(scene, post, matter, day) for post in leaders)

        if first := since(scene.day, scene.changes((*bodies, *departments), leaders), nobody):
            yield _about(
                scene,
                FindingKind.NO_PORTFOLIO_HOLDER,
                matter,
                first,
                ("art4.p2", "art9"),
                ("无在任领导分管", "no leader in office answers for it"),
                ("登记分管，或填补岗位", "assign a portfolio, or fill the post"),
            )


def _answers(scene: Scene, post: Post, matter: Matter, day: date) -> bool:
    on_the_day = [one for one in scene.index.portfolios[post.id] if one.span.covers(day)]
    return portfolio_match(on_the_day, matter, scene.index.in_world, day) is not None and scene.seated((post,), day)


def _concerned(organ: Organ, matter: Matter, day: date) -> bool:
    return organ.span.covers(day) and any(role_matches(role, matter, day) for role in organ.roles)


@cites("art6.9", "art10", "art11")
def matters_without_regulator(scene: Scene) -> Iterator[Finding]:
    """An industry or field that no department regulates or is competent for; below the county none is asked for."""
    departments = scene.of_kind(*DEPARTMENTS)
    if scene.region.tier in _LOCAL or not scene.on(*LEADING_ORGANS):
        return
    for matter in _matters(scene):

        def unregulated(day: date, matter: Matter = matter) -> bool:
            return not any(_concerned(organ, matter, day) for organ in departments)

        if first := since(scene.day, scene.changes(departments, ()), unregulated):
            yield _about(
                scene,
                FindingKind.NO_REGULATOR,
                matter,
                first,
                ("art6.9",),
                ("无监管或主管部门", "no department regulates it or is competent for it"),
                ("在部门登记监管或主管职责及其文件", "register a department's role with its document"),
            )


def _about(
    scene: Scene,
    kind: FindingKind,
    matter: Matter,
    first: date,
    clauses: tuple[str, ...],
    what: tuple[str, str],
    clears: tuple[str, str],
) -> Finding:
    return Finding(
        kind,
        scene.region.code,
        first,
        tuple(Basis(clause, BasisKind.READING, _READ) for clause in clauses),
        f"{scene.region.name}{_words(matter)}{what[0]}",
        f"{_words(matter)}: {what[1]}",
        *clears,
        matter=_words(matter),
    )


@cites("art10.3")
def regulators_without_safety_deputy(scene: Scene) -> Iterator[Finding]:
    """A department with regulatory duty without a deputy for safety; never in towns and subdistricts."""
    if not tier_rank(scene.region.tier) and scene.region.tier is not Tier.ZONE:
        return
    for organ in scene.on(*DEPARTMENTS):
        posts = scene.posts((organ,), PostKind.DEPARTMENT_SAFETY_DEPUTY)

        def lacking(day: date, organ: Organ = organ, posts: tuple[Post, ...] = posts) -> bool:
            regulates = any(role.role in REGULATORS and role.span.covers(day) for role in organ.roles)
            return regulates and not scene.seated(posts, day)

        if first := since(scene.day, scene.changes((organ,), posts), lacking):
            yield Finding(
                FindingKind.NO_SAFETY_DEPUTY,
                scene.region.code,
                first,
                (Basis("art10.3"),),
                f"{organ.name}无分管安全生产的负责人",
                "the regulator has no deputy in charge of work safety",
                "登记岗位和任职",
                "register the post and an appointment",
                organ_id=organ.id,
            )


@cites("art5.6")
def places_without_responsible_department(scene: Scene) -> Iterator[Finding]:
    """A zone, town or subdistrict for which nobody designated the department responsible for work safety."""
    if scene.region.tier not in _LOCAL:
        return
    designations = scene.declared(DeclarationKind.RESPONSIBLE_DEPARTMENT)
    changes = (scene.region.span.from_day, *scene.declared_changes(designations))

    def undesignated(day: date) -> bool:
        return not any(one.span.covers(day) and scene.stands(one.organ_id, day) for one in designations)

    if first := since(scene.day, changes, undesignated):
        yield Finding(
            FindingKind.NO_RESPONSIBLE_DEPARTMENT,
            scene.region.code,
            first,
            (Basis("art5.6"),),
            f"{scene.region.name}未明确安全生产监管责任部门",
            "no department is designated as responsible for work safety",
            "登记责任部门及其文件",
            "record the designation with its document",
        )
