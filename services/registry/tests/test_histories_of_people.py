"""Random histories of seats, portfolios and merged records, at once with others, against a naive register in memory.

What is asked is the whole question: who answered for an industry on a day, as known at a moment; then and again later.
`ANZE_HISTORIES` says how many, as in `test_histories`; of these there are half as many.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import permutations
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from services.registry.facts.answers import Asked, Stored
from services.registry.handlers import appointments, persons, portfolios
from services.registry.handlers.responsibility import responsibility
from services.registry.handlers.saving import save
from services.registry.tests.naive import CALENDAR, FIRST
from services.registry.tests.naive_people import Answered, Draft, NaivePeople, Version, existing
from services.registry.tests.test_histories import DAYS, HISTORIES, PATH, Register, at_work, told
from shared.contracts.registry import OfficialRegistered
from shared.kernel.envelope import Ref
from shared.kernel.moments import settled
from shared.kernel.problems import Problem
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Span

T = TypeVar("T")
MANY, AT_ONCE = max(1, HISTORIES // 2), 10  # each is longer than one of appointments alone
DAY, MIDDLE = timedelta(days=1), FIRST + timedelta(days=5)
INDUSTRIES = ("C", "C26", "B")
OF = {"end": "appointment", "reassign": "portfolio", "withdraw": "portfolio"}
VERBS = ("appoint", "appoint", "end", "assign", "assign", "reassign", "withdraw", "merge", "merge", "separate")


@dataclass(frozen=True, slots=True)
class Rough:
    """What a history draws; which seat, person and thing that is, its own past decides."""

    verb: str
    seat: int
    person: int
    into: int
    from_day: Any
    to_day: Any
    acting: bool
    industry: str
    which: int
    stale: bool


ROUGH = st.builds(
    Rough,
    verb=st.sampled_from(VERBS),
    seat=st.integers(0, 1),
    person=st.integers(0, 2),
    into=st.integers(0, 2),
    from_day=DAYS,
    to_day=st.one_of(st.none(), DAYS),
    acting=st.booleans(),
    industry=st.sampled_from(INDUSTRIES),
    which=st.integers(0, 5),
    stale=st.integers(0, 9).map(lambda n: n == 0),
)


class PeopleRegister(Register):
    """The same register, with fresh people for each history."""

    async def people(self) -> tuple[UUID, ...]:
        """Three records that nobody merged."""
        made = tuple(uuid4() for _ in range(3))
        async with self.work() as work:
            await work.lock(*(Ref("official", one) for one in made))
            for one in made:
                await save(work, OfficialRegistered(id=one, name="演练", exercise=True), PATH)
            await work.commit()
        return made

    async def do(self, work: UnitOfWork, draft: Draft) -> Stored[Any]:
        """Do what somebody wants, without committing."""
        span, target = Span(draft.from_day, draft.to_day), draft.target or uuid4()
        changes = {"industries": (draft.industry,), "from_day": draft.from_day, "to_day": draft.to_day}
        ending = {"last_day": draft.to_day or draft.from_day, "end_cause": "transfer", "end_reason": None}
        ways: dict[str, Callable[[], Awaitable[Stored[Any]]]] = {
            "appoint": lambda: appointments.record(
                work, post_id=draft.post, official_id=draft.official, span=span, acting=draft.acting
            ),
            "end": lambda: appointments.end(work, target, draft.seen, **ending),  # type: ignore[arg-type]  # as they come
            "assign": lambda: portfolios.assign(work, post_id=draft.post, span=span, industry_codes=[draft.industry]),
            "reassign": lambda: portfolios.correct(work, target, draft.seen, reason="更正", changes=changes),
            "withdraw": lambda: portfolios.annul(work, target, draft.seen, reason="误登"),
            "merge": lambda: persons.merge(work, draft.official, draft.seen, into=draft.into, reason="同一人"),
            "separate": lambda: persons.separate(work, draft.official, draft.seen, reason="并非同一人"),
        }
        return await ways[draft.verb]()

    async def tried(self, draft: Draft) -> tuple[datetime, Version] | str:
        """Do it and commit, or say what it was refused as."""
        try:
            async with self.work() as work:
                stored = await self.do(work, draft)
                await work.commit()
        except Problem as problem:
            return type(problem).__name__
        return stored.recorded_at, version(stored)

    async def answered(self, posts: tuple[UUID, ...], day: date, industry: str, moment: datetime | None) -> Any:
        """Who answered, and the moment of knowledge that was used."""
        async with self.sessions() as session:
            known_at = await settled(session, moment)
            asked = Asked("139901", day, known_at, industry, exercise=True)
            found = await responsibility(session, asked, {"130000"})
        listed = (one for one in found.found.entries if one.post_id in posts)
        return known_at, {(one.post_id, one.official_id, frozenset(one.other_official_ids)) for one in listed}


def version(stored: Stored[Any]) -> Version:
    """A version as the naive register writes it."""
    state, number = stored.state, stored.version
    if state.AGGREGATE == "official":
        return Version("official", state.id, number, merged_into=state.merged_into)
    days = {"from_day": state.from_day, "to_day": state.to_day, "annulled": state.annulled}
    if state.AGGREGATE == "portfolio":
        return Version("portfolio", state.id, number, state.post_id, industry=state.industries[0], **days)
    return Version("appointment", state.id, number, state.post_id, state.official_id, acting=state.acting, **days)


class People(RuleBasedStateMachine):
    """One history of two seats and three records."""

    register: ClassVar[PeopleRegister]

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Let the register do something."""
        return self.register.run(coroutine)

    @initialize()
    def begin(self) -> None:
        self.posts = self.run(self.register.seats())
        people = self.run(self.register.people())
        self.naive = NaivePeople(people)
        for one in people:
            self.naive.add(datetime.min.replace(tzinfo=self._zone()), Version("official", one, 1))
        self.asked: list[tuple[date, str, datetime, Answered]] = []
        for seat, first, second in ((0, 0, 1), (1, 1, 2)):
            self._settled(Rough("assign", seat, 0, 0, FIRST, None, False, "C", 0, False))
            self._settled(Rough("appoint", seat, first, 0, FIRST, MIDDLE, False, "C", 0, False))
            self._settled(Rough("appoint", seat, second, 0, MIDDLE + DAY, None, False, "C", 0, False))

    def _settled(self, rough: Rough) -> None:
        """What every history begins with: two seats, each held by one and then by another, with a portfolio."""
        draft = self.wish(rough)
        got = self.run(self.register.tried(draft))
        assert self.expect(self.naive, draft, got), (draft, got)

    def _zone(self) -> Any:
        async def now() -> datetime:
            async with self.register.sessions() as session:
                return await settled(session)

        return self.run(now()).tzinfo

    def wish(self, rough: Rough) -> Draft:
        """A draft in this history: of something that exists, where there is one."""
        found = existing(self.naive, OF[rough.verb], rough.which) if rough.verb in OF else None
        official = self.naive.people[rough.person]
        record = self.naive.known("official")[official]
        seen = found.version if found else record.version if rough.verb in {"merge", "separate"} else None
        to_day = rough.to_day
        if rough.verb == "end":
            to_day = rough.to_day or (found.from_day if found else FIRST)
        return Draft(
            rough.verb,
            self.posts[rough.seat],
            official,
            self.naive.people[rough.into],
            rough.from_day,
            to_day,
            rough.acting,
            rough.industry,
            found.id if found else None,
            (1 if seen is None else seen) - rough.stale,
        )

    def expect(self, naive: NaivePeople, draft: Draft, got: tuple[datetime, Version] | str) -> bool:
        """Whether the naive register answers alike, and if so let it record the version."""
        said = naive.outcome(draft, uuid4())
        if isinstance(said, str) or isinstance(got, str):
            return said == got
        at, made = got
        if replace(said, id=made.id) != made:
            return False
        naive.add(at, made)
        return True

    @rule(rough=ROUGH)
    def one_alone(self, rough: Rough) -> None:
        self._settled(rough)

    @rule(several=st.lists(ROUGH, min_size=2, max_size=3))
    def several_at_once(self, several: list[Rough]) -> None:
        drafts = [self.wish(one) for one in several]

        async def race() -> list[tuple[datetime, Version] | str]:
            return list(await asyncio.gather(*(self.register.tried(one) for one in drafts)))

        got = self.run(race())
        for order in permutations(zip(drafts, got, strict=True)):
            trial = self.naive.copy()
            if all(self.expect(trial, draft, answer) for draft, answer in order):
                self.naive = trial
                return
        raise AssertionError(f"no order of {drafts} explains {got}")

    @rule(day=st.sampled_from(CALENDAR), industry=st.sampled_from(("C", "C26", "C2614", "B")), which=st.integers(0, 40))
    def somebody_asks(self, day: date, industry: str, which: int) -> None:
        """At the moment of some version, or now."""
        past = [at for at, one in self.naive.told if one.version > 1 or one.kind != "official"]
        moment = past[which % len(past)] if past and which % 3 else None
        known_at, found = self.run(self.register.answered(self.posts, day, industry, moment))
        assert found == self.naive.answered(self.posts, day, industry, known_at)
        self.asked.append((day, industry, known_at, found))

    def teardown(self) -> None:
        """The end: the answer of several days as known now, and every past answer once more."""
        for day in CALENDAR[:: len(CALENDAR) - 1] if hasattr(self, "asked") else ():
            known_at, found = self.run(self.register.answered(self.posts, day, "C26", None))
            assert found == self.naive.answered(self.posts, day, "C26", known_at)
        for day, industry, moment, answer in getattr(self, "asked", ()):
            _, again = self.run(self.register.answered(self.posts, day, industry, moment))
            assert again == answer, "the past has changed"


@pytest.fixture
def people(admin_url: str) -> Iterator[PeopleRegister]:
    """A fresh database with its own event loop."""
    with at_work(admin_url, PeopleRegister) as made:
        yield made


@pytest.mark.parametrize("part", range(-(-MANY // AT_ONCE)))
@pytest.mark.clause("art4.p2", "art27")
def test_who_answered_is_told_as_the_naive_register_tells_it_through_portfolios_and_merges(
    people: PeopleRegister, part: int
) -> None:
    People.register = people
    run_state_machine_as_test(People, settings=told(min(AT_ONCE, MANY - part * AT_ONCE), steps=10))
