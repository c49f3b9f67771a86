"""Between an accident's facts and the full state in its events."""

from collections.abc import Iterable
from typing import Any

from services.registry.facts import (
    Accident,
    AccidentNature,
    AccidentType,
    Adjustment,
    AdjustmentAction,
    Authority,
    Chain,
    ChainEntry,
    Deaths,
    LevelDecision,
    ReportParty,
    ReportStep,
)
from services.registry.facts.answers import ReportTarget
from services.registry.rules.level import InvestigatingOrgan
from shared.contracts.registry import (
    AccidentState,
    AdjustmentPart,
    ChainPart,
    DeathsPart,
    GapPart,
    GroundPart,
    RemovedPart,
    ReportedPart,
    ReportStepPart,
    ReportTargetPart,
)


def accident_of(state: AccidentState) -> Accident:
    """What happened, as reported."""
    known, standard = state.reported, state.type_standard
    return Accident(
        id=state.id,
        region_code=state.region_code,
        path=state.path,
        occurred_at=state.occurred_at,
        industry=state.industry,
        accident_type=(standard and AccidentType(standard, state.type_name or "", state.type_code)) or None,
        nature=AccidentNature(state.nature),
        deaths=tuple(Deaths(d.count, d.died_on, d.recorded_at, d.concealed) for d in known.deaths),
        missing=state.missing,
        serious_injuries=known.serious_injuries,
        direct_loss_yuan=known.direct_loss_yuan,
        concealed_serious_injuries=known.concealed_serious_injuries,
        concealed_loss_yuan=known.concealed_loss_yuan,
        fields=state.fields,
        zone_codes=state.zone_codes,
        exercise=state.exercise,
    )


def reported_parts(accident: Accident) -> dict[str, Any]:
    """What was told of the accident."""
    kind = accident.accident_type
    return {
        "id": accident.id,
        "region_code": accident.region_code,
        "path": accident.path,
        "occurred_at": accident.occurred_at,
        "industry": accident.industry,
        "type_standard": kind and kind.standard,
        "type_name": kind and kind.name,
        "type_code": kind and kind.code,
        "nature": accident.nature.value,
        "fields": accident.fields,
        "zone_codes": accident.zone_codes,
        "missing": accident.missing,
        "reported": ReportedPart(
            deaths=tuple(
                DeathsPart(count=d.count, died_on=d.died_on, recorded_at=d.recorded_at, concealed=d.concealed)
                for d in accident.deaths
            ),
            serious_injuries=accident.serious_injuries,
            direct_loss_yuan=accident.direct_loss_yuan,
            concealed_serious_injuries=accident.concealed_serious_injuries,
            concealed_loss_yuan=accident.concealed_loss_yuan,
        ),
        "exercise": accident.exercise,
    }


def level_parts(level: LevelDecision, organ: InvestigatingOrgan) -> dict[str, Any]:
    """What is derived from the figures."""
    return {
        "level": level.level.value,
        "decided_by": tuple(figure.value for figure in level.decided_by),
        "level_if_missing_dead": level.level_if_missing_dead.value,
        "deaths": level.figures.deaths,
        "serious_injuries": level.figures.serious_injuries or 0,
        "direct_loss_yuan": level.figures.direct_loss_yuan,
        "investigated_by": organ.authority.value,
        "investigating_region": organ.region_code,
    }


def chain_parts(chain: Chain) -> dict[str, Any]:
    """The chain: present holders first, earlier ones marked, what was dropped and what nobody registered."""
    return {
        "chain": (
            *(_entry(one, earlier=False) for one in chain.entries),
            *(_entry(one, earlier=True) for one in chain.earlier),
        ),
        "chain_from": chain.window_from,
        "removed": tuple(
            RemovedPart(entry=_entry(one.entry, earlier=one.earlier), reason=one.reason) for one in chain.removed
        ),
        "gaps": tuple(GapPart(region_code=gap.region_code, post_kind=gap.post_kind.value) for gap in chain.gaps),
    }


def _entry(entry: ChainEntry, *, earlier: bool) -> ChainPart:
    return ChainPart(
        post_id=entry.post_id,
        post_kind=entry.post_kind.value,
        title=entry.title,
        organ_id=entry.organ_id,
        region_code=entry.region_code,
        tier=entry.tier.value,
        appointment_id=entry.appointment_id,
        official_id=entry.official_id,
        acting=entry.acting,
        vacant=entry.vacant,
        earlier_holder=earlier,
        basis=tuple(basis.clause for basis in entry.basis),
        grounds=tuple(GroundPart(clause=b.clause, kind=b.kind.value, note=b.note) for b in entry.basis),
        reason_zh=entry.reason_zh,
        reason_en=entry.reason_en,
        held_from=None if entry.tenure is None else entry.tenure.from_day,
        held_to=None if entry.tenure is None else entry.tenure.to_day,
        other_official_ids=entry.other_official_ids,
    )


def adjustments_of(state: AccidentState) -> tuple[Adjustment, ...]:
    """What handlers did to the chain so far."""
    return tuple(
        Adjustment(AdjustmentAction(one.action), one.post_id, one.reason, one.official_id) for one in state.adjustments
    )


def adjustment_part(one: Adjustment) -> AdjustmentPart:
    """The same, for the event."""
    return AdjustmentPart(action=one.action.value, post_id=one.post_id, official_id=one.official_id, reason=one.reason)


def steps_of(state: AccidentState) -> tuple[ReportStep, ...]:
    """The steps of reporting on record."""
    return tuple(
        ReportStep(
            ReportParty(one.receiver),
            one.received_at,
            None if one.sender is None else ReportParty(one.sender),
            one.recorded_at,
            number,
            one.withdrawn,
        )
        for number, one in enumerate(state.report_steps, 1)
    )


def step_parts(steps: Iterable[ReportStep]) -> tuple[ReportStepPart, ...]:
    """The same, for the event."""
    return tuple(
        ReportStepPart(
            receiver=one.receiver.value,
            received_at=one.received_at,
            sender=None if one.sender is None else one.sender.value,
            recorded_at=one.recorded_at,
            withdrawn=one.withdrawn,
        )
        for one in steps
    )


def targets_of(state: AccidentState) -> tuple[ReportTarget, ...]:
    """Up to whom the accident is reported, and since when that was known."""
    return tuple(ReportTarget(Authority(one.authority), one.since) for one in state.report_targets)


def target_part(target: ReportTarget) -> ReportTargetPart:
    """The same, for the event."""
    return ReportTargetPart(authority=target.authority.value, since=target.since)
