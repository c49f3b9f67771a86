"""The way back: each event of duties becomes state again after a restore."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.duties import repository
from services.duties.handlers.evaluation import follow_adoption, follow_performance
from services.duties.handlers.events import attestation_of, finding_of, performance_of, review_of
from services.duties.handlers.overlays import overlay_of
from shared.contracts.duties import (
    AttestationState,
    NonPerformanceState,
    OverlayState,
    PerformanceState,
    StandingReviewState,
)
from shared.kernel.envelope import Delivery


async def adopt_performance(session: AsyncSession, event: PerformanceState, delivery: Delivery) -> None:
    """Put a performance back."""
    act = performance_of(event)
    await repository.put_performance(session, act, event.path, delivery.version)
    await follow_performance(session, act)


async def adopt_review(session: AsyncSession, event: StandingReviewState, delivery: Delivery) -> None:
    """Put a standing review back."""
    await repository.put_review(session, review_of(event), event.path, delivery.version)


async def adopt_finding(session: AsyncSession, event: NonPerformanceState, delivery: Delivery) -> None:
    """Put a finding back."""
    await repository.put_finding(session, finding_of(event), event.path, delivery.version)


async def adopt_attestation(session: AsyncSession, event: AttestationState, delivery: Delivery) -> None:
    """Put a version of an attestation back."""
    await repository.put_attestation(session, attestation_of(event), delivery.recorded_at, delivery.version)


async def adopt_overlay(session: AsyncSession, event: OverlayState, delivery: Delivery) -> None:
    """Put a version of an overlay back."""
    await repository.put_overlay(session, overlay_of(event), event.path, delivery.recorded_at, delivery.version)
    await follow_adoption(session, event.duty_id)
