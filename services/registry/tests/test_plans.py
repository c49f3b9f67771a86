"""The responsibility query finds its rows by indexes in a register of many thousands of posts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.tests.clerk import Clerk
from shared.kernel import databases
from shared.kernel.testing import Stack

POSTS = 40_000
LARGE = ("organ", "post", "official", "appointment", "portfolio", "ledger")
#: 2,000 counties of 20 posts, each post with its holder, a predecessor and a portfolio; every row as recorded in May.
FILL = f"""
CREATE TEMPORARY TABLE seat AS SELECT n, lpad((n / 20)::text, 6, '9') AS code, md5('organ' || n / 20)::uuid AS organ_id,
    md5('post' || n)::uuid AS post_id, md5('official' || n)::uuid AS official_id FROM generate_series(1, {POSTS}) AS n;
INSERT INTO organ (id, version, recorded_at, exercise, path, name, kind, region_code, roles, from_day, names,
    successions, predecessor_ids, pinyin, initials)
    SELECT DISTINCT ON (organ_id) organ_id, 1, '2026-05-01'::timestamptz, true, ARRAY['130000', code], '演练政府',
    'government', code, '[]'::jsonb, '2018-01-01'::date, '[]'::jsonb, '[]'::jsonb, ARRAY[]::uuid[],
    'yanlianzhengfu', 'ylzf' FROM seat;
INSERT INTO post (id, version, recorded_at, exercise, path, organ_id, kind, title, from_day)
    SELECT post_id, 1, '2026-05-01'::timestamptz, true, ARRAY['130000', code], organ_id, 'government_other_leader',
    '演练岗位', '2018-01-01'::date FROM seat;
INSERT INTO official (id, version, recorded_at, exercise, path, name, pinyin, initials)
    SELECT official_id, 1, '2026-05-01'::timestamptz, true, ARRAY['130000', code], '演练' || n, 'yanlian',
    'yl' FROM seat;
INSERT INTO appointment (id, version, recorded_at, exercise, path, post_id, official_id, from_day, to_day, acting,
    promotion, annulled, flags)
    SELECT md5('held' || n || late)::uuid, 1, '2026-05-01'::timestamptz, true, ARRAY['130000', code], post_id,
    official_id, CASE WHEN late THEN '2024-01-01' ELSE '2019-01-01' END::date,
    CASE WHEN late THEN NULL ELSE '2023-12-31' END::date, false, false, false, ARRAY[]::text[]
    FROM seat, (VALUES (true), (false)) AS held (late);
INSERT INTO portfolio (id, version, recorded_at, exercise, path, post_id, from_day, industries, fields, organ_ids,
    annulled)
    SELECT md5('portfolio' || n)::uuid, 1, '2026-05-01'::timestamptz, true, ARRAY['130000', code], post_id,
    '2024-01-01'::date, ARRAY['C26'], ARRAY[]::text[], ARRAY[]::uuid[], false FROM seat;
INSERT INTO ledger (id, transaction, aggregate_type, aggregate_id, version, type, place, data, actor, basis, exercise,
    occurred_at, recorded_at, digest)
    SELECT md5('entry' || n)::uuid, md5('entry' || n)::uuid, 'post', post_id, 1, 'anze.registry.post.registered.v1',
    '130000._._._', jsonb_build_object('id', post_id, 'organ_id', organ_id, 'kind', 'government_other_leader',
    'title', '演练岗位', 'from_day', '2018-01-01', 'exercise', true),
    'tester', ARRAY['art2'], true, now(), '2026-05-01'::timestamptz, ''::bytea FROM seat;
UPDATE organ SET region_code = '139901' WHERE id = md5('organ' || 1)::uuid;
"""


@pytest.fixture
async def full(stack: Stack, clerk: Clerk) -> Clerk:
    """The register with 40,000 posts, as its owner filled and analysed it."""
    connection = await asyncpg.connect(databases.dsn(stack.urls["registry"].owner))
    try:
        await connection.execute(FILL)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    return clerk


@contextmanager
def statements(clerk: Clerk) -> Iterator[list[tuple[str, Any]]]:
    """Every SELECT that runs meanwhile, with its parameters as the database gets them."""
    seen: list[tuple[str, Any]] = []
    engine = clerk.running.app.state.runtime.engine.sync_engine

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


async def plan(connection: AsyncConnection, statement: str, parameters: Any) -> str:
    rows = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
    return "\n".join(row[0] for row in rows)


async def sequential(clerk: Clerk, seen: list[tuple[str, Any]]) -> list[str]:
    """The plans that read a large table from end to end."""
    found = []
    async with clerk.running.app.state.runtime.engine.connect() as connection:
        assert await connection.scalar(sa.text("SHOW enable_seqscan")) == "on"
        for statement, parameters in seen:
            text = await plan(connection, statement, parameters)
            if re.search(rf"Seq Scan on ({'|'.join(LARGE)})\b", text):
                found.append(f"{statement}\n{text}")
    return found


async def test_who_answered_and_the_difference_read_no_large_table_from_end_to_end(full: Clerk) -> None:
    question = {"region": "139901", "as_of": "2026-05-20", "industry": "C26", "exercise": True}
    with statements(full) as seen:
        answer = await full.get("/v1/responsibility", **question, compared_with="2026-04-01T00:00:00+08:00")
        await full.get("/v1/responsibility", **question, known_at="2026-05-20T23:00:00+08:00")
    assert len(answer["entries"]) == 20, "the question was answered from the filled tables"
    assert any("FROM appointment" in statement for statement, _ in seen)
    assert await sequential(full, seen) == []


async def test_a_person_and_a_career_are_found_by_indexes(full: Clerk) -> None:
    async with full.running.app.state.sessions() as session:
        identity = await session.scalar(sa.text("SELECT id FROM official WHERE name = '演练77'"))
    with statements(full) as seen:
        career = await full.get(f"/v1/officials/{identity}/appointments")
        await full.get(f"/v1/officials/{identity}")
        await full.get("/v1/appointments", official_id=identity, exercise=True, history=True)
    assert len(career["appointments"]) == 2
    assert await sequential(full, seen) == []


async def test_a_sequential_read_would_be_noticed(full: Clerk) -> None:
    with statements(full) as seen:
        async with full.running.app.state.sessions() as session:
            await session.scalar(sa.text("SELECT count(*) FROM appointment WHERE end_reason = 'x'"))
    assert len(await sequential(full, seen)) == 1
