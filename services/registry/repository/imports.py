"""Roster files on their way into the register: lines in staging, and the part of the register that they can touch."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry import tables
from services.registry.facts.imports import Import, Known, Line, Part, Stage
from services.registry.repository import persons
from services.registry.repository.states import among
from services.registry.tables import import_fault, import_line, import_piece, import_reach, roster_import
from shared.kernel import copying
from shared.roster.facts import OrganKind, PostKind

OPEN, DONE, REFUSED, UNREADABLE = "open", "done", "refused", "unreadable"
_LINE = [import_line.c[one.name] for one in fields(Line)]
_PLACE = (import_line.c.region_code, import_line.c.organ, import_line.c.organ_kind)
_POST = (*_PLACE, import_line.c.post_kind, import_line.c.post)
_VIEW = [roster_import.c[one.name] for one in fields(Import)]
_KEPT = sa.exists().where(import_piece.c.import_id == roster_import.c.id)
FAULT_ORDER = import_fault.c.id
#: One chunk of one import at a time in the whole registry: what is new gets its id once, whoever imports it.
_TURN = sa.text("SELECT pg_advisory_xact_lock(hashtext('gate'), hashtext('roster import'))")
_PASS = sa.text("SELECT pg_advisory_xact_lock_shared(hashtext('gate'), hashtext('roster'))")
_FIRST_DAYS = sa.text(
    "UPDATE import_line AS l SET organ_first = f.organ_first, post_first = f.post_first FROM"
    " (SELECT number,"
    "  coalesce(min(organ_from) OVER o, least(min(post_from) OVER o, min(from_day) OVER o)) AS organ_first,"
    "  coalesce(min(post_from) OVER p, min(from_day) OVER p) AS post_first"
    "  FROM import_line WHERE import_id = :id AND state = 'open' AND sheet = 'roster'"
    "  WINDOW o AS (PARTITION BY region_code, organ, organ_kind),"
    "   p AS (PARTITION BY region_code, organ, organ_kind, post_kind, post)) AS f"
    " WHERE l.import_id = :id AND l.sheet = 'roster' AND l.number = f.number"
)
#: Lines come faster than statistics about them: without any, the planner would join them one by one.
_JOIN_AT_ONCE = sa.text("SET LOCAL enable_nestloop = off")
_RUNNING = sa.text("SELECT pg_try_advisory_xact_lock(hashtext('roster import'), hashtext(:id))")


async def alone(session: AsyncSession, identity: UUID) -> bool:
    """Whether nobody else runs this import; while this transaction is open, nobody will."""
    return bool(await session.scalar(_RUNNING, {"id": str(identity)}))


async def take_turn(session: AsyncSession) -> None:
    """Wait until no other import changes the register; until the transaction ends, none does."""
    await session.execute(_TURN)


async def pass_gate(session: AsyncSession) -> None:
    """Wait until nobody is deriving a chain, or waits to; the gate is open again when the transaction ends."""
    await session.execute(_PASS)


async def receive(
    session: AsyncSession, identity: UUID, *, actor: str, exercise: bool, size: int, at: datetime
) -> None:
    """Note that a file was sent."""
    values = {"id": identity, "actor": actor, "exercise": exercise, "size": size, "received_at": at}
    await session.execute(roster_import.insert().values(values | {"stage": Stage.UPLOADED}))


async def keep(session: AsyncSession, identity: UUID, number: int, sealed: bytes) -> None:
    """Keep a sealed piece of the file."""
    await session.execute(import_piece.insert().values(import_id=identity, number=number, sealed=sealed))


async def drop_file(session: AsyncSession, identity: UUID) -> None:
    """Keep the file no longer."""
    await session.execute(import_piece.delete().where(import_piece.c.import_id == identity))


async def one(session: AsyncSession, identity: UUID) -> Import | None:
    """An import, and how far it is."""
    row = (await session.execute(sa.select(*_VIEW).where(roster_import.c.id == identity))).mappings().first()
    return None if row is None else Import(**{**row, "stage": Stage(row["stage"])})


async def sealed_piece(session: AsyncSession, identity: UUID, number: int) -> bytes | None:
    """A sealed piece of the file; `None` where there is none, or none any more."""
    place = (import_piece.c.import_id == identity, import_piece.c.number == number)
    return await session.scalar(sa.select(import_piece.c.sealed).where(*place))


async def kept_size(session: AsyncSession, identity: UUID) -> int | None:
    """How many bytes the file has that is kept; `None` once the import was applied."""
    return await session.scalar(sa.select(roster_import.c.size).where(roster_import.c.id == identity, _KEPT))


async def letters(session: AsyncSession, identity: UUID) -> dict[str, dict[str, str]]:
    """Which column of which sheet of the file holds what."""
    return dict(await session.scalar(sa.select(roster_import.c.letters).where(roster_import.c.id == identity)) or {})


async def update(session: AsyncSession, identity: UUID, **values: Any) -> None:
    """Say how far an import is."""
    await session.execute(roster_import.update().where(roster_import.c.id == identity).values(**values))


async def clear(session: AsyncSession, identity: UUID) -> None:
    """Forget what was read of the file."""
    await session.execute(import_line.delete().where(import_line.c.import_id == identity))
    await session.execute(import_fault.delete().where(import_fault.c.import_id == identity))


async def forget_before(session: AsyncSession, moment: datetime) -> None:
    """Drop files and lines of imports that nobody went on with since."""
    old = sa.select(roster_import.c.id).where(roster_import.c.received_at < moment, _KEPT)
    for table in (import_line, import_fault, import_piece):
        await session.execute(table.delete().where(table.c.import_id.in_(old)))


async def add_lines(session: AsyncSession, identity: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep rows as read, in order of the file."""
    names = [one.name for one in import_line.c if one.name != "import_id"]
    records = ((identity, *map(row.get, names)) for row in rows)
    await copying.copy(session, "import_line", ["import_id", *names], records)


