"""What an amended catalogue would change, region by region, over the real roster and records; nothing is written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.duties import repository
from services.duties.catalogue import load_catalogue, source_of, text_of
from services.duties.facts import Catalogue, Incumbency, Performance
from services.duties.handlers.obligations import LONGEST_DAYS
from services.duties.handlers.overlays import recorded_adoptions
from services.duties.handlers.owed import beside_acts
from services.duties.handlers.seats import books_over, path_on, seating_of_regions
from services.duties.rules.catalogue import CatalogueError, catalogue_of
from services.duties.rules.catalogue.source import RefusedError, read
from services.duties.rules.obligations import Seat
from services.duties.rules.status import Records, View
from services.duties.rules.what_if import (
    Difference,
    Pair,
    Tally,
    differences,
    differing,
    duty_effects,
    patched,
    substituted,
)
from shared.kernel.operations import Progress
from shared.kernel.problems import Malformed, NotFound, Refused
from shared.roster.facts import Span
from shared.roster.repository import path_of

#: Up to so many regions the answer is given at once, with the obligations themselves; of more, so many at a time are in
#: memory.
AT_ONCE = 20
#: How many obligations an answer lists; the counts are whole all the same.
LISTED = 500
LIMITS = (
    "拟议条目未对照条文原文核对 · the proposal is not checked against the words of the statute",
    "跨区划任职的干部在各区划分别计数 · an official with posts in several regions counts in each",
    "只比较定期职责；常设职责只列增减 · only periodic duties are compared; standing ones are listed as changed",
    "以查询时的名册和记录为准，未来期间尚无记录 · over the roster and records as known now; a coming period has none",
    "区划较多时只给计数，逐项请按区划查询 · a large answer counts; for the obligations ask a region at a time",
    "到期无记录不归责于任何人 · a lapse attributes nothing to anybody",
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An amended catalogue of one statute: the whole of it as TOML, or entries changed, added and dropped."""

    statute: str
    text: str | None
    change: Sequence[Mapping[str, Any]]
    drop: Sequence[str]


@dataclass(frozen=True, slots=True)
class Question:
    """For the region and what lies below it; periods that share a day with [from_day, to_day]; status on `as_of`."""

    region: str
    from_day: date
    to_day: date
    as_of: date
    known_at: datetime
    exercise: bool
    granted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A question that can be answered: the catalogues, what differs, the regions to go through."""

    asked: Question
    before: Catalogue
    after: Catalogue
    pair: Pair
    regions: Sequence[str]

    @property
    def large(self) -> bool:
        """Whether it is a long operation."""
        return len(self.regions) > AT_ONCE


async def compare(session: AsyncSession, proposal: Proposal, asked: Question) -> Comparison:
    """Read the proposal and find the regions.

    Raises:
        Malformed: days out of order or more than three years; neither or both of catalogue and patch.
        NotFound: no such statute, or no such region within the caller's regions.
        Refused: the amended catalogue contradicts itself; the detail says where.
    """
    if not 0 <= (asked.to_day - asked.from_day).days <= LONGEST_DAYS:
        raise Malformed("invalid_days", "起止日期有误或超过三年", "days out of order, or more than three years")
    path = await path_of(session, asked.region, asked.as_of, known_at=asked.known_at)
    if path is None or asked.granted.isdisjoint(path):
        raise NotFound("region_not_found", "没有这个区划", "there is no such region")
    before = load_catalogue()
    after = substituted(before, amended(proposal))
    pair = differing(before, after, await recorded_adoptions(session, known_at=asked.known_at))
    regions = await repository.regions_with_organs(session, asked.region)
    return Comparison(asked, before, after, pair, regions)


def amended(proposal: Proposal) -> Catalogue:
    """The statute's catalogue as proposed: checked for contradictions, but not against the words of the law."""
    if (proposal.text is None) == (not proposal.change and not proposal.drop):
        raise Malformed("one_proposal", "请在目录全文与修改条目中选一", "give either a catalogue or a patch")
    source = source_of(proposal.statute)
    if source is None:
        raise NotFound("statute_not_found", "没有这部规定", "there is no such statute")
    try:
        if proposal.text is None:
            proposed = patched(source, proposal.change, proposal.drop)
        else:
            proposed = read("catalogue", proposal.text)
        made = catalogue_of(proposed, text_of(proposal.statute), proposal=True)
    except (CatalogueError, RefusedError) as error:
        raise Refused("what_if.catalogue", f"拟议目录不能载入：{error}", f"it does not load: {error}") from error
    if made.name != proposal.statute:
        raise Refused("what_if.another_statute", "拟议目录属于另一部规定", "it is the catalogue of another statute")
    return made


