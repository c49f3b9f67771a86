"""Appointments: days in order, one person to a seat, promotions that run into a veto."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.facts.answers import BarKind, PromotionBar
from services.registry.rules.appointments import (
    check_appointment,
    check_new_post,
    check_promotion,
    check_seat,
)
from services.registry.tests.rosters import named
from shared.roster.facts import Appointment, Post, PostKind, Span
from shared.statute.decision import Basis

OPEN = Span(date(2024, 1, 1))
POST = Post(named("post"), named("organ"), PostKind.GOVERNMENT_PRINCIPAL, "县长", OPEN)
DAYS = st.dates(date(2024, 1, 1), date(2025, 12, 31))


def held(who: str, span: Span = OPEN, *, acting: bool = False, promotion: bool = False) -> Appointment:
    ident = named(f"{who}{span}{acting}")
    return Appointment(ident, POST.id, named(who), span, acting=acting, promotion=promotion)


@pytest.mark.clause("art2")
@pytest.mark.parametrize(
    ("span", "code"),
    [
        (Span(date(2024, 5, 1), date(2024, 4, 30)), "dates_out_of_order"),
        (Span(date(2024, 5, 1), date(2024, 5, 1)), "appointment_allowed"),
        (Span(date(2023, 12, 31)), "outside_post"),
        (Span(date(2024, 1, 1)), "appointment_allowed"),
    ],
)
def test_days_are_in_order_and_within_the_life_of_the_post(span: Span, code: str) -> None:
    assert check_appointment(held("甲", span), POST, ()).code == code


def test_a_post_that_ended_takes_no_open_appointment() -> None:
    ended = replace(POST, span=Span(date(2024, 1, 1), date(2024, 12, 31)))
    assert check_appointment(held("甲"), ended, ()).code == "outside_post"
    assert check_appointment(held("甲", ended.span), ended, ())


@pytest.mark.clause("art4.p2")
@pytest.mark.parametrize(
    ("new", "existing", "code"),
    [
        (held("乙"), held("甲"), "seat_taken"),
        (held("乙", acting=True), held("甲"), "seat_free"),
        (held("乙"), held("甲", acting=True), "seat_free"),
        (held("甲", acting=True), held("甲"), "appointed_twice"),
        (
            held("乙", Span(date(2025, 1, 1))),
            held("甲", Span(date(2024, 1, 1), date(2024, 12, 31))),
            "seat_free",
        ),
        (
            held("乙", Span(date(2024, 12, 31))),
            held("甲", Span(date(2024, 1, 1), date(2024, 12, 31))),
            "seat_taken",
        ),
        (held("乙"), replace(held("甲"), annulled=True), "seat_free"),
        (held("乙"), replace(held("甲"), post_id=named("other")), "seat_free"),
    ],
)
def test_one_seat_has_one_person_unless_one_of_two_is_acting(
    new: Appointment, existing: Appointment, code: str
) -> None:
    assert check_seat(new, (existing,)).code == code


def test_an_appointment_does_not_collide_with_its_own_earlier_version() -> None:
    assert check_seat(held("甲"), (held("甲"),))


@given(DAYS, DAYS, DAYS, DAYS)
def test_two_people_are_let_in_exactly_when_they_share_no_day(a: date, b: date, c: date, d: date) -> None:
    first, second = Span(min(a, b), max(a, b)), Span(min(c, d), max(c, d))
    days = [first.from_day + timedelta(days=n) for n in range((max(a, b) - min(a, b)).days + 1)]
    decision = check_seat(held("乙", second), (held("甲", first),))
    assert bool(decision) is not any(second.covers(day) for day in days)


@pytest.mark.clause("art10.2")
@pytest.mark.parametrize(
    ("kind", "already", "allowed"),
    [
        (PostKind.GOVERNMENT_PRINCIPAL, 0, True),
        (PostKind.GOVERNMENT_PRINCIPAL, 1, False),
        (PostKind.DEPARTMENT_PRINCIPAL, 1, True),
        (PostKind.DEPARTMENT_PRINCIPAL, 2, False),
        (PostKind.GOVERNMENT_OTHER_LEADER, 9, True),
    ],
)
def test_an_organ_has_one_principal_and_a_department_at_most_two(kind: PostKind, already: int, allowed: bool) -> None:
    others = [Post(named(f"{n}"), POST.organ_id, kind, "岗位", OPEN) for n in range(already)]
    assert bool(check_new_post(replace(POST, kind=kind), others)) is allowed


def test_principals_one_after_the_other_are_not_two_at_a_time() -> None:
    earlier = replace(POST, id=named("earlier"), span=Span(date(2020, 1, 1), date(2023, 12, 31)))
    later = replace(POST, id=named("later"), span=Span(date(2026, 1, 1)))
    assert check_new_post(replace(POST, span=Span(date(2024, 1, 1), date(2025, 12, 31))), (earlier, later))
    assert not check_new_post(POST, (earlier, later))


VETO = PromotionBar(named("己"), BarKind.VETO, Span(date(2026, 12, 25), date(2027, 12, 24)), Basis("art23"))
EFFECT = PromotionBar(named("己"), BarKind.EFFECT_PERIOD, Span(date(2026, 12, 25)), Basis("政务处分法 第十九条"))


@pytest.mark.clause("art23")
@pytest.mark.parametrize(
    ("day", "bars", "code"),
    [
        (date(2027, 1, 5), (VETO,), "promotion_during_veto"),
        (date(2026, 12, 25), (VETO,), "promotion_during_veto"),
        (date(2027, 12, 24), (VETO,), "promotion_during_veto"),
        (date(2026, 12, 24), (VETO,), "promotion_unhindered"),
        (date(2027, 12, 25), (VETO,), "promotion_unhindered"),
        (date(2027, 1, 5), (EFFECT,), "promotion_during_effect_period"),
        (date(2027, 1, 5), (EFFECT, VETO), "promotion_during_veto"),
        (date(2028, 1, 5), (EFFECT, VETO), "promotion_during_effect_period"),
        (date(2027, 1, 5), (replace(VETO, official_id=named("庚")),), "promotion_unhindered"),
        (date(2027, 1, 5), (replace(VETO, annulled=True),), "promotion_unhindered"),
    ],
)
def test_a_promotion_that_begins_while_a_bar_runs_is_flagged(
    day: date, bars: tuple[PromotionBar, ...], code: str
) -> None:
    decision = check_promotion(held("己", Span(day), promotion=True), bars)
    assert decision.code == code
    assert bool(decision) is (code == "promotion_unhindered")


@pytest.mark.clause("art23")
def test_a_flag_names_every_rule_that_bars_and_a_lateral_appointment_is_left_alone() -> None:
    decision = check_promotion(held("己", Span(date(2027, 1, 5)), promotion=True), (EFFECT, VETO))
    assert [basis.clause for basis in decision.basis] == ["art23", "政务处分法 第十九条"]
    assert check_promotion(held("己", Span(date(2027, 1, 5))), (VETO,))
