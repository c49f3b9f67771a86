"""Events of discipline → handlers."""

from services.registry.handlers import vetoes
from shared.contracts.discipline import VetoImposed, VetoLifted, VetoState
from shared.kernel.consumer import Subscription
from shared.kernel.envelope import Delivery
from shared.kernel.unit_of_work import UnitOfWork


async def on_veto(work: UnitOfWork, event: VetoState, _delivery: Delivery) -> None:
    """A veto or an effect period was imposed, or lifted early."""
    await vetoes.follow(work, event)


VETOES = Subscription(
    name="vetoes",
    source="discipline",
    aggregates=("veto",),
    handlers={VetoImposed: on_veto, VetoLifted: on_veto},
)
