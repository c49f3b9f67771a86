"""Duties at work on real servers, with a registry that says what the tests want and a clock that they turn."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.duties.main import service
from services.duties.tests.registry import Registry
from services.duties.tests.story import Story
from shared.contracts.topology import DECLARATIONS
from shared.kernel import clock
from shared.kernel.tables import outbox
from shared.kernel.testing import Running, Stack, eventually


class TurningClock:
    """The development clock of this process."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def turn(self, to: datetime) -> None:
        """Let it be `to`; it goes on running."""
        draft = self.file.with_suffix(".new")
        draft.write_text(json.dumps({"offset_seconds": (to - clock.wall()).total_seconds()}))
        draft.replace(self.file)


@pytest.fixture
def turning(tmp_path: Path) -> Iterator[TurningClock]:
    """A clock to turn."""
    made = TurningClock(tmp_path / "clock.json")
    clock.follow(made.file)
    yield made
    clock.follow(None)


@pytest.fixture
async def running(stack: Stack, turning: TurningClock) -> AsyncIterator[Running]:
    """Duties, with its own database and streams; whatever a test wrote must have been sealed and published."""
    await stack.provision(DECLARATIONS)
    settings = {"ANZE_CLOCK_FILE": str(turning.file), "ANZE_PERIODIC_SECONDS": "86400"}  # tests sweep themselves
    made = await stack.start(service(), DECLARATIONS, **settings)
    yield made

    async def published() -> bool:
        async with made.app.state.sessions() as session:
            return not await session.scalar(sa.select(sa.func.count()).select_from(outbox))

    await eventually(published, what="an empty outbox")


@pytest.fixture
async def registry(running: Running) -> Registry:
    """What the registry says, delivered straight to the consumers."""
    return Registry(running)


@pytest.fixture
async def story(running: Running, registry: Registry, turning: TurningClock) -> Story:
    """The cast of the story in its posts; nothing is recorded yet."""
    made = Story(running, registry, turning.turn)
    await made.enter()
    return made
