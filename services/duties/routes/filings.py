"""Filings with the bodies that the statute names."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from services.duties.handlers import filings as handlers
from services.duties.routes.common import Exercise, may, regions_of, router
from services.duties.schemas.filings import FilingIn, FilingReports, FilingReportView, FilingView, ReceiptIn
from services.duties.schemas.impediments import ReasonIn
from shared.kernel.moments import At, Day
from shared.kernel.pagination import Page, Paged
from shared.kernel.problems import Malformed
from shared.kernel.routing import ExpectedVersion, KeyedWork, Reading, Work, answer_version

_BASIS = ("art6.5", "art9.6")


def filings(filing_days: int) -> APIRouter:
    """The routes; filings are due `filing_days` after their period (configuration: the statute names no day)."""
    made = router("filings", "备案 · Filings")

    @made.get("/states", summary="应报备案及状态 · What is to be filed", **may("filing", "read", *_BASIS))
    async def states(
        request: Request,
        session: Reading,
        at: At,
        post_id: UUID | None = None,
        region: Annotated[str | None, Query(max_length=12, pattern=r"^\d+$", examples=["139901"])] = None,
        exercise: Exercise = False,
    ) -> FilingReports:
        """按岗位或区划，`as_of` 所在年度；未备案不影响已按时完成的活动 · A missing filing unmakes no timely act."""
        if (post_id is None) is (region is None):
            raise Malformed("one_selector", "请在岗位、区划中选一", "name one of post_id and region")
        asked = handlers.Asked(at.as_of, at.known_at, post_id, region, exercise, filing_days)
        found = await handlers.filing_states(session, asked, regions_of(request))
        return FilingReports(items=[FilingReportView.of(one) for one in found], as_of=at.as_of, known_at=at.known_at)

    _reads(made)
    _writes(made)
    return made


def _reads(made: APIRouter) -> None:
    @made.get("", summary="备案列表 · Filings", **may("filing", "read", *_BASIS))
    async def list_filings(
        request: Request,
        session: Reading,
        paging: Paged,
        post_id: UUID | None = None,
        recipient_organ_id: UUID | None = None,
        from_day: Annotated[Day | None, Query(alias="from")] = None,
        exercise: Exercise = False,
    ) -> Page[FilingView]:
        """本区域报出与收到的 · Those sent from the regions, and those sent into them."""
        found, following = await handlers.list_filings(
            session,
            paging,
            regions=regions_of(request),
            exercise=exercise,
            post_id=post_id,
            recipient_organ_id=recipient_organ_id,
            from_day=from_day,
        )
        return Page(items=[FilingView.of(one) for one in found], next_cursor=following)

    @made.get("/{filing_id}", summary="一项备案 · One filing", **may("filing", "read", *_BASIS))
    async def read(filing_id: UUID, request: Request, session: Reading) -> FilingView:
        """报送方与受理方均可读 · For sender and recipient."""
        stored = await handlers.read_filing(session, filing_id, regions_of(request))
        answer_version(request, stored.version)
        return FilingView.of(stored)


def _writes(made: APIRouter) -> None:
    @made.post("", status_code=201, summary="报送备案 · File", **may("filing", "file", *_BASIS))
    async def file(body: FilingIn, work: KeyedWork) -> FilingView:
        """机关有误的不予办理，并指明应报机关；退回后可重新报送 · A wrong body is refused, the right one named."""
        stored = await handlers.file(work, handlers.Sending(**body.model_dump()))
        work.answer_version = stored.version
        return FilingView.of(stored)

    @made.post("/{filing_id}/receipt", summary="出具回执 · Confirm", **may("filing", "receive", *_BASIS))
    async def receive(filing_id: UUID, body: ReceiptIn, expected: ExpectedVersion, work: Work) -> FilingView:
        """由受理机关出具，每个受理机关一份；报送人不得自行出具 · By the recipient, one for each; not by the filer."""
        received_on: date = body.received_on
        stored = await handlers.receive(work, filing_id, expected, number=body.number, received_on=received_on)
        work.answer_version = stored.version
        return FilingView.of(stored)

    @made.post("/{filing_id}/return", summary="退回 · Return", **may("filing", "return", *_BASIS))
    async def send_back(filing_id: UUID, body: ReasonIn, expected: ExpectedVersion, work: Work) -> FilingView:
        """由受理机关退回并说明理由，须重新报送；报送人不得退回 · By the recipient, with reason; not by the filer."""
        stored = await handlers.send_back(work, filing_id, expected, reason=body.reason)
        work.answer_version = stored.version
        return FilingView.of(stored)

    @made.post("/{filing_id}/withdraw", summary="撤回 · Take back", **may("filing", "withdraw", *_BASIS))
    async def withdraw(filing_id: UUID, body: ReasonIn, expected: ExpectedVersion, work: Work) -> FilingView:
        """由报送方撤回，记录仍可读 · By the sender; it stays readable."""
        stored = await handlers.withdraw(work, filing_id, expected, reason=body.reason)
        work.answer_version = stored.version
        return FilingView.of(stored)
