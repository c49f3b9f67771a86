"""Thousands of random histories: the register in the real database against a naive one in memory.

Each history records, corrects, ends, reopens and annuls appointments to two seats, alone, at once with others, and
beside a transaction that is still open; and asks what was known, then and again later. `ANZE_HISTORIES` says how many:
by default as many as a minute is enough for; thousands are for a machine that has the time.
"""

import asyncio
import os
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.registry import tables
from services.registry.facts.answers import Stored
from services.registry.handlers import appointments, organs, regions
from services.registry.handlers.saving import save
from services.registry.repository import states
from services.registry.tests.naive import FIRST, LAST, Naive, Row, Wish
from services.registry.tests.rosters import named
from shared.contracts.registry import AppointmentState, OfficialRegistered, PostRegistered
from shared.kernel import databases
from shared.kernel.envelope import Ref
from shared.kernel.moments import settled
from shared.kernel.problems import Problem
from shared.kernel.testing import Stack
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import OrganKind, Span

T = TypeVar("T")
R = TypeVar("R", bound="Register")
HISTORIES = int(os.environ.get("ANZE_HISTORIES", "60"))
AT_ONCE = 30  # in one test, which is ended after two minutes, on a crowded machine too
PATH = ("130000", "139900", "139901")
PEOPLE = tuple(named(f"史{n}") for n in range(3))
CHANGES = ("correct", "end", "reopen", "annul")
DAYS = st.dates(FIRST - timedelta(1), LAST)
SEAT, PERSON, WHICH = st.integers(0, 1), st.sampled_from(PEOPLE), st.integers(0, 5)
Known = dict[UUID, Row]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a history draws; which seat and appointment that is, its own past decides."""

    verb: str
    seat: int
    official: UUID
    from_day: Any
    to_day: Any
    acting: bool
    which: int
    stale: bool


DRAFTS = st.builds(
    Draft,
    verb=st.sampled_from(("record", "record", *CHANGES)),
    seat=SEAT,
    official=PERSON,
    from_day=DAYS,
    to_day=st.one_of(st.none(), DAYS),
    acting=st.booleans(),
    which=WHICH,
    stale=st.integers(0, 9).map(lambda n: n == 0),
)


class Register:
    """The real register, its event loop, and one county's government."""

    def __init__(self, runner: asyncio.Runner, engine: AsyncEngine) -> None:
        self.run, self.sessions = runner.run, databases.session_maker(engine)
        self.organ: UUID

    def work(self) -> UnitOfWork:
        """A transaction of a registrar."""
        return UnitOfWork(self.sessions, service="registry", actor="tester", regions=frozenset({"130000"}))

    async def found(self) -> None:
        """The exercise regions, a government, and three people."""

        async def silent(_done: int, _total: int | None) -> None: ...

        await regions.load_divisions(self.work, regions.divisions(exercise_only=True), silent)
        async with self.work() as work:
            kind, span = OrganKind.GOVERNMENT, Span(FIRST)
            organ = await organs.register_organ(work, name="县政府", kind=kind, region_code="139901", span=span)
            self.organ = organ.state.id
            await work.lock(*(Ref("official", one) for one in PEOPLE))
            for one in PEOPLE:
                await save(work, OfficialRegistered(id=one, name="演练", exercise=True), PATH)
            await work.commit()

    async def seats(self) -> tuple[UUID, UUID]:
        """Two fresh seats, which nobody has held."""
        made = uuid4(), uuid4()
        async with self.work() as work:
            await work.lock(*(Ref("post", one) for one in made))
            for one in made:
                kind = "government_other_leader"
                post = PostRegistered(
                    id=one, organ_id=self.organ, kind=kind, title="副县长", from_day=FIRST, exercise=True
                )
                await save(work, post, PATH)
            await work.commit()
        return made

    async def write(self, work: UnitOfWork, wish: Wish) -> tuple[datetime, Row]:
        """Do what somebody wants, without committing."""
        if wish.target is None:
            stored = await appointments.record(
                work,
                post_id=wish.post,
                official_id=wish.official,
                span=Span(wish.from_day, wish.to_day),
                acting=wish.acting,
            )
        else:
            stored = await self._change(work, wish, wish.target)
        return stored.recorded_at, row(stored)

    async def _change(self, work: UnitOfWork, wish: Wish, target: UUID) -> Stored[AppointmentState]:
        if wish.verb == "annul":
            return await appointments.annul(work, target, wish.seen, reason="误登")
        if wish.verb == "end" and wish.to_day is not None:
            ending = {"last_day": wish.to_day, "end_cause": "transfer", "end_reason": None}
            return await appointments.end(work, target, wish.seen, **ending)  # type: ignore[arg-type]  # as they come
        changes: dict[str, Any] = {"to_day": wish.to_day, "end_cause": None, "end_reason": None}
        if wish.verb == "correct":
            changes |= {"from_day": wish.from_day, "acting": wish.acting}
        return await appointments.correct(work, target, wish.seen, reason="更正", changes=changes)

    async def attempt(self, wish: Wish) -> tuple[datetime, Row] | str:
        """Do it and commit, or say what it was refused as."""
        try:
            async with self.work() as work:
                done = await self.write(work, wish)
                await work.commit()
        except Problem as problem:
            return type(problem).__name__
        return done

    async def known(self, session: AsyncSession, posts: Sequence[UUID], moment: datetime | None) -> Known:
        """What had been recorded of the seats by a moment."""
        theirs = states.among(tables.appointment.c.post_id, posts)
        found = await states.many(session, AppointmentState, theirs, known_at=moment)
        return {one.state.id: row(one) for one in found}


