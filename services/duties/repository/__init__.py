"""All SQL of duties: what is on record, and the questions that only SQL can answer about the roster's copy."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.facts import (
    NonPerformanceFinding,
    Performance,
    StandingOutcome,
    StandingReview,
)
from services.duties.facts.attested import IssuedAttestation, SealPosition
from services.duties.facts.findings import Appeal
from services.duties.facts.overlays import Overlay
from services.duties.facts.stored import Stored
from services.duties.tables import attestation, nonperformance, overlay, performance, standing_review
from shared.kernel.pagination import Paging, page
from shared.kernel.tables import ledger, seal
from shared.roster.facts import Span
from shared.roster.persons import same_person
from shared.roster.tables import TABLES as ROSTER

_PERFORMANCE = TypeAdapter(Performance)
_ATTESTATION = TypeAdapter(IssuedAttestation)
_APPEAL: TypeAdapter[Appeal | None] = TypeAdapter(Appeal | None)
_OVERLAY = TypeAdapter(Overlay)
_ACTORS = (performance.c.presided_by, performance.c.led_by, performance.c.performed_by)
_JSON_COLUMNS = ("capacities", "evidence", "agenda", "findings", "corrected", "verified")


def _within(table: sa.Table, regions: Collection[str]) -> sa.ColumnElement[bool]:
    """Rows that belong to one of the regions or below."""
    found: sa.ColumnElement[bool] = table.c.path.overlap(sa.cast(list(regions), ARRAY(sa.Text)))
    return found


def _any(column: sa.Column[Any], values: Collection[Any]) -> sa.ColumnElement[bool]:
    return column == sa.any_(sa.cast(list(values), ARRAY(column.type)))


def same_person_now(official_id: UUID) -> sa.Select[UUID]:
    """Every id under which that person is recorded, as the copy knows today."""
    table = ROSTER["official"]
    return same_person(table, table.c.superseded_at.is_(None), [official_id])


async def _put(session: AsyncSession, table: sa.Table, values: Mapping[str, Any]) -> None:
    """Insert the row of an aggregate, or replace it."""
    made = insert(table).values(**values)
    changed = {name: made.excluded[name] for name in values if name not in table.primary_key.columns}
    await session.execute(made.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=changed))


async def put_performance(session: AsyncSession, act: Performance, path: Sequence[str], version: int) -> None:
    """Save a performance as it stands now."""
    kept = asdict(act)
    plain = _PERFORMANCE.dump_python(act, mode="json", include=set(_JSON_COLUMNS))
    post_ids = [one.post_id for one in act.capacities]
    more = {"path": list(path), "version": version, "post_ids": post_ids, "participants": list(act.participants)}
    await _put(session, performance, kept | plain | more)


def _performance(row: sa.Row[Any]) -> Stored[Performance]:
    return Stored(_PERFORMANCE.validate_python(dict(row._mapping)), tuple(row.path), row.version)  # noqa: SLF001 - SQLAlchemy's public spelling


async def performance_by_id(session: AsyncSession, identity: UUID) -> Stored[Performance] | None:
    """The performance, or `None`."""
    row = (await session.execute(sa.select(performance).where(performance.c.id == identity))).first()
    return None if row is None else _performance(row)


async def performances_of(
    session: AsyncSession,
    posts: Collection[UUID],
    organs: Collection[UUID],
    officials: Collection[UUID],
    *,
    during: Span | None = None,
) -> tuple[Performance, ...]:
    """Every act that names one of the posts, was one of the organs' own or done by one of the officials, in the span.

    Withdrawn ones are included, and those in another capacity, because an answer says why they do not count.
    """
    named = performance.c.post_ids.overlap(sa.cast(list(posts), ARRAY(sa.Uuid)))
    theirs = (_any(column, officials) for column in _ACTORS)
    query = sa.select(performance).where(sa.or_(named, _any(performance.c.organ_id, organs), *theirs))
    if during is not None:
        query = query.where(performance.c.day.between(during.from_day, during.to_day or date.max))
    rows = await session.execute(query.order_by(performance.c.day, performance.c.id))
    return tuple(_performance(row).fact for row in rows)


async def list_performances(
    session: AsyncSession,
    paging: Paging,
    *,
    regions: Collection[str],
    exercise: bool,
    post_id: UUID | None,
    official_id: UUID | None,
    from_day: date | None,
    to_day: date | None,
) -> tuple[list[Stored[Performance]], str | None]:
    """One page of the performances within the regions, newest day first."""
    table = performance.c
    query = sa.select(performance).where(_within(performance, regions), table.exercise.is_(exercise))
    if post_id is not None:
        query = query.where(table.post_ids.overlap(sa.cast([post_id], ARRAY(sa.Uuid))))
    if official_id is not None:
        person = same_person_now(official_id)
        query = query.where(sa.or_(*(column.in_(person) for column in _ACTORS)))
    if from_day is not None:
        query = query.where(table.day >= from_day)
    if to_day is not None:
        query = query.where(table.day <= to_day)
    rows, following = await page(session, query, paging, table.day, table.id, descending=True)
    return [_performance(row) for row in rows], following


async def put_review(session: AsyncSession, review: StandingReview, path: Sequence[str], version: int) -> None:
    """Save a standing review."""
    kept = asdict(review) | {"from_day": review.span.from_day, "to_day": review.span.to_day}
    kept["evidence"] = list(review.evidence)
    del kept["span"]
    await _put(session, standing_review, kept | {"path": list(path), "version": version})


def _review(row: sa.Row[Any]) -> Stored[StandingReview]:
    fact = StandingReview(
        id=row.id,
        official_id=row.official_id,
        post_id=row.post_id,
        duty_id=row.duty_id,
        span=Span(row.from_day, row.to_day),
        outcome=StandingOutcome(row.outcome),
        reviewed_by=row.reviewed_by,
        recorded_at=row.recorded_at,
        note=row.note,
        evidence=tuple(row.evidence),
        heard_on=row.heard_on,
        statement=row.statement,
        exercise=row.exercise,
    )
    return Stored(fact, tuple(row.path), row.version)


async def reviews_of(session: AsyncSession, officials: Collection[UUID]) -> tuple[StandingReview, ...]:
    """Every review of one of the officials."""
    rows = await session.execute(sa.select(standing_review).where(_any(standing_review.c.official_id, officials)))
    return tuple(_review(row).fact for row in rows)


async def reviews_of_posts(session: AsyncSession, posts: Collection[UUID]) -> tuple[StandingReview, ...]:
    """Every review of somebody in one of the posts."""
    rows = await session.execute(sa.select(standing_review).where(_any(standing_review.c.post_id, posts)))
    return tuple(_review(row).fact for row in rows)


async def list_reviews(
    session: AsyncSession, paging: Paging, *, regions: Collection[str], exercise: bool, official_id: UUID | None
) -> tuple[list[Stored[StandingReview]], str | None]:
    """One page of the reviews within the regions, newest first."""
    table = standing_review.c
    query = sa.select(standing_review).where(_within(standing_review, regions), table.exercise.is_(exercise))
    if official_id is not None:
        query = query.where(table.official_id.in_(same_person_now(official_id)))
    rows, following = await page(session, query, paging, table.recorded_at, table.id, descending=True)
    return [_review(row) for row in rows], following


async def put_finding(session: AsyncSession, found: NonPerformanceFinding, path: Sequence[str], version: int) -> None:
    """Save a finding of non-performance."""
    kept = asdict(found) | {"period_start": found.span.from_day, "period_end": found.span.to_day}
    del kept["span"]
    kept["appeal"] = _APPEAL.dump_python(found.appeal, mode="json")
    await _put(session, nonperformance, kept | {"path": list(path), "version": version})


def _finding(row: sa.Row[Any]) -> Stored[NonPerformanceFinding]:
    fact = NonPerformanceFinding(
        id=row.id,
        official_id=row.official_id,
        post_id=row.post_id,
        duty_id=row.duty_id,
        obligation_id=row.obligation_id,
        span=Span(row.period_start, row.period_end),
        organ_id=row.organ_id,
        reasons=row.reasons,
        heard_on=row.heard_on,
        statement=row.statement,
        decided_on=row.decided_on,
        recorded_at=row.recorded_at,
        clears=row.clears,
        appeal=_APPEAL.validate_python(row.appeal),
        accident_id=row.accident_id,
        exercise=row.exercise,
    )
    return Stored(fact, tuple(row.path), row.version)


async def finding_by_id(session: AsyncSession, identity: UUID) -> Stored[NonPerformanceFinding] | None:
    """The finding, or `None`."""
    row = (await session.execute(sa.select(nonperformance).where(nonperformance.c.id == identity))).first()
    return None if row is None else _finding(row)


async def findings_of(session: AsyncSession, officials: Collection[UUID]) -> tuple[NonPerformanceFinding, ...]:
    """Every finding about one of the officials."""
    rows = await session.execute(sa.select(nonperformance).where(_any(nonperformance.c.official_id, officials)))
    return tuple(_finding(row).fact for row in rows)


async def list_findings(
    session: AsyncSession, paging: Paging, *, regions: Collection[str], exercise: bool, official_id: UUID | None
) -> tuple[list[Stored[NonPerformanceFinding]], str | None]:
    """One page of the findings within the regions, newest first."""
    table = nonperformance.c
    query = sa.select(nonperformance).where(_within(nonperformance, regions), table.exercise.is_(exercise))
    if official_id is not None:
        query = query.where(table.official_id.in_(same_person_now(official_id)))
    rows, following = await page(session, query, paging, table.recorded_at, table.id, descending=True)
    return [_finding(row) for row in rows], following


async def put_attestation(
    session: AsyncSession, issued: IssuedAttestation, recorded_at: datetime, version: int
) -> None:
    """Save one version of an attestation."""
    values = {
        "id": issued.id,
        "version": version,
        "accident_id": issued.accident_id,
        "official_id": issued.official_id,
        "content": _ATTESTATION.dump_python(issued, mode="json"),
        "path": list(issued.path),
        "recorded_at": recorded_at,
        "exercise": issued.exercise,
    }
    await _put(session, attestation, values)


def _attestation(row: sa.Row[Any]) -> Stored[IssuedAttestation]:
    return Stored(_ATTESTATION.validate_python(row.content), tuple(row.path), row.version)


async def attestation_by_id(
    session: AsyncSession, identity: UUID, *, known_at: datetime | None = None
) -> Stored[IssuedAttestation] | None:
    """The latest version of an attestation that was recorded by `known_at`, or `None`."""
    query = sa.select(attestation).where(attestation.c.id == identity)
    if known_at is not None:
        query = query.where(attestation.c.recorded_at <= known_at)
    row = (await session.execute(query.order_by(attestation.c.version.desc()).limit(1))).first()
    return None if row is None else _attestation(row)


async def attestations_of_accident(session: AsyncSession, accident_id: UUID) -> list[Stored[IssuedAttestation]]:
    """The latest version of every attestation for an accident."""
    query = sa.select(attestation).where(attestation.c.accident_id == accident_id).ext(distinct_on(attestation.c.id))
    rows = await session.execute(query.order_by(attestation.c.id, attestation.c.version.desc()))
    return [_attestation(row) for row in rows]


async def issued_already(session: AsyncSession, identities: Collection[UUID]) -> set[UUID]:
    """Those of the attestations that exist."""
    query = sa.select(attestation.c.id).where(_any(attestation.c.id, identities)).distinct()
    return set(await session.scalars(query))


async def list_attestations(
    session: AsyncSession,
    paging: Paging,
    *,
    regions: Collection[str],
    exercise: bool,
    accident_id: UUID | None,
    official_id: UUID | None,
    outdated: bool | None = None,
) -> tuple[list[Stored[IssuedAttestation]], str | None]:
    """One page of the latest versions of the attestations within the regions; `outdated`: those that wait, or not."""
    latest = (
        sa.select(attestation)
        .ext(distinct_on(attestation.c.id))
        .order_by(attestation.c.id, attestation.c.version.desc())
    )
    latest = latest.where(_within(attestation, regions), attestation.c.exercise.is_(exercise))
    if accident_id is not None:
        latest = latest.where(attestation.c.accident_id == accident_id)
    if official_id is not None:
        latest = latest.where(attestation.c.official_id.in_(same_person_now(official_id)))
    found = latest.subquery()
    query = sa.select(found)
    if outdated is not None:
        waits = sa.and_(found.c.content["outdated"].astext.is_not(None), found.c.content["void"].astext.is_(None))
        query = query.where(waits if outdated else sa.not_(waits))
    rows, following = await page(session, query, paging, found.c.id)
    return [_attestation(row) for row in rows], following


async def seal_of(session: AsyncSession, identity: UUID, version: int) -> SealPosition | None:
    """Where the seal chain holds a version of an attestation; `None` while it waits to be sealed."""
    joined = ledger.join(seal, seal.c.seq == ledger.c.seq)
    which = (ledger.c.aggregate_type == "attestation", ledger.c.aggregate_id == identity, ledger.c.version == version)
    row = (await session.execute(sa.select(seal.c.position, seal.c.hash).select_from(joined).where(*which))).first()
    return None if row is None else SealPosition(row.position, row.hash.hex())


async def seals_of(
    session: AsyncSession, identities: Collection[UUID], known_at: datetime
) -> list[tuple[str, UUID, int, SealPosition | None]]:
    """Type, id, version and seal of each aggregate as it stood on the ledger at `known_at`, in order of seal."""
    newest = (
        sa.select(ledger.c.seq, ledger.c.aggregate_type, ledger.c.aggregate_id, ledger.c.version)
        .ext(distinct_on(ledger.c.aggregate_type, ledger.c.aggregate_id))
        .where(_any(ledger.c.aggregate_id, identities), ledger.c.recorded_at <= known_at)
        .where(ledger.c.aggregate_type.in_(("performance", "standing_review", "nonperformance")))
        .order_by(ledger.c.aggregate_type, ledger.c.aggregate_id, ledger.c.version.desc())
        .subquery()
    )
    query = (
        sa.select(newest.c.aggregate_type, newest.c.aggregate_id, newest.c.version, seal.c.position, seal.c.hash)
        .select_from(newest.outerjoin(seal, seal.c.seq == newest.c.seq))
        .order_by(seal.c.position, newest.c.seq)
    )
    return [
        (kind, identity, version, None if position is None else SealPosition(position, value.hex()))
        for kind, identity, version, position, value in await session.execute(query)
    ]


async def put_overlay(
    session: AsyncSession, fact: Overlay, path: Sequence[str], recorded_at: datetime, version: int
) -> None:
    """Save one version of an overlay."""
    values = {
        "id": fact.id,
        "version": version,
        "duty_id": fact.duty_id,
        "content": _OVERLAY.dump_python(fact, mode="json"),
        "path": list(path),
        "recorded_at": recorded_at,
        "exercise": fact.exercise,
    }
    await _put(session, overlay, values)


def _latest_overlays(known_at: datetime | None, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    known = () if known_at is None else (overlay.c.recorded_at <= known_at,)
    latest = sa.select(overlay).ext(distinct_on(overlay.c.id)).where(*known, *conditions)
    return latest.order_by(overlay.c.id, overlay.c.version.desc())


def _overlay(row: sa.Row[Any]) -> Stored[Overlay]:
    return Stored(_OVERLAY.validate_python(row.content), tuple(row.path), row.version)


async def overlays_of(session: AsyncSession, *, known_at: datetime | None = None) -> tuple[Stored[Overlay], ...]:
    """Every overlay in its last version that was recorded by `known_at`."""
    return tuple(_overlay(row) for row in await session.execute(_latest_overlays(known_at)))


async def overlay_by_id(
    session: AsyncSession, identity: UUID, *, known_at: datetime | None = None
) -> Stored[Overlay] | None:
    """The overlay in its last version that was recorded by `known_at`, or `None`."""
    row = (await session.execute(_latest_overlays(known_at, overlay.c.id == identity))).first()
    return None if row is None else _overlay(row)


async def list_overlays(
    session: AsyncSession, paging: Paging, *, known_at: datetime, exercise: bool, duty_id: str | None
) -> tuple[list[Stored[Overlay]], str | None]:
    """One page of the overlays, each in its last version by `known_at`."""
    which = () if duty_id is None else (overlay.c.duty_id == duty_id,)
    found = _latest_overlays(known_at, overlay.c.exercise.is_(exercise), *which).subquery()
    rows, following = await page(session, sa.select(found), paging, found.c.id)
    return [_overlay(row) for row in rows], following


async def regions_with_organs(session: AsyncSession, under: str) -> list[str]:
    """The codes of the regions in or below one, at any time, that have organs."""
    organ, region = ROSTER["organ"], ROSTER["region"]
    below = sa.select(region.c.code).where(region.c.ancestry.overlap(sa.cast([under], ARRAY(sa.Text))))
    found = sa.select(organ.c.region_code).where(organ.c.region_code.in_(below)).distinct()
    return list(await session.scalars(found.order_by(organ.c.region_code)))
