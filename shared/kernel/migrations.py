"""Alembic histories: the kernel's branch, the roster's where a service keeps a copy, and the service's own.

A service's `migrations` holds its branch; the marker file `roster.branch` there says that it carries the roster's
too. All heads must stand for the service to be ready.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.kernel.databases import grants

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / "shared" / "kernel" / "migrations"
KERNEL = ENVIRONMENT / "versions"
ROSTER = ROOT / "shared" / "roster" / "migrations"
RUNTIME_SUFFIX = "_runtime"


def locations(service: str) -> list[Path]:
    """The folders whose revisions a service carries: the kernel's, its own, the roster's where it keeps a copy."""
    own = ROOT / "services" / service / "migrations"
    carried = [KERNEL, own]
    if (own / "roster.branch").exists():
        carried.insert(1, ROSTER)
    return [folder for folder in carried if any(folder.glob("*.py"))]


def config(service: str) -> Config:
    """Alembic's configuration for one service."""
    made = Config()
    made.set_main_option("script_location", str(ENVIRONMENT))
    made.set_main_option("path_separator", "newline")
    made.set_main_option("version_locations", "\n".join(str(folder) for folder in locations(service)))
    return made


def heads(service: str) -> set[str]:
    """The revisions that must stand."""
    return set(ScriptDirectory.from_config(config(service)).get_heads())


async def missing(service: str, engine: AsyncEngine) -> set[str]:
    """The heads that do not stand yet."""

    def current(connection: sa.Connection) -> set[str]:
        return set(MigrationContext.configure(connection).get_current_heads())

    async with engine.connect() as connection:
        return heads(service) - await connection.run_sync(current)


async def upgrade(service: str, owner_url: str) -> None:
    """Bring a service's database to all heads, and the runtime role's rights with it."""
    url = make_url(owner_url)
    engine = create_async_engine(url)

    def run(connection: sa.Connection) -> None:
        made = config(service)
        made.attributes["connection"] = connection
        command.upgrade(made, "heads")

    async def allow(connection: AsyncConnection) -> None:
        runtime = (url.username or "").removesuffix("_owner") + RUNTIME_SUFFIX
        for statement in grants(runtime):
            await connection.execute(sa.text(statement))

    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
            await allow(connection)
    finally:
        await engine.dispose()
