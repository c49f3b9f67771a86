"""线索 (Art. 21): the program only proposes; every lead ends in a case or in reasons not to open one."""

from datetime import date

from services.discipline.facts import (
    Allegation,
    ChainEntry,
    Ground,
    HazardFact,
    Lapse,
    Lead,
    LeadEnd,
    LeadSource,
    PerformanceFinding,
    ReportingFact,
    WeakEnforcement,
)
from services.discipline.rules.findings import finding_stands
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_CONSECUTIVE = 2


@cites("art21.4")
def lead_from_chain_entry(entry: ChainEntry) -> Lead | Decision:
    """A lead per listed post, vacant ones too; earlier holders and dropped entries propose nothing."""
    if entry.dropped:
        return refuse("entry_dropped", "已从责任链中剔除", "the entry was dropped from the chain", Basis("art21.4"))
    if entry.earlier_holder:
        return refuse(
            "earlier_holder",
            "事故发生前的任职者另列，由办案人员说明理由后增列",
            "earlier holders are listed apart; a handler adds them with a reason",
            Basis("art27", BasisKind.READING),
        )
    return Lead(
        ground=Ground.ACCIDENT,
        source=LeadSource.CHAIN_ENTRY,
        key=f"chain:{entry.accident_id}:{entry.post_id}",
        officials=() if entry.official_id is None else (entry.official_id,),
        post_id=entry.post_id,
        accident_id=entry.accident_id,
        basis=(Basis("art21.4"), *entry.why),
    )


@cites("art21.1", "art30")
def lead_from_lapse(lapse: Lapse) -> Lead | Decision:
    """A lapse of a duty of the text or an adopted reading; it lists incumbents and attributes nothing."""
    if lapse.kind is not BasisKind.TEXT and not lapse.adopted:
        return refuse(
            "reading_not_adopted",
            "该职责属于尚未采纳的理解，到期无记录不作为问责线索",
            "a lapse under a reading founds nothing until the reading is adopted",
            Basis("art30", note=lapse.duty),
        )
    return Lead(
        ground=Ground.DUTY_NOT_PERFORMED,
        source=LeadSource.LAPSE,
        key=f"lapse:{lapse.obligation_id}",
        officials=lapse.incumbents,
        post_id=lapse.post_id,
        accident_id=None,
        basis=(Basis("art21.1"), Basis(lapse.duty, lapse.kind)),
    )


@cites("art21.1")
def lead_from_finding(finding: PerformanceFinding) -> Lead | Decision:
    """A duty, standing ones too, that a competent organ found unperformed after hearing the person."""
    stands = finding_stands(finding)
    if not stands:
        return stands
    if finding.performed:
        return refuse("found_performed", "认定已履职", "the duty was found performed", Basis("art21.1"))
    return Lead(
        ground=Ground.DUTY_NOT_PERFORMED,
        source=LeadSource.NON_PERFORMANCE_FINDING,
        key=f"finding:{finding.official_id}:{finding.obligation_id or finding.duty}",
        officials=(finding.official_id,),
        post_id=None,
        accident_id=None,
        basis=(Basis("art21.1"), Basis(finding.duty)),
    )


@cites("art21.3")
def lead_from_reporting(fact: ReportingFact) -> Lead | Decision:
    """Late, omitted, false or concealed reporting, with an official's leadership responsibility in words."""
    if fact.official_id is None or not fact.leadership.strip():
        code = "enterprise_step_alone" if fact.by_enterprise else "no_leadership_responsibility"
        return refuse(
            code,
            "迟报、漏报、谎报、瞒报须有领导责任方为线索；仅企业迟报不构成线索",
            "reporting is a lead only with leadership responsibility; an enterprise's step alone is none",
            Basis("art21.3"),
        )
    return Lead(
        ground=Ground.REPORTING,
        source=LeadSource.REPORTING,
        key=f"reporting:{fact.accident_id}:{fact.official_id}:{fact.fault}",
        officials=(fact.official_id,),
        post_id=None,
        accident_id=fact.accident_id,
        basis=(Basis("art21.3"),),
    )


