"""Engines, and one database with two roles per service: an owner that migrates, a runtime role that only works.

The runtime role has no DDL and cannot change or delete ledger and seal rows; an owner could grant itself
everything back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from shared.kernel.tables import APPEND_ONLY


@dataclass(frozen=True, slots=True)
class ServiceUrls:
    """How the owner and the runtime role of one service reach its database (`postgresql+asyncpg://`)."""

    owner: str
    runtime: str


def engine(url: str, *, pool_size: int = 10, name: str = "anze") -> AsyncEngine:
    """A pooled engine. A connection lost to a restarted server fails its first statement and empties the pool.

    Routes then try once more, consumers put their events back: no statement is spent on asking beforehand.
    """
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,  # errors are logged, people's data is not
        connect_args={"server_settings": {"application_name": name, "TimeZone": "UTC"}},
    )


def session_maker(bound: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions that load nothing behind one's back and never expire what was read."""
    return async_sessionmaker(bound, expire_on_commit=False, autoflush=False)


def dsn(url: str) -> str:
    """The same database for asyncpg itself, which relay and advisory locks use directly."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _url(admin: URL, database: str, role: str, password: str) -> str:
    url = admin.set(drivername="postgresql+asyncpg", database=database, username=role, password=password)
    return url.render_as_string(hide_password=False)


async def _ensure_role(connection: asyncpg.Connection, role: str, password: str) -> None:
    verb = "ALTER" if await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role) else "CREATE"
    await connection.execute(
        f"{verb} ROLE {_quoted(role)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {_literal(password)}"
    )


async def provision(
    admin_url: str, services: Sequence[str], password: str, *, prefix: str = "anze_"
) -> dict[str, ServiceUrls]:
    """Create the database and the two roles of each service; repeating it changes nothing.

    Args:
        admin_url: a role that may create databases and roles.
        services: names, which also name the databases (`<prefix><service>`).
        password: of both roles; deployments with a secret store change it there and here.
        prefix: tells installations on one server apart.
    """
    admin = make_url(admin_url)
    urls: dict[str, ServiceUrls] = {}
    connection = await asyncpg.connect(dsn(admin_url))
    try:
        for service in services:
            database, owner, runtime = (
                f"{prefix}{service}",
                f"{prefix}{service}_owner",
                f"{prefix}{service}_runtime",
            )
            await _ensure_role(connection, owner, password)
            await _ensure_role(connection, runtime, password)
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
                await connection.execute(f"CREATE DATABASE {_quoted(database)} OWNER {_quoted(owner)}")
            urls[service] = ServiceUrls(
                owner=_url(admin, database, owner, password), runtime=_url(admin, database, runtime, password)
            )
            inside = await asyncpg.connect(dsn(admin.set(database=database).render_as_string(hide_password=False)))
            try:
                await inside.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
                await inside.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
                await inside.execute(f"ALTER SCHEMA public OWNER TO {_quoted(owner)}")
            finally:
                await inside.close()
    finally:
        await connection.close()
    return urls


def grants(runtime: str) -> list[str]:
    """The runtime role's rights, as statements that the owner runs after every migration."""
    role = _quoted(runtime)
    return [
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        *(f"REVOKE UPDATE, DELETE, TRUNCATE ON {_quoted(table)} FROM {role}" for table in APPEND_ONLY),
    ]
