"""A region keeps its identity when its tier, its administrative parent or its competence changes from a day on.

Each of the three is a dated attribute of its own: no change of one implies a change of another.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from services.registry.facts import tier_rank
from services.registry.facts.regions import Dated, Placement
from shared.roster.facts import Region, Span, Tier
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, first_refusal, refuse

V = TypeVar("V")
_DATED = Basis("art2", BasisKind.DEFAULT, "区划属性按日登记 · a region's attributes are registered by date")
_ZONE = Basis("art2", BasisKind.READING, "功能区层级不随隶属改变 · a zone keeps its tier whatever its parent")
_DECREE_493 = Basis("生产安全事故报告和调查处理条例 第十九条")
COMPETENT = frozenset({Tier.PROVINCE, Tier.CITY, Tier.COUNTY})


def set_from(entries: Iterable[Dated[V]], new: Dated[V]) -> tuple[Dated[V], ...]:
    """With `new` from its day on until the next later entry; an entry of the same day is corrected."""
    others = (one for one in entries if one.from_day != new.from_day)
    return tuple(sorted((*others, new), key=lambda one: one.from_day))


def value_on(entries: Sequence[Dated[V]], day: date) -> V:
    """The value on a day; before the first day, the first."""
    begun = [one for one in entries if one.from_day <= day]
    return (begun[-1] if begun else entries[0]).value


def moved_along(
    entries: Sequence[Dated[Placement]], code: str, span: Span, above: Sequence[str]
) -> tuple[Dated[Placement], ...]:
    """The placements of what lies below `code`, where that lies below `above` in the days of `span`.

    `above` ends with `code`. Days outside the span, and days on which the region lay elsewhere, stay as they were.
    """
    after = None if span.to_day is None else span.to_day + timedelta(days=1)
    cuts = [day for day in (span.from_day, after) if day is not None and day > entries[0].from_day]
    for day in cuts:
        if all(one.from_day != day for one in entries):
            standing = [one for one in entries if one.from_day < day][-1]
            entries = set_from(entries, Dated(day, standing.value, standing.document))
    return _shortest(
        Dated(one.from_day, _below(one.value, code, above), one.document) if span.covers(one.from_day) else one
        for one in entries
    )


def _below(placement: Placement, code: str, above: Sequence[str]) -> Placement:
    if code not in placement.path:
        return placement
    own = placement.path[placement.path.index(code) + 1 :]
    return Placement(placement.admin_parent, (*above, *own))


def _shortest(entries: Iterable[Dated[Placement]]) -> tuple[Dated[Placement], ...]:
    kept: list[Dated[Placement]] = []
    for one in entries:
        if not kept or kept[-1].value != one.value:
            kept.append(one)
    return tuple(kept)


@cites("art2")
def check_organ_days(organ: Span, region: Span) -> Decision:
    """An organ does not outlive the region in which it is registered: its code may be another's the day after."""
    if region.to_day is not None and (organ.to_day is None or organ.to_day > region.to_day):
        return refuse(
            "outlives_region",
            f"该区划至{region.to_day}为止，机关存续不得超过该日",
            f"the region ends on {region.to_day}; the organ does not stand longer",
            _DATED,
        )
    return allow("within_region", "在区划存续期内", "the region exists", _DATED)


@cites("art2")
def check_day(region: Span, day: date) -> Decision:
    """A change begins on a day on which the region exists."""
    if not region.covers(day):
        return refuse("outside_region", "该日不在区划存续期内", "the region does not exist on that day", _DATED)
    return allow("within_region", "在区划存续期内", "the region exists", _DATED)


def may_lie_below(child: Tier, parent: Tier) -> bool:
    """Whether a region of one tier can lie below another; towns and zones can lie in a zone."""
    return tier_rank(parent) > tier_rank(child) or (parent is Tier.ZONE and tier_rank(child) == 0)


@cites("art2")
def check_below(child: Tier, parent: Region | None, code: str) -> Decision:
    """A region has its parent registered on the day, of a higher tier, and not below itself."""
    if parent is None:
        return refuse("parent_unknown", "行政上级当日未登记", "the parent is not registered on that day", _DATED)
    if code in parent.path:
        return refuse("parent_below_itself", "不得隶属于自己的下级", "a region cannot lie below itself", _DATED)
    if not may_lie_below(child, parent.tier):
        return refuse(
            "parent_not_higher",
            f"{parent.name}的层级不高于该地区",
            f"{parent.name} is of no higher tier",
            _DATED,
        )
    return allow("parent_allowed", "可以隶属", "it may lie there", _DATED)


@cites("art5.3", "art6.3")
def check_tier(region: Region, tier: Tier, parent: Region | None, children: Iterable[Region]) -> Decision:
    """层级 may change from a day on, but a zone's does not, and only registering one with its organ makes a zone."""
    if (region.tier is Tier.ZONE) is not (tier is Tier.ZONE):
        return refuse(
            "zone_keeps_tier",
            "功能区层级不变；功能区须连同管理机构登记",
            "a zone keeps its tier; a zone is registered with its managing organ",
            _ZONE,
        )
    too_high = next((one for one in children if not may_lie_below(one.tier, tier)), None)
    if too_high is not None:
        return refuse(
            "child_not_lower",
            f"下级{too_high.name}的层级不低于该层级",
            f"{too_high.name} below it is of no lower tier",
            _DATED,
        )
    if region.admin_parent is None:
        return allow("tier_allowed", "可以登记层级", "the tier may be registered", _DATED)
    return check_below(tier, parent, region.code)


@cites("art21.4")
def check_confirmation(competence: Tier | None, document: str) -> Decision:
    """管辖级别 is confirmed by a document, at a level that investigates; it is never inferred from the tier."""
    if not document.strip():
        return refuse("document_required", "须写明确认文件", "the confirming document is named", _DECREE_493)
    if competence is not None and competence not in COMPETENT:
        return refuse(
            "no_such_competence",
            "事故调查管辖级别只有省、市、县三级",
            "accidents are investigated at province, city or county level",
            _DECREE_493,
            Basis("art21.4"),
        )
    return allow("competence_confirmed", "可以确认", "it may be confirmed", _DECREE_493, Basis("art21.4"))


@cites("art2")
def check_end(
    region: Span, last_day: date, below: Iterable[str], organs: Iterable[str], missing: Sequence[str]
) -> Decision:
    """A region ends when nothing stands in it any more, and what comes after it exists on the next day."""
    within = check_day(region, last_day)
    left = (*below, *organs)
    if left:
        names = "、".join(left[:5])
        empty = refuse("region_not_empty", f"尚有{names}等未处理", f"something still stands there: {names}", _DATED)
    else:
        empty = allow("region_empty", "辖内已无登记", "nothing stands there", _DATED)
    if missing:
        codes = "、".join(missing)
        known = refuse("successor_unknown", f"{codes}次日未登记", f"{codes} is not registered the day after", _DATED)
    else:
        known = allow("successors_known", "后继区划已登记", "what comes after is registered", _DATED)
    return first_refusal((within, empty, known), allow("may_end", "可以撤销", "it may end", _DATED))
