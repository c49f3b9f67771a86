"""The registry at work on a real database, with the exercise regions loaded and the clock set."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from services.registry.facts import SHANGHAI
from services.registry.main import service
from services.registry.tests.clerk import Clerk, Story, enact
from services.registry.tests.rosters import story as cast
from shared.contracts.topology import DECLARATIONS
from shared.kernel import clock
from shared.kernel.testing import Stack


class Calendar:
    """The development clock of a test."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def turn_to(self, year: int, month: int, day: int, hour: int) -> None:
        """Let it be this Asia/Shanghai hour now."""
        wanted = datetime(year, month, day, hour, tzinfo=SHANGHAI)
        beside = self.file.with_suffix(".new")
        beside.write_text(f'{{"offset_seconds": {(wanted - clock.wall()).total_seconds()}}}')
        beside.replace(self.file)


@pytest.fixture
def calendar(tmp_path: Path) -> Iterator[Calendar]:
    made = Calendar(tmp_path / "clock.json")
    made.turn_to(2026, 5, 20, 18)
    yield made
    clock.follow(None)


NOWHERE = "nats://127.0.0.1:9"  # the broker is down: writes go on, and what streams do is the kernel's to test


async def at_work(stack: Stack, calendar: Calendar, **environment: str) -> Clerk:
    """A registrar of the whole province; the exercise regions stand."""
    running = await stack.start(service(), DECLARATIONS, ANZE_CLOCK_FILE=str(calendar.file), **environment)
    made = Clerk(running)
    await made.load_divisions(exercise_only=True)
    return made


@pytest.fixture
async def clerk(stack: Stack, calendar: Calendar) -> Clerk:
    """A registrar while the broker is down."""
    return await at_work(stack, calendar, NATS_URL=NOWHERE)


@pytest.fixture
async def publishing(stack: Stack, calendar: Calendar) -> Clerk:
    """A registrar whose events are published."""
    await stack.provision(DECLARATIONS)
    return await at_work(stack, calendar)


@pytest.fixture
async def story(clerk: Clerk) -> Story:
    """The cast of the story, registered through the API."""
    return await enact(clerk, cast())


@pytest.fixture
async def empty(admin_url: str, nats_url: str, calendar: Calendar) -> AsyncIterator[Clerk]:
    """A second registrar, of a register of its own that holds the exercise regions and nothing else."""
    made = Stack(admin_url, nats_url)
    yield await at_work(made, calendar, NATS_URL=NOWHERE)
    await made.close()
