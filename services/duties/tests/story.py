"""The story's cast, its posts and its records, as registry events and calls of the API."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid5

import httpx

from services.duties.catalogue import load_catalogue
from services.duties.main import service
from services.duties.rules.obligations import duties_of_post, seats_in
from services.duties.tests.builders import DIGEST, uid
from services.duties.tests.registry import Registry, delivery
from shared.contracts.registry import (
    AccidentRecorded,
    AccidentRevised,
    AccidentState,
    AppointmentRecorded,
    ChainPart,
    OfficialRegistered,
    OrganRegistered,
    PostRegistered,
    RegionRegistered,
    RegistryEvent,
)
from shared.kernel.clock import SHANGHAI
from shared.kernel.envelope import Event
from shared.kernel.testing import Running, eventually
from shared.roster import facts_of
from shared.roster.facts import (
    Appointment,
    DatedRole,
    Official,
    Organ,
    OrganKind,
    OrganRole,
    Post,
    PostKind,
    Region,
    Roster,
    Span,
    Tier,
)

ALWAYS = Span(date(2010, 1, 1))
CITY, COUNTY, TOWN, ZONE = "139900", "139901", "139901100", "139901400"
PATHS = {
    "130000": ("130000",),
    CITY: ("130000", CITY),
    COUNTY: ("130000", CITY, COUNTY),
    TOWN: ("130000", CITY, COUNTY, TOWN),
    ZONE: ("130000", CITY, COUNTY, ZONE),
}
ACCIDENT = uid("explosion")
ACCIDENT_AT = datetime(2026, 5, 20, 14, 30, tzinfo=SHANGHAI)
ROSTER_AT = datetime(2025, 1, 2, 9, tzinfo=SHANGHAI)


def at(day: date, hour: int = 18) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


def _region(code: str, name: str, tier: Tier) -> Region:
    path = PATHS[code]
    parent = path[-2] if len(path) > 1 else "000000"
    return Region(uid(code), code, name, tier, parent, parent, path, ALWAYS, exercise=code != "130000")


def _organ(name: str, kind: OrganKind, code: str, *roles: DatedRole) -> Organ:
    return Organ(uid(name), name, kind, code, ALWAYS, roles, exercise=True)


def _post(name: str, organ: Organ, kind: PostKind) -> Post:
    return Post(uid(name), organ.id, kind, name, ALWAYS, exercise=True)


REGIONS = (
    _region("130000", "河北省", Tier.PROVINCE),
    _region(CITY, "演练市", Tier.CITY),
    _region(COUNTY, "演练县", Tier.COUNTY),
    _region(TOWN, "演练镇", Tier.TOWN),
    _region(ZONE, "演练经济开发区", Tier.ZONE),
)
PARTY = _organ("县委", OrganKind.PARTY_COMMITTEE, COUNTY)
GOVERNMENT = _organ("县政府", OrganKind.GOVERNMENT, COUNTY)
EMERGENCY = _organ(
    "县应急管理局",
    OrganKind.GOVERNMENT_DEPARTMENT,
    COUNTY,
    DatedRole(OrganRole.NAMED_REGULATOR, ALWAYS, function="应急管理"),
)
DISCIPLINE = _organ("县纪委监委", OrganKind.DISCIPLINE_ORGAN, COUNTY)
CITY_DISCIPLINE = _organ("市纪委监委", OrganKind.DISCIPLINE_ORGAN, CITY)
ZONE_PARTY = _organ("开发区党工委", OrganKind.PARTY_WORKING_COMMITTEE, ZONE)
ZONE_OFFICE = _organ("开发区管委会", OrganKind.MANAGEMENT_COMMITTEE, ZONE)
TOWN_OFFICE = _organ("镇政府", OrganKind.GOVERNMENT, TOWN)
CITY_PARTY = _organ("市委", OrganKind.PARTY_COMMITTEE, CITY)
ORGANS = (PARTY, GOVERNMENT, EMERGENCY, DISCIPLINE, CITY_DISCIPLINE, ZONE_PARTY, ZONE_OFFICE, TOWN_OFFICE, CITY_PARTY)

SECRETARY = _post("县委书记", PARTY, PostKind.PARTY_PRINCIPAL)
MAGISTRATE = _post("县长", GOVERNMENT, PostKind.GOVERNMENT_PRINCIPAL)
MEMBER = _post("县委常委", PARTY, PostKind.PARTY_STANDING_MEMBER)
LEAD = _post("县政府安全分管领导", GOVERNMENT, PostKind.GOVERNMENT_SAFETY_LEAD)
DEPUTY = _post("副县长", GOVERNMENT, PostKind.GOVERNMENT_OTHER_LEADER)
ZONE_SECRETARY = _post("开发区党工委书记", ZONE_PARTY, PostKind.PARTY_PRINCIPAL)
ZONE_DIRECTOR = _post("开发区管委会主任", ZONE_OFFICE, PostKind.GOVERNMENT_PRINCIPAL)
BUREAU_HEAD = _post("县应急管理局局长", EMERGENCY, PostKind.DEPARTMENT_PRINCIPAL)
BUREAU_DEPUTY = _post("县应急管理局副局长", EMERGENCY, PostKind.DEPARTMENT_SAFETY_DEPUTY)
TOWN_HEAD = _post("镇长", TOWN_OFFICE, PostKind.GOVERNMENT_PRINCIPAL)
CITY_SECRETARY = _post("市委书记", CITY_PARTY, PostKind.PARTY_PRINCIPAL)
POSTS = (
    SECRETARY,
    MAGISTRATE,
    MEMBER,
    LEAD,
    DEPUTY,
    ZONE_SECRETARY,
    ZONE_DIRECTOR,
    BUREAU_HEAD,
    BUREAU_DEPUTY,
    TOWN_HEAD,
    CITY_SECRETARY,
)


def _holds(who: str, post: Post, first: date, last: date | None = None) -> Appointment:
    return Appointment(uuid5(post.id, who), post.id, uid(who), Span(first, last), exercise=True)


APPOINTMENTS = (
    _holds("甲", SECRETARY, date(2024, 3, 1), date(2026, 4, 20)),
    _holds("乙", SECRETARY, date(2026, 4, 21)),
    _holds("丙", MAGISTRATE, date(2023, 6, 1)),
    _holds("丁", LEAD, date(2025, 1, 10)),
    _holds("丁", MEMBER, date(2025, 1, 10)),
    _holds("戊", ZONE_SECRETARY, date(2025, 2, 1)),
    _holds("戊", ZONE_DIRECTOR, date(2025, 2, 1)),
    _holds("己", BUREAU_HEAD, date(2024, 1, 1)),
    _holds("庚", BUREAU_DEPUTY, date(2024, 1, 1)),
    _holds("辛", DEPUTY, date(2025, 1, 10)),
    _holds("壬", CITY_SECRETARY, date(2024, 1, 1)),
)
BY_POST = {post.id: post for post in POSTS}
BY_ORGAN = {organ.id: organ for organ in ORGANS}
SEATS = seats_in(Roster(REGIONS, ORGANS, POSTS))


def roster_events() -> list[RegistryEvent]:
    people = {one.official_id: one for one in APPOINTMENTS}
    return [
        *(facts_of.region_event(RegionRegistered, one) for one in REGIONS),
        *(facts_of.organ_event(OrganRegistered, one) for one in ORGANS),
        *(facts_of.post_event(PostRegistered, one) for one in POSTS),
        *(facts_of.official_event(OfficialRegistered, Official(one, "某", exercise=True)) for one in people),
        *(facts_of.appointment_event(AppointmentRecorded, one) for one in APPOINTMENTS),
    ]


def part(appointment: Appointment) -> ChainPart:
    """The chain's entry for somebody who held a post."""
    post = BY_POST[appointment.post_id]
    organ = BY_ORGAN[post.organ_id]
    earlier = appointment.span.to_day is not None and appointment.span.to_day < ACCIDENT_AT.date()
    return ChainPart(
        post_id=post.id,
        post_kind=post.kind,
        organ_id=organ.id,
        region_code=organ.region_code,
        tier=Tier.COUNTY,
        appointment_id=appointment.id,
        official_id=appointment.official_id,
        acting=False,
        vacant=False,
        earlier_holder=earlier,
        basis=("art4",),
        reason_zh="在链",
        reason_en="listed",
    )


