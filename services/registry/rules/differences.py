"""What an answer lacks or has more at another moment of knowledge, and which recorded facts made it so."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.registry.facts import ChainEntry, Gap
from services.registry.facts.answers import Answerable, AnswerChange, Difference, Fact, Matter, Recorded
from services.registry.rules.answerable import who_answered
from shared.roster.facts import Appointment, Official, Organ, Portfolio, Post, Region, Roster
from shared.statute.clauses import cites

_Key = tuple[UUID, UUID | None]
_KEPT: dict[type, str] = {
    Region: "regions",
    Organ: "organs",
    Post: "posts",
    Official: "officials",
    Appointment: "appointments",
    Portfolio: "portfolios",
}


def answered(code: str, roster: Roster, day: date, matter: Matter, *, exercise: bool) -> Answerable:
    """Who answered; nobody where no region had that code on the day, as far as was known."""
    if not any(region.code == code and region.span.covers(day) for region in roster.regions):
        return Answerable(code, day, matter, (), ())
    return who_answered(code, roster, day, matter, exercise=exercise)


@cites("art4.p2")
def difference(old: Answerable, new: Answerable) -> Difference:
    """Entries are the same where post and official are; a vacant seat that was filled is dropped and added."""
    before, after = _by_key(old.entries), _by_key(new.entries)
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return Difference(
        changes=tuple(AnswerChange(before.get(key), after.get(key)) for key in keys),
        gaps_opened=_without(new.gaps, old.gaps),
        gaps_closed=_without(old.gaps, new.gaps),
    )


def posts_of(changes: Iterable[AnswerChange]) -> frozenset[UUID]:
    """The posts of which something changed."""
    return frozenset(one.entry.post_id for one in changes)


@cites("art4.p2")
def with_causes(
    found: Difference, earlier: Roster, recorded: Sequence[Recorded], asked: Answerable, *, exercise: bool
) -> Difference:
    """The difference, each change with the facts that made it.

    Whatever was recorded in between is put into the `earlier` roster fact by fact, in its order; a fact that moves the
    entry of a post and official is a cause of that change. `asked` says what was asked.
    """
    causes: dict[_Key, list[Recorded]] = {}
    for post_id in sorted(posts_of(found.changes)):
        for key, one in _moves(post_id, earlier, recorded, asked, exercise=exercise):
            causes.setdefault(key, []).append(one)
    return replace(
        found,
        changes=tuple(replace(one, causes=tuple(causes.get(_key(one.entry), ()))) for one in found.changes),
    )


def _moves(
    post_id: UUID, earlier: Roster, recorded: Sequence[Recorded], asked: Answerable, *, exercise: bool
) -> Iterator[tuple[_Key, Recorded]]:
    """What each fact moves in the entries of one post, asked of no more of the roster than that post needs."""
    roster = replace(
        earlier,
        posts=tuple(one for one in earlier.posts if one.id == post_id),
        appointments=tuple(one for one in earlier.appointments if one.post_id == post_id),
        portfolios=tuple(one for one in earlier.portfolios if one.post_id == post_id),
    )
    before = _entries(roster, asked, exercise=exercise)
    for one in recorded:
        if _post_of(one.fact) not in {None, post_id}:
            continue
        roster = _with(roster, one.fact)
        after = _entries(roster, asked, exercise=exercise)
        yield from ((key, one) for key in {**before, **after} if before.get(key) != after.get(key))
        before = after


def _entries(roster: Roster, asked: Answerable, *, exercise: bool) -> dict[_Key, ChainEntry]:
    return _by_key(answered(asked.region_code, roster, asked.day, asked.matter, exercise=exercise).entries)


def _post_of(fact: Fact) -> UUID | None:
    if isinstance(fact, Post):
        return fact.id
    return fact.post_id if isinstance(fact, Appointment | Portfolio) else None


def _with(roster: Roster, fact: Fact) -> Roster:
    name = _KEPT[type(fact)]
    others = (one for one in getattr(roster, name) if one.id != fact.id)
    kept: Mapping[str, tuple[Fact, ...]] = {name: (*others, fact)}
    return replace(roster, **kept)  # type: ignore[arg-type]  # the field of that very type


def _key(entry: ChainEntry) -> _Key:
    return entry.post_id, entry.official_id


def _by_key(entries: Iterable[ChainEntry]) -> dict[_Key, ChainEntry]:
    return {_key(entry): entry for entry in entries}


def _without(gaps: Iterable[Gap], others: Iterable[Gap]) -> tuple[Gap, ...]:
    known = set(others)
    return tuple(gap for gap in gaps if gap not in known)
