"""Composition root: `uvicorn --factory services.duties.main:create_app`."""

from fastapi import FastAPI

from services.duties.facts import Defaults
from services.duties.handlers import adoption, record_events
from services.duties.handlers.books import adopt_books
from services.duties.handlers.calendars import adopt_feed, adopt_year
from services.duties.handlers.lists import adopt_list
from services.duties.handlers.notices import adopt_notice, sweep_daily
from services.duties.routes.attachments import attachments
from services.duties.routes.attestations import attestations
from services.duties.routes.boards import board_routes, books_routes, projection_routes
from services.duties.routes.deadlines import calendar_routes, feed_routes, notice_routes
from services.duties.routes.duties import duties, obligation_routes
from services.duties.routes.entry import batches, drafts, entries
from services.duties.routes.filings import filings
from services.duties.routes.findings import nonperformance_findings, standing_reviews
from services.duties.routes.impediments import impediments
from services.duties.routes.lists import responsibility_lists
from services.duties.routes.overlays import overlays
from services.duties.routes.performances import performances
from services.duties.routes.sheets import sheets, templates
from services.duties.routes.what_if import what_if
from services.duties.rules.access import POLICY
from services.duties.settings import DutiesSettings
from services.duties.subscribers import ACCIDENTS, ROSTER
from shared.attachments import Store
from shared.contracts import duties as contracts
from shared.contracts.duties import books, deadlines, lists, records
from shared.contracts.topology import DECLARATIONS
from shared.kernel import app, clock
from shared.kernel.envelope import Event
from shared.kernel.recovery import Adopt
from shared.papers import Signer
from shared.statute.routes import statute_router

ADOPT: dict[type[Event], Adopt] = {
    contracts.PerformanceRecorded: adoption.adopt_performance,
    contracts.PerformanceWithdrawn: adoption.adopt_performance,
    contracts.PerformanceVerified: adoption.adopt_performance,
    contracts.StandingReviewRecorded: adoption.adopt_review,
    contracts.NonPerformanceFound: adoption.adopt_finding,
    contracts.NonPerformanceAppealed: adoption.adopt_finding,
    contracts.NonPerformanceAppealDecided: adoption.adopt_finding,
    lists.ResponsibilityListDrafted: adopt_list,
    lists.ResponsibilityListAmended: adopt_list,
    lists.ResponsibilityListApproved: adopt_list,
    lists.ResponsibilityListPublished: adopt_list,
    lists.ResponsibilityListAssessed: adopt_list,
    contracts.AttestationIssued: adoption.adopt_attestation,
    contracts.AttestationRenewed: adoption.adopt_attestation,
    contracts.AttestationVoided: adoption.adopt_attestation,
    contracts.AttestationOutdated: adoption.adopt_attestation,
    books.BooksClosed: adopt_books,
    books.BooksReopened: adopt_books,
    records.AttachmentStored: record_events.adopt_attachment,
    records.ImpedimentRecorded: record_events.adopt_impediment,
    records.ImpedimentAccepted: record_events.adopt_impediment,
    records.ImpedimentWithdrawn: record_events.adopt_impediment,
    records.FilingFiled: record_events.adopt_filing,
    records.FilingReceived: record_events.adopt_filing,
    records.FilingReturned: record_events.adopt_filing,
    records.FilingWithdrawn: record_events.adopt_filing,
    contracts.OverlayRecorded: adoption.adopt_overlay,
    contracts.OverlayEnded: adoption.adopt_overlay,
    deadlines.NoticeGiven: adopt_notice,
    deadlines.WorkingCalendarRecorded: adopt_year,
    deadlines.CalendarFeedCreated: adopt_feed,
    deadlines.CalendarFeedRevoked: adopt_feed,
}
ATTACHMENT_BYTES = 20 * 1024 * 1024


def service(
    signer: Signer | None = None,
    store: Store | None = None,
    attachment_bytes: int = ATTACHMENT_BYTES,
    filing_days: int = Defaults().filing_days,
) -> app.Service:
    """The parts of duties.

    Documents are signed by `signer`, by default with a key of this process's own. Attachments of at most
    `attachment_bytes` lie in `store`, by default a folder that goes with this process. Filings are due
    `filing_days` after their period.
    """
    return app.Service(
        name="duties",
        path="/duties",
        title="安责·履职 · Anze duties",
        description="谁在何期间应履行何种职责、有何记录 · Who owes which act in which period, and what is on record",
        routers=(
            duties,
            obligation_routes,
            templates,
            sheets,
            entries,
            drafts,
            batches,
            performances,
            standing_reviews,
            nonperformance_findings,
            attestations(signer or Signer.fresh()),
            responsibility_lists,
            statute_router(),
            board_routes,
            books_routes,
            projection_routes,
            *attachments(store or Store.scratch(), attachment_bytes),
            impediments,
            filings(filing_days),
            overlays,
            what_if,
            notice_routes,
            calendar_routes,
            feed_routes,
        ),
        policy=POLICY,
        subscriptions=(ROSTER, ACCIDENTS),
        adopt=ADOPT,
        periodic=(give_notices,),
    )


async def give_notices(runtime: app.Runtime) -> None:
    """Give the notices of the day; once they are given, nothing until the next day."""
    await sweep_daily(runtime.sessions, clock.now())


def signer_of(settings: DutiesSettings) -> Signer:
    """The key that the environment names.

    Raises:
        ValueError: none is named outside development, or it is no private P-256 key.
        FileNotFoundError: outside development, the file is not there.
    """
    if settings.paper_key_file is None:
        if not settings.development:
            raise ValueError("ANZE_PAPER_KEY_FILE names the key that documents are signed with")
        return Signer.fresh()
    return (Signer.kept if settings.development else Signer.load)(settings.paper_key_file)


def create_app() -> FastAPI:
    """The ASGI application, configured by the environment."""
    settings = DutiesSettings()
    parts = service(signer_of(settings), settings.store(), settings.attachment_bytes, settings.filing_days)
    return app.create_app(parts, settings, DECLARATIONS)
