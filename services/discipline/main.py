"""Composition root of discipline: `uvicorn --factory services.discipline.main:create_app`."""

from fastapi import FastAPI

from services.discipline.handlers.files import put_back
from services.discipline.routes import ROUTERS
from services.discipline.rules.access import POLICY
from services.discipline.subscribers import SUBSCRIPTIONS
from shared.contracts.discipline import DisciplineEvent
from shared.contracts.topology import DECLARATIONS
from shared.kernel.app import Service
from shared.kernel.app import create_app as application
from shared.kernel.envelope import contracts
from shared.kernel.settings import Settings

DESCRIPTION = (
    "线索、问责案件、问责决定、一票否决和影响期、尽职免责（第二十一条至第二十九条）。系统只列明、计算、说明、提出建议，"
    "不认定任何人的责任。\n\nLeads, cases, decisions, vetoes and effect periods, exemptions (Art. 21 to 29). The system"
    " lists, computes, explains and proposes; it finds nobody in breach."
)


def service() -> Service:
    """The parts of the service."""
    own = [one for one in contracts().values() if issubclass(one, DisciplineEvent)]
    return Service(
        name="discipline",
        path="/discipline",
        title="安责·问责 · Anze discipline",
        description=DESCRIPTION,
        routers=ROUTERS,
        policy=POLICY,
        subscriptions=SUBSCRIPTIONS,
        adopt=dict.fromkeys(own, put_back),
    )


def create_app() -> FastAPI:
    """The application, configured by the environment."""
    return application(service(), Settings(), DECLARATIONS)
