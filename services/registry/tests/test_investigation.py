"""Who investigates, how far the chain climbs, which accidents a correction touches."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.registry.facts import SHANGHAI, Authority, ReportParty, ReportStep
from services.registry.rules.appointments import check_same_world
from services.registry.rules.chain import chain_touched
from services.registry.rules.investigation import check_competence, investigation
from services.registry.rules.report_clock import check_steps
from services.registry.tests.rosters import ACCIDENT_AT, ACCIDENT_DAY, BY_CODE
from shared.roster.facts import Region, Span, Tier

ZONE = [BY_CODE[code] for code in BY_CODE["139901400"].path]
DINGZHOU = [BY_CODE[code] for code in BY_CODE["130682"].path]


@pytest.mark.clause("art21.4")
@pytest.mark.parametrize(
    ("demanded", "taken_over_by", "region", "reach"),
    [
        (Authority.COUNTY, None, "139901", Authority.COUNTY),
        (Authority.CITY, None, "139900", Authority.CITY),
        (Authority.PROVINCE, None, "130000", Authority.PROVINCE),
        (Authority.COUNTY, Authority.CITY, "139900", Authority.CITY),
        (Authority.CITY, Authority.COUNTY, "139901", Authority.CITY),
        (Authority.STATE_COUNCIL, None, None, Authority.STATE_COUNCIL),
    ],
)
def test_the_chain_climbs_to_the_higher_of_demanded_and_actual(
    demanded: Authority, taken_over_by: Authority | None, region: str | None, reach: Authority
) -> None:
    organ, climbed = investigation(demanded, taken_over_by, ZONE)
    assert (organ.region_code, climbed) == (region, reach)
    assert check_competence(organ)


@pytest.mark.clause("art21.4")
@pytest.mark.parametrize(
    ("confirmed", "code"), [(None, "competence_unconfirmed"), (Tier.COUNTY, "no_investigating_organ")]
)
def test_competence_nobody_confirmed_or_nobody_has_is_asked_for(confirmed: Tier | None, code: str) -> None:
    path: list[Region] = [*DINGZHOU[:-1], replace(DINGZHOU[-1], competence=confirmed)]
    organ, _ = investigation(Authority.CITY, None, path)
    assert check_competence(organ).code == code
    assert check_competence(investigation(Authority.CITY, Authority.PROVINCE, path)[0])


@pytest.mark.clause("art21.4")
def test_what_is_unconfirmed_names_the_region_and_who_confirms_it() -> None:
    decision = check_competence(investigation(Authority.COUNTY, None, DINGZHOU)[0])
    assert ("130682" in decision.reason_zh, "省人民政府" in decision.reason_zh) == (True, True)
    assert [one.kind.value for one in decision.basis] == ["text", "text", "default"]


@pytest.mark.clause("art27")
@pytest.mark.parametrize(
    ("span", "touched"),
    [
        (Span(date(2025, 1, 5)), True),
        (Span(ACCIDENT_DAY, ACCIDENT_DAY), True),
        (Span(ACCIDENT_DAY + timedelta(days=1)), False),
        (Span(date(2018, 1, 1), date(2025, 5, 20)), True),
        (Span(date(2018, 1, 1), date(2025, 5, 19)), False),
    ],
)
def test_a_fact_matters_to_a_chain_through_its_window(span: Span, touched: bool) -> None:
    assert chain_touched(ACCIDENT_DAY, (span,)) is touched


@pytest.mark.clause("art21.3")
def test_nobody_learns_of_an_accident_before_it_happens() -> None:
    at = ACCIDENT_AT.astimezone(SHANGHAI)
    assert check_steps((ReportStep(ReportParty.UNIT, at),), at)
    early = ReportStep(ReportParty.UNIT, at - timedelta(minutes=1))
    assert check_steps((early,), at).code == "report_before_accident"


@pytest.mark.clause("art2")
@pytest.mark.parametrize(("post", "official"), [(True, True), (True, False), (False, True), (False, False)])
def test_exercise_posts_take_invented_people_only(post: bool, official: bool) -> None:
    assert bool(check_same_world(post, official)) is (post is official)