async def answer(session: AsyncSession, comparison: Comparison) -> tuple[dict[str, Any], list[Difference]]:
    """The whole answer at once, and the obligations that differ, the first `LISTED` of them."""
    found = await _in_regions(session, comparison, comparison.regions)
    rows = _rows(found, total := Tally())
    return _result(comparison, total, rows), [one for each in found.values() for one in each][:LISTED]


async def run(sessions: async_sessionmaker[AsyncSession], comparison: Comparison, progress: Progress) -> dict[str, Any]:
    """The same as a long operation: counts by region and nobody's name or post; some regions in memory at a time."""
    total, rows = Tally(), list[dict[str, Any]]()
    for start in range(0, len(comparison.regions), AT_ONCE):
        codes = comparison.regions[start : start + AT_ONCE]
        async with sessions() as session:
            rows += _rows(await _in_regions(session, comparison, codes), total)
        await progress(start + len(codes), len(comparison.regions))
    return _result(comparison, total, rows)


async def _in_regions(
    session: AsyncSession, comparison: Comparison, codes: Sequence[str]
) -> dict[str, list[Difference]]:
    """What differs in each region's own organs."""
    asked = comparison.asked
    seating = await seating_of_regions(session, codes, known_at=asked.known_at)
    seats = [seat for seat in seating.seats.values() if comparison.pair.concerns(seat) and _reachable(seat, asked)]
    view, during = View(asked.as_of, asked.known_at), Span(asked.from_day, asked.to_day)
    records = await _records(session, seats, seating.incumbencies, during) if seats else {}
    found: dict[str, list[Difference]] = {code: [] for code in codes}
    for seat in seats:
        found[seat.organ.region_code] += differences(seat, comparison.pair, during, records[seat.post.id], view)
    return found


def _reachable(seat: Seat, asked: Question) -> bool:
    path = path_on(seat, asked.as_of)
    return seat.post.exercise is asked.exercise and asked.region in path and not asked.granted.isdisjoint(path)


async def _records(
    session: AsyncSession, seats: Sequence[Seat], incumbencies: Sequence[Incumbency], during: Span
) -> dict[UUID, Records]:
    """What may count or excuse, by post: acts that name it or are its body's own, impediments, books, who held it."""
    posts, organs = [seat.post.id for seat in seats], {seat.organ.id for seat in seats}
    acts: dict[UUID, dict[UUID, Performance]] = defaultdict(dict)
    for act in await repository.performances_of(session, posts, organs, (), during=_with_periods(during)):
        for whose in (act.organ_id, *(one.post_id for one in act.capacities)):
            acts[whose][act.id] = act
    held, hindered = defaultdict(list), defaultdict(list)
    for term in incumbencies:
        held[term.post_id].append(term)
    for impediment in (await beside_acts(session, posts))[0]:
        hindered[impediment.post_id].append(impediment)
    books = await books_over(session, seats)
    return {
        seat.post.id: Records(
            held[seat.post.id],
            tuple((acts[seat.organ.id] | acts[seat.post.id]).values()),
            hindered[seat.post.id],
            books=books,
        )
        for seat in seats
    }


def _with_periods(during: Span) -> Span:
    """The days of every period that shares one with the span: none is longer than a year."""
    first, last = during.from_day.toordinal() - 366, (during.to_day or during.from_day).toordinal() + 366
    return Span(date.fromordinal(max(first, date.min.toordinal())), date.fromordinal(min(last, date.max.toordinal())))


def _rows(found: Mapping[str, Sequence[Difference]], total: Tally) -> list[dict[str, Any]]:
    """Counts by region, of those in which anything differs; they are added to the total."""
    tallies = {code: Tally.of(one) for code, one in found.items()}
    for tally in tallies.values():
        total.add(tally)
    return [{"region_code": code, **_counts(tally)} for code, tally in tallies.items() if not tally.empty]


def _counts(tally: Tally) -> dict[str, int]:
    return {effect.value: number for effect, number in tally.effects.items()} | {
        "posts": tally.posts,
        "officials": tally.officials,
        "lapses_appear": tally.lapses_appear,
        "lapses_vanish": tally.lapses_vanish,
    }


def _result(comparison: Comparison, total: Tally, rows: list[dict[str, Any]]) -> dict[str, Any]:
    asked = comparison.asked
    effects = duty_effects(comparison.before, comparison.after)
    return {
        "region": asked.region,
        "from_day": asked.from_day.isoformat(),
        "to_day": asked.to_day.isoformat(),
        "as_of": asked.as_of.isoformat(),
        "known_at": asked.known_at.isoformat(),
        "exercise": asked.exercise,
        "catalogue_version": comparison.before.version,
        "amended_version": comparison.after.version,
        "duties": [{"duty_id": identity, "effect": effect.value} for identity, effect in effects.items()],
        "total": _counts(total),
        "regions": rows,
        "limits": list(LIMITS),
    }
