"""Composition root: `uvicorn --factory services.duties.main:create_app`."""

from fastapi import FastAPI

from services.duties.handlers import adoption
from services.duties.routes.attestations import attestations
from services.duties.routes.duties import duties, obligation_routes
from services.duties.routes.findings import nonperformance_findings, standing_reviews
from services.duties.routes.overlays import overlays
from services.duties.routes.performances import performances
from services.duties.routes.what_if import what_if
from services.duties.rules.access import POLICY
from services.duties.settings import DutiesSettings
from services.duties.subscribers import ACCIDENTS
from shared.contracts import duties as contracts
from shared.contracts.topology import DECLARATIONS
from shared.kernel import app
from shared.kernel.envelope import Event
from shared.kernel.recovery import Adopt
from shared.papers import Signer
from shared.roster.subscription import roster_subscription
from shared.statute.routes import statute_router

ADOPT: dict[type[Event], Adopt] = {
    contracts.PerformanceRecorded: adoption.adopt_performance,
    contracts.PerformanceWithdrawn: adoption.adopt_performance,
    contracts.PerformanceVerified: adoption.adopt_performance,
    contracts.StandingReviewRecorded: adoption.adopt_review,
    contracts.NonPerformanceFound: adoption.adopt_finding,
    contracts.AttestationIssued: adoption.adopt_attestation,
    contracts.AttestationRenewed: adoption.adopt_attestation,
    contracts.OverlayRecorded: adoption.adopt_overlay,
    contracts.OverlayEnded: adoption.adopt_overlay,
}


def service(signer: Signer | None = None) -> app.Service:
    """The parts of duties; documents are signed by `signer`, by default with a key of this process's own."""
    return app.Service(
        name="duties",
        path="/duties",
        title="职责 · Duties",
        description="谁在何期间应履行何种职责、有何记录 · Who owes which act in which period, and what is on record",
        routers=(
            duties,
            obligation_routes,
            performances,
            standing_reviews,
            nonperformance_findings,
            attestations(signer or Signer.fresh()),
            statute_router(),
            overlays,
            what_if,
        ),
        policy=POLICY,
        subscriptions=(roster_subscription(), ACCIDENTS),
        adopt=ADOPT,
    )


def signer_of(settings: DutiesSettings) -> Signer:
    """The key that the environment names.

    Raises:
        ValueError: none is named outside development, or it is no private P-256 key.
        FileNotFoundError: outside development, the file is not there.
    """
    if settings.paper_key_file is None:
        if not settings.development:
            raise ValueError("ANZE_PAPER_KEY_FILE names the key that documents are signed with")
        return Signer.fresh()
    return (Signer.kept if settings.development else Signer.load)(settings.paper_key_file)


def create_app() -> FastAPI:
    """The ASGI application, configured by the environment."""
    settings = DutiesSettings()
    return app.create_app(service(signer_of(settings)), settings, DECLARATIONS)
