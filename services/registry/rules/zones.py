"""Regions that somebody registers: a zone only with its managing organ, nothing by itself."""

from collections.abc import Iterable
from datetime import date

from services.registry.facts.regions import NewRegion
from services.registry.rules.regions_over_time import check_below
from shared.roster.facts import Organ, OrganKind, Region, Span, Tier
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, first_refusal, refuse

EXERCISE_PREFIX = "1399"
NEW_ORGANS = frozenset({OrganKind.MANAGEMENT_COMMITTEE, OrganKind.PARTY_WORKING_COMMITTEE})
OUTSIDE = "000000"
PROVINCE = "130000"
_ART2 = Basis("art2")
_CODE = Basis("art2", BasisKind.DEFAULT, "代码连同起止日期标识区划 · the code with its dates identifies a region")
_EXERCISE = Basis("art2", BasisKind.DEFAULT, "演练地区代码为 1399xx · exercise regions have codes 1399xx")


@cites("art2")
def check_new_region(new: NewRegion, tier: Tier, parent: Region | None, same_code: Iterable[Span]) -> Decision:
    """A code that no region has from that day on, below a parent of that day, exercises among exercises."""
    return first_refusal(
        (
            check_below(tier, parent, new.code),
            _free(new, same_code),
            _own_world(new.code, exercise=parent is not None and parent.exercise),
        ),
        allow("region_allowed", "可以登记", "it may be registered", _ART2),
    )


def _free(new: NewRegion, same_code: Iterable[Span]) -> Decision:
    if any(span.overlaps(Span(new.from_day)) for span in same_code):
        return refuse("code_in_use", "该代码在此期间已有区划", "a region has this code in that time", _CODE)
    return allow("code_free", "代码可用", "the code is free", _CODE)


def _own_world(code: str, *, exercise: bool) -> Decision:
    if code.startswith(EXERCISE_PREFIX) is not exercise:
        return refuse("exercise_code", "演练代码与演练上级须一致", "exercise codes lie in exercise regions", _EXERCISE)
    return allow("same_world", "演练标识一致", "the same world", _EXERCISE)


@cites("art2")
def check_not_a_zone(tier: Tier) -> Decision:
    """A zone is registered with its managing organ, and no other way."""
    if tier is Tier.ZONE:
        return refuse(
            "zone_needs_organ", "功能区须连同管理机构登记", "a zone is registered with its managing organ", _ART2
        )
    return allow("division", "行政区划", "a division", _ART2)


@cites("art2")
def check_managing_organ(organ: Organ | None, kind: OrganKind, day: date, *, exercise: bool) -> Decision:
    """管理机构: one to be registered is a management or party working committee; an existing one stands that day."""
    if organ is None:
        fits = kind in NEW_ORGANS
    else:
        fits = organ.span.covers(day) and organ.kind is not OrganKind.EXTERNAL_ORGAN and organ.exercise is exercise
    if not fits:
        return refuse("not_a_managing_organ", "该机关不能作为功能区管理机构", "no managing organ of a zone", _ART2)
    return allow("managing_organ", "管理机构明确", "the managing organ is known", _ART2)


@cites("art2")
def check_external(kind: OrganKind, region_code: str) -> Decision:
    """An external organ (国务院安委会) lies outside the province, and nothing else does."""
    if (kind is OrganKind.EXTERNAL_ORGAN) is not (region_code == OUTSIDE):
        return refuse(
            "external_organ_outside",
            "省外机关登记于 000000，其他机关登记于所在地区",
            "an external organ is registered at 000000, any other in its region",
            _ART2,
        )
    return allow("organ_placed", "机关所在明确", "the organ has its place", _ART2)


@cites("art2")
def check_has_posts(kind: OrganKind) -> Decision:
    """Art. 2 binds leaders of this province: an external organ has no seat in the register."""
    if kind is OrganKind.EXTERNAL_ORGAN:
        return refuse("external_organ_has_no_posts", "省外机关不设岗位", "an external organ has no posts here", _ART2)
    return allow("has_posts", "可设岗位", "it may have posts", _ART2)
