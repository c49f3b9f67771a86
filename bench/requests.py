"""GET by id and POST of one uvicorn process, against bare applications that run the same statements."""

import asyncio
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import asyncpg

from bench.ground import Ground, issuer
from bench.measure import BARE, OURS, Line, Side, Stopwatch, compared, contest
from shared.kernel import databases, testing
from shared.kernel.testing import Stack, eventually

ASYNCPG = "bare asyncpg"
CONNECTIONS = 8
FACTORIES = {OURS: "ours", BARE: "bare_sqlalchemy", ASYNCPG: "bare_asyncpg"}


@dataclass(frozen=True, slots=True)
class Target:
    """One application: where it listens, what a caller sends, and a record that it has."""

    port: int
    token: str
    record: str = ""

    def get(self) -> bytes:
        """The request for the record."""
        return self._head(f"GET /v1/counters/{self.record}") + b"\r\n"

    def post(self) -> bytes:
        """A request that opens a counter, under a key of its own."""
        body = b'{"value": 7}'
        more = f"idempotency-key: {secrets.token_hex(8)}\r\ncontent-length: {len(body)}\r\n"
        return self._head("POST /v1/counters") + more.encode() + b"content-type: application/json\r\n\r\n" + body

    def _head(self, line: str) -> bytes:
        return f"{line} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {self.token}\r\n".encode()


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    """Send one request on an open connection and return the body of its answer, which must be a success."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    body = await reader.readexactly(length)
    assert head[9:10] == b"2", head + body
    return body


async def rate(port: int, make: Callable[[], bytes], count: int) -> float:
    """Requests per second on eight connections that stay open."""
    requests: Iterator[bytes] = iter([make() for _ in range(count)])
    pairs = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]

    async def work(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for request in requests:
            await exchange(reader, writer, request)

    watch = Stopwatch()
    await asyncio.gather(*(work(*pair) for pair in pairs))
    took = watch.seconds()
    for _, writer in pairs:
        writer.close()
    return count / took


async def _started(target: Target) -> Target:
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    made = json.loads(await exchange(reader, writer, target.post()))
    writer.close()
    return Target(target.port, target.token, made["id"])


async def _carried(stack: Stack) -> None:
    """Wait until our relay has nothing left to do that would disturb the next side."""
    connection = await asyncpg.connect(databases.dsn(stack.urls["toy"].runtime))

    async def empty() -> bool:
        return not await connection.fetchval("SELECT count(*) FROM outbox")

    try:
        await eventually(empty)
    finally:
        await connection.close()


async def measure(ground: Ground, rounds: int, count: int) -> list[Line]:
    """Both kinds of request, `count` in each round."""
    async with ground.toys() as stack, issuer() as keys:
        token = testing.token(roles=["writer"])
        with ExitStack() as processes:
            targets: dict[str, Target] = {}
            for side, factory in FACTORIES.items():
                environment = stack.environment("toy" if side == OURS else "echo", ANZE_JWKS_URL=keys)
                enter = processes.enter_context
                started = ground.process(f"bench.apps:{factory}", environment)
                _, port = await asyncio.to_thread(enter, started)
                targets[side] = await _started(Target(port, token))

            def gets(target: Target) -> Side:
                return lambda: rate(target.port, target.get, count)

            def posts(target: Target) -> Side:
                async def post() -> float:
                    found = await rate(target.port, target.post, count)
                    await _carried(stack)
                    return found

                return post

            got = await contest({side: gets(one) for side, one in targets.items()}, rounds)
            posted = await contest({side: posts(one) for side, one in targets.items()}, rounds)
    return [
        compared("GET by id ÷ bare SQLAlchemy in FastAPI", got, unit="req/s", goal=0.7),
        compared("GET by id ÷ bare asyncpg in FastAPI", got, unit="req/s", against=ASYNCPG),
        compared("POST ÷ bare SQLAlchemy in FastAPI", posted, unit="req/s", goal=0.5),
        compared("POST ÷ bare asyncpg in FastAPI", posted, unit="req/s", against=ASYNCPG),
    ]
