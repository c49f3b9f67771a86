"""The catalogue equals the table of the specification, and a wrong one does not load."""

from collections import Counter

import pytest

from services.duties.catalogue import load_catalogue
from services.duties.facts import Duty
from shared.statute.text import quote_is_verbatim

PCC = {"province": "text", "city": "text", "county": "text"}
OFF = {"subdistrict": "off", "zone": "off"}
SCOPES = {
    "upper": PCC | {"133100": "reading"},
    "city": {"city": "text"},
    "county": {"county": "text"},
    "lower": {"town": "text", "subdistrict": "text", "zone": "text"},
    "meeting": PCC | OFF | {"133100": "reading", "town": "reading"},
    "government": PCC | OFF | {"133100": "reading", "town": "text"},
    "department": PCC | {"zone": "text"},
}
ROLES = {"named": "named_regulator", "other": "other_regulator", "industry": "industry_competent"}
FILINGS = {"up": "safety_committee_one_level_up", "same": "same_level_party_committee"}

# id, post kind, role, scope, period, filings, then each act as kind:manner:evidence
TABLE = """
art5.2a  party_principal         -        upper      half_year -       standing_committee_meeting:presides:minutes
art5.2b  party_principal         -        lower      month     -       joint_meeting:body:minutes
art5.3a  party_principal         -        city       half_year -       research_trip:performs:report
art5.3b  party_principal         -        county     quarter   -       research_trip:performs:report
art5.3c  party_principal         -        lower      month     -       led_inspection:leads:record
art6.2   government_principal    -        meeting    quarter   -       executive_meeting:presides:minutes
art6.3a  government_principal    -        city       half_year -       led_inspection:leads:record
art6.3b  government_principal    -        county     quarter   -       led_inspection:leads:record
art6.3c  government_principal    -        lower      month     -       led_inspection:leads:record
art6.5a  government_principal    -        government year      -       list_published:performs:publication+responsibility_list
art6.5b  government_principal    -        government half_year same+up list_assessment:performs:assessment_result
art9.4   government_other_leader -        government quarter   -       situation_analysis:performs:record
art9.6   government_other_leader -        government year      up      portfolio_report:performs:report
art10.2a department_principal    named    department half_year -       led_inspection:leads:record special_study:presides:minutes
art10.2b department_principal    other    department half_year -       party_group_meeting:presides:minutes
art10.3a department_safety_deputy named   department quarter   -       led_inspection:leads:record organised_study:performs:minutes
art10.3b department_safety_deputy other   department quarter   -       safety_special_meeting:presides:minutes
art11.3  department_principal    industry department year      -       industry_report_heard:performs:record
"""  # noqa: E501 - a table reads better in whole rows


def expected_rows() -> dict[str, tuple[object, ...]]:
    rows: dict[str, tuple[object, ...]] = {}
    for line in TABLE.strip().splitlines():
        duty_id, post, role, scope, period, filings, *acts = line.split()
        filed = [FILINGS[name] for name in filings.split("+")] if filings != "-" else []
        rows[duty_id] = (post, ROLES.get(role, ""), SCOPES[scope], acts, period, filed)
    return rows


ITEMS = {"art5": 9, "art6": 10, "art8": 6, "art9": 6, "art10": 4, "art11": 3, "art12": 2}


def row(duty: Duty) -> tuple[object, ...]:
    acts = [
        ":".join(("+".join(sorted(item.acts)), item.manner, "+".join(sorted(item.evidence))))
        for item in duty.requirements
    ]
    posts, roles = " ".join(duty.post_kinds), " ".join(duty.roles)
    return (posts, roles, dict(duty.scope), acts, duty.period, list(duty.filings))


@pytest.mark.clause("art5.2", "art5.3", "art6.2", "art6.3", "art6.5", "art9.4", "art9.6")
@pytest.mark.clause("art10.2", "art10.3", "art11.3")
def test_the_periodic_duties_are_exactly_those_of_the_table() -> None:
    periodic = {duty.id: row(duty) for duty in load_catalogue().duties if not duty.standing}
    assert periodic == expected_rows()
    assert len(periodic) == 18
    assert {duty.count for duty in load_catalogue().duties if not duty.standing} == {1}


@pytest.mark.clause("art5", "art6", "art7", "art8", "art9", "art10", "art11", "art12")
def test_each_of_the_41_items_has_an_entry_that_quotes_it() -> None:
    items = {"art7"} | {f"{article}.{number}" for article, count in ITEMS.items() for number in range(1, count + 1)}
    duties = load_catalogue().duties
    assert len(items) == 41
    assert {duty.clause for duty in duties} == items
    assert all(quote_is_verbatim(duty.clause, duty.phrase) for duty in duties)


@pytest.mark.clause("art7", "art8", "art12")
def test_articles_without_a_count_have_standing_duties_only() -> None:
    for duty in load_catalogue().duties:
        if duty.clause.split(".")[0] in {"art7", "art8", "art12"}:
            assert duty.standing, duty.id


@pytest.mark.clause("art5.6", "art6.7", "art6.9", "art8.5")
def test_carryable_standing_duties_name_their_registry_finding() -> None:
    found = {duty.clause for duty in load_catalogue().duties if duty.registry_finding}
    assert found == {"art5.6", "art6.7", "art6.9", "art8.5"}


@pytest.mark.clause("art9.4", "art9.6", "art30")
def test_the_safety_lead_is_left_out_of_article_9_until_a_reading_puts_him_in() -> None:
    left_out = {duty.id: set(duty.off_posts) for duty in load_catalogue().duties if duty.off_posts}
    assert left_out == {"art9.4": {"government_safety_lead"}, "art9.6": {"government_safety_lead"}}


def test_the_places_with_another_kind_of_meeting_accept_that_one() -> None:
    catalogue = load_catalogue()
    assert catalogue.duty("art5.2a").acts_in == {"133100": {"working_committee_meeting"}}
    assert catalogue.duty("art6.2").acts_in["town"] == {"office_meeting"}
    assert Counter(duty.secretary_first for duty in catalogue.duties)[True] == 1
    with pytest.raises(KeyError):
        catalogue.duty("art99.1")
