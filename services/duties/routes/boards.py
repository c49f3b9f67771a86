"""Boards, books of periods, and the projection that boards are read from."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Query, Request, Response

from services.duties.handlers import boards, books, evaluation
from services.duties.handlers.boards import Asked
from services.duties.routes.common import Exercise, may, regions_of, router
from services.duties.schemas.boards import (
    BoardPage,
    BooksIn,
    BooksView,
    By,
    ReopeningIn,
    StandingPage,
    StandingView,
    TallyView,
)
from services.duties.schemas.common import DutyId
from services.duties.schemas.obligations import Status
from shared.kernel.auth import Actor, requires
from shared.kernel.moments import At, Day
from shared.kernel.operations import OperationView, Progress
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import ExpectedVersion, KeyedWork, Reading, Work, answer_version

board_routes = router("boards", "履职看板 · Boards")
books_routes = router("books", "账册 · Books")
projection_routes = router("projection", "履职任务展开 · Projection")
_PERIODIC = ("art5.2", "art5.3", "art6.2", "art6.3", "art6.5", "art9.4", "art9.6", "art10.2", "art10.3", "art11.3")
Region = Annotated[
    str | None, Query(max_length=12, pattern=r"^\d+$", examples=["139901"], description="含下辖 · With all below")
]


def _asked(
    request: Request,
    at: At,
    *,
    from_day: Annotated[Day | None, Query(alias="from", description="期间末日不早于 · Periods that end from")] = None,
    to_day: Annotated[Day | None, Query(alias="to", description="期间末日不晚于 · Periods that end until")] = None,
    region: Region = None,
    organ_id: UUID | None = None,
    post_id: UUID | None = None,
    official_id: Annotated[UUID | None, Query(description="任职期间的 · Of the own tenure")] = None,
    duty_id: Annotated[DutyId | None, Query()] = None,
    exercise: Exercise = False,
) -> Asked:
    return Asked(
        as_of=at.as_of,
        known_at=at.known_at,
        from_day=from_day or date(at.as_of.year, 1, 1),
        to_day=to_day or date(at.as_of.year, 12, 31),
        regions=regions_of(request),
        exercise=exercise,
        region=region,
        organ_id=organ_id,
        post_id=post_id,
        official_id=official_id,
        duty_id=duty_id,
    )


AskedHere = Annotated[Asked, Depends(_asked, scope="function")]


@board_routes.get("", summary="履职看板 · A board", **may("board", "read", *_PERIODIC, "art28"))
async def read_board(
    session: Reading,
    paging: Paged,
    asked: AskedHere,
    by: Annotated[By, Query(description="按什么汇总 · Counted by")] = By.ORGAN,
) -> BoardPage:
    """任一日期、任一知悉时点的各状态数；按编号排序，不对人员排名 · Counts by status; nobody is ranked."""
    found, following = await boards.board(session, asked, by, paging)
    items = [TallyView.of(one) for one in found]
    return BoardPage(items=items, next_cursor=following, as_of=asked.as_of, known_at=asked.known_at)


@board_routes.get("/obligations", summary="看板明细 · Behind a board", **may("board", "read", *_PERIODIC, "art28"))
async def read_standings(
    session: Reading, paging: Paged, asked: AskedHere, status: Status | None = None
) -> StandingPage:
    """逐项状态与计入的履职记录；到期无记录不归责于任何人 · Each with the acts that count; it attributes nothing."""
    found, following = await boards.standings(session, asked, paging, status and status.value)
    items = [StandingView.model_validate(one) for one in found]
    return StandingPage(items=items, next_cursor=following, as_of=asked.as_of, known_at=asked.known_at)


@books_routes.post("", status_code=201, summary="关闭账册 · Close books", **may("books", "close", "art28"))
async def close_first(body: BooksIn, work: KeyedWork) -> BooksView:
    """期间结束后由安委办关闭；此后登记的须经核实方可计入 · What is recorded afterwards needs a reviewer."""
    stored = await books.open_and_close(work, body.region, body.period, exercise=body.exercise)
    work.answer_version = stored.version
    return BooksView.of(stored)


@books_routes.get("", summary="账册列表 · Books", **may("books", "read"))
async def list_books(request: Request, session: Reading, paging: Paged, exercise: Exercise = False) -> Page[BooksView]:
    """期间最近的在前 · The latest period first."""
    found, following = await books.list_books(session, paging, regions=regions_of(request), exercise=exercise)
    return Page(items=[BooksView.of(one) for one in found], next_cursor=following)


@books_routes.get("/{books_id}", summary="一个账册 · One period's books", **may("books", "read"))
async def read_books(books_id: UUID, request: Request, session: Reading) -> BooksView:
    """含历次关闭与重新开启 · With every closing and reopening."""
    stored = await books.read_books(session, books_id, regions_of(request))
    answer_version(request, stored.version)
    return BooksView.of(stored)


@books_routes.post("/{books_id}/close", summary="再次关闭账册 · Close again", **may("books", "close", "art28"))
async def close_again(books_id: UUID, expected: ExpectedVersion, work: Work) -> BooksView:
    """重新开启之后再次关闭 · After a reopening."""
    stored = await books.close(work, books_id, expected)
    work.answer_version = stored.version
    return BooksView.of(stored)


@books_routes.post("/{books_id}/reopen", summary="重新开启账册 · Reopen books", **may("books", "reopen", "art28"))
async def reopen(books_id: UUID, body: ReopeningIn, expected: ExpectedVersion, work: Work) -> BooksView:
    """须写明理由 · Only with a reason."""
    stored = await books.reopen(work, books_id, expected, reason=body.reason)
    work.answer_version = stored.version
    return BooksView.of(stored)


_EVALUATE = requires("projection", "evaluate")


@projection_routes.post("/rebuilds", status_code=202, summary="重建履职任务 · Rebuild the projection")
async def rebuild(request: Request, response: Response, actor: Annotated[Actor, Depends(_EVALUATE)]) -> OperationView:
    """从名册、职责目录与记录重新展开，结果与现有一致 · Made again from nothing; it equals what stands."""

    async def work(progress: Progress) -> dict[str, Any]:
        return await evaluation.rebuild(request.app.state.sessions, progress)

    return await _started(request, response, "projection", actor, work)


@projection_routes.post("/years/{year}", status_code=202, summary="展开一个年度 · Evaluate a year")
async def open_year(
    year: Annotated[int, Path(ge=2018, le=2100)],
    request: Request,
    response: Response,
    actor: Annotated[Actor, Depends(_EVALUATE)],
) -> OperationView:
    """已展开的不变 · A year that is evaluated stays as it is."""

    async def work(progress: Progress) -> dict[str, Any]:
        return {"year": year, "rows": await evaluation.open_year(request.app.state.sessions, year, progress)}

    return await _started(request, response, "projection_year", actor, work)


async def _started(request: Request, response: Response, kind: str, actor: Actor, work: Any) -> OperationView:
    started: OperationView = await request.app.state.operations.start(kind, actor.subject, work)
    response.headers["Location"] = f"/v1/operations/{started.id}"
    return started
