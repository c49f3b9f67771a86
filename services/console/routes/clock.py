"""The development clock over HTTP; absent outside development."""

from fastapi import APIRouter

from services.console.handlers.clock import ClockGoesBackwards, DevelopmentClock
from services.console.schemas import ClockMove, ClockView
from shared.kernel.problems import Conflict


def development_clock(clock: DevelopmentClock) -> APIRouter:
    """Return the routes that show and move the shared clock."""
    router = APIRouter()

    @router.get("/dev/clock")
    async def shown() -> ClockView:
        return ClockView(now=clock.now(), offset_seconds=clock.offset().total_seconds())

    @router.put("/dev/clock")
    async def moved(body: ClockMove) -> ClockView:
        try:
            now = clock.move(body.now)
        except ClockGoesBackwards:
            raise Conflict(
                "clock_backwards",
                "开发时钟不能倒拨：已经记录的事实不能早于其记录",
                "the development clock never goes backwards",
            ) from None
        return ClockView(now=now, offset_seconds=clock.offset().total_seconds())

    return router
