"""Reporting: one hour from the head's receipt, two hours for each authority."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.facts import SHANGHAI, Authority, ReportParty, ReportStep
from services.registry.facts.answers import ReportTarget
from services.registry.rules.level import NoRuleInForceError
from services.registry.rules.report_clock import check_clock

UNIT, COUNTY, CITY, PROVINCE = (
    ReportParty.UNIT,
    ReportParty.COUNTY,
    ReportParty.CITY,
    ReportParty.PROVINCE,
)


def at(text: str, day: int = 20) -> datetime:
    return datetime.fromisoformat(f"2026-05-{day:02}T{text}").replace(tzinfo=SHANGHAI)


STORY = (
    ReportStep(UNIT, at("14:35")),
    ReportStep(COUNTY, at("15:20"), UNIT),
    ReportStep(CITY, at("16:00"), COUNTY),
    ReportStep(PROVINCE, at("17:30"), CITY),
)
TO_PROVINCE = (ReportTarget(Authority.PROVINCE, at("14:30")),)


@pytest.mark.clause("art21.3")
def test_story_every_step_is_within_its_limit() -> None:
    clock = check_clock(STORY, TO_PROVINCE, as_of=at("20:00"))
    assert clock.within_limits is True
    assert clock.pending == ()
    assert [step.due_at for step in clock.steps] == [None, at("15:35"), at("17:20"), at("18:00")]
    assert [step.within_limit for step in clock.steps] == [None, True, True, True]


@pytest.mark.clause("art21.3")
@pytest.mark.parametrize(("minutes", "within"), [(60, True), (61, False)])
def test_the_unit_has_one_hour_from_its_heads_receipt_not_from_the_accident(minutes: int, within: bool) -> None:
    told = at("16:00")
    steps = (ReportStep(UNIT, told), ReportStep(COUNTY, told + timedelta(minutes=minutes), UNIT))
    clock = check_clock(steps, (ReportTarget(Authority.CITY, at("09:00")),), as_of=at("17:05"))
    assert clock.steps[1].within_limit is within


@pytest.mark.clause("art21.3")
@pytest.mark.parametrize(("minutes", "within"), [(120, True), (121, False)])
def test_an_authority_has_two_hours_from_its_own_receipt(minutes: int, within: bool) -> None:
    told = at("15:20")
    steps = (*STORY[:2], ReportStep(CITY, told + timedelta(minutes=minutes), COUNTY))
    clock = check_clock(steps, TO_PROVINCE, as_of=at("17:22"))
    assert clock.steps[2].within_limit is within
    assert clock.within_limits is within


def test_levels_may_be_skipped() -> None:
    steps = (STORY[0], ReportStep(CITY, at("15:00"), UNIT), ReportStep(PROVINCE, at("16:50"), CITY))
    clock = check_clock(steps, TO_PROVINCE, as_of=at("20:00"))
    assert clock.within_limits is True
    assert clock.pending == ()


def test_what_is_not_handed_on_is_pending_then_overdue() -> None:
    steps = STORY[:3]
    before = check_clock(steps, TO_PROVINCE, as_of=at("18:00"))
    assert [(item.party, item.overdue) for item in before.pending] == [(CITY, False)]
    assert before.within_limits is True
    after = check_clock(steps, TO_PROVINCE, as_of=at("18:01"))
    assert [(item.party, item.overdue) for item in after.pending] == [(CITY, True)]
    assert after.within_limits is False


def test_nobody_owes_a_report_beyond_the_level_the_accident_demands() -> None:
    clock = check_clock(STORY[:3], (ReportTarget(Authority.CITY, at("14:30")),), as_of=at("23:00"))
    assert clock.pending == ()


def test_a_level_that_rises_later_makes_no_earlier_step_late() -> None:
    raised = (*TO_PROVINCE, ReportTarget(Authority.STATE_COUNCIL, at("09:00", day=28)))
    clock = check_clock(STORY, raised, as_of=at("10:00", day=28))
    assert clock.within_limits is True
    assert [(item.party, item.due_at) for item in clock.pending] == [(PROVINCE, at("11:00", day=28))]


def test_a_missing_receipt_is_said_and_leaves_the_answer_open() -> None:
    steps = (ReportStep(COUNTY, at("15:20"), UNIT), ReportStep(PROVINCE, at("16:00"), COUNTY))
    clock = check_clock(steps, TO_PROVINCE, as_of=at("20:00"))
    assert clock.receipt_unknown == (UNIT,)
    assert clock.steps[0].within_limit is None
    assert clock.within_limits is None


def test_a_further_report_is_a_supplement_and_has_no_limit() -> None:
    steps = (*STORY, ReportStep(CITY, at("23:00"), COUNTY))
    last = check_clock(steps, TO_PROVINCE, as_of=at("23:30")).steps[-1]
    assert last.supplement
    assert last.within_limit is None


def test_news_through_another_channel_starts_the_receivers_clock() -> None:
    clock = check_clock((ReportStep(CITY, at("18:46")),), TO_PROVINCE, as_of=at("20:00"))
    assert [(item.party, item.due_at) for item in clock.pending] == [(CITY, at("20:46"))]


def test_a_clock_without_steps_or_rule_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="first receipt"):
        check_clock((), TO_PROVINCE, as_of=at("20:00"))
    old = ReportStep(UNIT, datetime(2007, 5, 31, tzinfo=SHANGHAI))
    with pytest.raises(NoRuleInForceError):
        check_clock((old,), TO_PROVINCE, as_of=at("20:00"))


@given(st.permutations(STORY))
def test_the_order_in_which_steps_are_recorded_changes_nothing(steps: list[ReportStep]) -> None:
    told = check_clock(STORY, TO_PROVINCE, as_of=at("20:00"))
    assert check_clock(steps, TO_PROVINCE, as_of=at("20:00")) == told


@pytest.mark.clause("art21.3")
@pytest.mark.parametrize(
    ("sender", "receiver", "levels", "skipped"),
    [
        (UNIT, COUNTY, None, ()),
        (UNIT, CITY, None, (COUNTY,)),
        (UNIT, PROVINCE, None, (COUNTY, CITY)),
        (ReportParty.TOWN, CITY, None, (COUNTY,)),
        (COUNTY, PROVINCE, None, (CITY,)),
        (CITY, PROVINCE, None, ()),
        (UNIT, CITY, {"province", "city", "town"}, ()),
        (UNIT, PROVINCE, {"province", "city", "town"}, (CITY,)),
    ],
)
def test_a_step_shows_whose_it_was_and_the_levels_of_the_place_it_passed_over(
    sender: ReportParty, receiver: ReportParty, levels: set[str] | None, skipped: tuple[ReportParty, ...]
) -> None:
    steps = (ReportStep(sender, at("14:35")), ReportStep(receiver, at("15:00"), sender))
    found = check_clock(steps, TO_PROVINCE, as_of=at("20:00"), levels=levels).steps[1]
    assert (found.step.sender, found.skipped) == (sender, skipped)
    assert found.within_limit is True, "skipping is allowed"


@pytest.mark.clause("art21.3")
def test_a_hand_over_before_its_senders_own_receipt_shows_as_out_of_order() -> None:
    steps = (ReportStep(COUNTY, at("15:20"), UNIT), ReportStep(UNIT, at("16:00")))
    clock = check_clock(steps, TO_PROVINCE, as_of=at("16:30"))
    assert [step.out_of_order for step in clock.steps] == [True, False]
    assert [step.out_of_order for step in check_clock(STORY, TO_PROVINCE, as_of=at("20:00")).steps] == [False] * 4
