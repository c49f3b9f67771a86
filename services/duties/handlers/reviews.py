"""Recording that a standing duty was examined."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.duties import repository
from services.duties.catalogue import load_catalogue
from services.duties.facts import StandingOutcome, StandingReview
from services.duties.facts.stored import Stored
from services.duties.facts.years import StandingYear
from services.duties.handlers.events import review_event
from services.duties.handlers.overlays import adoptions
from services.duties.handlers.seats import path_on, post_not_found, seating_of_posts, within_grant
from services.duties.rules.reviews import may_review, outstanding
from shared.kernel import clock
from shared.kernel.envelope import Ref
from shared.kernel.pagination import Paging
from shared.kernel.problems import obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Span


async def record_review(
    work: UnitOfWork,
    *,
    official_id: UUID,
    post_id: UUID,
    duty_id: str,
    from_day: date,
    to_day: date,
    outcome: StandingOutcome,
    note: str,
    evidence: Sequence[str] = (),
    heard_on: date | None = None,
    statement: str = "",
) -> Stored[StandingReview]:
    """Record how a standing duty was performed in a span, as the reviewer sees it; it is no finding.

    Raises:
        NotFound: the post is not in the register.
        Forbidden: the post lies outside the caller's regions.
        Refused: not a standing duty of that post, not held by that person then, no evidence, not heard (art26, art28).
    """
    ref = Ref("standing_review", uuid4())
    await work.lock(ref)
    seating = await seating_of_posts(work.session, [post_id])
    seat = seating.seat(post_id)
    path = path_on(seat, to_day)
    within_grant(work, path)
    review = StandingReview(
        id=ref.id,
        official_id=official_id,
        post_id=post_id,
        duty_id=duty_id,
        span=Span(from_day, to_day),
        outcome=outcome,
        reviewed_by=work.actor,
        recorded_at=work.recorded_at,
        note=note,
        evidence=tuple(evidence),
        heard_on=heard_on,
        statement=statement,
        exercise=seat.post.exercise,
    )
    adopted = await adoptions(work.session)
    obey(may_review(review, seat, seating.incumbencies, load_catalogue(), today=clock.today(), adoptions=adopted))
    version = work.version(ref) + 1
    await repository.put_review(work.session, review, path, version)
    work.emit(review_event(review, path), path=path, exercise=review.exercise)
    return Stored(review, path, version)


async def list_reviews(
    session: AsyncSession, paging: Paging, *, regions: Collection[str], exercise: bool, official_id: UUID | None
) -> tuple[list[Stored[StandingReview]], str | None]:
    """One page of the reviews within the regions, newest first."""
    return await repository.list_reviews(session, paging, regions=regions, exercise=exercise, official_id=official_id)


async def standing_year(
    session: AsyncSession, post_id: UUID, year: int, regions: Collection[str]
) -> tuple[StandingYear, ...]:
    """The standing duties of a post in a calendar year, holder by holder, examined or not.

    Raises:
        NotFound: the post is not there, or outside the regions.
    """
    span = Span(date(year, 1, 1), date(year, 12, 31))
    seating = await seating_of_posts(session, [post_id])
    seat = seating.seat(post_id)
    if set(regions).isdisjoint(path_on(seat, span.to_day or span.from_day)):
        raise post_not_found()
    reviews = await repository.reviews_of_posts(session, [post_id])
    adopted = await adoptions(session)
    return outstanding(seat, seating.incumbencies, reviews, load_catalogue(), span, adopted)
