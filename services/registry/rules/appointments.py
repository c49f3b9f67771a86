"""What an appointment must satisfy: days in order, one person to a seat; and what a promotion runs into."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from services.registry.facts.answers import BarKind, PromotionBar, Standing
from shared.roster.facts import Appointment, Post, PostKind, Span
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, first_refusal, refuse

_PRINCIPALS = frozenset({PostKind.PARTY_PRINCIPAL, PostKind.GOVERNMENT_PRINCIPAL})
_SEATS = {**dict.fromkeys(_PRINCIPALS, 1), PostKind.DEPARTMENT_PRINCIPAL: 2}
_IN_ORDER = Basis("art2", BasisKind.DEFAULT, "任职按日认定 · an appointment is tested by the day")
_ONE_SEAT = Basis("art4.p2", BasisKind.DEFAULT, "一岗一人 · one seat, one person")


@cites("art2")
def check_span(span: Span) -> Decision:
    """An appointment does not end before it begins."""
    if span.to_day is not None and span.to_day < span.from_day:
        return refuse("dates_out_of_order", "离任日早于任职日", "the last day is before the first", _IN_ORDER)
    return allow("dates_in_order", "日期有序", "dates in order", _IN_ORDER)


@cites("art2")
def check_within_post(appointment: Appointment, post: Post) -> Decision:
    """Nobody holds a post before it exists or after it ends; a post that ends takes no open appointment."""
    inside = post.span.from_day <= appointment.span.from_day and (
        post.span.to_day is None
        or (appointment.span.to_day is not None and appointment.span.to_day <= post.span.to_day)
    )
    if inside:
        return allow("within_post", "在岗位存续期内", "within the life of the post", _IN_ORDER)
    return refuse("outside_post", "任职超出岗位存续期", "outside the life of the post", _IN_ORDER)


@cites("art4.p2")
def check_seat(appointment: Appointment, others: Iterable[Appointment]) -> Decision:
    """One seat, one person; two officials may overlap only where at least one of them is acting."""
    for other in others:
        if (
            other.post_id != appointment.post_id
            or other.id == appointment.id
            or other.annulled
            or appointment.annulled
            or not other.span.overlaps(appointment.span)
        ):
            continue
        if other.official_id == appointment.official_id:
            return refuse("appointed_twice", "同一人在同一岗位任期重叠", "the same person twice in one seat", _ONE_SEAT)
        if not (other.acting or appointment.acting):
            return refuse("seat_taken", "该岗位已有任职人员", "the seat is taken in that time", _ONE_SEAT)
    return allow("seat_free", "岗位可任职", "the seat is free", _ONE_SEAT)


@cites("art4.p2", "art10.2")
def check_new_post(post: Post, others: Iterable[Post]) -> Decision:
    """An organ has one principal; a department may have two (party-group secretary and director)."""
    allowed = _SEATS.get(post.kind)
    rivals = [
        other
        for other in others
        if (other.organ_id, other.kind) == (post.organ_id, post.kind)
        and other.id != post.id
        and other.span.overlaps(post.span)
    ]
    crowded = allowed is not None and any(
        sum(other.span.covers(day) for other in rivals) >= allowed
        for day in {
            post.span.from_day,
            *(o.span.from_day for o in rivals if post.span.covers(o.span.from_day)),
        }
    )
    if crowded:
        basis = Basis("art10.2" if post.kind is PostKind.DEPARTMENT_PRINCIPAL else "art4.p2", BasisKind.DEFAULT)
        return refuse("too_many_principals", "该机关主要负责人岗位已满", "the organ has its principals already", basis)
    return allow("post_allowed", "可设岗位", "the post may be registered", _ONE_SEAT)


@cites("art2")
def check_same_world(post_is_exercise: bool, official_is_exercise: bool) -> Decision:
    """An exercise (演练) post is held by invented people only, a real post by real ones only."""
    basis = Basis("art2", BasisKind.DEFAULT, "演练与实际分开 · exercises are kept apart")
    if post_is_exercise is not official_is_exercise:
        return refuse("exercise_mismatch", "演练与实际不得混同", "exercise and reality do not mix", basis)
    return allow("same_world", "演练标识一致", "the same world", basis)


@cites("art2", "art4.p2")
def check_appointment(appointment: Appointment, post: Post, others: Iterable[Appointment]) -> Decision:
    """The first thing that speaks against recording the appointment, or leave to record it."""
    return first_refusal(
        (
            check_span(appointment.span),
            check_within_post(appointment, post),
            check_seat(appointment, others),
        ),
        allow("appointment_allowed", "可以登记任职", "the appointment may be recorded", _ONE_SEAT),
    )


@cites("art23")
def check_promotion(appointment: Appointment, bars: Iterable[PromotionBar]) -> Decision:
    """Whether a promotion begins while a veto or an effect period runs.

    A refusal flags it for a person; it is never silently kept. A veto is named before an effect period.
    Appointments that are no promotion are not touched.
    """
    standing = sorted(
        (
            bar
            for bar in bars
            if bar.official_id == appointment.official_id
            and not bar.annulled
            and bar.span.covers(appointment.span.from_day)
        ),
        key=lambda bar: (
            bar.kind is not BarKind.VETO,
            -(bar.span.to_day or bar.span.from_day.max).toordinal(),
        ),
    )
    if not appointment.promotion or appointment.annulled or not standing:
        return allow("promotion_unhindered", "无影响期", "no veto or effect period runs", Basis("art23"))
    first = standing[0]
    until = "永久" if first.span.to_day is None else f"至 {first.span.to_day}"
    until_en = "for good" if first.span.to_day is None else f"through {first.span.to_day}"
    if first.kind is BarKind.VETO:
        code, zh, en = "promotion_during_veto", f"一票否决期内（{until}）不得晋升", f"a veto runs {until_en}"
    else:
        code, zh, en = (
            "promotion_during_effect_period",
            f"影响期内（{until}）不得晋升",
            f"an effect period runs {until_en}",
        )
    return refuse(code, zh, en, *dict.fromkeys(bar.basis for bar in standing))


@cites("art23")
def flags(appointment: Appointment, bars: Mapping[UUID, PromotionBar]) -> tuple[str, ...]:
    """What a promotion stands against, as `<why>:<veto id>`; the program flags, a person decides."""
    decisions = {identity: check_promotion(appointment, (bar,)) for identity, bar in bars.items()}
    return tuple(sorted(f"{decision.code}:{identity}" for identity, decision in decisions.items() if not decision))


def standing(span: Span, day: date, *, annulled: bool) -> Standing:
    """How something with days stands on one of them."""
    if annulled:
        return Standing.ANNULLED
    if day < span.from_day:
        return Standing.UPCOMING
    return Standing.IN_FORCE if span.covers(day) else Standing.ENDED


@cites("art2")
def check_source(source_recorded_at: datetime | None, now: datetime) -> Decision:
    """What is back-filled was on record somewhere before; nobody attests what is yet to be recorded."""
    basis = Basis("art2", BasisKind.DEFAULT, "补录须有在先的记录 · a back-filled fact has an earlier source")
    if source_recorded_at is not None and source_recorded_at > now:
        return refuse("source_in_the_future", "来源登记时间晚于现在", "the source lies in the future", basis)
    return allow("source_before_now", "来源在先", "the source is earlier", basis)
