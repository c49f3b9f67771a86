"""Two small services for the kernel's own tests: `toy` keeps counters, `echo` copies them and answers."""

from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4, uuid5

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from shared.kernel.app import Service
from shared.kernel.auth import requires
from shared.kernel.consumer import Subscription
from shared.kernel.envelope import Delivery, Event, Ref
from shared.kernel.problems import NotFound
from shared.kernel.routing import (
    CheckableWork,
    ExpectedVersion,
    KeyedWork,
    Reading,
    TransactionalRoute,
    Work,
    answer_version,
    binary_route,
)
from shared.kernel.streams import ConsumerSpec, Declarations, StreamSpec
from shared.kernel.tables import ledger
from shared.kernel.unit_of_work import UnitOfWork

PATH = ("130000", "130100")
ECHOES = UUID("6f6e6c79-616e-7a65-8000-0000000000ec")
METADATA = sa.MetaData()
COUNTER = sa.Table(
    "counter",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
)
ECHO = sa.Table(
    "echo",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("seen", sa.Integer, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
)


class CounterState(Event):
    PRODUCER: ClassVar[str] = "toy"
    AGGREGATE: ClassVar[str] = "counter"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset({"id", "value"})
    PUBLIC_FIELDS: ClassVar[frozenset[str] | None] = frozenset({"id"})
    value: int
    secret: str = "internal only"


class CounterOpened(CounterState):
    NAME: ClassVar[str] = "opened"


class CounterRaised(CounterState):
    NAME: ClassVar[str] = "raised"


class CounterRead(Event):
    PRODUCER: ClassVar[str] = "toy"
    AGGREGATE: ClassVar[str] = "reading"
    NAME: ClassVar[str] = "happened"
    PUBLISHED: ClassVar[bool] = False
    of: UUID


class Echoed(Event):
    PRODUCER: ClassVar[str] = "echo"
    AGGREGATE: ClassVar[str] = "echo"
    NAME: ClassVar[str] = "echoed"
    value: int


class CounterIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    value: Annotated[int, Field(ge=0, le=1_000)]
    region: str = "130100"


class CounterView(BaseModel):
    id: UUID
    value: int
    version: int


async def open_counter(work: UnitOfWork, value: int, identity: UUID | None = None) -> CounterView:
    ref = Ref("counter", identity or uuid4())
    await work.lock(ref)
    await work.session.execute(COUNTER.insert().values(id=ref.id, value=value, region="130100"))
    version = work.emit(CounterOpened(id=ref.id, value=value), path=PATH)
    return CounterView(id=ref.id, value=value, version=version)


async def raise_counter(work: UnitOfWork, identity: UUID, value: int) -> CounterView:
    await work.lock(Ref("counter", identity))
    await work.session.execute(COUNTER.update().where(COUNTER.c.id == identity).values(value=value))
    version = work.emit(CounterRaised(id=identity, value=value), path=PATH)
    return CounterView(id=identity, value=value, version=version)


def router() -> APIRouter:
    made = APIRouter(prefix="/v1/counters", route_class=TransactionalRoute)

    @made.post("", status_code=201, dependencies=[Depends(requires("counter", "write"))])
    async def create(body: CounterIn, work: KeyedWork) -> CounterView:
        view = await open_counter(work, body.value)
        work.answer_version = view.version
        if body.value == 666:
            raise NotFound("refused_after_writing", "不行", "no")
        return view

    @made.put("/{counter_id}", dependencies=[Depends(requires("counter", "write"))])
    async def change(counter_id: UUID, body: CounterIn, expected: ExpectedVersion, work: Work) -> CounterView:
        await work.lock_existing(Ref("counter", counter_id), expected)
        view = await raise_counter(work, counter_id, body.value)
        work.answer_version = view.version
        return view

    @made.get("/{counter_id}", dependencies=[Depends(requires("counter", "read"))])
    async def one(counter_id: UUID, session: Reading, request: Request) -> CounterView:
        row = (await session.execute(sa.select(COUNTER).where(COUNTER.c.id == counter_id))).first()
        if row is None:
            raise NotFound("not_found", "没有", "none")
        version = await session.scalar(
            sa.select(sa.func.max(ledger.c.version)).where(ledger.c.aggregate_id == counter_id)
        )
        answer_version(request, version or 0)
        return CounterView(id=row.id, value=row.value, version=version or 0)

    return made


def weighing() -> APIRouter:
    """Takes any bytes, two MiB at most, and opens a counter with their number in KiB."""
    made = APIRouter(prefix="/v1/weighings", route_class=binary_route(2_097_152))

    @made.post("", status_code=201, dependencies=[Depends(requires("counter", "write"))])
    async def weigh(request: Request, work: CheckableWork) -> CounterView:
        view = await open_counter(work, len(await request.body()) // 1024)
        work.answer_version = view.version
        return view

    return made


async def adopt(session: Any, event: CounterState, _delivery: Delivery) -> None:
    await session.execute(COUNTER.delete().where(COUNTER.c.id == event.id))
    await session.execute(COUNTER.insert().values(id=event.id, value=event.value, region="130100"))


FAILING: set[int] = set()


async def echo(work: UnitOfWork, event: CounterState, delivery: Delivery) -> None:
    """Copies the value, counts how often it was called, and emits one reaction."""
    if event.value in FAILING:
        raise ValueError("poison for 990000199001010011")
    await work.session.execute(
        sa.text(
            "INSERT INTO echo (id, seen, times) VALUES (:id, :seen, 1)"
            " ON CONFLICT (id) DO UPDATE SET seen = :seen, times = echo.times + 1"
        ),
        {"id": event.id, "seen": event.value},
    )
    ref = Ref("echo", uuid5(ECHOES, str(event.id)))
    await work.lock(ref)
    work.emit(Echoed(id=ref.id, value=event.value), path=delivery.path, exercise=delivery.exercise)


async def mirror(work: UnitOfWork, event: CounterState, _delivery: Delivery) -> None:
    """A projection: keeps the newest value and emits nothing."""
    await work.session.execute(
        sa.text(
            "INSERT INTO echo (id, seen, times) VALUES (:id, :seen, 0) ON CONFLICT (id) DO UPDATE SET seen = :seen"
        ),
        {"id": event.id, "seen": event.value},
    )


WRITERS = frozenset({"writer"})
POLICY = {("counter", "write"): WRITERS, ("counter", "read"): WRITERS}
SUBSCRIPTION = Subscription(
    name="counters",
    source="toy",
    aggregates=("counter",),
    handlers={CounterOpened: echo, CounterRaised: echo},
)
MIRROR = Subscription(
    name="mirror", source="toy", aggregates=("counter",), handlers={CounterOpened: mirror, CounterRaised: mirror}
)
TOY = Service(
    "toy", "/toy", "玩具", "", (router(), weighing()), POLICY, adopt={CounterOpened: adopt, CounterRaised: adopt}
)
ECHO_SERVICE = Service("echo", "/echo", "回声", "", (), {}, subscriptions=(SUBSCRIPTION,))
DECLARED = Declarations(
    streams=(
        StreamSpec("TOY", ("anze.v1.internal.toy.>",)),
        StreamSpec("ECHO", ("anze.v1.internal.echo.>",)),
        StreamSpec("AGENCY", ("anze.v1.agency.>",)),
        StreamSpec("PUBLIC", ("anze.v1.public.>",)),
    ),
    consumers=(ConsumerSpec("echo-counters", "TOY", ("anze.v1.internal.toy.counter.>",), ack_wait_seconds=3),),
    roots=frozenset({"130000"}),
)
