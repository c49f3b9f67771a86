"""The order of steps, withdrawals, what closing needs, and alarms."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.facts import Accident, Authority
from services.registry.facts.answers import ReportClock
from services.registry.facts.proceedings import Proceeding, ProceedingKind, StandingSteps
from services.registry.rules.closing import alarms, lacking_for_closing
from services.registry.rules.deadlines import deadlines
from services.registry.rules.level import decide_level
from services.registry.rules.proceedings import check_proceeding, check_still_standing, check_withdrawal
from services.registry.rules.report_clock import check_clock
from services.registry.tests.rosters import ACCIDENT_DAY, accident, dead
from services.registry.tests.test_deadlines import on, step
from services.registry.tests.test_report_clock import STORY, TO_PROVINCE, at

K = ProceedingKind
TODAY = date(2028, 1, 1)
WHOLE = tuple(
    replace(step(kind, after), number=number)
    for number, (kind, after) in enumerate(
        [(K.OPENED, 1), (K.SUBMITTED, 40), (K.APPROVED, 50), (K.PUBLISHED, 55), (K.EVALUATED, 300), (K.CLOSED, 310)], 1
    )
)
CLOCK = check_clock(STORY, TO_PROVINCE, as_of=at("20:00"))
COMPLETE = accident(deaths=(dead(3),), serious_injuries=12, direct_loss_yuan=5_000_000)


def code(told: Proceeding, *before: Proceeding) -> str:
    return check_proceeding(told, before, ACCIDENT_DAY, TODAY).code


def test_a_whole_file_is_in_order() -> None:
    assert [code(one, *WHOLE[:index]) for index, one in enumerate(WHOLE)] == ["step_in_order"] * 6


@pytest.mark.clause("art21.4")
@pytest.mark.parametrize(
    ("told", "before", "expected"),
    [
        (step(K.SUBMITTED, 40), (), "step_before_its_time"),
        (step(K.EXTENDED, 40, days=5), (), "step_before_its_time"),
        (step(K.APPROVED, 50), WHOLE[:1], "step_before_its_time"),
        (step(K.APPROVED, 39), WHOLE[:2], "step_before_its_time"),
        (step(K.APPROVAL_EXTENDED, 41, days=5), WHOLE[:1], "step_before_its_time"),
        (step(K.PUBLISHED, 50), WHOLE[:2], "step_before_its_time"),
        (step(K.EVALUATED, 49), WHOLE[:3], "step_before_its_time"),
        (step(K.SUBMITTED, 41), WHOLE[:2], "already_on_record"),
        (step(K.APPROVED, 51), WHOLE[:3], "already_on_record"),
        (step(K.EXTENDED, 41, days=5), WHOLE[:2], "step_after_its_time"),
        (step(K.EXTENDED, 39, days=5), WHOLE[:2], "step_in_order"),
        (step(K.APPRAISED, 30, until=on(35)), WHOLE[:2], "step_in_order"),
        (step(K.APPROVAL_EXTENDED, 51, days=5), WHOLE[:3], "step_after_its_time"),
        (step(K.OPENED, -1), (), "impossible_day"),
        (step(K.OPENED, 2000), (), "impossible_day"),
        (step(K.APPRAISED, 30, until=on(29)), WHOLE[:1], "impossible_day"),
        (step(K.APPRAISED, 30, until=on(2000)), WHOLE[:1], "impossible_day"),
        (step(K.OPENED, 311), WHOLE, "accident_closed"),
        (step(K.CLOSED, 311), WHOLE, "accident_closed"),
        (step(K.REOPENED, 309), WHOLE, "step_before_its_time"),
        (step(K.REOPENED, 311), WHOLE, "step_in_order"),
        (step(K.REOPENED, 311), WHOLE[:5], "not_closed"),
        (step(K.SUBMITTED, 41), (*WHOLE[:2], step(K.OPENED, 41)), "step_in_order"),
        (step(K.APPROVED, 45), (*WHOLE[:2], step(K.OPENED, 41)), "step_before_its_time"),
    ],
)
def test_each_step_rests_on_the_one_before_it(told: Proceeding, before: tuple[Proceeding, ...], expected: str) -> None:
    assert code(told, *before) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, "others_rest_on_it"), (2, "others_rest_on_it"), (4, "withdrawn"), (6, "withdrawn"), (7, "no_such_step")],
)
def test_a_step_is_withdrawn_unless_another_rests_on_it(number: int, expected: str) -> None:
    assert check_withdrawal(number, WHOLE, ACCIDENT_DAY, TODAY).code == expected


def test_what_was_withdrawn_counts_for_nothing_and_is_not_withdrawn_twice() -> None:
    gone = (*WHOLE[:5], replace(WHOLE[5], withdrawn="误登"))
    assert StandingSteps.of(WHOLE).closed is WHOLE[5]
    assert StandingSteps.of(gone).closed is None
    assert check_withdrawal(6, gone, ACCIDENT_DAY, TODAY).code == "no_such_step"
    assert code(step(K.CLOSED, 320), *gone) == "step_in_order"


@pytest.mark.parametrize(("after", "expected"), [(0, "steps_stand"), (1, "steps_stand"), (2, "impossible_day")])
def test_an_accident_is_not_moved_behind_a_step_that_followed_it(after: int, expected: str) -> None:
    assert check_still_standing(WHOLE, on(after), TODAY).code == expected
    withdrawn = [replace(one, withdrawn="误登") for one in WHOLE]
    assert check_still_standing(withdrawn, on(after), TODAY)


@given(st.lists(st.tuples(st.sampled_from(K), st.integers(-5, 900)), max_size=12))
def test_whatever_is_tried_a_closed_accident_takes_only_its_reopening_and_days_never_run_backwards(
    tried: list[tuple[ProceedingKind, int]],
) -> None:
    taken: list[Proceeding] = []
    for kind, after in tried:
        told = replace(step(kind, after), number=len(taken) + 1)
        closed = StandingSteps.of(taken).closed
        if check_proceeding(told, taken, ACCIDENT_DAY, TODAY):
            assert (closed is not None) is (kind is K.REOPENED)
            taken.append(told)
    rounds = [StandingSteps(tuple(taken)).last(kind) for kind in (K.OPENED, K.SUBMITTED, K.APPROVED, K.EVALUATED)]
    found = [one for one in rounds if one is not None]
    assert [one.day for one in found] == sorted(one.day for one in found)


def lacking(
    *steps: Proceeding, of: Accident = COMPLETE, clock: ReportClock | None = CLOCK, day: date = WHOLE[-1].day
) -> list[str]:
    return [one.code for one in lacking_for_closing(of, decide_level(of), clock, steps, day)]


@pytest.mark.clause("art8.5", "art21.3", "art21.4")
def test_closing_names_everything_that_is_not_on_file() -> None:
    assert lacking(*WHOLE[:5]) == []
    steps = ["investigation_opened", "report_submitted", "report_approved", "result_published"]
    assert lacking() == steps
    assert lacking(*WHOLE[:4]) == ["rectification_evaluated"]
    assert lacking(*WHOLE[:5], day=on(299)) == ["rectification_evaluated"]
    assert lacking(*WHOLE[:5], clock=None) == ["report_steps"]
    unknown = accident(deaths=(dead(3),))
    assert lacking(*WHOLE[:5], of=unknown) == ["serious_injuries", "direct_loss_yuan"]


@pytest.mark.clause("art21.3")
def test_closing_needs_every_step_of_reporting() -> None:
    pending = check_clock(STORY[:3], TO_PROVINCE, as_of=at("18:00"))
    assert lacking(*WHOLE[:5], clock=pending) == ["report_upwards"]
    unheard = check_clock(STORY[1:], TO_PROVINCE, as_of=at("18:00"))
    assert lacking(*WHOLE[:5], clock=unheard) == ["receipts"]


@pytest.mark.clause("art21.4")
def test_closing_waits_for_the_window_and_for_missing_people_on_whom_the_level_depends() -> None:
    last = decide_level(COMPLETE).window_last_day
    assert "death_window" in lacking(day=last)
    assert "death_window" not in lacking(day=last + timedelta(days=1))
    assert lacking(*WHOLE[:5], of=replace(COMPLETE, missing=6)) == []
    assert lacking(*WHOLE[:5], of=replace(COMPLETE, missing=7)) == ["missing_persons"]


@pytest.mark.clause("art21.4")
def test_an_investigation_below_the_level_demanded_does_not_close_an_accident() -> None:
    low = (replace(WHOLE[0], authority=Authority.COUNTY), *WHOLE[1:5])
    assert lacking(*low) == ["investigation_level"]
    higher = (replace(WHOLE[0], authority=Authority.PROVINCE), *WHOLE[1:5])
    assert lacking(*higher) == []


def alarmed(*steps: Proceeding, of: Accident = COMPLETE, competent: Authority = Authority.CITY, day: date) -> list[str]:
    level = decide_level(of)
    due = deadlines(of.day, level.level, steps, day)
    missing = lacking_for_closing(of, level, CLOCK, steps, day)
    return [one.code for one in alarms(level.investigated_by, competent, steps, due, missing, day)]


@pytest.mark.clause("art8.5", "art21.4")
def test_alarms_are_those_of_the_day_that_is_asked_about() -> None:
    assert alarmed(day=on(60)) == []
    assert alarmed(day=on(61)) == ["investigation_report_overdue"]
    assert alarmed(*WHOLE[:2], day=on(56)) == ["approval_overdue"]
    year = WHOLE[2].day + timedelta(days=366)
    assert alarmed(*WHOLE[:4], day=year) == ["evaluation_overdue"]
    assert alarmed(*WHOLE, day=year) == []
    assert alarmed(*WHOLE, day=on(61)) == [], "what happened later is no alarm of an earlier day"


@pytest.mark.clause("art21.4")
def test_investigated_too_low_is_an_alarm_until_a_higher_level_takes_over() -> None:
    major = accident(deaths=(dead(10),))
    assert alarmed(of=major, competent=Authority.PROVINCE, day=on(5)) == []
    assert alarmed(WHOLE[0], of=major, competent=Authority.PROVINCE, day=on(5)) == ["investigated_too_low"]
    again = step(K.OPENED, 6, authority=Authority.PROVINCE)
    assert alarmed(WHOLE[0], again, of=major, competent=Authority.PROVINCE, day=on(6)) == []


@pytest.mark.clause("art21.4")
def test_a_closing_that_loses_its_ground_by_figures_found_later_is_an_alarm() -> None:
    concealed = replace(COMPLETE, deaths=(dead(3), dead(7, concealed=True)))
    assert alarmed(*WHOLE, of=concealed, day=on(400)) == ["investigated_too_low", "closed_without_file"]
    reopened = (*WHOLE, step(K.REOPENED, 401), step(K.OPENED, 402, authority=Authority.PROVINCE))
    assert alarmed(*reopened, of=concealed, day=on(402)) == ["investigation_report_overdue"]
