"""The migrations make the tables that the code means."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.duties.main import service
from services.duties.tables import metadata
from shared.kernel import databases
from shared.kernel.testing import Stack


async def test_the_migrations_make_the_tables_that_the_code_means(stack: Stack) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        def ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
            return kind != "table" or name in metadata.tables

        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        return list(compare_metadata(context, metadata))

    assert service().adopt
    assert {"notice", "obligation", "performance"} <= metadata.tables.keys()
    engine = databases.engine((await stack.database("duties")).runtime)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()
