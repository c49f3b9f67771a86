"""Which reviews of standing duties may be recorded (art26 covers them too)."""

from collections.abc import Sequence
from datetime import date

from services.duties.facts import Adoption, Catalogue, Incumbency, StandingReview
from services.duties.rules.obligations import Seat, duties_of_post
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_TERMS = Basis("art26", BasisKind.DEFAULT, "a review speaks of a standing duty that the person had in the span")


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
    last = review.span.to_day or today
    if not review.span.from_day <= last <= today:
        return refuse("review.span", "审查期间应在今日以前且首尾有序", "the span is not in the past", _TERMS)
    duty = next((item for item in catalogue.duties if item.id == review.duty_id), None)
    if duty is None or not duty.standing:
        return refuse(
            "review.not_standing", "该编号不是无期限的常设职责", "the catalogue has no such standing duty", _TERMS
        )
    held = any(
        item.official_id == review.official_id
        and item.post_id == seat.post.id
        and item.span.days_within(review.span.from_day, last)
        for item in incumbencies
    )
    if not held:
        return refuse("review.not_incumbent", "本人在该期间不担任该岗位", "the person did not hold the post", _TERMS)
    ends = (review.span.from_day, last)
    if not any(duty.id == one.id for day in ends for one in duties_of_post(seat, catalogue, day, adoptions)):
        return refuse("review.not_of_post", "该岗位没有此项职责", "the duty is not one of the post", _TERMS)
    return allow("review.recordable", "可以记录", "the review may be recorded", _TERMS)