def row(stored: Stored[AppointmentState]) -> Row:
    """A version as the naive register writes it."""
    state = stored.state
    return Row(
        state.id,
        stored.version,
        state.post_id,
        state.official_id,
        state.from_day,
        state.to_day,
        state.acting,
        state.annulled,
    )


class Histories(RuleBasedStateMachine):
    """One history of two seats."""

    register: ClassVar[Register]

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Let the register do something."""
        return self.register.run(coroutine)

    @initialize()
    def begin(self) -> None:
        self.naive = Naive()
        self.asked: list[tuple[datetime, Known]] = []
        self.posts = self.run(self.register.seats())

    def wish(self, draft: Draft) -> Wish:
        """A draft in this history: of an appointment that exists, where there is one."""
        existing = list(self.naive.known().values())
        target = None if draft.verb == "record" or not existing else existing[draft.which % len(existing)]
        to_day = None if draft.verb == "reopen" and target else draft.to_day
        if draft.verb == "end" and target and to_day is None:
            to_day = target.from_day
        return Wish(
            draft.verb,
            self.posts[draft.seat],
            draft.official,
            draft.from_day,
            to_day,
            draft.acting,
            target.id if target else None,
            target.version - draft.stale if target else None,
        )

    def expect(self, naive: Naive, wish: Wish, got: tuple[datetime, Row] | str) -> bool:
        """Whether the naive register answers a wish alike, and if so let it record the version."""
        said = naive.outcome(wish, uuid4())
        if isinstance(said, str) or isinstance(got, str):
            return said == got
        at, made = got
        if replace(said, id=made.id) != made or (wish.target or made.id) != made.id:
            return False
        naive.add(at, made)
        return True

    @rule(draft=DRAFTS)
    def one_alone(self, draft: Draft) -> None:
        wish = self.wish(draft)
        got = self.run(self.register.attempt(wish))
        assert self.expect(self.naive, wish, got), (wish, got)

    @rule(drafts=st.lists(DRAFTS, min_size=2, max_size=4))
    def several_at_once(self, drafts: list[Draft]) -> None:
        wishes = [self.wish(one) for one in drafts]

        async def race() -> list[tuple[datetime, Row] | str]:
            return list(await asyncio.gather(*(self.register.attempt(one) for one in wishes)))

        got = self.run(race())
        for order in permutations(zip(wishes, got, strict=True)):
            trial = self.naive.copy()
            if all(self.expect(trial, wish, answer) for wish, answer in order):
                self.naive = trial
                return
        raise AssertionError(f"no order of {wishes} explains {got}")

    @rule(first=DRAFTS, second=DRAFTS, commits=st.booleans())
    def one_stays_open_while_another_comes_and_somebody_asks(self, first: Draft, second: Draft, commits: bool) -> None:
        held, after = self.wish(first), self.wish(second)
        got, other, moment, answer = self.run(self._interleaved(held, after, commits=commits))
        if commits or isinstance(got, str):
            assert self.expect(self.naive, held, got), (held, got)
        assert self.expect(self.naive, after, other), (after, other)
        assert answer == self.naive.known(moment), "what was open then is not known at that moment, nor ever after"
        self.asked.append((moment, answer))

    async def _interleaved(self, held: Wish, after: Wish, *, commits: bool) -> Any:
        async with self.register.work() as work:
            got: tuple[datetime, Row] | str
            try:
                got = await self.register.write(work, held)
                await work.append()
            except Problem as problem:
                got = type(problem).__name__
            if isinstance(got, str):
                await work.session.rollback()
            coming = asyncio.create_task(self.register.attempt(after))
            async with self.register.sessions() as session:
                moment = await settled(session)
                answer = await self.register.known(session, self.posts, moment)
            if commits and not isinstance(got, str):
                await work.commit()
        return got, await coming, moment, answer

    @rule(which=st.integers(0, 40), beside=st.integers(-1, 1))
    def somebody_asks(self, which: int, beside: int) -> None:
        """At the moment of some version, just before or just after it, and now."""
        past = [at for at, _ in self.naive.versions]

        async def ask() -> tuple[datetime, Known]:
            async with self.register.sessions() as session:
                wanted = past[which % len(past)] + timedelta(microseconds=beside) if past else None
                moment = await settled(session, wanted)
                return moment, await self.register.known(session, self.posts, moment)

        moment, answer = self.run(ask())
        assert answer == self.naive.known(moment)
        self.asked.append((moment, answer))

    @invariant()
    def no_seat_is_held_by_two(self) -> None:
        assert list(self.naive.crowded()) == []

    def teardown(self) -> None:
        """The end: the same present, every past answer once more, versions without gap."""
        if hasattr(self, "posts"):
            self.run(self._settle())

    async def _settle(self) -> None:
        async with self.register.sessions() as session:
            assert await self.register.known(session, self.posts, None) == self.naive.known()
            for moment, answer in self.asked:
                assert await self.register.known(session, self.posts, moment) == answer, "the past has changed"
            table = tables.appointment
            query = sa.select(table).where(states.among(table.c.post_id, self.posts))
            rows = (await session.execute(query.order_by(table.c.id, table.c.version))).mappings().all()
        whole: dict[UUID, list[Any]] = {}
        for one in rows:
            whole.setdefault(one["id"], []).append(one)
        for versions in whole.values():
            assert [one["version"] for one in versions] == list(range(1, len(versions) + 1))
            ends = [one["superseded_at"] for one in versions]
            assert ends == [*(one["recorded_at"] for one in versions[1:]), None], "each ends where the next begins"


@contextmanager
def at_work(admin_url: str, kind: type[R]) -> Iterator[R]:
    """A fresh database with its own event loop: a history is told step by step, not as one coroutine."""
    with asyncio.Runner() as runner:
        stack = Stack(admin_url, "nats://127.0.0.1:9")
        engine = databases.engine(runner.run(stack.database("registry")).runtime, name="histories")
        made = kind(runner, engine)
        runner.run(made.found())
        yield made
        runner.run(engine.dispose())
        runner.run(stack.close())


def told(many: int, *, steps: int) -> settings:
    """So many histories of so many steps at the most."""
    return settings(
        max_examples=many,
        stateful_step_count=steps,
        deadline=None,
        derandomize=False,  # each part tells other histories, where tests are otherwise made the same each time, too
        phases=(Phase.reuse, Phase.generate),  # shrinking would tell a failing history thousands of times
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
    )


@pytest.fixture
def register(admin_url: str) -> Iterator[Register]:
    """The register of appointments alone."""
    with at_work(admin_url, Register) as made:
        yield made


@pytest.mark.parametrize("part", range(-(-HISTORIES // AT_ONCE)))
@pytest.mark.clause("art4.p2", "art27")
def test_every_history_is_told_as_the_naive_register_tells_it(register: Register, part: int) -> None:
    Histories.register = register
    run_state_machine_as_test(Histories, settings=told(min(AT_ONCE, HISTORIES - part * AT_ONCE), steps=8))
