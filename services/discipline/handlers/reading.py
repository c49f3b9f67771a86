"""What people read: one file or a list of files within their regions."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.discipline import data, repository
from services.discipline.facts import AuthorityTable, ExemptionAnswer, Ground, Measure
from services.discipline.handlers.cases import case_facts
from services.discipline.handlers.exemptions import assess
from services.discipline.handlers.files import Model, unknown
from services.discipline.repository import Kept
from services.discipline.rules.cases import remaining_grounds
from shared.contracts import discipline as told
from shared.kernel import clock
from shared.kernel.pagination import Paging
from shared.roster import repository as roster


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with its bars, the grounds still open, and since when the official is retired."""

    case: Kept[told.CaseState]
    vetoes: tuple[Kept[told.VetoState], ...]
    open_grounds: tuple[Ground, ...]
    retired_on: date | None


@dataclass(frozen=True, slots=True)
class ExemptionFile:
    """An exemption with what the file carries now."""

    exemption: Kept[told.ExemptionState]
    assessment: ExemptionAnswer
    attestation_id: UUID | None
    attestation_digest: str | None


async def one(session: AsyncSession, kind: type[Model], identity: UUID, regions: frozenset[str]) -> Kept[Model]:
    """One aggregate within the regions; raises `NotFound`."""
    kept = await repository.find(session, kind, identity)
    if kept is None or regions.isdisjoint(kept.state.path):
        raise unknown()
    return kept


async def many(
    session: AsyncSession, kind: type[Model], paging: Paging, /, *, official_id: UUID | None, **filters: Any
) -> tuple[list[Kept[Model]], str | None]:
    """A page of aggregates and the next cursor; an official under whichever id, else as for `repository.listed`."""
    person = None if official_id is None else await roster.identities(session, official_id)
    return await repository.listed(session, kind, paging, officials=person, **filters)


async def case_file(session: AsyncSession, kept: Kept[Any]) -> CaseFile:
    """The whole file of a case."""
    case = await case_facts(session, kept.state)
    vetoes = await repository.vetoes_of_case(session, kept.state.id)
    return CaseFile(kept, tuple(vetoes), tuple(one.ground for one in remaining_grounds(case)), case.retired_on)


async def exemption_file(session: AsyncSession, kept: Kept[Any]) -> ExemptionFile:
    """The whole file of an exemption."""
    computed, attested = await assess(session, kept.state)
    return ExemptionFile(
        kept,
        computed,
        None if attested is None else attested.id,
        None if attested is None else attested.digest,
    )


def measures() -> tuple[Measure, ...]:
    """The measures with all their figures."""
    return tuple(data.measures().values())


def authorities() -> AuthorityTable:
    """Who handles and who decides, with dates."""
    return data.authorities()


def today() -> date:
    """The day that is meant where none is given."""
    return clock.today()
