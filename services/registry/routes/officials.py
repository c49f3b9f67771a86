"""Officials and their citizen numbers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.registry.handlers import officials, persons, reading, saving
from services.registry.routes.common import InScope, KeptNumbers, KnownAt, Search, may
from services.registry.schemas.appointments import CareerView
from services.registry.schemas.common import Reasoned
from services.registry.schemas.roster import (
    MergeIn,
    NumberSearchIn,
    NumberView,
    OfficialChangeIn,
    OfficialIn,
    OfficialView,
    PersonView,
)
from shared.contracts.registry import OfficialState
from shared.kernel import clock
from shared.kernel.moments import At
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import (
    ExpectedVersion,
    KeyedWork,
    Reading,
    TransactionalRoute,
    Work,
    answer_version,
)

router = APIRouter(prefix="/v1/officials", tags=["领导干部 · Officials"], route_class=TransactionalRoute)
# beside, not below: any other method on /v1/officials/search would be taken for an official of that id
searches = APIRouter(prefix="/v1/official-searches", tags=["领导干部 · Officials"], route_class=TransactionalRoute)


@router.post("", status_code=201, summary="登记人员 · Register an official", **may("register", "write", "art2"))
async def register_official(body: OfficialIn, numbers: KeptNumbers, work: KeyedWork) -> OfficialView:
    """身份号码可不填；加密保存，不随事件和答复外传 · The number is optional, encrypted, in no event and no answer."""
    found = await officials.register(
        work,
        numbers,
        name=body.name,
        region_code=body.region_code,
        today=clock.today(),
        citizen_number=body.citizen_number,
        exercise=body.exercise,
        reading=body.reading,
    )
    work.answer_version = found.version
    return OfficialView.of(found)


@router.get("", summary="人员列表 · Officials", **may("official", "read", "art2"))
async def list_officials(
    session: Reading,
    scope: InScope,
    paging: Paged,
    name: Annotated[str | None, Query(max_length=200)] = None,
    q: Search = None,
) -> Page[OfficialView]:
    """在所授权地区登记或至当日曾任职的人员 · Registered, or by the day ever appointed, in one's regions."""
    found, cursor = await reading.officials(session, paging, scope, name=name, q=q)
    return Page(items=[OfficialView.of(one) for one in found], next_cursor=cursor)


@searches.post("", summary="按身份号码查询 · Search by citizen number", **may("citizen_number", "search"))
async def search_by_number(
    body: NumberSearchIn, numbers: KeptNumbers, session: Reading, request: Request
) -> OfficialView:
    """号码写在正文里，不进地址和日志 · The number is in the body, never in an address or a log."""
    regions = request.state.actor.regions
    return OfficialView.of(await officials.find_by_number(session, numbers, body.citizen_number, regions))


@router.get("/{official_id}", summary="一名人员 · One official", **may("official", "read", "art2"))
async def read_official(official_id: UUID, session: Reading, known_at: KnownAt, request: Request) -> PersonView:
    """人员，不含身份号码；已合并的注明并入何处 · Without the citizen number; a merged one says into which."""
    found = await saving.read(session, OfficialState, official_id, request.state.actor.regions, known_at)
    answer_version(request, found.version)
    return PersonView.of_person(found, await persons.person(session, official_id, known_at=known_at))


@router.get("/{official_id}/appointments", summary="任职经历 · Career", **may("career", "read", "art2", "art27"))
async def read_career(official_id: UUID, session: Reading, at: At, request: Request) -> CareerView:
    """在各地担任过的全部职务，离任者亦同 · All posts ever held, wherever, under every id; of leavers too."""
    person, tenures = await reading.career(session, official_id, request.state.actor.regions, at.as_of, at.known_at)
    return CareerView.of(person, tenures, at.as_of, at.known_at)


@router.post("/{official_id}/merge", summary="合并同一人的记录 · Merge", **may("official", "merge", "art2"))
async def merge_official(official_id: UUID, body: MergeIn, expected: ExpectedVersion, work: Work) -> PersonView:
    """两个编号都继续有效，历史不变 · Both ids go on answering, and no history changes."""
    found = await persons.merge(work, official_id, expected, into=body.into, reason=body.reason)
    work.answer_version = found.version
    return PersonView.of_person(found, await persons.person(work.session, official_id))


@router.post("/{official_id}/separate", summary="撤销合并 · Undo a merge", **may("official", "merge", "art2"))
async def separate_official(official_id: UUID, body: Reasoned, expected: ExpectedVersion, work: Work) -> PersonView:
    """合并后已有新的登记的，不予撤销 · Refused once something recorded later rests on it."""
    found = await persons.separate(work, official_id, expected, reason=body.reason)
    work.answer_version = found.version
    return PersonView.of_person(found, await persons.person(work.session, official_id))


@router.put("/{official_id}", summary="更正人员 · Change an official", **may("register", "write", "art2"))
async def change_official(
    official_id: UUID, body: OfficialChangeIn, expected: ExpectedVersion, numbers: KeptNumbers, work: Work
) -> OfficialView:
    """更正姓名或补登号码 · Correct a name or put a number on file."""
    found = await officials.change(
        work,
        numbers,
        official_id,
        expected,
        name=body.name,
        citizen_number=body.citizen_number,
        reason=body.reason,
        reading=body.reading,
    )
    work.answer_version = found.version
    return OfficialView.of(found)


@router.get(
    "/{official_id}/citizen-number",
    summary="读取身份号码并留痕 · Read the citizen number (recorded)",
    **may("citizen_number", "read"),
)
async def read_citizen_number(
    official_id: UUID,
    numbers: KeptNumbers,
    work: Work,
    request: Request,
    response: Response,
    purpose: Annotated[str, Query(min_length=1, max_length=200, description="用途 · What for")],
) -> NumberView:
    """每次读取都记入台账 · Every reading is recorded in the ledger."""
    regions = request.state.actor.regions
    number = await officials.read_number(work, numbers, official_id, regions, purpose=purpose)
    response.headers["Cache-Control"] = "no-store"
    return NumberView(official_id=official_id, citizen_number=number)
