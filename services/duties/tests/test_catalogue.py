"""The catalogue equals the table of the specification, and a wrong one does not load."""

from collections import Counter

import pytest

from services.duties.catalogue import load_catalogue
from services.duties.facts import Duty
from services.duties.rules.catalogue import CatalogueError, parse_catalogue
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


def test_the_places_with_another_kind_of_meeting_accept_that_one() -> None:
    catalogue = load_catalogue()
    assert catalogue.duty("art5.2a").acts_in == {"133100": {"working_committee_meeting"}}
    assert catalogue.duty("art6.2").acts_in["town"] == {"office_meeting"}
    assert Counter(duty.secretary_first for duty in catalogue.duties)[True] == 1
    with pytest.raises(KeyError):
        catalogue.duty("art99.1")


HEAD = 'name = "t"\n[who.p]\nposts = ["party_principal"]\norgans = ["party_committee"]\nscope = { city = "text" }\n'
GOOD = (
    '[[duty]]\nid = "art5.3b"\nwho = "p"\n'
    'phrase = "县（市、区）党委主要负责人每季度至少调研1次安全生产工作"\n'
    'en = "trip"\nperiod = "quarter"\ncount = 1\nmanner = "performs"\n'
    'requirements = [{ acts = ["research_trip"], evidence = ["report"] }]\n'
)
STANDING = '[[duty]]\nid = "art5.5"\nwho = "p"\nphrase = "配齐配强领导班子"\nen = "staff"\n'
TWICE = 'requirements = [{ acts = ["research_trip"], evidence = ["report"] }, { acts = ["joint_meeting"] }]'

WRONG = {
    "misquote": (GOOD.replace("每季度至少", "每季度最少"), "art5.3b", "does not say"),
    "phrase of another clause": (GOOD.replace("art5.3b", "art5.4"), "art5.4", "does not say"),
    "unknown clause": (GOOD.replace("art5.3b", "art5.77"), "art5.77", "no clause"),
    "duplicate": (GOOD + GOOD, "art5.3b", "twice"),
    "same words under two ids": (GOOD + GOOD.replace("art5.3b", "art5.3c"), "art5.3c", "contradicts art5.3b"),
    "same act at two rhythms": (
        GOOD
        + GOOD.replace("art5.3b", "art5.3a")
        .replace("县（市、区）党委主要负责人每季度", "雄安新区党工委主要负责人每半年")
        .replace('"quarter"', '"half_year"'),
        "art5.3a",
        "contradicts art5.3b",
    ),
    "count against the words": (GOOD.replace("count = 1", "count = 2"), "art5.3b", "count is not 2"),
    "period against the words": (GOOD.replace('"quarter"', '"month"'), "art5.3b", "do not say"),
    "period without acts": (GOOD[: GOOD.index("requirements")], "art5.3b", "its acts"),
    "act that does not exist": (GOOD.replace('"research_trip"', '"stroll"'), "art5.3b", "no ActKind"),
    "standing with a count": (STANDING + "count = 1\n", "art5.5", "standing duty has no count"),
    "role outside departments": (STANDING + 'roles = ["other"]\n', "art5.5", "departments have roles"),
    "unknown key": (STANDING + "often = true\n", "art5.5", "unknown keys"),
    "unknown tier": (STANDING + 'scope = { village = "text" }\n', "art5.5", "no Tier"),
    "nobody": (STANDING.replace('"p"', '"q"'), "art5.5", "nobody is called"),
    "two requirements without keys": (
        GOOD.replace('requirements = [{ acts = ["research_trip"], evidence = ["report"] }]', TWICE),
        "art5.3b",
        "a key each",
    ),
    "item without entry": ("[items]\nart11 = 3\n" + GOOD, "art11.1", "has no entry"),
    "id with two letters": (GOOD.replace("art5.3b", "art5.3bb"), "art5.3bb", "one letter"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_catalogue_that_contradicts_or_misquotes_does_not_load(name: str) -> None:
    body, entry, reason = WRONG[name]
    with pytest.raises(CatalogueError) as caught:
        parse_catalogue("t.toml", HEAD + body)
    assert (caught.value.file, caught.value.entry) == ("t.toml", entry)
    assert reason in caught.value.reason


def test_broken_toml_is_refused_with_its_file() -> None:
    with pytest.raises(CatalogueError, match=r"^t\.toml: toml"):
        parse_catalogue("t.toml", "name = ")


def test_the_version_follows_the_content_and_not_the_layout() -> None:
    plain = parse_catalogue("t.toml", HEAD + GOOD)
    spaced = parse_catalogue("t.toml", "# a comment\n\n" + HEAD + "\n\n" + GOOD)
    other = parse_catalogue("t.toml", HEAD + GOOD.replace('"report"', '"record"'))
    assert plain.version == spaced.version != other.version
    assert len(plain.version) == 64
