"""A process that runs one import: `python -m services.registry.tests.importing <id>`; its crash point may be armed."""

import asyncio
import sys
from uuid import UUID

from services.registry.handlers.imports import runs
from services.registry.handlers.officials import Numbers
from shared.kernel import crash, databases
from shared.kernel.settings import Settings
from shared.kernel.unit_of_work import UnitOfWork
from shared.kernel.vault import Vault


async def _run(identity: UUID) -> None:
    settings = Settings.model_validate({})
    engine = databases.engine(settings.database_url.get_secret_value())
    sessions = databases.session_maker(engine)
    numbers = Numbers(Vault.parse(settings.encryption_keys.get_secret_value()), development=True)

    async def progress(_done: int, _total: int | None) -> None:
        """Nobody watches."""

    def transactions() -> UnitOfWork:
        return UnitOfWork(sessions, service="registry", actor="tester", regions=frozenset({"130000"}))

    desk = runs.Desk(sessions, numbers, frozenset({"130000"}), progress)
    crash.arm(settings.crash_point)
    await runs.run(desk, identity, transactions, validate_only=False)
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(_run(UUID(sys.argv[1])))
