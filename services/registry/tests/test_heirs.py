"""A leader who answers for a department answers, after a reform, for what became of it: by function, once."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.facts import ChainEntry
from services.registry.facts.answers import Matter
from services.registry.facts.regions import Reform
from services.registry.rules.answerable import who_answered
from services.registry.rules.succession import carried_out, check_reform
from services.registry.tests.clerk import Clerk, explosion
from services.registry.tests.clerk import days as between
from services.registry.tests.conftest import Calendar
from services.registry.tests.rosters import LONG_AGO, Builder, named
from services.registry.tests.test_api_roster import appointment, official, organ, post
from services.registry.tests.test_api_succession import DAY as REFORMED
from services.registry.tests.test_api_succession import begins, reform, role
from shared.roster.facts import DatedRole, Organ, OrganKind, OrganRole, PostKind, Roster, Span, SuccessionKind

COUNTY, DAY = "139901", date(2026, 4, 1)
EVE = DAY - timedelta(days=1)
SINCE = Span(date(2024, 1, 1))
FIRE, ROADS = Matter("C26"), Matter("G54")


def department(name: str, *roles: tuple[str | None, str], region: str = COUNTY, since: date = LONG_AGO) -> Organ:
    held = tuple(
        DatedRole(OrganRole.NAMED_REGULATOR, Span(since), (industry,), function=function)
        for function, industry in roles
    )
    return Organ(named(name), name, OrganKind.GOVERNMENT_DEPARTMENT, region, Span(since), held, exercise=True)


def led(*departments: Organ, since: date = SINCE.from_day) -> Builder:
    """A county deputy who answers for the first department since a day."""
    build = Builder()
    build.organ("县政府", OrganKind.GOVERNMENT, COUNTY)
    build.organs |= {one.name: one for one in departments}
    held = ("甲", SINCE)
    build.post("副县长", "县政府", PostKind.GOVERNMENT_OTHER_LEADER, held, answers_for=(departments[0].name,))
    build.portfolios = [replace(one, span=Span(since)) for one in build.portfolios]
    return build


def after(build: Builder, *reforms: Reform, renamed: str | None = None) -> Roster:
    """The roster once the reforms were carried out, in the order in which they were recorded."""
    organs = {one.id: one for one in build.organs.values()}
    for one in reforms:
        current = replace(
            one,
            predecessors=tuple(organs[old.id] for old in one.predecessors),
            heirs=tuple(organs.get(heir.id, heir) for heir in one.heirs),
        )
        assert check_reform(current)
        organs |= {organ.id: organ for organ in carried_out(current, renamed)}
    return replace(build.roster(), organs=tuple(organs.values()))


def entries(roster: Roster, day: date, matter: Matter = FIRE) -> list[ChainEntry]:
    found = who_answered(COUNTY, roster, day, matter, exercise=True)
    return [one for one in found.entries if one.title == "副县长"]


def answers(roster: Roster, day: date, matter: Matter = FIRE) -> bool:
    (listed,) = entries(roster, day, matter) or (None,)
    return listed is not None


def into(kind: SuccessionKind, *heirs: Organ, of: tuple[Organ, ...], day: date = DAY, **more: Any) -> Reform:
    return Reform(kind, day, more.pop("document", "文"), "市委", EVE, of, heirs, **more)


@pytest.mark.clause("art9", "art10.2")
def test_after_a_merger_the_leader_answers_through_the_heir_once_and_not_for_what_the_others_brought() -> None:
    fire, roads = department("消防局", ("消防", "C26")), department("交通局", ("交通", "G54"))
    new = department("新局", since=DAY)
    roster = after(led(fire, roads), into(SuccessionKind.MERGED, new, of=(fire, roads)))
    assert (answers(roster, EVE), answers(roster, DAY)) == (True, True)
    (listed,) = entries(roster, DAY)
    assert "消防局→新局（文）" in listed.reason_zh
    assert not answers(roster, DAY, ROADS), "who led the fire department does not lead the roads that joined it"
    assert not answers(roster, EVE, ROADS)


@pytest.mark.clause("art9", "art10.2")
def test_an_absorbed_department_is_followed_into_the_one_that_stays() -> None:
    fire, stays = department("消防局", ("消防", "C26")), department("公安局", ("公安", "G54"))
    roster = after(led(fire, stays), into(SuccessionKind.MERGED, stays, of=(fire,)))
    assert (answers(roster, DAY), answers(roster, DAY, ROADS)) == (True, False)
    mirrored = after(led(stays, fire), into(SuccessionKind.MERGED, stays, of=(fire,)))
    assert answers(mirrored, DAY), "who leads the department that stays leads it with what joined it"
    assert not answers(mirrored, EVE)


@pytest.mark.clause("art9", "art10.2")
def test_a_split_is_followed_by_function_to_every_heir() -> None:
    both = department("建交局", ("消防", "C26"), ("交通", "G54"))
    homes, roads = department("住建局", since=DAY), department("交通局", since=DAY)
    taken = {homes.id: ("消防",), roads.id: ("交通",)}
    roster = after(led(both, homes, roads), into(SuccessionKind.SPLIT, homes, roads, of=(both,), functions=taken))
    assert ["住建局" in one.reason_zh for one in entries(roster, DAY)] == [True]
    assert ["交通局" in one.reason_zh for one in entries(roster, DAY, ROADS)] == [True]


@pytest.mark.clause("art9")
def test_a_leader_named_after_a_split_leads_only_what_stayed() -> None:
    both, roads = department("建交局", ("消防", "C26"), ("交通", "G54")), department("交通局", since=DAY)
    for since, still in ((SINCE.from_day, True), (EVE, True), (DAY, False)):
        build = led(both, roads, since=since)
        taken = {both.id: ("消防",), roads.id: ("交通",)}
        roster = after(build, into(SuccessionKind.SPLIT, both, roads, of=(both,), functions=taken))
        assert (answers(roster, DAY), answers(roster, DAY, ROADS)) == (True, still), since


@pytest.mark.clause("art9", "art10.2")
def test_a_renamed_department_is_the_same_and_is_called_as_on_the_day() -> None:
    old = department("安监局", ("安全监管", "C26"))
    roster = after(led(old), into(SuccessionKind.RENAMED, old, of=(old,)), renamed="应急局")
    names = [[one.reason_zh for one in entries(roster, day)] for day in (EVE, DAY)]
    assert (["安监局" in one for one in names[0]], ["应急局" in one for one in names[1]]) == ([True], [True])


@pytest.mark.clause("art9", "art10.2")
def test_what_nobody_took_over_and_what_went_to_another_region_the_leader_answers_for_no_more() -> None:
    fire = department("消防局", ("消防", "C26"))
    assert not answers(after(led(fire), into(SuccessionKind.ABOLISHED, of=(fire,))), DAY)
    city = department("市消防局", region="139900", since=DAY)
    roster = after(led(fire, city), into(SuccessionKind.ABOLISHED, city, of=(fire,)))
    assert (answers(roster, EVE), answers(roster, DAY)) == (True, False)


@pytest.mark.clause("art10.2")
@given(order=st.permutations((0, 1)), asked=st.integers(-500, 500))
def test_two_reforms_are_followed_in_the_order_of_their_days_however_they_were_recorded(
    order: list[int], asked: int
) -> None:
    both, roads = department("建交局", ("消防", "C26"), ("交通", "G54")), department("交通局", since=EVE)
    fire = department("消防局", since=DAY)
    reforms = (
        into(
            SuccessionKind.SPLIT,
            both,
            roads,
            of=(both,),
            day=EVE,
            functions={both.id: ("消防",), roads.id: ("交通",)},
        ),
        into(SuccessionKind.RENAMED, both, of=(both,), day=DAY),
    )
    day = DAY + timedelta(days=asked)
    roster = after(led(both, roads, fire), *(reforms[at] for at in order))
    assert answers(roster, day), "消防 stays with the department throughout"
    assert answers(roster, day, ROADS), "交通 is followed to the department that took it"


@pytest.mark.clause("art9")
def test_a_department_of_the_other_world_is_nothing_to_answer_for() -> None:
    real = replace(department("消防局", ("消防", "C26")), exercise=False)
    assert not answers(led(real).roster(), DAY)


async def led_county(clerk: Clerk) -> tuple[Any, Any]:
    """A fire department, and a deputy who answers for it."""
    government = await organ(clerk, name="县政府", kind="government")
    fire = await organ(clerk, name="县消防局", kind="government_department", roles=[role("消防", industries=["C26"])])
    seat = await post(clerk, "government_other_leader", government["id"])
    await appointment(clerk, seat["id"], (await official(clerk))["id"], "2024-01-01")
    body = {"post_id": seat["id"], "organ_ids": [fire["id"]], **between("2024-01-01")}
    await clerk.post("/v1/portfolios", body)
    return fire, seat


@pytest.mark.clause("art9", "art10.2", "art21.4")
async def test_a_reform_before_the_accident_keeps_the_leader_in_the_chain_and_the_answer_of_before_stays(
    clerk: Clerk, calendar: Calendar
) -> None:
    fire, seat = await led_county(clerk)
    made = await clerk.post("/v1/accidents", explosion())
    question = {"region": COUNTY, "industry": "C26", "as_of": "2026-05-20"}
    before = await clerk.get("/v1/responsibility", **question)
    assert seat["id"] in {one["post_id"] for one in before["entries"]}
    calendar.turn_to(2026, 5, 21, 9)
    path = f"/v1/organs/{fire['id']}/succession"
    await clerk.post(path, reform("abolished", begins("县应急消防局", "消防")), seen=1)
    now = await clerk.get("/v1/responsibility", **question)
    (listed,) = [one for one in now["entries"] if one["post_id"] == seat["id"]]
    assert "县消防局→县应急消防局" in listed["reason_zh"]
    assert await clerk.get("/v1/responsibility", **question, known_at=before["known_at"]) == before
    compared = await clerk.get("/v1/responsibility", **question, compared_with=before["known_at"])
    (change,) = compared["difference"]["changes"]
    assert "anze.registry.organ.succeeded.v1" in {one["event_type"] for one in change["causes"]}
    after_it = await clerk.get(f"/v1/accidents/{made['id']}")
    (entry,) = [one for one in after_it["chain"]["entries"] if one["post_id"] == seat["id"]]
    assert (after_it["chain"]["version"], entry["reason_zh"]) == (2, listed["reason_zh"])
    kept = await clerk.get("/v1/responsibility", **question | {"as_of": "2026-03-31"})
    assert REFORMED == "2026-04-01"
    assert ["→" in one["reason_zh"] for one in kept["entries"] if one["post_id"] == seat["id"]] == [False]
    gone = await clerk.get("/v1/findings", region=COUNTY, exercise=True, kind="no_portfolio_holder")
    assert gone["items"] == [], "the finding follows the same heirs"


@pytest.mark.clause("art9")
async def test_a_leader_of_another_region_who_answers_for_the_department_is_renewed_too(clerk: Clerk) -> None:
    government = await organ(clerk, name="镇政府", kind="government", region_code="139901100")
    fire = await organ(clerk, name="县消防局", kind="government_department", roles=[role("消防", industries=["C26"])])
    seat = await post(clerk, "leading_body_member", government["id"])
    body = {"post_id": seat["id"], "organ_ids": [fire["id"]], **between("2024-01-01")}
    await clerk.post("/v1/portfolios", body)
    made = await clerk.post("/v1/accidents", explosion(region_code="139901100"))
    assert seat["id"] in {one["post_id"] for one in made["chain"]["entries"]}
    await clerk.post(f"/v1/organs/{fire['id']}/succession", reform("abolished"), seen=1)
    now = await clerk.get(f"/v1/accidents/{made['id']}")
    assert seat["id"] not in {one["post_id"] for one in now["chain"]["entries"]}
    assert now["chain"]["version"] == 2


async def test_a_portfolio_names_organs_of_its_own_world_only(clerk: Clerk) -> None:
    real = await organ(clerk, name="省消防局", kind="government_department", region_code="130000")
    seat = await post(clerk, "government_other_leader")
    body = {"post_id": seat["id"], "organ_ids": [real["id"]], **between("2024-01-01")}
    assert (await clerk.refusal("POST", "/v1/portfolios", body))[:2] == (422, "exercise_mismatch")
