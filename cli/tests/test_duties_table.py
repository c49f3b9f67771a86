"""`anze duties owed` for every kind of post at every tier equals the table of the law, written by hand once more."""

from calendar import monthrange
from itertools import product

import pytest

from cli.tests.test_duties import rows

T, R = "text", "reading"
UPPER = {"province": T, "city": T, "county": T}
LOWER = {"town": T, "subdistrict": T, "zone": T}
#: 雄安新区, a city whose organs are working and management committees.
XIONGAN = "雄安"
GOVERNMENTS = UPPER | {"town": T, XIONGAN: R}
DEPARTMENTS = UPPER | {"zone": T, XIONGAN: T}

#: Who, in which role, what, how often a year, proved by which act, where and how firmly.
TABLE: tuple[tuple[str, str | None, str, int, str, dict[str, str]], ...] = (
    ("party_principal", None, "art5.2a", 2, "standing_committee_meeting", UPPER),
    ("party_principal", None, "art5.2a", 2, "working_committee_meeting", {XIONGAN: R}),
    ("party_principal", None, "art5.2b", 12, "joint_meeting", LOWER),
    ("party_principal", None, "art5.3a", 2, "research_trip", {"city": T, XIONGAN: T}),
    ("party_principal", None, "art5.3b", 4, "research_trip", {"county": T}),
    ("party_principal", None, "art5.3c", 12, "led_inspection", LOWER),
    ("government_principal", None, "art6.2", 4, "executive_meeting", UPPER | {XIONGAN: R}),
    ("government_principal", None, "art6.2", 4, "office_meeting", {"town": R}),
    ("government_principal", None, "art6.3a", 2, "led_inspection", {"city": T, XIONGAN: T}),
    ("government_principal", None, "art6.3b", 4, "led_inspection", {"county": T}),
    ("government_principal", None, "art6.3c", 12, "led_inspection", LOWER),
    ("government_principal", None, "art6.5a", 1, "list_published", GOVERNMENTS),
    ("government_principal", None, "art6.5b", 2, "list_assessment", GOVERNMENTS),
    ("government_other_leader", None, "art9.4", 4, "situation_analysis", GOVERNMENTS),
    ("government_other_leader", None, "art9.6", 1, "portfolio_report", GOVERNMENTS),
    ("department_principal", "named_regulator", "art10.2a", 2, "led_inspection", DEPARTMENTS),
    ("department_principal", "named_regulator", "art10.2a", 2, "special_study", DEPARTMENTS),
    ("department_principal", "other_regulator", "art10.2b", 2, "party_group_meeting", DEPARTMENTS),
    ("department_safety_deputy", "named_regulator", "art10.3a", 4, "led_inspection", DEPARTMENTS),
    ("department_safety_deputy", "named_regulator", "art10.3a", 4, "organised_study", DEPARTMENTS),
    ("department_safety_deputy", "other_regulator", "art10.3b", 4, "safety_special_meeting", DEPARTMENTS),
    ("department_principal", "industry_competent", "art11.3", 1, "industry_report_heard", DEPARTMENTS),
)
DEPARTMENT_POSTS = ("department_principal", "department_safety_deputy", "department_other_leader")
ROLES = ("named_regulator", "other_regulator", "industry_competent", "other", None)
LEADERS = (
    "party_principal",
    "government_principal",
    "party_standing_member",
    "government_safety_lead",
    "government_other_leader",
    "leading_body_member",
)
POSTS = (*product(LEADERS, (None,)), *product(DEPARTMENT_POSTS, ROLES))
PLACES = ("province", "city", "county", "town", "subdistrict", "zone", XIONGAN)


def days(year: int, times: int) -> list[tuple[str, str]]:
    """The first and last day of each of so many equal parts of a year."""
    length = 12 // times
    ends = [(first, first + length - 1) for first in range(1, 13, length)]
    return [(f"{year}-{first:02d}-01", f"{year}-{last:02d}-{monthrange(year, last)[1]}") for first, last in ends]


def place_of(post: str, place: str) -> tuple[str, ...]:
    if place != XIONGAN:
        return ("--tier", place)
    if post in DEPARTMENT_POSTS:
        return ("--tier", "city", "--region-code", "133100")
    committee = "party_working_committee" if post.startswith("party") else "management_committee"
    return ("--tier", "city", "--organ-kind", committee)


@pytest.mark.clause("art5.2", "art5.3", "art6.2", "art6.3", "art6.5", "art7", "art8", "art9.4", "art9.6")
@pytest.mark.clause("art10.2", "art10.3", "art11.3", "art12", "art30")
@pytest.mark.parametrize(("post", "role"), POSTS)
@pytest.mark.parametrize("place", PLACES)
def test_every_post_owes_at_every_tier_what_the_table_says(post: str, role: str | None, place: str) -> None:
    where = (*place_of(post, place)[2:], *(("--organ-role", role) if role else ()))
    for readings, kinds in (((), {T}), (("--with-readings",), {T, R})):
        expected = sorted(
            (clause, act, 1, first, last, scope[place])
            for who, as_what, clause, times, act, scope in TABLE
            if (who, as_what) == (post, role) and scope.get(place) in kinds
            for first, last in days(2024, times)
        )
        found = rows(post, place_of(post, place)[1], *where, *readings)
        assert sorted(tuple(one.values()) for one in found) == expected


def test_a_window_lists_every_period_that_shares_a_day_with_it() -> None:
    window = ("--from", "2024-02-29", "--to", "2024-07-01")
    found = [(one["period_start"], one["period_end"]) for one in rows("party_principal", "county", days=window)]
    assert sorted(found) == sorted([*days(2024, 4)[:3], *days(2024, 2)])
