"""Who investigates an accident: at the level demanded, or at the one that took it over (提级)."""

from collections.abc import Sequence

from services.registry.facts import Authority
from services.registry.rules.level import DECREE_493, InvestigatingOrgan, investigating_organ
from shared.roster.facts import Region
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_CONFIRMED_BY = Basis(
    f"{DECREE_493} 第十九条",
    BasisKind.DEFAULT,
    "条例未规定由谁确认，默认由省人民政府确认 · who confirms it is a default",
)


@cites("art21.4")
def check_competence(organ: InvestigatingOrgan) -> Decision:
    """Whether somebody on the path is known to have the competence; what nobody confirmed is asked for."""
    basis = (Basis(f"{DECREE_493} 第十九条"), Basis("art21.4"))
    if organ.region_code is not None or organ.authority is Authority.STATE_COUNCIL:
        return allow("competence_known", "调查机关管辖级别明确", "the investigating organ is known", *basis)
    if organ.unconfirmed:
        codes = "、".join(organ.unconfirmed)
        return refuse(
            "competence_unconfirmed",
            f"{codes} 的事故调查管辖级别尚未确认：由省人民政府书面确认，管理员凭文件登记",
            f"the level at which {', '.join(organ.unconfirmed)} investigates is unconfirmed: the provincial government "
            "confirms it in writing, an administrator registers it by that document",
            *basis,
            _CONFIRMED_BY,
        )
    return refuse(
        "no_investigating_organ",
        "所属行政区划中没有此级别的调查机关，请注明由哪一级提级调查",
        "no region on the path investigates at this level; say which level takes it over",
        *basis,
    )


@cites("art21.4")
def investigation(
    demanded: Authority, taken_over_by: Authority | None, path: Sequence[Region]
) -> tuple[InvestigatingOrgan, Authority]:
    """The organ that investigates, and the level the chain climbs to: the higher of the actual and the demanded."""
    organ = investigating_organ(taken_over_by or demanded, path)
    return organ, max(demanded, organ.authority, key=lambda authority: authority.rank)
