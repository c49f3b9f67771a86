"""Officials and their citizen numbers: encrypted at rest, found by a blind index, in no event and no list."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from services.registry.facts.answers import Stored
from services.registry.handlers.persons import hold
from services.registry.handlers.saving import absent, becoming, changing, enter, read, region_for, save
from services.registry.repository import people, persons
from services.registry.rules.merging import check_merge
from shared.contracts.registry import (
    CitizenNumberRead,
    OfficialChanged,
    OfficialRegistered,
    OfficialState,
)
from shared.kernel.envelope import Ref
from shared.kernel.problems import Conflict, NotFound, Refused, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.kernel.vault import Vault

INVENTED = "990000"


@dataclass(frozen=True, slots=True)
class Numbers:
    """How citizen numbers are kept; `development` alone accepts invented ones (prefix 990000)."""

    vault: Vault
    development: bool

    def checked(self, text: str) -> str:
        """The number in its standard form.

        Check digit and birth date decide; the birthplace does not, because codes of the past are in no list.
        The refusal does not repeat the number.
        """
        try:
            number = ric.compact(text)
            whole = len(number) == 18 and number[:-1].isascii() and number[:-1].isdigit()
            valid = whole and number[-1] == ric.calc_check_digit(number) and bool(ric.get_birth_date(number))
        except (ValidationError, ValueError):
            valid = False
        if not valid:
            raise Refused("invalid_citizen_number", "公民身份号码无效", "the citizen number is not valid")
        if number.startswith(INVENTED) and not self.development:
            raise Refused(
                "invented_citizen_number", "虚构号码仅限开发环境", "invented numbers exist in development only"
            )
        return number


async def register(
    work: UnitOfWork,
    numbers: Numbers,
    *,
    name: str,
    region_code: str,
    today: date,
    citizen_number: str | None = None,
    reading: str | None = None,
    exercise: bool = False,
) -> Stored[OfficialState]:
    """Register a person; `region_code` says who keeps the record, not where the person serves."""
    await enter(work)
    region = await region_for(work, region_code, today)
    ref = Ref("official", uuid4())
    await work.lock(ref)
    if citizen_number is not None:
        await _keep(work, numbers, ref.id, citizen_number)
    event = OfficialRegistered(id=ref.id, name=name, reading=reading, exercise=exercise or region.state.exercise)
    return await save(work, event, region.path)


async def change(
    work: UnitOfWork,
    numbers: Numbers,
    official_id: UUID,
    expected: int | None,
    *,
    name: str,
    citizen_number: str | None,
    reason: str,
    reading: str | None = None,
) -> Stored[OfficialState]:
    """Correct a name or its reading, or put a number on file; a reading or number that is not given stays."""
    await enter(work)
    await hold(work, official_id)
    found = await changing(work, OfficialState, official_id, expected)
    if citizen_number is not None:
        await _keep(work, numbers, official_id, citizen_number)
    changed = becoming(OfficialChanged, found.state, name=name, reading=reading or found.state.reading)
    return await save(work, changed, found.path, reason=reason)


async def _keep(work: UnitOfWork, numbers: Numbers, official_id: UUID, text: str) -> None:
    number = numbers.checked(text)
    index = numbers.vault.blind_index(number)
    holder = await people.official_with(work.session, index)
    ids = await hold(work, official_id)
    if holder is not None and holder not in ids:
        raise Conflict("citizen_number_taken", "该号码已登记于另一人", "another official has this number")
    elsewhere = await persons.number_indexes(work.session, ids - {official_id})
    if holder in elsewhere:
        return
    obey(check_merge((), (), numbers=(index, *elsewhere.values())))
    await people.put_number(
        work.session,
        official_id,
        sealed=numbers.vault.encrypt(number, str(official_id)),
        blind_index=index,
        recorded_at=work.recorded_at,
    )


async def read_number(
    work: UnitOfWork, numbers: Numbers, official_id: UUID, regions: Collection[str], *, purpose: str
) -> str:
    """The number in clear; that it was read, by whom and what for is recorded in the same transaction."""
    found = await read(work.session, OfficialState, official_id, regions, None)
    ids = await persons.identities(work.session, [official_id])
    on_file = next(iter(await persons.number_indexes(work.session, ids)), None)
    sealed = None if on_file is None else await people.sealed_number(work.session, on_file)
    if sealed is None:
        raise NotFound("no_citizen_number", "未登记公民身份号码", "no citizen number is on file")
    ref = Ref("reading", uuid4())
    await work.lock(ref)
    event = CitizenNumberRead(id=ref.id, official_id=official_id, purpose=purpose)
    work.emit(event, path=found.path, reason=purpose, exercise=found.state.exercise)
    return numbers.vault.decrypt(sealed, str(on_file))


async def find_by_number(
    session: AsyncSession, numbers: Numbers, text: str, regions: Collection[str]
) -> Stored[OfficialState]:
    """Whose number that is; 404 outside the caller's regions."""
    holder = await people.official_with(session, numbers.vault.blind_index(numbers.checked(text)))
    if holder is None:
        raise absent()
    return await read(session, OfficialState, holder, regions, None)