async def settle_first_days(session: AsyncSession, identity: UUID) -> None:
    """The day with which each organ and post begins if it is new: as told, or else the first day on its lines."""
    await session.execute(_JOIN_AT_ONCE)
    await session.execute(_FIRST_DAYS, {"id": identity})


async def add_faults(session: AsyncSession, identity: UUID, phase: str, faults: Sequence[Mapping[str, Any]]) -> None:
    """Keep what is wrong, in the phase that found it."""
    if faults:
        values = [{**one, "import_id": identity, "phase": phase} for one in faults]
        await session.execute(import_fault.insert(), values)


async def clear_faults(session: AsyncSession, identity: UUID, *, but: str) -> None:
    """Forget what earlier passes found, but for one phase."""
    await session.execute(
        import_fault.delete().where(import_fault.c.import_id == identity, import_fault.c.phase != but)
    )


async def count_faults(session: AsyncSession, identity: UUID) -> int:
    """How much is wrong."""
    query = sa.select(sa.func.count()).where(import_fault.c.import_id == identity)
    return int(await session.scalar(query) or 0)


async def add_reach(session: AsyncSession, identity: UUID, since: Mapping[tuple[str, bool], date]) -> None:
    """Say where the roster changed, and since which day."""
    if not since:
        return
    rows = [
        {"import_id": identity, "region_code": code, "exercise": exercise, "since": day}
        for (code, exercise), day in sorted(since.items())
    ]
    statement = insert(import_reach)
    earliest = sa.func.least(import_reach.c.since, statement.excluded.since)
    keys = ["import_id", "region_code", "exercise"]
    await session.execute(statement.on_conflict_do_update(index_elements=keys, set_={"since": earliest}), rows)


async def clear_reach(session: AsyncSession, identity: UUID) -> None:
    """The chains of accidents there are derived again."""
    await session.execute(import_reach.delete().where(import_reach.c.import_id == identity))


async def accidents_touched(session: AsyncSession, identity: UUID) -> list[UUID]:
    """Accidents to whose chain what the import changed can belong, by where and since when; region by region."""
    table, changed = tables.accident.c, import_reach.c
    there = sa.exists().where(
        changed.import_id == identity,
        changed.region_code == sa.any_(table.reach),
        changed.exercise == table.exercise,
        changed.since <= table.day,
    )
    query = sa.select(table.id).where(table.superseded_at.is_(None), table.annulled.is_(False), there)
    return list((await session.execute(query.order_by(table.region_code, table.id))).scalars())


