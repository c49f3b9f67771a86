"""What the backbone promises besides its invariants: retries, waking, keys, readiness, what a broker must be."""

import asyncio
import json

import asyncpg
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from nats.errors import Error as NatsError
from nats.js.errors import APIError

from shared.kernel import auth, clock, relay, streams, testing
from shared.kernel.auth import Tokens
from shared.kernel.problems import Unauthenticated
from shared.kernel.testing import Running, eventually
from shared.kernel.tests.conftest import Bench
from shared.kernel.tests.test_more import tighten

#: The first `times` inserts fail as the database would fail them; a sequence counts them, since it never rolls back.
FAILING = """
CREATE SEQUENCE tried;
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  IF nextval('tried') <= {times} THEN RAISE EXCEPTION 'invented' USING ERRCODE = '{state}'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER failing BEFORE INSERT ON counter FOR EACH ROW EXECUTE FUNCTION fail();
"""


async def post(service: Running, value: int) -> tuple[int, str | None]:
    """Status and code of an attempt to open a counter."""
    answer = await service.http.post("/v1/counters", json={"value": value}, headers=service.acting("writer"))
    return answer.status_code, answer.json().get("code")


@pytest.mark.parametrize(
    ("state", "times", "answer", "tried"),
    [
        ("40001", 1, (201, None), 2),
        ("40P01", 1, (201, None), 2),
        ("40001", 9, (409, "concurrent_change"), 2),
        ("23P01", 9, (409, "conflicting_record"), 1),
    ],
)
async def test_what_only_concurrency_made_fail_is_tried_once_more_and_a_wall_is_a_conflict(
    toy_service: Running, bench: Bench, state: str, times: int, answer: tuple[int, str | None], tried: int
) -> None:
    await tighten(bench, "toy", FAILING.format(times=times, state=state))
    assert await post(toy_service, 1) == answer
    connection = await asyncpg.connect(bench.admin_dsn("toy"))
    try:
        assert await connection.fetchval("SELECT last_value FROM tried") == tried
        assert await connection.fetchval("SELECT count(*) FROM ledger") == int(answer[0] == 201)
    finally:
        await connection.close()


async def test_the_relay_is_woken_by_a_commit_and_looks_by_itself_too(
    toy_service: Running, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def published(count: int) -> None:
        async def there() -> bool:
            pending = await bench.rows("toy", "SELECT count(*) FROM outbox")
            return pending == [(0,)] and len(await bench.deliveries()) == count

        await eventually(there, what=f"{count} published")

    await post(toy_service, 1)
    await published(1)
    connection = await asyncpg.connect(bench.dsn("toy"))
    try:
        await connection.execute("INSERT INTO outbox SELECT seq, true FROM ledger")  # nobody notifies of that
        await published(1)
    finally:
        await connection.close()
    monkeypatch.setattr(relay, "POLL_SECONDS", 3_600)
    for count in (2, 3):  # before the second, the relay has begun to wait for an hour
        await post(toy_service, count)
        await published(count)


def signed(key: ECKey) -> str:
    """A token that is in order, by a key of one's own."""
    content = {"iss": testing.ISSUER, "aud": "anze", "sub": "three", "exp": int(clock.wall().timestamp()) + 60}
    return jwt.encode({"alg": "ES256", "kid": key.kid}, content, key)


async def test_the_issuers_keys_are_kept_and_asked_for_once_more_where_one_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys, asked = [testing.KEY], 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps(KeySet(list(keys)).as_dict(private=False)).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    issuer = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with issuer:
        port = issuer.sockets[0].getsockname()[1]
        tokens = Tokens(testing.ISSUER, f"http://127.0.0.1:{port}/jwks", "anze")
        for subject in ("one", "two"):
            assert (await tokens.actor(testing.token(subject, roles=["writer"]))).subject == subject
        assert asked == 1
        keys.append(ECKey.generate_key("P-256", {"kid": "next"}))
        rotated = signed(keys[1])
        with pytest.raises(Unauthenticated):
            await tokens.actor(rotated)
        assert asked == 1, "whoever invents key ids makes nobody ask again and again"
        monkeypatch.setattr(auth, "REFETCH_SECONDS", 0)
        assert (await tokens.actor(rotated)).subject == "three"
        assert asked == 2
        with pytest.raises(Unauthenticated):
            await tokens.actor(signed(ECKey.generate_key("P-256", {"kid": "forged"})))
        assert asked == 3


async def test_a_migration_that_does_not_stand_makes_the_service_not_ready_and_is_named(
    toy_service: Running, bench: Bench
) -> None:
    await tighten(bench, "toy", "DELETE FROM alembic_version")
    answer = await toy_service.http.get("/readyz")
    assert answer.status_code == 503
    assert [one for one in answer.json()["wrong"] if one.startswith("migration kernel_")]


async def test_a_stream_lets_nobody_delete_or_purge(bench: Bench) -> None:
    await bench.open(1)
    await bench.publish()
    js = bench.client.jetstream()
    with pytest.raises(APIError, match="purge"):
        await js.purge_stream("TOY")
    with pytest.raises((APIError, NatsError), match="delete"):
        await js.delete_msg("TOY", 1)
    assert len(await bench.deliveries()) == 1


async def test_a_broker_older_than_what_we_rely_on_is_refused(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LEAST_SERVER", (99, 0))
    with pytest.raises(RuntimeError, match="older than"):
        await streams.connect(bench.stack.nats_url, name="test")
