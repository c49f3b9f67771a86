"""Status is a function of facts: monotone in acts, blind to their order, silent about persons."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.duties.facts import (
    ActKind,
    Capacity,
    Correction,
    ObligationStatus,
    Performance,
    Recipient,
    Verification,
)
from services.duties.facts.records import Filing, Impediment
from services.duties.facts.reports import ActCounted, IncumbentShare, NotCounted, ObligationReport
from services.duties.rules.status import Records, View, incumbencies_of, report
from services.duties.tests.builders import (
    BAODING,
    COUNTY,
    DIGEST,
    TOWN,
    ZONE,
    By,
    act,
    holds,
    noon,
    owed,
    seat,
    seen,
    uid,
)
from shared.roster.facts import Appointment, PostKind, Span

HEAD = seat(COUNTY, PostKind.GOVERNMENT_PRINCIPAL)
ZONE_SEAT = seat(ZONE, PostKind.PARTY_PRINCIPAL)
Q2 = owed(HEAD, date(2024, 4, 1), date(2024, 6, 30), "art6.3b")[0]
TERM = holds("丙", HEAD, date(2023, 6, 1))
GOOD = act(ActKind.LED_INSPECTION, date(2024, 5, 9), By("丙", (HEAD,)))
AFTER = date(2024, 7, 1)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 3, 31), ObligationStatus.UPCOMING),
        (date(2024, 4, 1), ObligationStatus.OPEN),
        (date(2024, 6, 20), ObligationStatus.OPEN),
        (date(2024, 6, 21), ObligationStatus.DUE_SOON),
        (date(2024, 6, 30), ObligationStatus.DUE_SOON),
        (date(2024, 7, 1), ObligationStatus.LAPSED),
    ],
)
@pytest.mark.clause("art6.3")
def test_without_an_act_the_status_follows_the_calendar(day: date, expected: ObligationStatus) -> None:
    assert seen(Q2, Records([TERM]), day).status is expected


@pytest.mark.clause("art6.3")
def test_an_act_fulfils_from_its_day_on() -> None:
    records = Records([TERM], [GOOD])
    assert seen(Q2, records, date(2024, 5, 8)).status is ObligationStatus.OPEN
    assert seen(Q2, records, date(2024, 5, 9)).status is ObligationStatus.FULFILLED
    assert seen(Q2, records, AFTER).fulfilled_on == date(2024, 5, 9)


DAY = noon(date(2024, 5, 20))
WRONG = {
    NotCounted.NOT_HOLDER: replace(GOOD, led_by=uid("deputy")),
    NotCounted.CAPACITY_NOT_NAMED: replace(GOOD, capacities=(Capacity(uid("another")),)),
    NotCounted.WRONG_ACT_KIND: replace(GOOD, act=ActKind.RESEARCH_TRIP),
    NotCounted.OUT_OF_PERIOD: replace(GOOD, day=date(2024, 3, 31)),
    NotCounted.WITHDRAWN: replace(GOOD, corrected=Correction("x", DAY, "误录")),
    NotCounted.SUPERSEDED: replace(GOOD, corrected=Correction("x", DAY, "更正", uid("new"))),
    NotCounted.NEEDS_REVIEW: replace(GOOD, recorded_at=noon(date(2024, 8, 1))),
}


@pytest.mark.parametrize("reason", WRONG)
@pytest.mark.clause("art5.3", "art6.3", "art28")
def test_an_act_that_does_not_count_says_why(reason: NotCounted) -> None:
    shown = seen(Q2, Records([TERM], [WRONG[reason]]), AFTER)
    assert shown.status is ObligationStatus.LAPSED
    assert [item.reason for item in shown.not_counted] == [reason]


@pytest.mark.clause("art5.2")
def test_a_joint_meeting_of_another_body_does_not_count() -> None:
    joint = owed(seat(TOWN, PostKind.PARTY_PRINCIPAL), date(2024, 5, 1), date(2024, 5, 31), "art5.2b")[0]
    elsewhere = replace(
        act(ActKind.JOINT_MEETING, date(2024, 5, 9), By("乙", (ZONE_SEAT,))),
        capacities=(Capacity(joint.post_id),),
    )
    assert seen(joint, Records([], [elsewhere]), AFTER).not_counted[0].reason is NotCounted.ANOTHER_BODY


def test_an_act_named_under_an_appointment_that_did_not_hold_does_not_count() -> None:
    old = replace(GOOD, capacities=(Capacity(HEAD.post.id, uid("older appointment")),))
    assert seen(Q2, Records([TERM], [old]), AFTER).not_counted[0].reason is NotCounted.CAPACITY_NOT_NAMED
    now = replace(GOOD, capacities=(Capacity(HEAD.post.id, TERM.appointment_id),))
    assert seen(Q2, Records([TERM], [now]), AFTER).status is ObligationStatus.FULFILLED


@pytest.mark.clause("art6.3")
def test_the_act_of_somebody_who_held_the_post_on_other_days_does_not_count() -> None:
    gone = holds("丙", HEAD, date(2023, 6, 1), date(2024, 5, 8))
    shown = seen(Q2, Records([gone], [GOOD]), AFTER)
    assert shown.not_counted[0].reason is NotCounted.NOT_HOLDER
    acting = replace(holds("丙", HEAD, date(2024, 5, 9), date(2024, 5, 9)), acting=True)
    assert seen(Q2, Records([gone, acting], [GOOD]), AFTER).status is ObligationStatus.FULFILLED


@pytest.mark.clause("art28")
def test_the_share_of_the_period_only_sorts_the_incumbents() -> None:
    brief = holds("brief", HEAD, date(2024, 1, 1), date(2024, 4, 30))
    long = holds("long", HEAD, date(2024, 5, 1))
    shown = seen(Q2, Records([brief, long]), AFTER)
    assert [(one.official_id, one.days) for one in shown.incumbents] == [
        (uid("long"), 61),
        (uid("brief"), 30),
    ]


def test_an_exercise_act_never_counts_for_a_real_obligation() -> None:
    shown = seen(Q2, Records([TERM], [replace(GOOD, exercise=True)]), AFTER)
    assert (shown.status, shown.not_counted) == (ObligationStatus.LAPSED, ())


@pytest.mark.clause("art28")
def test_late_recording_is_shown_and_after_the_books_closed_it_needs_a_reviewer() -> None:
    late = replace(GOOD, recorded_at=noon(date(2024, 7, 15)))
    shown = seen(Q2, Records([TERM], [late]), AFTER)
    assert (shown.status, shown.late_recorded) == (ObligationStatus.FULFILLED, True)
    reviewed = replace(WRONG[NotCounted.NEEDS_REVIEW], verified=Verification("r", noon(date(2024, 9, 1))))
    assert seen(Q2, Records([TERM], [reviewed]), AFTER).status is ObligationStatus.FULFILLED
    unreviewed_then = seen(Q2, Records([TERM], [reviewed]), AFTER, date(2024, 8, 15))
    assert unreviewed_then.status is ObligationStatus.LAPSED
    assert unreviewed_then.not_counted[0].performance.verified is None


def test_what_was_recorded_later_changes_no_earlier_answer() -> None:
    late = replace(GOOD, recorded_at=noon(date(2024, 7, 15)))
    undone = replace(GOOD, corrected=Correction("x", noon(date(2024, 7, 15)), "误录"))
    then = View(AFTER, noon(date(2024, 7, 2)))
    assert report(Q2, Records([TERM], [late]), then) == report(Q2, Records([TERM]), then)
    assert report(Q2, Records([TERM], [undone]), then) == report(Q2, Records([TERM], [GOOD]), then)
    shown = report(Q2, Records([TERM], [late]), replace(then, show_later=True))
    assert shown.not_counted[0].reason is NotCounted.RECORDED_AFTER_KNOWN_AT


def test_an_act_outside_the_period_is_named_where_it_missed_it_by_no_more_than_its_length() -> None:
    """Q2 of 2024 has 91 days: from 1 January, 91 days before 1 April, to 29 September, 91 after 30 June."""
    days = [date(2023, 12, 31), date(2024, 1, 1), date(2024, 3, 31), date(2024, 7, 1), date(2024, 9, 29)]
    days.append(date(2024, 9, 30))
    shown = seen(Q2, Records([TERM], [replace(GOOD, id=uid(f"{day}"), day=day) for day in days]), AFTER)
    assert [(one.performance.day, one.reason) for one in shown.not_counted] == [
        (day, NotCounted.OUT_OF_PERIOD) for day in days[1:-1]
    ]


@pytest.mark.clause("art28")
def test_only_an_impediment_accepted_for_the_obligation_excuses_it() -> None:
    ill = Impediment(uid("i"), HEAD.post.id, Span(date(2024, 4, 1), date(2024, 6, 30)), "住院", noon(date(2024, 4, 2)))
    shown = seen(Q2, Records([TERM], impediments=[ill]), AFTER)
    assert (shown.status, shown.impediments) == (ObligationStatus.LAPSED, (ill,))
    accepted = replace(ill, obligation_id=Q2.id, accepted_by="o", accepted_at=noon(date(2024, 7, 5)))
    assert seen(Q2, Records([TERM], impediments=[accepted]), AFTER).status is ObligationStatus.EXCUSED
    before = seen(Q2, Records([TERM], impediments=[accepted]), AFTER, date(2024, 7, 4))
    assert (before.status, before.impediments[0].accepted_by) == (ObligationStatus.LAPSED, None)


def test_a_vacancy_is_counted_and_an_annulled_appointment_never_was() -> None:
    span = Span(date(2024, 4, 11), date(2024, 6, 20))
    real = Appointment(uid("a"), HEAD.post.id, uid("丙"), span, acting=True)
    annulled = Appointment(uid("b"), HEAD.post.id, uid("丁"), Span(date(2024, 1, 1)), annulled=True)
    shown = seen(Q2, Records(incumbencies_of([real, annulled])), AFTER)
    assert shown.incumbents == (IncumbentShare(uid("丙"), 71, acting=True, spans=(span,)),)
    assert shown.vacancy_days == 20


@pytest.mark.clause("art6.5")
def test_a_missing_filing_is_a_state_of_its_own_and_does_not_unmake_the_act() -> None:
    assessment = owed(HEAD, date(2024, 1, 1), date(2024, 6, 30), "art6.5b")[0]
    done = act(ActKind.LIST_ASSESSMENT, date(2024, 6, 9), By("丙", (HEAD,)))
    filed = Filing(
        uid("f"),
        assessment.id,
        Recipient.SAME_LEVEL_PARTY_COMMITTEE,
        uid("o"),
        date(2024, 6, 12),
        DAY,
        DIGEST,
    )
    shown = seen(assessment, Records([TERM], [done], filings=[filed]), AFTER)
    assert shown.status is ObligationStatus.FULFILLED
    assert {state.relation: state.missing for state in shown.filings} == {
        Recipient.SAME_LEVEL_PARTY_COMMITTEE: False,
        Recipient.SAFETY_COMMITTEE_ONE_LEVEL_UP: True,
    }


OFFICIALS = st.sampled_from(["丙", "丁", "戊"])
DAYS = st.dates(date(2024, 3, 1), date(2024, 7, 31))
STRANGER = seat(BAODING, PostKind.GOVERNMENT_PRINCIPAL)


@st.composite
def acts(draw: st.DrawFn) -> Performance:
    day = draw(DAYS)
    kind = draw(st.sampled_from([ActKind.LED_INSPECTION, ActKind.RESEARCH_TRIP]))
    where = draw(st.sampled_from([(HEAD,), (STRANGER,), (HEAD, STRANGER)]))
    recorded = day + timedelta(days=draw(st.integers(0, 90)))
    made = replace(act(kind, day, By(draw(OFFICIALS), where), recorded=recorded), id=draw(st.uuids()))
    correction = Correction("x", noon(recorded + timedelta(days=1)), "误录")
    return replace(made, corrected=correction) if draw(st.booleans()) else made


TERMS = st.lists(st.tuples(OFFICIALS, DAYS, DAYS), max_size=3).map(
    lambda drawn: [holds(who, HEAD, min(a, b), max(a, b)) for who, a, b in drawn]
)
ACTS = st.lists(acts(), max_size=4)


@settings(deadline=None, max_examples=60)
@given(TERMS, ACTS, st.randoms(use_true_random=False), DAYS)
def test_the_order_of_acts_is_irrelevant(terms, found, random, day) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - drawn
    shuffled = list(found)
    random.shuffle(shuffled)
    assert seen(Q2, Records(terms, found), day) == seen(Q2, Records(terms, shuffled), day)


@settings(deadline=None, max_examples=60)
@given(TERMS, ACTS, acts(), DAYS)
def test_an_added_act_never_unmakes_a_fulfilled_obligation(terms, found, added, day) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - drawn
    for base in (found, [*found, GOOD]):
        before = seen(Q2, Records(terms, base), day)
        after = seen(Q2, Records(terms, [*base, added]), day)
        if before.status is ObligationStatus.FULFILLED:
            assert after.status is ObligationStatus.FULFILLED
        assert {item.performance for item in before.counted} <= {item.performance for item in after.counted}


@settings(deadline=None, max_examples=60)
@given(TERMS, ACTS)
def test_a_lapse_attributes_nothing(terms, found) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - drawn
    shown = seen(Q2, Records(terms, found), AFTER)
    assert shown.obligation == Q2
    held = {
        (item.official_id, item.span) for item in terms if item.span.days_within(Q2.period.from_day, Q2.period.to_day)
    }
    assert {one.official_id for one in shown.incumbents} == {official for official, _ in held}
    nothing = seen(Q2, Records(terms), AFTER)
    assert nothing.status is ObligationStatus.LAPSED
    assert nothing.incumbents == shown.incumbents


def test_no_field_of_a_report_could_name_somebody_at_fault() -> None:
    assert {field.name for field in fields(IncumbentShare)} == {"official_id", "days", "acting", "spans"}
    people = {field.name for kind in (ObligationReport, ActCounted) for field in fields(kind)}
    assert people == {
        "obligation", "day", "known_at", "status", "fulfilled_on", "counted", "not_counted", "incumbents",
        "vacancy_days", "impediments", "filings", "performance", "late_recorded",
    }  # fmt: skip