async def reopen(session: AsyncSession, identity: UUID) -> None:
    """Look again at the lines that an earlier run had to leave out."""
    refused = sa.and_(import_line.c.import_id == identity, import_line.c.state == REFUSED)
    await session.execute(import_line.update().where(refused).values(state=OPEN))


def fault_query(identity: UUID) -> sa.Select[Any]:
    """What is wrong with an import, for a page of it."""
    return sa.select(import_fault).where(import_fault.c.import_id == identity)


async def open_lines(
    session: AsyncSession,
    identity: UUID,
    limit: int,
    after: Sequence[Any] | None,
    *,
    whole_organs: bool,
    parts: Collection[Part] = tuple(Part),
) -> list[Line]:
    """The next lines of some sheets to look at, whole posts or whole organs of them, in order of their organs.

    `after` is the key of the last group seen before; `None` begins anew (what is applied is not open any more).
    """
    group = _PLACE if whole_organs else _POST
    table = import_line.c
    of_parts = among(table.sheet, parts)
    conditions: list[sa.ColumnElement[bool]] = [table.import_id == identity, table.state == OPEN, of_parts]
    if after is not None:
        conditions.append(sa.tuple_(*group) > sa.tuple_(*(sa.literal(one) for one in after)))
    query = sa.select(*_LINE).where(*conditions).order_by(*_POST, table.number)
    found = list((await session.execute(query.limit(limit))).mappings())
    if len(found) == limit:
        last = [found[-1][one.name] for one in group]
        rest = sa.tuple_(*group) == sa.tuple_(*(sa.literal(one) for one in last))
        found = [row for row in found if [row[one.name] for one in group] != last]
        found += (await session.execute(query.where(rest))).mappings()
    return [_line(dict(row)) for row in found]


def group_key(line: Line, *, whole_organs: bool) -> tuple[str, ...]:
    """The key to go on after."""
    place = (line.region_code, line.organ, str(line.organ_kind))
    return place if whole_organs else (*place, line.post_kind or "", line.post or "")


def _line(row: Mapping[str, Any]) -> Line:
    kind = PostKind(row["post_kind"]) if row["post_kind"] else None
    told = {"organ_kind": OrganKind(row["organ_kind"]), "post_kind": kind, "post": row["post"] or None}
    return Line(**{**row, **told, "sheet": Part(row["sheet"])})


async def sealed_numbers(session: AsyncSession, identity: UUID, numbers: Collection[int]) -> dict[int, bytes]:
    """The sealed citizen numbers of lines of the roster."""
    query = sa.select(import_line.c.number, import_line.c.sealed).where(
        *_lines_of(identity, Part.ROSTER, numbers), import_line.c.sealed.is_not(None)
    )
    return {row.number: row.sealed for row in await session.execute(query)}


async def mark(session: AsyncSession, identity: UUID, keys: Collection[tuple[Part, int]], state: str) -> None:
    """Say that lines are dealt with."""
    for part in Part:
        numbers = sorted(number for sheet, number in keys if sheet is part)
        if numbers:
            await session.execute(import_line.update().where(*_lines_of(identity, part, numbers)).values(state=state))


def _lines_of(identity: UUID, part: Part, numbers: Collection[int]) -> tuple[sa.ColumnElement[bool], ...]:
    table = import_line.c
    return table.import_id == identity, table.sheet == part, among(table.number, numbers)


async def count_lines(session: AsyncSession, identity: UUID, state: str) -> int:
    """How many lines are in a state."""
    query = sa.select(sa.func.count()).where(import_line.c.import_id == identity, import_line.c.state == state)
    return int(await session.scalar(query) or 0)


