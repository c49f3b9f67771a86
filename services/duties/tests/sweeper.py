"""A process that sweeps, and may be killed at a point: `python -m services.duties.tests.sweeper URL CLOCK [POINT]`."""

import asyncio
import sys
from pathlib import Path

from services.duties.handlers import notices
from services.duties.main import service
from shared.kernel import clock, crash, databases


async def run(url: str) -> None:
    """Go on with the day's sweep, in chunks so small that there are several."""
    notices.CHUNK = 4
    assert service().periodic
    engine = databases.engine(url)
    await notices.sweep_daily(databases.session_maker(engine), clock.now())
    await engine.dispose()


if __name__ == "__main__":
    clock.follow(Path(sys.argv[2]))
    crash.arm(sys.argv[3] if len(sys.argv) > 3 else None)
    asyncio.run(run(sys.argv[1]))
