"""From what is on file to the facts that rules read."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from services.discipline.data import measures
from services.discipline.facts import (
    Attestation,
    AttestedObligation,
    AttestedState,
    Authority,
    Case,
    CaseState,
    Contents,
    DecidingOrgan,
    ExemptionPoint,
    ExemptionRequest,
    Ground,
    GroundStated,
    InvestigationFinding,
    LifelongFindings,
    MeasureTaken,
    PerformanceFinding,
    ProposedDecision,
    Reason,
    StandingDuty,
    Weighing,
)
from services.discipline.handlers.files import person
from shared.contracts import discipline as told
from shared.contracts.duties import AttestationState, AttestedObligationPart, NonPerformanceState
from shared.kernel.clock import day_of
from shared.roster.facts import Span

_RECORDED_AFTER, _NOT_VERIFIED = "recorded_after_accident", "not_verified"


def case_of(state: told.CaseState, *, retired_on: date | None, exempted_posts: Collection[UUID]) -> Case:
    """The case for rules; it is exempted when an exemption was granted in each of its posts."""
    return Case(
        official_id=state.official_id,
        grounds=tuple(GroundStated(Ground(one.ground), one.facts, one.evidence) for one in state.grounds),
        accident_id=state.accident_id,
        retired_on=retired_on,
        exempted=bool(state.post_ids) and set(state.post_ids) <= set(exempted_posts),
        state=CaseState(state.status),
        referred_on=state.referred_on,
    )


def taken_of(draft: told.DraftPart) -> MeasureTaken:
    """The measure as decided; KeyError for one that the data does not have."""
    return MeasureTaken(
        measure=measures()[draft.measure],
        decided_on=draft.decided_on,
        effective_on=draft.effective_on,
        supplied_months=draft.supplied_months,
        combined_months=draft.combined_months,
        combined_from=draft.combined_from,
        term_months=draft.term_months,
        term_ends_on=draft.term_ends_on,
        ended_on=draft.ended_on,
        confirmed=frozenset(draft.confirmed_figures),
    )


def decision_of(
    case: Case, proposal: told.ProposalPart, findings: told.CaseFindingsPart | None, organ: Authority
) -> ProposedDecision:
    """The decision as proposed, with the findings on file; KeyError for an unknown measure."""
    told_contents = proposal.contents
    return ProposedDecision(
        case=case,
        taken=taken_of(proposal),
        contents=Contents(
            post_duties=told_contents.post_duties,
            performance=told_contents.performance,
            conditions=told_contents.conditions,
            statement=told_contents.statement,
            service=told_contents.service,
            appeal_deadline=told_contents.appeal_deadline,
            reasons=tuple(Reason(one.fact, one.source, one.clause) for one in told_contents.reasons),
        ),
        weighing=Weighing(**proposal.weighing.model_dump()),
        organ=DecidingOrgan(organ, proposal.organ.cadre_authority, proposal.organ.meeting, proposal.organ.met_on),
        proposed_by=person(proposal.proposed_by),
        art23_applies=proposal.art23_applies,
        invokes_27=proposal.invokes_27,
        lifelong=_lifelong(findings),
    )


def _lifelong(findings: told.CaseFindingsPart | None) -> LifelongFindings:
    if findings is None:
        return LifelongFindings()
    return LifelongFindings(findings.leadership_responsibility, findings.vile_nature, findings.serious_consequences)


def finding_of(event: NonPerformanceState) -> PerformanceFinding:
    """What duties published: its own rule has refused organs without competence."""
    return PerformanceFinding(
        official_id=event.official_id,
        duty=event.duty_id,
        obligation_id=event.obligation_id,
        performed=event.outcome == "performed",
        organ_id=event.organ_id,
        competent=True,
        heard_on=event.heard_on,
        made_on=event.decided_on,
        reasons=event.reasons,
        revoked=event.revoked,
    )


def exemption_of(
    state: told.ExemptionState,
    attested: AttestationState,
    findings: Collection[NonPerformanceState],
    person: frozenset[UUID],
) -> ExemptionRequest:
    """Everything on file for an exemption: findings about the same post and conduct within the attested window.

    What somebody did or left undone years before, or after the accident, neither bars nor clears. `person` holds
    every id under which the official is recorded.
    """
    window = Span(attested.window_from, attested.window_to)
    own = tuple(
        finding_of(one)
        for one in findings
        if one.post_id == state.post_id and Span(one.period_start, one.period_end).overlaps(window)
    )
    return ExemptionRequest(
        official_id=state.official_id,
        ground=Ground(state.ground),
        investigating_organ_id=state.investigating_organ_id,
        attestation=_attestation(attested, own),
        findings=tuple(
            InvestigationFinding(ExemptionPoint(one.point), one.performed, one.organ_id, one.reasons)
            for one in state.findings
        ),
        performance=own,
        other_ids=person - {state.official_id},
    )


def _attestation(event: AttestationState, findings: Collection[PerformanceFinding]) -> Attestation:
    """What binds: a lapse under a reading that nobody adopted founds nothing and is left out (Art. 30)."""
    cleared = {one.duty for one in findings if one.obligation_id is None and one.performed}
    open_duties = set(event.unexamined) - cleared
    return Attestation(
        official_id=event.official_id,
        accident_id=event.accident_id,
        accident_on=day_of(event.accident_at),
        tenure=Span(event.window_from, event.window_to),
        obligations=tuple(
            AttestedObligation(
                obligation_id=one.obligation_id,
                duty=one.duty_id,
                period=Span(one.period_start, one.period_end),
                state=_attested_state(one),
                verified=_NOT_VERIFIED not in one.differences,
            )
            for one in event.obligations
            if one.founds and one.days_in_post > 0
        ),
        standing=tuple(
            StandingDuty(one.duty_id, examined=one.duty_id not in open_duties) for one in event.standing if one.founds
        ),
    )


def _attested_state(part: AttestedObligationPart) -> AttestedState:
    """As recorded now; a record made after the accident is shown as such, verified or not."""
    status = part.now.status
    if _NOT_VERIFIED in part.differences or (status == "fulfilled" and _RECORDED_AFTER in part.differences):
        return AttestedState.RECORDED_AFTER
    if status in set(AttestedState):
        return AttestedState(status)
    return AttestedState.NOT_DUE
