"""What holds for any records whatever: filings, acts that may be recorded, impediments."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.duties.facts import (
    ActKind,
    Capacity,
    Correction,
    Defaults,
    EvidenceKind,
    Obligation,
    ObligationStatus,
    Performance,
    Recipient,
)
from services.duties.facts.records import Acceptance, Filing, FilingStatus, Receipt, RecordedImpediment
from services.duties.rules.filings import may_file, may_receive, may_undo, right_recipients, state_of
from services.duties.rules.impediments import may_accept
from services.duties.rules.obligations import requirements_of_post
from services.duties.rules.performances import may_record
from services.duties.rules.serving import served
from services.duties.rules.status import Records, View
from services.duties.tests.builders import (
    BAODING,
    CATALOGUE,
    COUNTY,
    DIGEST,
    HEBEI,
    REGIONS,
    TOWN,
    XIONGAN,
    XIONGXIAN,
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
from services.duties.tests.test_filings import ROSTER
from shared.roster.facts import Organ, OrganKind, OrganRole, PostKind, Region, Roster, Span

UP, SAME = Recipient.SAFETY_COMMITTEE_ONE_LEVEL_UP, Recipient.SAME_LEVEL_PARTY_COMMITTEE
HEAD = seat(COUNTY, PostKind.GOVERNMENT_PRINCIPAL)
H1 = owed(HEAD, date(2024, 1, 1), date(2024, 6, 30), "art6.5b")[0]
MOMENTS = st.dates(date(2024, 5, 1), date(2024, 9, 30))
FEW = settings(deadline=None, max_examples=150)


@st.composite
def filings(draw: st.DrawFn) -> Filing:
    """A filing, with whatever happened to it afterwards; some are about another obligation or relation."""
    filed = draw(MOMENTS)
    recorded = noon(filed) + timedelta(days=draw(st.integers(0, 20)))
    later = recorded + timedelta(days=draw(st.integers(1, 30)))
    fate = draw(st.sampled_from(("stands", "received", "returned", "withdrawn")))
    done = Correction("x", later, "（演练）")
    return Filing(
        id=draw(st.uuids()),
        obligation_id=draw(st.sampled_from((H1.id, uid("another")))),
        relation=draw(st.sampled_from(Recipient)),
        recipient_organ_id=uid("安130600"),
        filed_on=filed,
        recorded_at=recorded,
        sha256=DIGEST,
        receipt=Receipt("1", filed, "x", later) if fate == "received" else None,
        returned=done if fate == "returned" else None,
        corrected=done if fate == "withdrawn" else None,
    )


def known(found: list[Filing], at: datetime, day: date, relation: Recipient) -> list[tuple[Filing, bool, bool]]:
    """The filings of the obligation that were known: whether each stood, and whether it had been returned."""
    mine = [one for one in found if one.obligation_id == H1.id and one.relation is relation and one.filed_on <= day]
    there = [one for one in mine if one.recorded_at <= at]
    return [
        (
            one,
            not any(it is not None and it.at <= at for it in (one.returned, one.corrected)),
            one.returned is not None and one.returned.at <= at,
        )
        for one in there
    ]


def state(found: list[Filing], at: datetime, day: date, relation: Recipient = UP) -> Any:
    return state_of(H1, relation, found, ROSTER, day=day, known_at=at)


@pytest.mark.clause("art6.5", "art9.6")
@FEW
@given(st.lists(filings(), max_size=5), MOMENTS, MOMENTS, st.sampled_from(Recipient))
def test_a_filing_is_on_record_missing_or_late_by_its_own_deadline(
    found: list[Filing], day: date, knowing: date, relation: Recipient
) -> None:
    at, last = noon(knowing), H1.period.to_day + timedelta(days=Defaults().filing_days)
    there = known(found, at, day, relation)
    standing = sorted((one.filed_on for one, stands, _ in there if stands))
    shown = state(found, at, day, relation)
    if standing:
        expected = FilingStatus.FILED if standing[0] <= last else FilingStatus.FILED_LATE
    elif any(returned for _, _, returned in there):
        expected = FilingStatus.RETURNED
    elif day <= H1.period.to_day:
        expected = FilingStatus.NOT_DUE
    else:
        expected = FilingStatus.DUE if day <= last else FilingStatus.OVERDUE
    assert shown.status is expected
    assert (shown.filing is None) is (not standing)
    assert len(shown.earlier) == len(there) - len(standing)


def _unaware(one: Filing, at: datetime) -> Filing:
    """The filing without what happened to it after that moment."""
    return replace(
        one,
        receipt=one.receipt if one.receipt and one.receipt.at <= at else None,
        returned=one.returned if one.returned and one.returned.at <= at else None,
        corrected=one.corrected if one.corrected and one.corrected.at <= at else None,
    )


@pytest.mark.clause("art6.5")
@FEW
@given(st.lists(filings(), max_size=5), st.lists(filings(), max_size=2), MOMENTS, MOMENTS, st.randoms())
def test_what_is_recorded_later_or_in_another_order_changes_no_earlier_answer(
    found: list[Filing], more: list[Filing], day: date, knowing: date, order: Any
) -> None:
    at = noon(knowing)
    before = state(found, at, day)
    late = [replace(one, recorded_at=at + timedelta(days=1)) for one in more]
    unaware = [_unaware(one, at) for one in found]
    mixed = [*unaware, *late]
    order.shuffle(mixed)
    assert state(mixed, at, day) == before


@pytest.mark.clause("art6.5")
@FEW
@given(st.lists(filings(), max_size=5), MOMENTS, MOMENTS)
def test_the_explained_obligation_misses_a_filing_exactly_where_the_filing_does(
    found: list[Filing], day: date, knowing: date
) -> None:
    done = act(ActKind.LIST_ASSESSMENT, date(2024, 5, 1), By("丙", (HEAD,)))
    records = Records([holds("丙", HEAD, date(2023, 1, 1))], [done], filings=found)
    report = seen(H1, records, day, knowing)
    assert {one.relation: one.filing for one in report.filings} == {
        relation: state(found, noon(knowing), day, relation).filing for relation in (SAME, UP)
    }
    assert report.status is ObligationStatus.FULFILLED, "a missing filing does not unmake a timely act"


@pytest.mark.clause("art6.5", "art9.6")
@FEW
@given(
    st.sampled_from([one for one in REGIONS if one is not HEBEI]),
    st.sampled_from(REGIONS),
    st.lists(st.sampled_from(ROSTER.organs), unique=True),
)
def test_one_level_up_is_the_registered_committee_of_whatever_parent_administration_has(
    below: Region, above: Region, organs: list[Organ]
) -> None:
    """Any region may be put under any other: the digits of its code never matter."""
    moved = replace(below, admin_parent=above.code)
    roster = Roster((moved, *(one for one in REGIONS if one is not below)), organs=tuple(organs))
    found = right_recipients(UP, moved, roster, date(2024, 7, 5))
    expected = {one.id for one in organs if (one.kind, one.region_code) == (OrganKind.SAFETY_COMMITTEE, above.code)}
    assert {one.id for one in found} == expected


@pytest.mark.clause("art6.5", "art9.6")
@FEW
@given(
    st.sampled_from((HEBEI, BAODING, XIONGAN, XIONGXIAN, COUNTY, TOWN)),
    st.sampled_from(ROSTER.organs),
    st.sampled_from(Recipient),
    st.dates(date(2023, 12, 1), date(2024, 9, 1)),
)
def test_a_filing_is_taken_only_by_the_right_body_for_what_the_duty_asks_and_a_refusal_names_it(
    where: Region, to: Organ, relation: Recipient, filed: date
) -> None:
    today = date(2024, 8, 1)
    for obligation in owed(seat(where, PostKind.GOVERNMENT_PRINCIPAL), date(2024, 1, 1), date(2024, 6, 30)):
        right = {one.id for one in right_recipients(relation, where, ROSTER, filed)}
        asked = relation in obligation.filings and obligation.period.from_day <= filed <= today
        sent = Filing(uid("f"), obligation.id, relation, to.id, filed, noon(filed), DIGEST)
        told = may_file(sent, obligation, ROSTER, today=today)
        assert told.allowed is (asked and to.id in right)
        if asked and to.id not in right:
            names = [one.name for one in ROSTER.organs if one.id in right]
            assert all(name in told.reason_zh for name in names)
            assert told.basis[0].clause == obligation.clause


@pytest.mark.clause("art6.5")
@FEW
@given(filings(), MOMENTS, MOMENTS, st.sampled_from(("", " ", "（演练）缺项")))
def test_a_filing_is_received_once_and_undone_once_while_it_stands(
    one: Filing, received: date, today: date, reason: str
) -> None:
    stands = one.returned is None and one.corrected is None
    assert may_undo(one, reason).allowed is (stands and bool(reason.strip()))
    fits = one.filed_on <= received <= today
    assert may_receive(one, received, today=today).allowed is (stands and one.receipt is None and fits)


SEATS = (
    seat(COUNTY, PostKind.PARTY_PRINCIPAL),
    HEAD,
    seat(ZONE, PostKind.PARTY_PRINCIPAL),
    seat(ZONE, PostKind.GOVERNMENT_PRINCIPAL),
    seat(COUNTY, PostKind.GOVERNMENT_OTHER_LEADER),
    seat(COUNTY, PostKind.GOVERNMENT_SAFETY_LEAD),
    seat(COUNTY, PostKind.DEPARTMENT_PRINCIPAL, OrganRole.NAMED_REGULATOR, OrganRole.INDUSTRY_COMPETENT),
    seat(COUNTY, PostKind.DEPARTMENT_SAFETY_DEPUTY, OrganRole.OTHER_REGULATOR),
)
TODAY = date(2024, 7, 20)
PEOPLE = st.sampled_from(("甲", "乙", "丙"))
TERMS = st.lists(
    st.tuples(PEOPLE, st.sampled_from(SEATS), st.dates(date(2024, 1, 1), date(2024, 7, 31)), st.integers(0, 300)),
    max_size=8,
).map(lambda drawn: [holds(who, where, day, day + timedelta(days=days)) for who, where, day, days in drawn])
ALL_YEAR = [holds("甲", where, date(2024, 1, 1)) for where in SEATS]


@st.composite
def acts(draw: st.DrawFn) -> Performance:
    """An act as somebody might enter it: by anybody, in any capacities, with some evidence."""
    seats = draw(st.lists(st.sampled_from(SEATS), min_size=1, max_size=2, unique_by=lambda one: one.post.id))
    day = draw(st.dates(date(2024, 1, 1), date(2024, 8, 1)))
    theirs = sorted({kind for one in seats for item in requirements_of_post(one, CATALOGUE, day) for kind in item.acts})
    kind = draw(st.sampled_from(theirs or list(ActKind)) | st.sampled_from(ActKind))
    made = act(kind, day, By("甲", tuple(seats)))
    who = st.just(uid("甲")) | PEOPLE.map(uid) | st.none()
    kinds = draw(st.just(set(EvidenceKind)) | st.sets(st.sampled_from(EvidenceKind)))
    return replace(
        made,
        presided_by=draw(who),
        led_by=draw(who),
        performed_by=draw(who),
        evidence=tuple(one for one in made.evidence if one.kind in kinds),
        recorded_at=noon(made.day),
    )


@pytest.mark.clause("art5.2", "art5.3", "art6.2", "art6.3", "art9.4", "art10.2", "art10.3", "art28")
@settings(deadline=None, max_examples=400)
@given(acts(), TERMS | st.just(ALL_YEAR))
def test_what_may_be_recorded_is_by_the_holder_with_evidence_and_counts_for_every_obligation_that_accepts_it(
    done: Performance, terms: Any
) -> None:
    named = [one for one in SEATS if any(capacity.post_id == one.post.id for capacity in done.capacities)]
    accepting = {
        one.post.id: [item for item in requirements_of_post(one, CATALOGUE, done.day) if done.act in item.acts]
        for one in named
    }
    asked = [item for items in accepting.values() for item in items]
    decision = may_record(done, named, terms, CATALOGUE, today=TODAY)
    if not asked or done.day > TODAY:
        assert decision.code == ("performance.in_future" if done.day > TODAY else "performance.kind_not_accepted")
        return
    if not decision:
        codes = {"not_holder", "outside_appointment", "no_actor", "evidence_missing", "another_body"}
        assert decision.code.removeprefix("performance.") in codes
        return
    proofs = {one.kind for one in done.evidence}
    assert all(item.evidence <= proofs for item in asked)
    found = served(done, named, Records(terms, [done]), View(TODAY, noon(TODAY)), CATALOGUE)
    of_that_kind = [one for one in found if done.act in one.obligation.acts]
    assert {one.reason for one in of_that_kind} <= {None}
    assert {one.obligation.post_id for one in of_that_kind} <= {post for post, items in accepting.items() if items}


@pytest.mark.clause("art28")
@FEW
@given(
    st.sampled_from(SEATS),
    st.sampled_from(SEATS),
    st.dates(date(2024, 1, 1), date(2024, 6, 30)),
    st.integers(0, 90),
    st.booleans(),
)
def test_an_accepted_impediment_excuses_its_obligation_and_no_other(
    where: Any, other: Any, first: date, days: int, withdrawn: bool
) -> None:
    span = Span(first, first + timedelta(days=days))
    found = RecordedImpediment(uid("i"), where.post.id, None, span, "（演练）住院", "recorder", noon(first))
    every: list[Obligation] = [
        item for one in {where.post.id: where, other.post.id: other}.values()
        for item in owed(one, date(2024, 1, 1), date(2024, 6, 30))
    ]  # fmt: skip
    may = [item for item in every if may_accept(found, item, "（演练）", "office")]
    assert may == [
        item
        for item in every
        if item.post_id == where.post.id and span.days_within(item.period.from_day, item.period.to_day)
    ]
    for item in may:
        assert may_accept(found, item, "（演练）", "recorder").code == "impediment.own_entry"
        accepted = replace(found, accepted=(Acceptance(item.id, "office", noon(TODAY), "（演练）"),))
        assert may_accept(accepted, item, "（演练）", "office").code == "impediment.already_accepted"
        kept = replace(accepted, withdrawn=Correction("x", noon(TODAY), "（演练）")) if withdrawn else accepted
        records = Records(impediments=kept.facts())
        excused = {one.id for one in every if seen(one, records, TODAY).status is ObligationStatus.EXCUSED}
        assert excused == (set() if withdrawn else {item.id})


def test_a_capacity_that_names_an_appointment_counts_only_under_that_one() -> None:
    """The same person, appointed twice to one post: the record says under which appointment the act was done."""
    where = SEATS[2]
    first, second = holds("戊", where, date(2024, 1, 1), date(2024, 3, 31)), holds("戊", where, date(2024, 4, 1))
    done = act(ActKind.LED_INSPECTION, date(2024, 4, 9), By("戊", (where,)))
    (april,) = owed(where, date(2024, 4, 1), date(2024, 4, 30), "art5.3c")
    for term, expected in ((first, ObligationStatus.LAPSED), (second, ObligationStatus.FULFILLED)):
        named = replace(done, capacities=(Capacity(where.post.id, term.appointment_id),))
        assert seen(april, Records([first, second], [named]), TODAY).status is expected
        assert may_record(named, [where], [first, second], CATALOGUE, today=TODAY).allowed is (term is second)


@pytest.mark.clause("art5.2", "art5.3", "art6.2", "art6.3", "art9.4", "art28")
@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from([date(2024, 2, 1), date(2024, 2, 29), date(2024, 3, 31), date(2024, 6, 30), date(2024, 12, 31)]),
    st.integers(-2, 2),
    st.integers(-2, 2),
    st.integers(0, 200),
)
def test_an_act_counts_from_the_first_day_of_the_appointment_through_the_last_and_in_its_own_period_only(
    edge: date, begins: int, acts_on: int, lasts: int
) -> None:
    """Around the ends of months, quarters, half-years and years, a leap day among them."""
    zone, first, day = SEATS[2], edge + timedelta(days=begins), edge + timedelta(days=acts_on)
    term = holds("戊", zone, first, first + timedelta(days=lasts))
    done = act(ActKind.LED_INSPECTION, day, By("戊", (zone,)))
    held = first <= day <= first + timedelta(days=lasts)
    for owing in owed(zone, date(2024, 1, 1), date(2025, 1, 31), "art5.3c"):
        shown = seen(owing, Records([term], [done]), date(2025, 3, 1))
        within = (owing.period.from_day.year, owing.period.from_day.month) == (day.year, day.month)
        assert (shown.status is ObligationStatus.FULFILLED) is (held and within)
