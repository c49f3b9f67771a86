"""Which reviews of standing duties may be recorded (art26 covers them too)."""

from collections.abc import Sequence
from datetime import date

from services.duties.facts import Adoption, Catalogue, Duty, Incumbency, StandingOutcome, StandingReview
from services.duties.facts.years import StandingYear
from services.duties.rules.obligations import Seat, duties_between
from shared.roster.facts import Span
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_HEARD = Basis("art28", BasisKind.DEFAULT, "证据与听取本人意见 · evidence, and the holder heard")
_TERMS = Basis("art26", BasisKind.DEFAULT, "a review speaks of a standing duty that the person had in the span")


def _founded(review: StandingReview, today: date) -> Decision:
    """A result rests on documents and on having heard the holder; `unclear` is what one may say without."""
    if review.outcome is StandingOutcome.UNCLEAR:
        return allow("review.open", "尚不明确", "not clear yet", _TERMS)
    if not review.evidence:
        return refuse("review.no_evidence", "审查结论须附证据", "a result names its evidence", _HEARD)
    heard = review.heard_on is not None and review.span.from_day <= review.heard_on <= today
    if not (heard and review.statement.strip()):
        return refuse("review.not_heard", "审查结论须听取本人意见", "the holder is heard before a result", _HEARD)
    return allow("review.founded", "有证据并已听取意见", "evidence is named and the holder was heard", _HEARD)


@cites("art26")
def outstanding(
    seat: Seat,
    incumbencies: Sequence[Incumbency],
    reviews: Sequence[StandingReview],
    catalogue: Catalogue,
    year: Span,
    adoptions: Sequence[Adoption] = (),
) -> tuple[StandingYear, ...]:
    """Every standing duty of the post for each holder of the year, with the newest review that touches it."""
    rows = []
    for held in incumbencies:
        if held.post_id != seat.post.id or not held.span.overlaps(year):
            continue
        first, last = max(held.span.from_day, year.from_day), min(held.span.to_day or date.max, year.to_day or date.max)
        span = Span(first, last)
        for duty, _ in duties_between(seat, catalogue, span, adoptions):
            if duty.standing:
                rows.append(StandingYear(duty, held.official_id, span, _newest(reviews, held, duty, span)))
    return tuple(rows)


def _newest(reviews: Sequence[StandingReview], held: Incumbency, duty: Duty, span: Span) -> StandingReview | None:
    own = [
        one
        for one in reviews
        if held.is_of(one.official_id)
        and (one.post_id, one.duty_id) == (held.post_id, duty.id)
        and one.span.overlaps(span)
    ]
    return max(own, key=lambda one: (one.recorded_at, one.id), default=None)


@cites("art26")
def may_review(
    review: StandingReview,
    seat: Seat,
    incumbencies: Sequence[Incumbency],
    catalogue: Catalogue,
    *,
    today: date,
    adoptions: Sequence[Adoption] = (),
) -> Decision:
    """Whether the review may be recorded: a standing duty of that post, held by the person, in a past span."""
    if not (said := _founded(review, today)):
        return said
    last = review.span.to_day or today
    if not review.span.from_day <= last <= today:
        return refuse("review.span", "审查期间应在今日以前且首尾有序", "the span is not in the past", _TERMS)
    duty = next((item for item in catalogue.duties if item.id == review.duty_id), None)
    if duty is None or not duty.standing:
        return refuse(
            "review.not_standing", "该编号不是无期限的常设职责", "the catalogue has no such standing duty", _TERMS
        )
    held = any(
        item.is_of(review.official_id)
        and item.post_id == seat.post.id
        and item.span.days_within(review.span.from_day, last)
        for item in incumbencies
    )
    if not held:
        return refuse("review.not_incumbent", "本人在该期间不担任该岗位", "the person did not hold the post", _TERMS)
    span = Span(review.span.from_day, last)
    if not any(duty.id == one.id for one, _ in duties_between(seat, catalogue, span, adoptions)):
        return refuse("review.not_of_post", "该岗位没有此项职责", "the duty is not one of the post", _TERMS)
    return allow("review.recordable", "可以记录", "the review may be recorded", _TERMS)
