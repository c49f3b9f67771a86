"""The part of the register that some lines can touch, loaded with a handful of queries whatever their number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts.answers import PromotionBar
from services.registry.facts.imports import Known, Line, OrganKey, PostKey, Register, TenureKey
from services.registry.repository import imports, people
from shared.contracts.registry import RegionState
from shared.roster import facts_of
from shared.roster.facts import OrganKind, PostKind, Region

Row = dict[str, Any]
Regions = Collection[str] | None


def _newest(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["superseded_at"] is None]


def _organ_key(row: Row) -> OrganKey:
    return row["region_code"], row["name"], OrganKind(row["kind"])


def _post_key(row: Row) -> PostKey:
    return row["organ_id"], PostKind(row["kind"]), row["title"]


def _tenure_key(row: Row) -> TenureKey:
    return row["post_id"], row["official_id"], row["from_day"]


async def load(session: AsyncSession, lines: Sequence[Line], reach: Regions, *, exercise: bool) -> Register:
    """What of the register the lines can touch, seen by a caller who may act in `reach` (None: everywhere)."""
    codes = {line.region_code for line in lines}
    regions = await _regions(session, codes)
    worlds = {code: {exercise or one.exercise for one in found} for code, found in regions.items()}
    organs = [
        row
        for row in await imports.versions_where(
            session, "organ", region_code=codes, name={line.organ for line in lines}
        )
        if row["exercise"] in worlds.get(row["region_code"], ())
    ]
    posts = await imports.versions_where(session, "post", organ_id={row["id"] for row in organs})
    held = await imports.versions_where(session, "appointment", post_id={row["id"] for row in posts})
    persons, officials, numbered = await _officials(session, lines, reach)
    tenures: dict[UUID, list[Known]] = defaultdict(list)
    for row in _newest(held):
        tenures[row["post_id"]].append(imports.known(row, reach))
    former: set[Any] = {_organ_key(row) for row in organs} | {_post_key(row) for row in posts}
    former |= {_tenure_key(row) for row in held}
    return Register(
        regions=regions,
        reachable=frozenset(
            reach if reach is not None else {code for one in regions.values() for r in one for code in r.path}
        ),
        organs={_organ_key(row): imports.known(row, reach) for row in _newest(organs)},
        posts={_post_key(row): imports.known(row, reach) for row in _newest(posts)},
        persons={person: officials[identity] for person, identity in persons.items()},
        officials=officials,
        numbered=numbered,
        appointments={post: tuple(found) for post, found in tenures.items()},
        former=frozenset(former),
        bars=await _bars(session, lines, officials),
    )


async def _regions(session: AsyncSession, codes: Collection[str]) -> dict[str, tuple[Region, ...]]:
    found: dict[str, list[Region]] = defaultdict(list)
    for row in _newest(await imports.versions_where(session, "region", code=codes)):
        found[row["code"]].append(facts_of.region_of(RegionState.model_validate(row)))
    return {code: tuple(regions) for code, regions in found.items()}


async def _officials(
    session: AsyncSession, lines: Sequence[Line], reach: Regions
) -> tuple[dict[str, UUID], dict[UUID, Known], frozenset[UUID]]:
    persons = await imports.people_with(session, {line.person for line in lines if line.person is not None})
    ids = {*persons.values(), *(line.official_id for line in lines if line.official_id is not None)}
    rows = _newest(await imports.versions_where(session, "official", id=ids))
    return persons, {row["id"]: imports.known(row, reach) for row in rows}, await imports.numbered(session, ids)


async def _bars(
    session: AsyncSession, lines: Sequence[Line], officials: Collection[UUID]
) -> dict[UUID, tuple[PromotionBar, ...]]:
    if not any(line.promotion for line in lines):
        return {}
    return await people.bars_of(session, officials)
