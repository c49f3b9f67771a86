"""Puts appraisal together: `uvicorn --factory services.appraisal.main:create_app`."""

from fastapi import FastAPI

from services.appraisal.handlers.appraisals import adopt_appraisal
from services.appraisal.handlers.vettings import adopt_vetting
from services.appraisal.routes import appraisal_router, vetting_router
from services.appraisal.rules.access import POLICY
from services.appraisal.subscribers import SUBSCRIPTIONS
from shared.contracts import appraisal as contracts
from shared.contracts.topology import DECLARATIONS
from shared.kernel import app
from shared.kernel.settings import Settings

_APPRAISAL_EVENTS = (
    contracts.AppraisalOpened,
    contracts.AppraisalReported,
    contracts.AppraisalGraded,
    contracts.AppraisalFlagged,
    contracts.AppraisalReopened,
)
_VETTING_EVENTS = (
    contracts.VettingOpened,
    contracts.OpinionSought,
    contracts.OpinionRecorded,
    contracts.VettingConcluded,
)


def service() -> app.Service:
    """What this service hands to the kernel."""
    return app.Service(
        name="appraisal",
        path="/appraisal",
        title="安责·考核 · Anze appraisal",
        description="年度等考核、述职、等次，考察 · Appraisals, yearly reports, grades, vettings (Art. 15 to 18, 23)",
        routers=(appraisal_router, vetting_router),
        policy=POLICY,
        subscriptions=SUBSCRIPTIONS,
        adopt={
            **dict.fromkeys(_APPRAISAL_EVENTS, adopt_appraisal),
            **dict.fromkeys(_VETTING_EVENTS, adopt_vetting),
        },
    )


def create_app() -> FastAPI:
    """The ASGI application, configured from the environment."""
    return app.create_app(service(), Settings(), DECLARATIONS)
