"""A service that keeps a copy of the roster and nothing else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nats.aio.client import Client
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from shared.kernel import databases, migrations
from shared.kernel.consumer import Consumer
from shared.kernel.testing import Stack
from shared.roster.subscription import roster_subscription

READER = "roster_reader"


@pytest.fixture
async def engine(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncEngine]:
    """The reader's database, migrated like that of any service with the marker file."""
    folder = tmp_path / "services" / READER / "migrations"
    folder.mkdir(parents=True)
    (folder / "roster.branch").touch()
    monkeypatch.setattr(migrations, "ROOT", tmp_path)
    made = databases.engine((await stack.database(READER)).runtime, name="test")
    yield made
    await made.dispose()


@pytest.fixture
def sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions as the runtime role."""
    return databases.session_maker(engine)


@pytest.fixture
def consumer(sessions: async_sessionmaker[AsyncSession]) -> Consumer:
    """The durable `roster` at work, without a broker: tests hand it what a broker would."""
    return Consumer(READER, roster_subscription(), sessions, "", Client())
