"""表彰奖励、记功 (Art. 19, 20): nomination is open, the upper party committee and government decide."""

from collections.abc import Collection

from services.appraisal.facts import Commendation, CommendationGround, CommendationKind, Decider
from shared.roster.facts import OrganKind
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, first_refusal, refuse
from shared.statute.effects import Bar, Effect, EffectKind

_PARTY = (OrganKind.PARTY_COMMITTEE, OrganKind.PARTY_WORKING_COMMITTEE)
_GOVERNMENT = (OrganKind.GOVERNMENT, OrganKind.MANAGEMENT_COMMITTEE)


def _clause(commendation: Commendation) -> Basis:
    return Basis("art20" if commendation.kind is CommendationKind.MERIT else "art19")


@cites("art19", "art20")
def may_commend(commendation: Commendation) -> Decision:
    """The first refusal of ground, deciders, vetting and veto, or the commendation."""
    return first_refusal(
        (
            ground_stated(commendation),
            decided_above(commendation.deciders, commendation.region_path, _clause(commendation)),
            vetted(commendation),
            no_veto_runs(commendation.effects, commendation),
        ),
        allow("commended", "可以给予表彰奖励", "may be commended", _clause(commendation)),
    )


@cites("art19", "art20")
def ground_stated(commendation: Commendation) -> Decision:
    """Facts in words; merit is for officials with an excellent appraisal result."""
    if not commendation.facts.strip():
        return refuse("facts_missing", "须写明事迹", "the facts are stated", _clause(commendation))
    is_merit = commendation.kind is CommendationKind.MERIT
    if is_merit and commendation.official_id is None:
        return refuse("merit_is_personal", "记功奖励对象为领导干部", "merit is for officials", Basis("art20"))
    excellent = commendation.ground is CommendationGround.EXCELLENT_APPRAISAL
    if (is_merit and not excellent) or (excellent and commendation.excellent_year is None):
        return refuse(
            "excellent_result_missing",
            "须有安全生产工作考核优秀的年度",
            "the year of the excellent result is named",
            _clause(commendation),
        )
    return allow("ground_stated", "事由明确", "the ground is stated", _clause(commendation))


@cites("art19", "art20")
def decided_above(deciders: Collection[Decider], region_path: tuple[str, ...], clause: Basis) -> Decision:
    """The party committee *and* the government, each of an administrative level above the nominee's."""
    above = region_path[:-1]
    upper = [decider for decider in deciders if decider.region_code in above]
    party = any(decider.kind in _PARTY for decider in upper)
    government = any(decider.kind in _GOVERNMENT for decider in upper)
    if len(upper) < len(deciders) or not party or not government:
        return refuse(
            "not_decided_above",
            "须由上级党委和政府决定",
            "the upper party committee and government decide",
            clause,
        )
    return allow("decided_above", "由上级党委和政府决定", "decided by the upper level", clause)


@cites("art17", "art19", "art20")
def vetted(commendation: Commendation) -> Decision:
    """For an official only with the vetting through the same-level 安委办."""
    if commendation.official_id is not None and not commendation.vetted:
        return refuse(
            "not_vetted",
            "须通过本级安委办考察其履行安全生产职责情况",
            "the official is vetted through the safety committee office first",
            Basis("art17"),
        )
    return allow("vetted", "已经考察", "vetted, or a unit", Basis("art17"))


@cites("art19", "art20", "art23")
def no_veto_runs(effects: Collection[Effect], commendation: Commendation) -> Decision:
    """Blocked while a veto runs (a reading of 先进资格); an effect period without accident does not block."""
    running = [
        effect
        for effect in effects
        if effect.kind is EffectKind.VETO
        and effect.bar is Bar.ADVANCED_TITLES
        and effect.blocks(commendation.decided_on)
    ]
    if running:
        last = max((effect.last_day for effect in running if effect.last_day), default=None)
        until = f"，至{last}（含当日）" if last and all(effect.last_day for effect in running) else ""
        return refuse(
            "veto_runs",
            f"一票否决期内不得表彰奖励{until}",
            "no commendation while a veto runs",
            Basis("art23", BasisKind.READING, "先进资格包括表彰奖励和记功"),
        )
    return allow("no_veto", "无一票否决", "no veto runs", _clause(commendation))