def chain(*posts: Post) -> tuple[ChainPart, ...]:
    ids = {post.id for post in posts}
    return tuple(part(one) for one in APPOINTMENTS if one.post_id in ids)


def accident(kind: type[AccidentState], entries: Iterable[ChainPart], **changes: Any) -> AccidentState:
    facts: dict[str, Any] = {
        "id": ACCIDENT,
        "title": "演练爆炸",
        "region_code": ZONE,
        "path": PATHS[ZONE],
        "occurred_at": ACCIDENT_AT,
        "industry": "C26",
        "type_code": None,
        "type_standard": None,
        "level": "较大",
        "decided_by": ("deaths",),
        "level_if_missing_dead": "较大",
        "deaths": 3,
        "missing": 0,
        "serious_injuries": 12,
        "direct_loss_yuan": None,
        "investigated_by": "city",
        "chain": tuple(entries),
        "chain_version": 1,
        "exercise": True,
    }
    return kind.model_validate(facts | changes)


EVERYBODY = chain(*(post for post in POSTS if post not in {CITY_SECRETARY, TOWN_HEAD}))
RECORDED = accident(AccidentRecorded, EVERYBODY)
REVISED = accident(AccidentRevised, (*EVERYBODY, *chain(CITY_SECRETARY)), level="重大", deaths=10, chain_version=2)


