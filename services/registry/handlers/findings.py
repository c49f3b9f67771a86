"""Findings of regions, derived when they are asked for: page by page, or all of them for an export."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts.findings import Findable, Finding, FindingKind, InvestigatedAccident, PromotionFlag
from services.registry.handlers.declarations import declaration_of
from services.registry.handlers.proceeding_parts import proceedings_of
from services.registry.handlers.saving import absent
from services.registry.repository import findings as repository
from services.registry.repository import rosters
from services.registry.rules.findings import findings as derive
from services.registry.rules.findings.scene import Index
from shared.contracts.registry import AccidentState, RegionState
from shared.kernel.problems import Malformed
from shared.roster import facts_of
from shared.statute.decision import Basis

#: So many regions are looked at at once; a page ends with the regions that fill it.
BATCH = 40
_SEPARATOR = ":"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which findings: at or below `under` within the caller's `regions`; no `kinds` means any; on a day, as known."""

    under: Collection[str]
    regions: Collection[str]
    day: date
    known_at: datetime
    kinds: frozenset[FindingKind] = frozenset()
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with the name of its region."""

    finding: Finding
    region_name: str


async def page(
    session: AsyncSession, asked: Asked, *, limit: int, cursor: str | None
) -> tuple[list[Found], str | None]:
    """Up to `limit` findings by region and kind, and the cursor of the next page.

    A cursor says at which region, and after how many of its findings, the next page begins; with the same `known_at`
    the pages join without gap.
    """
    after, skip = _read(cursor)
    taken: list[Found] = []
    async for region, several in _by_region(session, asked, after):
        begun = skip if region.code == after else 0
        for number, one in enumerate(several[begun:], begun):
            if len(taken) == limit:
                return taken, f"{region.code}{_SEPARATOR}{number}"
            taken.append(one)
    return taken, None


async def every(session: AsyncSession, asked: Asked) -> list[Found]:
    """All of them."""
    return [one async for _, several in _by_region(session, asked, "") for one in several]


def _read(cursor: str | None) -> tuple[str, int]:
    code, separator, skip = (cursor or f"0{_SEPARATOR}0").partition(_SEPARATOR)
    if not (separator and code.isascii() and code.isdigit() and skip.isascii() and skip.isdigit() and len(skip) < 7):
        raise Malformed("invalid_cursor", "游标无效", "the cursor is not valid")
    return ("", 0) if cursor is None else (code, int(skip))


async def _by_region(
    session: AsyncSession, asked: Asked, after: str
) -> AsyncIterator[tuple[RegionState, Sequence[Found]]]:
    while True:
        regions = await repository.regions_below(
            session, asked.under, asked.regions, asked.day, asked.known_at, after=after, limit=BATCH + 1
        )
        if not regions:
            raise absent()
        for region, several in await _findings(session, asked, regions[:BATCH]):
            yield region, several
        if len(regions) <= BATCH:
            return
        after = regions[BATCH].code


async def _findings(
    session: AsyncSession, asked: Asked, regions: Sequence[RegionState]
) -> list[tuple[RegionState, Sequence[Found]]]:
    index = Index(await _findable(session, {one.code for one in regions}, asked.known_at), exercise=asked.exercise)
    return [
        (
            region,
            [
                Found(one, region.name)
                for one in derive(facts_of.region_of(region), index, asked.day)
                if not asked.kinds or one.kind in asked.kinds
            ],
        )
        for region in regions
        if asked.exercise or not region.exercise
    ]


async def _findable(session: AsyncSession, codes: Collection[str], known_at: datetime) -> Findable:
    roster = await rosters.load_roster(session, codes, known_at=known_at)
    declared = [declaration_of(one) for one in await repository.declarations(session, codes, known_at)]
    there = {organ.id: organ for organ in roster.organs}
    named = {one.organ_id for one in declared if one.organ_id}
    organs = tuple((await rosters.with_heirs(session, there, named, known_at=known_at)).values())
    flags = await _flags(session, [post.id for post in roster.posts], known_at)
    accidents = tuple(_investigated(one) for one in await repository.approved_accidents(session, codes, known_at))
    return Findable(replace(roster, organs=organs), tuple(declared), flags, accidents)


def _investigated(state: AccidentState) -> InvestigatedAccident:
    region = state.investigating_region or state.region_code
    return InvestigatedAccident(state.id, state.title, region, proceedings_of(state), exercise=state.exercise)


async def _flags(
    session: AsyncSession, posts: Collection[UUID], known_at: datetime
) -> dict[UUID, tuple[PromotionFlag, ...]]:
    promotions, bars = await repository.flagged(session, posts, known_at)

    def flag(text: str) -> PromotionFlag:
        code, _, identity = text.partition(":")
        bar = bars.get(UUID(identity))
        return PromotionFlag(code, bar.basis if bar else Basis("art23"))

    return {one.id: tuple(flag(text) for text in one.flags) for one in promotions}
