"""The attestation of art26: own tenure, due by the accident, recorded then and now; it concludes nothing."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from services.duties.facts import (
    ActKind,
    Correction,
    Defaults,
    NonPerformanceFinding,
    ObligationStatus,
    Performance,
    StandingOutcome,
    StandingReview,
)
from services.duties.facts.findings import Appeal, AppealDecision, AppealOutcome
from services.duties.rules.attestation import Attestation, Conduct, Difference, attest
from services.duties.rules.obligations import duties_of_post
from services.duties.rules.status import Records
from services.duties.tests.builders import CATALOGUE, COUNTY, XIONGAN, ZONE, By, act, holds, noon, seat, uid
from shared.roster.facts import DatedRole, OrganRole, PostKind, Span

ACCIDENT = noon(date(2026, 5, 20))
NOW = noon(date(2026, 7, 1))
HEAD = seat(COUNTY, PostKind.GOVERNMENT_PRINCIPAL)
LEAD = seat(COUNTY, PostKind.GOVERNMENT_SAFETY_LEAD)
TERM = holds("丙", HEAD, date(2023, 6, 1))


def attested(conduct: Conduct, who: str = "丙", known_at: datetime = NOW, look_back_months: int = 12) -> Attestation:
    return attest(
        uid(who),
        ACCIDENT,
        conduct,
        CATALOGUE,
        known_at=known_at,
        defaults=Defaults(look_back_months=look_back_months),
    )


def meeting(day: date, **changes: object) -> Performance:
    return replace(act(ActKind.EXECUTIVE_MEETING, day, By("丙", (HEAD,))), **changes)  # type: ignore[arg-type] # any field


def labels(found: Attestation, duty_id: str) -> list[str]:
    return [row.obligation.period.label for row in found.obligations if row.obligation.duty_id == duty_id]


@pytest.mark.clause("art26")
def test_only_what_was_due_within_the_window_and_before_the_accident_is_listed() -> None:
    conduct = Conduct([HEAD], Records([TERM]))
    assert labels(attested(conduct), "art6.2") == ["2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"]
    assert labels(attested(conduct, look_back_months=3), "art6.2") == ["2026-Q1"]
    assert labels(attested(conduct, look_back_months=24), "art6.5a") == ["2024", "2025"]


@pytest.mark.clause("art26")
def test_a_period_that_ends_on_the_day_of_the_accident_is_not_yet_due() -> None:
    zone = seat(ZONE, PostKind.PARTY_PRINCIPAL)
    conduct = Conduct([zone], Records([holds("戊", zone, date(2026, 4, 1))]))
    for day, expected in ((date(2026, 4, 30), []), (date(2026, 5, 1), ["2026-04"])):
        found = attest(uid("戊"), noon(day), conduct, CATALOGUE, known_at=NOW)
        assert labels(found, "art5.3c") == expected


@pytest.mark.clause("art26")
def test_a_tenure_of_some_days_shows_how_many() -> None:
    conduct = Conduct([HEAD], Records([holds("丙", HEAD, date(2026, 3, 20))]))
    rows = [row for row in attested(conduct).obligations if row.obligation.duty_id == "art6.2"]
    assert [(row.obligation.period.label, row.days_in_post) for row in rows] == [("2026-Q1", 12)]
    assert attested(conduct, "somebody else").obligations == ()


@pytest.mark.clause("art26")
def test_a_record_withdrawn_after_the_accident_is_marked() -> None:
    undone = meeting(date(2026, 2, 9), corrected=Correction("x", noon(date(2026, 6, 1)), "纪要不实"))
    row = attested(Conduct([HEAD], Records([TERM], [undone])), look_back_months=3).obligations
    differences = next(one.differences for one in row if one.obligation.duty_id == "art6.2")
    assert differences == {Difference.CORRECTED_AFTER_ACCIDENT, Difference.STATUS_CHANGED}


@pytest.mark.clause("art26")
def test_an_act_recorded_after_the_accident_needs_verification_even_while_the_books_are_open() -> None:
    zone = seat(ZONE, PostKind.PARTY_PRINCIPAL)
    trip = act(ActKind.LED_INSPECTION, date(2026, 4, 28), By("戊", (zone,)), recorded=date(2026, 5, 21))
    found = attested(Conduct([zone], Records([holds("戊", zone, date(2026, 4, 1))], [trip])), "戊")
    row = next(one for one in found.obligations if one.obligation.duty_id == "art5.3c")
    assert row.now.status is ObligationStatus.LAPSED
    assert row.differences == {Difference.RECORDED_AFTER_ACCIDENT, Difference.NOT_VERIFIED}


@pytest.mark.clause("art26")
def test_the_attestation_as_known_earlier_never_changes() -> None:
    earlier = noon(date(2026, 5, 25))
    late = meeting(date(2026, 2, 9), recorded_at=noon(date(2026, 6, 1)))
    without, with_later = Conduct([HEAD], Records([TERM])), Conduct([HEAD], Records([TERM], [late]))
    assert attested(with_later, known_at=earlier) == attested(without, known_at=earlier)


def reviews(who: str, outcome: StandingOutcome = StandingOutcome.PERFORMED) -> list[StandingReview]:
    return [
        StandingReview(
            uid(duty.id), uid(who), LEAD.post.id, duty.id, Span(date(2025, 6, 1), date(2026, 5, 20)),
            outcome, "reviewer", noon(date(2026, 6, 5)),
        )
        for duty in duties_of_post(LEAD, CATALOGUE, date(2026, 5, 1))
    ]  # fmt: skip


@pytest.mark.clause("art26", "art8")
def test_an_official_with_everything_recorded_and_standing_duties_examined_is_whole() -> None:
    records = Records([holds("丁", LEAD, date(2025, 1, 10))])
    examined = attested(Conduct([LEAD], records, reviews("丁")), "丁")
    assert (examined.whole, len(examined.standing), examined.unexamined) == (True, 6, ())
    assert not attested(Conduct([LEAD], records), "丁").whole
    one_open = attested(Conduct([LEAD], records, reviews("丁")[1:]), "丁")
    assert [row.duty.id for row in one_open.unexamined] == ["art8.1"]
    wanting = attested(Conduct([LEAD], records, reviews("丁", StandingOutcome.NOT_PERFORMED)), "丁")
    assert len(wanting.unexamined) == 6
    too_early = attested(Conduct([LEAD], records, reviews("丁")), "丁", known_at=noon(date(2026, 6, 4)))
    assert len(too_early.unexamined) == 6


@pytest.mark.clause("art26", "art10")
def test_a_standing_duty_that_the_post_lost_within_the_window_is_attested_too() -> None:
    """A department was a regulator until 31 March; at the accident it no longer is."""
    role, until = OrganRole.OTHER_REGULATOR, date(2026, 3, 31)
    bureau = seat(COUNTY, PostKind.DEPARTMENT_PRINCIPAL, role)
    ended = replace(bureau.organ, roles=(DatedRole(role, Span(date(2010, 1, 1), until)),))
    found = attested(Conduct([replace(bureau, organ=ended)], Records([holds("己", bureau, date(2025, 1, 1))])), "己")
    assert (
        {"art10.1", "art10.2s"} == {row.duty.id for row in found.standing} == {row.duty.id for row in found.unexamined}
    )
    later = attested(Conduct([replace(bureau, organ=ended)], Records([holds("己", bureau, date(2026, 4, 1))])), "己")
    assert later.standing == (), "not in the own tenure"


@pytest.mark.clause("art26", "art8")
def test_a_wanting_review_stands_until_one_of_the_same_days_replaces_it() -> None:
    records = Records([holds("丁", LEAD, date(2025, 1, 10))])
    first, *others = reviews("丁")
    older, newer = Span(date(2025, 6, 1), date(2025, 12, 31)), Span(date(2026, 1, 1), date(2026, 5, 20))
    wanting = replace(first, id=uid("r1"), span=older, outcome=StandingOutcome.NOT_PERFORMED)
    fine = replace(first, id=uid("r2"), span=newer, recorded_at=noon(date(2026, 6, 6)))
    for given in ([wanting, fine, *others], [fine, *others, wanting]):
        shown = attested(Conduct([LEAD], records, given), "丁")
        assert ([row.duty.id for row in shown.unexamined], shown.whole) == ([first.duty_id], False)
    replaced = replace(first, id=uid("r3"), span=older, recorded_at=noon(date(2026, 6, 7)))
    assert attested(Conduct([LEAD], records, [wanting, fine, replaced, *others]), "丁").whole


@pytest.mark.clause("art26", "art8")
def test_a_finding_about_a_standing_duty_counts_where_the_conduct_touches_the_window() -> None:
    """Neither what was left undone years before nor what was after the accident is about this accident."""
    records = Records([holds("丁", LEAD, date(2018, 1, 10))])
    conduct = {
        "years before": Span(date(2019, 1, 1), date(2019, 12, 31)),
        "the eve of the window": Span(date(2025, 1, 1), date(2025, 5, 19)),
        "the first day of the window": Span(date(2025, 1, 1), date(2025, 5, 20)),
        "the day of the accident": Span(date(2026, 5, 20), date(2026, 5, 20)),
        "the day after it": Span(date(2026, 5, 21), date(2026, 6, 1)),
    }
    found = [
        NonPerformanceFinding(
            uid(name), uid("丁"), LEAD.post.id, "art8.1", None, span, uid("o"), "未制定措施",
            date(2026, 6, 1), "已陈述", date(2026, 6, 10), noon(date(2026, 6, 10)),
        )
        for name, span in conduct.items()
    ]  # fmt: skip
    shown = attested(Conduct([LEAD], records, reviews("丁"), findings=found), "丁")
    assert [item.id for item in shown.findings] == [
        uid("the first day of the window"),
        uid("the day of the accident"),
    ]
    elsewhere = [item for item in found if item not in shown.findings]
    assert attested(Conduct([LEAD], records, reviews("丁"), findings=elsewhere), "丁").whole


@pytest.mark.clause("art26")
def test_a_lapse_and_a_finding_keep_the_attestation_open_and_name_the_obligation() -> None:
    lapsed = attested(Conduct([HEAD], Records([TERM])), look_back_months=3)
    row = next(row for row in lapsed.lapses if row.obligation.duty_id == "art6.2")
    finding = NonPerformanceFinding(
        uid("f"), uid("丙"), HEAD.post.id, "art6.2", row.obligation.id,
        Span(date(2026, 1, 1), date(2026, 3, 31)),
        uid("o"), "无纪要", date(2026, 6, 1), "已陈述", date(2026, 6, 10), noon(date(2026, 6, 10)),
    )  # fmt: skip
    found = attested(Conduct([HEAD], Records([TERM]), findings=[finding]), look_back_months=3)
    assert found.findings == (finding,)
    assert row.obligation in {one.obligation for one in lapsed.undecided}
    assert row.obligation not in {one.obligation for one in found.undecided}
    cleared = replace(finding, clears=True)
    otherwise = attested(Conduct([HEAD], Records([TERM]), findings=[cleared]), look_back_months=3)
    assert (otherwise.findings, len(otherwise.undecided)) == ((), len(lapsed.lapses) - 1)
    decision = AppealDecision(uid("upper"), AppealOutcome.REVOKED, "撤销", date(2026, 6, 20), noon(date(2026, 6, 20)))
    revoked = replace(finding, appeal=Appeal(date(2026, 6, 10), "不服", noon(date(2026, 6, 10)), decision))
    assert attested(Conduct([HEAD], Records([TERM]), findings=[revoked]), look_back_months=3).findings == ()
    of_another = replace(finding, official_id=uid("predecessor"))
    assert attested(Conduct([HEAD], Records([TERM]), findings=[of_another])).findings == ()


@pytest.mark.clause("art26", "art30")
def test_lapses_under_a_reading_stand_apart_and_found_nothing() -> None:
    director = seat(XIONGAN, PostKind.GOVERNMENT_PRINCIPAL)
    found = attested(Conduct([director], Records([holds("丙", director, date(2025, 1, 1))])), look_back_months=6)
    assert {row.obligation.duty_id for row in found.lapses} == {"art6.3a"}
    assert {row.obligation.duty_id for row in found.reading_lapses} == {"art6.2", "art6.5a", "art6.5b"}
    assert found.unexamined == ()
