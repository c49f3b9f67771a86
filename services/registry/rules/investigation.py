"""Who investigates an accident: at the level demanded, or at the one that took it over (提级)."""

from collections.abc import Sequence

from services.registry.facts import Authority
from services.registry.rules.level import DECREE_493, InvestigatingOrgan, investigating_organ
from shared.roster.facts import Region
from shared.statute.clauses import cites
from shared.statute.decision import Basis, Decision, allow, refuse


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
            f"{codes} 的事故调查管辖级别尚未确认，请先确认",
            f"confirm first at which level {', '.join(organ.unconfirmed)} investigates",
            *basis,
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


@cites("art21.4")
def check_organ_on_record(authority: Authority, region_code: str | None) -> Decision:
    """Whether an accident on record has its investigating organ; new figures are taken even where it is unknown."""
    basis = (Basis(f"{DECREE_493} 第十九条"), Basis("art21.4"))
    if region_code is not None or authority is Authority.STATE_COUNCIL:
        return allow("competence_known", "调查机关管辖级别明确", "the investigating organ is known", *basis)
    return refuse(
        "investigating_organ_unknown",
        "所要求级别的调查机关尚不明确：请确认管辖级别，或者注明由哪一级提级调查",
        "nobody is known to investigate at this level: confirm the competence, or say which level takes it over",
        *basis,
    )