async def new_people(session: AsyncSession, identity: UUID) -> int:
    """How many people of the file the register does not know by their number."""
    known = sa.select(tables.citizen_number.c.blind_index).where(
        tables.citizen_number.c.blind_index == sa.func.decode(import_line.c.person, "hex")
    )
    query = sa.select(sa.func.count(sa.distinct(import_line.c.person))).where(
        import_line.c.import_id == identity,
        import_line.c.state == OPEN,
        import_line.c.official_id.is_(None),
        sa.not_(sa.exists(known)),
    )
    return int(await session.scalar(query) or 0)


async def contradictions(
    session: AsyncSession, identity: UUID, told: str, *, of: Sequence[str], after: int, limit: int
) -> list[tuple[int, Any]]:
    """Lines after `after` that tell something of the same thing otherwise than an earlier line, with what they tell."""
    table = import_line.c
    group = [table[name] for name in of]
    first = sa.func.first_value(table[told]).over(partition_by=group, order_by=table.number).label("first")
    said = (
        sa.select(table.number, table[told].label("told"), first)
        .where(
            table.import_id == identity,
            table.sheet == Part.ROSTER,
            table.state == OPEN,
            table[told].is_not(None),
            *(one.is_not(None) for one in group),
        )
        .subquery()
    )
    differing = sa.select(said.c.number, said.c.told).where(said.c.told != said.c.first, said.c.number > after)
    found = await session.execute(differing.order_by(said.c.number).limit(limit))
    return [(row.number, row.told) for row in found]


async def staged_organs(
    session: AsyncSession, identity: UUID, names: Collection[tuple[str, str]]
) -> frozenset[tuple[str, str]]:
    """Which of these organs, by region and name, the roster sheet of the file names."""
    table = import_line.c
    query = (
        sa.select(table.region_code, table.organ)
        .distinct()
        .where(
            table.import_id == identity,
            table.sheet == Part.ROSTER,
            among(table.region_code, {code for code, _ in names}),
            among(table.organ, {name for _, name in names}),
        )
    )
    return frozenset((row.region_code, row.organ) for row in await session.execute(query))


async def merged(session: AsyncSession, officials: Collection[UUID]) -> dict[UUID, UUID]:
    """Every merged record of these persons, and the record as which the person answers."""
    table = tables.official.c
    group = await persons.identities(session, officials)
    query = sa.select(table.id, table.merged_into).where(
        among(table.id, group), table.superseded_at.is_(None), table.merged_into.is_not(None)
    )
    into = {row.id: row.merged_into for row in await session.execute(query)}
    found = dict(into)
    while further := {one: into[target] for one, target in found.items() if target in into}:
        found |= further
    return found


async def people_with(session: AsyncSession, persons: Collection[str]) -> dict[str, UUID]:
    """Whose numbers these are, by the hexadecimal blind index."""
    table = tables.citizen_number
    wanted = [bytes.fromhex(one) for one in persons]
    query = sa.select(table.c.blind_index, table.c.official_id).where(among(table.c.blind_index, wanted))
    return {row.blind_index.hex(): row.official_id for row in await session.execute(query)}


async def numbered(session: AsyncSession, officials: Collection[UUID]) -> frozenset[UUID]:
    """Which of the officials have a number on file."""
    table = tables.citizen_number
    found = await session.execute(sa.select(table.c.official_id).where(among(table.c.official_id, officials)))
    return frozenset(found.scalars())


async def put_numbers(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep sealed numbers of officials who had none."""
    if rows:
        await session.execute(tables.citizen_number.insert(), list(rows))


async def versions_where(session: AsyncSession, kind: str, **among_them: Collection[Any]) -> list[dict[str, Any]]:
    """Every version of a kind whose columns are among the values, as plain rows, the newest last."""
    table = tables.TABLES[kind]
    conditions = [among(table.c[column], values) for column, values in among_them.items()]
    query = sa.select(table).where(*conditions).order_by(table.c.id, table.c.version)
    if not all(among_them.values()):
        return []
    names = table.c.keys()
    return [dict(zip(names, row, strict=True)) for row in await session.execute(query)]


def known(row: Mapping[str, Any], regions: Collection[str] | None) -> Known:
    """A row as the rules read it."""
    return Known(row["id"], row, regions is None or not set(regions).isdisjoint(row["path"]))
