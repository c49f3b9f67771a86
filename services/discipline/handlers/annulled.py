"""What an annulled accident leaves behind: leads, cases and vetoes with a note, for people to end."""

from collections.abc import Iterable
from uuid import UUID

from services.discipline import repository
from services.discipline.facts import Ground
from services.discipline.handlers.files import changed, save
from services.discipline.rules.annulled import check_accident_stands
from shared.contracts.discipline import CaseNoted, CaseState, LeadNoted, LeadState, VetoQuestioned, VetoState
from shared.contracts.registry import AccidentState
from shared.kernel.envelope import Ref
from shared.kernel.problems import obey
from shared.kernel.unit_of_work import UnitOfWork

ANNULLED = "事故记录已撤销 · the record of the accident was annulled"
_Named = LeadState | CaseState | VetoState
_KINDS: tuple[tuple[type[_Named], type[_Named]], ...] = (
    (LeadState, LeadNoted),
    (CaseState, CaseNoted),
    (VetoState, VetoQuestioned),
)


async def note_annulled(work: UnitOfWork, accident_id: UUID) -> None:
    """Put a note, once, on everything that names the accident; nothing is ended, closed or lifted by itself."""
    await work.lock(Ref("accident", accident_id))
    for state, noted in _KINDS:
        known = await repository.about_accident(work.session, state, accident_id)
        await work.lock(*(Ref(state.AGGREGATE, one.id) for one in known))
        for one in await repository.about_accident(work.session, state, accident_id):
            if one.note != ANNULLED:
                await save(work, changed(noted, one, note=ANNULLED))


async def demand_standing(work: UnitOfWork, accident_id: UUID | None, grounds: Iterable[str]) -> None:
    """Raise 422 where ground (四) would rest on an accident whose record was annulled.

    The accident stays locked to the end: what rests on it is there when its annulment arrives, or is not made.
    """
    if accident_id is None:
        return
    await work.lock(Ref("accident", accident_id))
    kept = await repository.find(work.session, AccidentState, accident_id)
    annulled = kept is not None and kept.state.annulled
    obey(check_accident_stands({Ground(one) for one in grounds}, annulled=annulled))
