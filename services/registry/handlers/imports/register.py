"""The part of the register that some lines can touch, loaded with a handful of queries whatever their number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts.answers import PromotionBar
from services.registry.facts.imports import Known, Line, OrganKey, PostKey, Register, TenureKey
from services.registry.repository import imports, organs, people
from services.registry.rules.zones import OUTSIDE, PROVINCE
from shared.contracts.registry import RegionState
from shared.kernel import clock
from shared.roster import facts_of
from shared.roster.facts import OrganKind, PostKind, Region

Row = dict[str, Any]
Regions = Collection[str] | None
Worlds = Mapping[str, Collection[bool]]


def _newest(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["superseded_at"] is None]


def _organ_key(row: Row) -> OrganKey:
    return row["region_code"], row["name"], OrganKind(row["kind"])


def _post_key(row: Row) -> PostKey:
    return row["organ_id"], PostKind(row["kind"]), row["title"]


def _tenure_key(row: Row, same: Mapping[UUID, UUID]) -> TenureKey:
    return row["post_id"], same.get(row["official_id"], row["official_id"]), row["from_day"]


async def load(
    session: AsyncSession, lines: Sequence[Line], reach: Regions, *, exercise: bool, of_import: UUID | None = None
) -> Register:
    """What of the register the lines can touch, seen by a caller who may act in `reach` (None: everywhere).

    With `of_import`, an organ that a row of that import registers counts as named already.
    """
    codes = {line.region_code for line in lines}
    regions = await _regions(session, {*codes, *({PROVINCE} if OUTSIDE in codes else ())})
    worlds = {code: {exercise or one.exercise for one in found} for code, found in regions.items()}
    worlds[OUTSIDE] = worlds.get(PROVINCE, set())
    there = await _organs(session, worlds, codes, {line.organ for line in lines})
    posts = await imports.versions_where(session, "post", organ_id={row["id"] for row in there})
    held = await imports.versions_where(session, "appointment", post_id={row["id"] for row in posts})
    answered = await imports.versions_where(session, "portfolio", post_id={row["id"] for row in posts})
    persons = await imports.people_with(session, {line.person for line in lines if line.person is not None})
    asked_for = {*persons.values(), *(line.official_id for line in lines if line.official_id is not None)}
    same = await imports.merged(session, {*asked_for, *(row["official_id"] for row in held)})
    officials = await _officials(session, asked_for, same, reach)
    named = await _named(session, lines, worlds)
    asked = {(line.region_code, name) for line in lines for name in line.organs or ()} - named.keys()
    former: set[Any] = {_post_key(row) for row in posts}
    former |= {_tenure_key(row, same) for row in held} | {(row["post_id"], row["from_day"]) for row in answered}
    aliases: dict[UUID, set[str]] = defaultdict(set)
    for merged, into in same.items():
        aliases[into] |= {officials[one].fields["name"] for one in (merged, into) if one in officials}
    return Register(
        regions=regions,
        reachable=frozenset(
            reach if reach is not None else {code for one in regions.values() for r in one for code in r.path}
        ),
        organs={_organ_key(row): imports.known(row, reach) for row in _newest(there)},
        renamed=_renamed(there),
        posts={_post_key(row): imports.known(row, reach) for row in _newest(posts)},
        persons={person: officials[identity] for person, identity in persons.items()},
        officials=officials,
        numbered=frozenset(same.get(one, one) for one in await imports.numbered(session, officials)),
        appointments=_by_post(held, reach),
        former=frozenset(former),
        bars=await _bars(session, lines, officials, same),
        portfolios=_by_post(answered, reach),
        same=same,
        aliases={one: frozenset(names) for one, names in aliases.items()},
        named=named,
        organ_ids=await _organ_ids(session, lines),
        staged=frozenset() if of_import is None else await imports.staged_organs(session, of_import, asked),
        now=clock.now(),
    )


def _by_post(rows: Iterable[Row], reach: Regions) -> dict[UUID, tuple[Known, ...]]:
    found: dict[UUID, list[Known]] = defaultdict(list)
    for row in _newest(rows):
        found[row["post_id"]].append(imports.known(row, reach))
    return {post: tuple(several) for post, several in found.items()}


async def _organs(session: AsyncSession, worlds: Worlds, codes: Collection[str], names: Collection[str]) -> list[Row]:
    """Every version of the organs that ever have one of the names, the newest under its name of today."""
    found = await organs.ever_called(session, codes, names, clock.today())
    return [row for row in found if row["exercise"] in worlds.get(row["region_code"], ())]


def _renamed(there: Sequence[Row]) -> dict[OrganKey, str]:
    """What organs are called today, by what they were recognised by on other days or in other versions."""
    today = {row["id"]: row["name"] for row in _newest(there)}
    return {
        _organ_key({**row, "name": name}): today[row["id"]]
        for row in there
        for name in (row["name"], *(one["name"] for one in row["names"]))
    }


async def _named(
    session: AsyncSession, lines: Sequence[Line], worlds: Worlds
) -> dict[tuple[str, str], frozenset[UUID]]:
    """The organs that portfolios name, by region and name."""
    names = {name for line in lines for name in line.organs or ()}
    codes = {line.region_code for line in lines if line.organs}
    found: dict[tuple[str, str], set[UUID]] = defaultdict(set)
    for row in _newest(await _organs(session, worlds, codes, names)):
        found[row["region_code"], row["name"]].add(row["id"])
    return {key: frozenset(ids) for key, ids in found.items()}


async def _organ_ids(session: AsyncSession, lines: Sequence[Line]) -> frozenset[UUID]:
    """Which of the ids that portfolios give are organs."""
    asked = {one for line in lines for name in line.organs or () if (one := _id(name)) is not None}
    return frozenset(row["id"] for row in await imports.versions_where(session, "organ", id=asked))


def _id(told: str) -> UUID | None:
    try:
        return UUID(told)
    except ValueError:
        return None


async def _regions(session: AsyncSession, codes: Collection[str]) -> dict[str, tuple[Region, ...]]:
    found: dict[str, list[Region]] = defaultdict(list)
    for row in _newest(await imports.versions_where(session, "region", code=codes)):
        found[row["code"]].append(facts_of.region_of(RegionState.model_validate(row)))
    return {code: tuple(regions) for code, regions in found.items()}


async def _officials(
    session: AsyncSession, people: Collection[UUID], same: Mapping[UUID, UUID], reach: Regions
) -> dict[UUID, Known]:
    """The records that lines name, and every other record of the same persons."""
    roots = {same.get(one, one) for one in people}
    ids = {*people, *roots, *(merged for merged, into in same.items() if into in roots)}
    rows = _newest(await imports.versions_where(session, "official", id=ids))
    return {row["id"]: imports.known(row, reach) for row in rows}


async def _bars(
    session: AsyncSession, lines: Sequence[Line], officials: Collection[UUID], same: Mapping[UUID, UUID]
) -> dict[UUID, tuple[PromotionBar, ...]]:
    """Vetoes and effect periods of each person, under whichever record, as standing against the one that answers."""
    if not any(line.promotion for line in lines):
        return {}
    found: dict[UUID, list[PromotionBar]] = defaultdict(list)
    for one, bars in (await people.bars_of(session, officials)).items():
        into = same.get(one, one)
        found[into] += [replace(bar, official_id=into) for bar in bars]
    return {one: tuple(bars) for one, bars in found.items()}