@dataclass(frozen=True)
class Act:
    """One line of the story's records."""

    day: date
    kind: str
    who: str
    posts: tuple[Post, ...]
    recorded: date | None = None


def _acts() -> list[Act]:
    """What is on record: complete but for what the story says is missing."""
    made = [Act(date(2026, 2, 20), "research_trip", "甲", (SECRETARY,))]
    for day in (date(2025, 6, 10), date(2025, 9, 10), date(2025, 12, 10), date(2026, 3, 10)):
        if day.year == 2025:
            made.append(Act(day, "executive_meeting", "丙", (MAGISTRATE,)))
        made.append(Act(day, "led_inspection", "丙", (MAGISTRATE,)))
        made.append(Act(day, "led_inspection", "庚", (BUREAU_DEPUTY,)))
        made.append(Act(day, "organised_study", "庚", (BUREAU_DEPUTY,)))
    made.append(Act(date(2025, 5, 20), "list_published", "丙", (MAGISTRATE,)))
    for day in (date(2025, 6, 20), date(2025, 12, 20)):
        made.append(Act(day, "list_assessment", "丙", (MAGISTRATE,)))
        made.append(Act(day, "led_inspection", "己", (BUREAU_HEAD,)))
    made.append(Act(date(2025, 6, 21), "special_study", "己", (BUREAU_HEAD,)))
    for number in range(10):  # the zone's months from May 2025 to February 2026, in both capacities
        day = date(2025 + (4 + number) // 12, (4 + number) % 12 + 1, 15)
        made.append(Act(day, "led_inspection", "戊", (ZONE_SECRETARY, ZONE_DIRECTOR)))
    made.append(Act(date(2026, 3, 15), "led_inspection", "戊", (ZONE_SECRETARY, ZONE_DIRECTOR)))
    return sorted(made, key=lambda one: one.day)


LATE = Act(date(2026, 4, 28), "led_inspection", "戊", (ZONE_SECRETARY,), recorded=date(2026, 6, 1))


class Story:
    """Plays the cast's records through the API."""

    def __init__(self, running: Running, registry: Registry, turn: Callable[[datetime], None]) -> None:
        self.running, self.registry, self.turn = running, registry, turn

    async def enter(self) -> None:
        """The registry registers everybody."""
        self.turn(at(date(2025, 5, 1)))
        await self.registry.say(*roster_events(), at=ROSTER_AT)

    async def record(self, act: Act) -> dict[str, Any]:
        """An act is recorded, on its day or later."""
        self.turn(at(act.recorded or act.day))
        answer = await self.running.http.post(
            "/v1/performances", json=body(act), headers=self.running.acting("safety_office", subject="recorder")
        )
        assert answer.status_code == 201, answer.text
        recorded: dict[str, Any] = answer.json()
        return recorded

    async def keep_records(self) -> None:
        """Everybody's acts, and 丁's standing duties examined."""
        for act in _acts():
            await self.record(act)
        self.turn(at(date(2026, 5, 10)))
        for post in (LEAD, MEMBER):
            for duty in duties_of_post(SEATS[post.id], load_catalogue(), date(2026, 5, 1)):
                await self.examine("丁", post, duty.id)

    async def examine(self, who: str, post: Post, duty_id: str) -> None:
        """A standing duty is examined and found performed."""
        answer = await self.review(who, post, duty_id)
        assert answer.status_code == 201, answer.text

    async def review(self, who: str, post: Post, duty_id: str, **changes: Any) -> httpx.Response:
        """The answer to a review of a standing duty."""
        review = {
            "official_id": str(uid(who)),
            "post_id": str(post.id),
            "duty_id": duty_id,
            "from_day": "2025-05-20",
            "to_day": "2026-05-09",
            "outcome": "performed",
            "evidence": ["ab" * 32],
            "heard_on": "2026-05-09",
            "statement": "（演练）本人意见",
        }
        headers = self.running.acting("inspector")
        return await self.running.http.post("/v1/standing-reviews", json=review | changes, headers=headers)

    async def explode(self) -> None:
        """Step 1: the accident is recorded, with its chain."""
        self.turn(at(ACCIDENT_AT.date(), 15))
        await self.registry.say(RECORDED, at=at(ACCIDENT_AT.date(), 15))

    async def get(self, path: str, **query: Any) -> Any:
        """Read as an investigator."""
        answer = await self.running.http.get(path, params=query, headers=self.running.acting("investigator"))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def finished(self, address: str) -> dict[str, Any]:
        """What an operation came to."""

        async def ended() -> dict[str, Any] | None:
            shown: dict[str, Any] = (
                await self.running.http.get(address, headers=self.running.acting("administrator"))
            ).json()
            return None if shown["status"] == "running" else shown

        shown: dict[str, Any] = await eventually(ended, what="the operation's end")
        assert shown["status"] == "succeeded", shown
        return shown

    async def restore(self, kind: type[Event], history: list[dict[str, Any]]) -> None:
        """Put an aggregate back from its events, each twice, as after a restore."""
        adopt = service().adopt[kind]
        async with self.running.app.state.sessions() as session, session.begin():
            for one in [*history, *history[-1:]]:
                event = kind.model_validate(one["data"])
                await adopt(session, event, delivery(event, one["version"], ROSTER_AT))

    async def attestation(self, who: str, post: Post) -> dict[str, Any]:
        """The attestation of somebody in a post, whole."""
        page = await self.get("/v1/attestations", accident_id=ACCIDENT, official_id=uid(who), exercise=True)
        (found,) = [one for one in page["items"] if one["post_id"] == str(post.id)]
        whole: dict[str, Any] = await self.get(f"/v1/attestations/{found['id']}")
        return whole


EVIDENCE = [
    {"kind": kind, "sha256": DIGEST, "day": "2025-05-20", "place": "政府网站"}
    for kind in ("minutes", "report", "record", "responsibility_list", "publication", "assessment_result")
]


def body(act: Act, **changes: Any) -> dict[str, Any]:
    """The request that records an act."""
    who = str(uid(act.who))
    made: dict[str, Any] = {
        "act": act.kind,
        "day": act.day.isoformat(),
        "capacities": [{"post_id": str(post.id)} for post in act.posts],
        "evidence": EVIDENCE,
        "presided_by": who,
        "led_by": who,
        "performed_by": who,
    }
    if act.recorded is not None:
        made["reviewer"] = "inspector"
    return made | changes


def lapses(attestation: dict[str, Any]) -> list[tuple[str, str]]:
    """The open lapses of an attestation, as (duty, first day)."""
    return [(one["duty_id"], one["period_start"]) for one in attestation["lapses"]]


def row(attestation: dict[str, Any], duty_id: str, period_start: str, requirement: str = "") -> dict[str, Any]:
    """One obligation of an attestation."""
    rows: list[dict[str, Any]] = [
        one
        for one in attestation["obligations"]
        if (one["duty_id"], one["period_start"]) == (duty_id, period_start) and requirement in one["requirement_id"]
    ]
    assert len(rows) == 1, rows
    return rows[0]


def official(who: str) -> UUID:
    return uid(who)
