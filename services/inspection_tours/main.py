"""Puts inspection tours together: `uvicorn --factory services.inspection_tours.main:create_app`."""

from fastapi import FastAPI

from services.inspection_tours.handlers.coverage import adopt_listing
from services.inspection_tours.handlers.tours import adopt_tour
from services.inspection_tours.routes import coverage_router, tour_router
from services.inspection_tours.rules.access import POLICY
from services.inspection_tours.subscribers import SUBSCRIPTIONS
from shared.contracts import inspection_tours as contracts
from shared.contracts.topology import DECLARATIONS
from shared.kernel import app
from shared.kernel.settings import Settings

_TOUR_EVENTS = (
    contracts.TourProposed,
    contracts.TourPlanned,
    contracts.TourDeclined,
    contracts.TourOpened,
    contracts.FindingRecorded,
    contracts.FindingRectified,
    contracts.FindingRechecked,
    contracts.TourResultGiven,
    contracts.TourClosed,
    contracts.TourNoted,
)


def service() -> app.Service:
    """What this service hands to the kernel."""
    return app.Service(
        name="inspection_tours",
        path="/inspection-tours",
        title="安责·巡查 · Anze inspection tours",
        description="常规、专项巡查，问题、整改、复查，巡查覆盖 · Tours, findings, re-checks, coverage (Art. 14)",
        routers=(tour_router, coverage_router),
        policy=POLICY,
        subscriptions=SUBSCRIPTIONS,
        adopt={**dict.fromkeys(_TOUR_EVENTS, adopt_tour), contracts.ListingRegistered: adopt_listing},
    )


def create_app() -> FastAPI:
    """The ASGI application, configured from the environment."""
    return app.create_app(service(), Settings(), DECLARATIONS)