@cites("art21.5")
def lead_from_hazard(fact: HazardFact, on: date) -> Lead | Decision:
    """A major hazard or general problem of a whole area or industry, not solved by its day."""
    solved_in_time = fact.solved_on is not None and fact.solved_on <= fact.due_on
    if not fact.whole_area_or_industry or not fact.leadership.strip():
        return refuse(
            "not_a_general_hazard",
            "须为地域性、行业（领域）性隐患或问题且负有领导责任",
            "it concerns a whole area or industry, with leadership responsibility",
            Basis("art21.5"),
        )
    if solved_in_time or on <= fact.due_on:
        return refuse("in_time", "已及时解决或者尚未到期", "solved in time or not yet due", Basis("art21.5"))
    return Lead(
        ground=Ground.HAZARD,
        source=LeadSource.HAZARD,
        key=f"hazard:{fact.hazard_id}:{fact.official_id}",
        officials=(fact.official_id,),
        post_id=None,
        accident_id=None,
        basis=(Basis("art21.5", note="普遍性问题" if fact.general_problem else "重大事故隐患"),),
    )


@cites("art21.6")
def lead_from_illegal_accidents(fact: WeakEnforcement) -> Lead | Decision:
    """Weak enforcement *and* consecutive accidents from illegal production in one area or one industry."""
    regions = {accident.region_code for accident in fact.accidents}
    industries = {accident.industry for accident in fact.accidents}
    consecutive = len({accident.accident_id for accident in fact.accidents}) >= _CONSECUTIVE
    if not consecutive or (len(regions) > 1 and len(industries) > 1):
        return refuse(
            "not_consecutive",
            "须在本地或者本行业（领域）连续发生非法违法生产安全事故",
            "consecutive accidents in one area or one industry",
            Basis("art21.6"),
        )
    if not fact.weakness.strip() or not fact.leadership.strip():
        return refuse(
            "weak_enforcement_not_stated",
            "须写明打非治违不力及领导责任的事实",
            "weak enforcement and leadership responsibility are stated",
            Basis("art21.6"),
        )
    accidents = sorted(str(accident.accident_id) for accident in fact.accidents)
    return Lead(
        ground=Ground.ILLEGAL_PRODUCTION,
        source=LeadSource.ILLEGAL_ACCIDENTS,
        key=f"illegal:{fact.official_id}:{','.join(accidents)}",
        officials=(fact.official_id,),
        post_id=None,
        accident_id=None,
        basis=(Basis("art21.6"),),
    )


@cites("art21.2", "art21.7")
def lead_from_allegation(allegation: Allegation) -> Lead | Decision:
    """What a person brings, obstruction and other circumstances above all; facts in words are required."""
    if not allegation.facts.strip():
        return refuse("facts_missing", "须写明事实", "facts are stated", Basis(allegation.ground))
    return Lead(
        ground=allegation.ground,
        source=LeadSource.ALLEGATION,
        key=f"allegation:{allegation.allegation_id}",
        officials=(allegation.official_id,),
        post_id=None,
        accident_id=allegation.accident_id,
        basis=(Basis(allegation.ground),),
    )


@cites("art21")
def end_lead(end: LeadEnd, *, already: LeadEnd | None = None) -> Decision:
    """A lead ends once: in a case, or with a reason why none is opened; never in both."""
    art21 = Basis("art21")
    if already is not None:
        return refuse("lead_ended", "线索已办结", "the lead has already ended", art21)
    if end.case_id is None and not end.reason.strip():
        return refuse("reason_missing", "不予立案须说明理由", "not opening a case needs a reason", art21)
    if end.case_id is not None:
        return allow("case_opened", "转为问责案件", "the lead became a case", art21)
    return allow("not_opened", "不予立案", "no case is opened, for the reason given", art21)
