"""Events of discipline → handlers."""

from services.registry.handlers import vetoes
from shared.contracts.discipline import VetoImposed, VetoLifted, VetoQuestioned, VetoState
from shared.kernel.consumer import Subscription
from shared.kernel.envelope import Delivery
from shared.kernel.unit_of_work import UnitOfWork


async def keep_veto(work: UnitOfWork, event: VetoState, _delivery: Delivery) -> None:
    """What discipline says about promotions is kept."""
    await vetoes.keep(work, event)


async def on_veto(work: UnitOfWork, event: VetoState, _delivery: Delivery) -> None:
    """A veto or an effect period was imposed, or lifted early."""
    await vetoes.follow(work, event)


VETOES = Subscription(
    name="vetoes",
    source="discipline",
    aggregates=("veto",),
    copies=dict.fromkeys((VetoImposed, VetoLifted, VetoQuestioned), keep_veto),
    handlers=dict.fromkeys((VetoImposed, VetoLifted, VetoQuestioned), on_veto),
)
