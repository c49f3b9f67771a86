"""What discipline decides about promotions: kept, and held against promotions under way (Art. 23)."""

from services.registry.facts.answers import BarKind, PromotionBar
from services.registry.handlers.persons import flag_promotions, hold
from services.registry.handlers.saving import enter
from services.registry.repository import people
from shared.contracts.discipline import VetoState
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Span
from shared.statute.decision import Basis
from shared.statute.effects import Bar

AGAINST_PROMOTION = frozenset({Bar.PROMOTION, Bar.HIGHER_POST, Bar.LEADING_POST})


async def keep(work: UnitOfWork, veto: VetoState) -> None:
    """Keep a veto or an effect period as discipline says it now stands."""
    await enter(work)
    await hold(work, veto.official_id)
    if veto.kind in set(BarKind):
        await people.put_bar(work.session, veto.id, _bar(veto), exercise=veto.exercise)


async def follow(work: UnitOfWork, veto: VetoState) -> None:
    """Flag the person's promotions that a kept veto or effect period now stands against.

    No promotion is cancelled. One that a lifted period no longer touches loses its flag.
    """
    await enter(work)
    identities = await hold(work, veto.official_id)
    await flag_promotions(work, identities, reason=f"问责措施 {veto.measure} · measure")


def _bar(veto: VetoState) -> PromotionBar:
    never = veto.through_day is not None and veto.through_day < veto.from_day
    return PromotionBar(
        official_id=veto.official_id,
        kind=BarKind(veto.kind),
        span=Span(veto.from_day, veto.through_day),
        basis=veto.basis[0].fact() if veto.basis else Basis("art23"),
        annulled=never or AGAINST_PROMOTION.isdisjoint(veto.bars),
    )
