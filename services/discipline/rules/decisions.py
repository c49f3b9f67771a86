"""问责决定 (Art. 23 to 29): what a decision must hold before it takes effect, and who may approve it."""

from uuid import UUID

from services.discipline.facts import AuthorityTable, Case, Contents, ProposedDecision, SeverityOrder
from services.discipline.rules.authority import may_decide
from services.discipline.rules.cases import (
    grounds_stated,
    lifelong_findings,
    measure_reaches,
    remaining_grounds,
)
from services.discipline.rules.severity import weight_is_right
from services.discipline.rules.veto import bars_of, veto_applies
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, first_refusal, refuse

_ART28 = Basis("art28")


@cites("art21", "art22", "art23", "art24", "art25", "art27", "art28", "art29")
def may_propose(proposed: ProposedDecision, order: SeverityOrder, table: AuthorityTable) -> Decision:
    """Whether a decision is complete and within what the statute allows: the first refusal, or a proposal."""
    day, measure, case = proposed.taken.decided_on, proposed.taken.measure, proposed.case
    return first_refusal(
        (
            case_decidable(case),
            may_decide(proposed.organ, measure, day, table),
            lifelong_findings(case, proposed.lifelong, invoked=proposed.invokes_27, on=day),
            measure_reaches(case, measure, proposed.taken.effective_on),
            contents_complete(proposed.contents, proposed),
            art23_stated(proposed),
            weight_is_right(proposed.weighing, measure.id, order),
            figures_known(proposed),
        ),
        allow("proposed", f"拟给予{measure.name_zh}", f"{measure.id} is proposed", _ART28),
    )


@cites("art28")
def may_approve(proposed: ProposedDecision, approver: UUID) -> Decision:
    """Proposer ≠ approver: internal control (default, always on)."""
    control = Basis("art28", BasisKind.DEFAULT, "提出人与批准人分离")
    if approver == proposed.proposed_by:
        return refuse("same_person", "提出人不得批准自己提出的决定", "the proposer does not approve", control)
    return allow("approved", "决定已批准", "the decision is approved", control)


@cites("art21", "art26")
def case_decidable(case: Case) -> Decision:
    """A case without an open ground never decides: none stated, or the only one exempted."""
    open_grounds = remaining_grounds(case)
    if case.grounds and not open_grounds:
        return refuse("exempted", "领导责任已依第二十六条免除", "leadership responsibility is excluded", Basis("art26"))
    return grounds_stated(open_grounds)


@cites("art28")
def contents_complete(contents: Contents, proposed: ProposedDecision) -> Decision:
    """Duties, performance, conditions, statement, service, appeal deadline; reasons with their clause."""
    named = {
        "岗位职责": contents.post_duties,
        "履职情况": contents.performance,
        "履职条件": contents.conditions,
        "本人陈述": contents.statement,
        "送达": contents.service,
    }
    missing = [name for name, words in named.items() if not words.strip()]
    if contents.appeal_deadline is None or contents.appeal_deadline < proposed.taken.effective_on:
        missing.append("申诉期限")
    if missing:
        listed = "、".join(missing)
        return refuse("contents_missing", f"决定须载明：{listed}", f"the decision lacks: {listed}", _ART28)
    complete = [reason.fact.strip() and reason.source.strip() and reason.clause.strip() for reason in contents.reasons]
    if not complete or not all(complete):
        return refuse("reasons_incomplete", "每项事实须有来源和条款", "every fact has its source and clause", _ART28)
    return allow("contents_complete", "决定要素齐全", "the decision is complete", _ART28)


@cites("art23")
def art23_stated(proposed: ProposedDecision) -> Decision:
    """The decision says whether Art. 23 applies; saying yes without an accident is refused."""
    answer = veto_applies(art23_applies=proposed.art23_applies, accident_id=proposed.case.accident_id)
    if answer or proposed.art23_applies is False:
        return allow("art23_stated", answer.reason_zh, answer.reason_en, *answer.basis)
    return answer


@cites("art23")
def figures_known(proposed: ProposedDecision) -> Decision:
    """Every figure that the measure and its veto need is there and confirmed."""
    bars = bars_of(proposed.taken, art23_applies=proposed.art23_applies, accident_id=proposed.case.accident_id)
    if isinstance(bars, Decision):
        return bars
    return allow("figures_known", "影响期明确", "the periods are known", *dict.fromkeys(bar.basis for bar in bars))
