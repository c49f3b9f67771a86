"""Between what follows an accident, and chains already published, and the full state in its events."""

from collections.abc import Iterable

from services.registry.facts import Authority, Chain, ChainEntry, shanghai_day
from services.registry.facts.proceedings import Proceeding, ProceedingKind
from shared.contracts.registry import AccidentState, ChainPart, ProceedingPart
from shared.roster.facts import PostKind, Span, Tier
from shared.statute.decision import Basis, BasisKind

_SAME = (
    *("number", "day", "organ", "organ_id", "days", "until", "document", "reason", "rectification"),
    *("accountability", "withdrawn", "recorded_at"),
)


def proceedings_of(state: AccidentState) -> tuple[Proceeding, ...]:
    """The steps on record, in the order in which they were recorded."""
    return tuple(
        Proceeding(
            kind=ProceedingKind(one.kind),
            authority=None if one.authority is None else Authority(one.authority),
            **{name: getattr(one, name) for name in _SAME},
        )
        for one in state.proceedings
    )


def proceeding_parts(steps: Iterable[Proceeding]) -> tuple[ProceedingPart, ...]:
    """The same, for the event."""
    return tuple(
        ProceedingPart(
            kind=one.kind.value,
            authority=None if one.authority is None else one.authority.value,
            **{name: getattr(one, name) for name in _SAME},
        )
        for one in steps
    )


def chain_of(state: AccidentState) -> Chain:
    """A chain as it was published, to compare it with another."""
    day = shanghai_day(state.occurred_at)
    return Chain(
        accident_id=state.id,
        day=day,
        investigating=Authority(state.investigated_by),
        window_from=state.chain_from or day,
        regions=(),
        entries=tuple(_entry(one) for one in state.chain if not one.earlier_holder),
        earlier=tuple(_entry(one) for one in state.chain if one.earlier_holder),
    )


def _entry(part: ChainPart) -> ChainEntry:
    return ChainEntry(
        post_id=part.post_id,
        post_kind=PostKind(part.post_kind),
        title=part.title,
        organ_id=part.organ_id,
        region_code=part.region_code,
        tier=Tier(part.tier),
        appointment_id=part.appointment_id,
        official_id=part.official_id,
        basis=tuple(Basis(ground.clause, BasisKind(ground.kind), ground.note) for ground in part.grounds),
        reason_zh=part.reason_zh,
        reason_en=part.reason_en,
        vacant=part.vacant,
        acting=part.acting,
        tenure=None if part.held_from is None else Span(part.held_from, part.held_to),
        other_official_ids=part.other_official_ids,
    )
