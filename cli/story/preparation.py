"""Before the accident: divisions, organs, posts, people, portfolios; then the records, each on its own day."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cli.story import cast
from cli.story.client import Body, Tale

BEGUN = "2025-05-06T09:00"
EVIDENCE = ("minutes", "report", "record", "responsibility_list", "publication", "assessment_result")
QUARTERS = (date(2025, 6, 10), date(2025, 9, 10), date(2025, 12, 10), date(2026, 3, 10))
HALVES = (date(2025, 6, 20), date(2025, 12, 20))
MONTHS = tuple(date(2025 + month // 12, month % 12 + 1, 15) for month in range(4, 15))
"""May 2025 to March 2026: what 戊 has on record in both capacities."""


@dataclass(frozen=True, order=True)
class Act:
    """An act of somebody in a post, recorded on its day."""

    day: date
    kind: str
    who: str
    titles: tuple[str, ...]


def play(tale: Tale) -> None:
    """Everything that was on record when the accident happened, in the order of its days."""
    with tale.chapter("准备 · preparation", "区划、机关、岗位、人员、任职、分管 · divisions and cast"):
        _only_on_an_empty_folder(tale)
        tale.turn(BEGUN)
        _load_divisions(tale)
        _register(tale)
        until_duties_knows(tale, cast.TERMS[-1].who, cast.TERMS[-1].seat)
    with tale.chapter("准备 · preparation", "履职记录、常规巡查、人事变动 · records, a routine tour, transfers"):
        for act in sorted(acts()):
            if act.day > date(2025, 9, 15) and "routine" not in tale.ids:
                _routine_tour(tale)
            if act.day > date(2026, 3, 1) and "vacant" not in tale.ids:
                _vacate_the_town(tale)
            tale.turn(f"{act.day}T18:00")
            keep(tale, act)
        _transfer(tale)
        _examine_standing_duties(tale)


def _only_on_an_empty_folder(tale: Tale) -> None:
    """The story begins in the past: on anything recorded later it would turn the clock back."""
    if tale.read("administrator", "/registry/v1/regions", limit=1)["items"]:
        raise tale.failed(
            "已有数据（或未完成的演练），演练须从空库开始：anze up --fresh（清空数据目录）或 --no-story（不演练）"
            " · there are data already, perhaps of an unfinished story; it begins on nothing: `anze up --fresh`"
            " empties the data folder (not what DATABASE_URL or NATS_URL name), --no-story leaves all as it is"
        )


def _load_divisions(tale: Tale) -> None:
    """All divisions of Hebei and the exercise regions, as an operation whose end is waited for."""
    started = tale.send("administrator", "POST", "/registry/v1/divisions/load", {"exercise_only": False})
    tale.expect("载入区划 · loading divisions", started.status_code, 202)

    def ended() -> Body | None:
        operation: Body = tale.read("administrator", f"/registry{started.headers['location']}")
        return None if operation["status"] == "running" else operation

    done = tale.until("载入区划 · loading divisions", ended)
    tale.expect("载入结果 · outcome", (done["status"], done["done"]), ("succeeded", done["result"]["regions"]))


def _register(tale: Tale) -> None:
    for organ in cast.ORGANS:
        tale.ids[organ.name] = tale.record("registrar", "/registry/v1/organs", _organ(organ))["id"]
    for seat in cast.SEATS:
        body = {"organ_id": tale.ids[seat.organ], "kind": seat.kind, "title": seat.title, "from_day": str(cast.SINCE)}
        tale.ids[seat.title] = tale.record("registrar", "/registry/v1/posts", body)["id"]
    for who in cast.PEOPLE:
        person = {
            "name": f"演练{who}",
            "region_code": cast.CITY,
            "citizen_number": cast.citizen_number(who),
            "exercise": True,
        }
        tale.ids[who] = tale.record("registrar", "/registry/v1/officials", person)["id"]
    for term in cast.TERMS:
        appoint(tale, term.who, term.seat, term.first, source=True)
    for title, first in cast.CHEMISTS.items():
        chemicals: Body = {"post_id": tale.ids[title], "industries": ["C26"], "from_day": str(first), **_source(first)}
        tale.ids[f"{title}/分管"] = tale.record("registrar", "/registry/v1/portfolios", chemicals)["id"]


def _organ(organ: cast.Organ) -> Body:
    first = str(cast.SINCE)
    role: Body = {"role": "named_regulator", "function": organ.function, "from_day": first}
    return {
        "name": organ.name,
        "kind": organ.kind,
        "region_code": organ.region,
        "roles": [role] if organ.function else [],
        "exercise": True,
        "from_day": first,
    }


def _source(first: date) -> Body:
    """Where a back-filled fact was on record before, and who says so."""
    return {"source_recorded_at": f"{first}T09:00:00+08:00", "attested_by": "演练省委组织部"}


def appoint(tale: Tale, who: str, title: str, first: date, *, source: bool = False, promotion: bool = False) -> Body:
    """Record that somebody holds a post."""
    body = {
        "post_id": tale.ids[title],
        "official_id": tale.ids[who],
        "from_day": str(first),
        "promotion": promotion,
        **(_source(first) if source else {}),
    }
    held: Body = tale.record("registrar", "/registry/v1/appointments", body)
    tale.ids[f"{who}/{title}"] = held["id"]
    return held


def end(tale: Tale, who: str, title: str, last: date, why: str) -> None:
    """Record somebody's last day in a post."""
    path = f"/registry/v1/appointments/{tale.ids[f'{who}/{title}']}/end"
    tale.move("registrar", path, {"last_day": str(last), "end_reason": why}, seen=1)


def until_duties_knows(tale: Tale, who: str, title: str) -> None:
    """Acts and reviews can be recorded once the roster's copy in duties shows who holds the post."""
    query = {"post_id": tale.ids[title], "exercise": True, "limit": 500}

    def known() -> bool | None:
        answer = tale.send("auditor", "GET", "/duties/v1/obligations", query=query)
        if not answer.is_success:
            return None
        incumbents = (one for owed in answer.json()["items"] for one in owed["incumbents"])
        return any(one["official_id"] == tale.ids[who] for one in incumbents) or None

    tale.until(f"duties 知悉 {title}·{who} · duties knows the holder", known)


def acts() -> Iterator[Act]:
    """What is on record: complete for 庚, 辛 and 戊 but for April; 丙 and 己 each lack one; 甲 has one trip."""
    for day in QUARTERS:
        if day != QUARTERS[-1]:
            yield Act(day, "executive_meeting", "丙", (cast.MAGISTRATE,))
        yield Act(day, "led_inspection", "丙", (cast.MAGISTRATE,))
        yield Act(day, "led_inspection", "庚", (cast.BUREAU_DEPUTY,))
        yield Act(day, "organised_study", "庚", (cast.BUREAU_DEPUTY,))
        yield Act(day, "situation_analysis", "辛", (cast.CHEMICALS,))
    for day in HALVES:
        yield Act(day, "list_assessment", "丙", (cast.MAGISTRATE,))
        yield Act(day, "led_inspection", "己", (cast.BUREAU_HEAD,))
    yield Act(HALVES[0], "special_study", "己", (cast.BUREAU_HEAD,))
    yield Act(HALVES[0], "list_published", "丙", (cast.MAGISTRATE,))
    yield Act(HALVES[1], "portfolio_report", "辛", (cast.CHEMICALS,))
    yield Act(date(2026, 2, 20), "research_trip", "甲", (cast.SECRETARY,))
    for day in MONTHS:
        yield Act(day, "led_inspection", "戊", (cast.ZONE_SECRETARY, cast.ZONE_DIRECTOR))
    for day in (*MONTHS, date(2026, 4, 15)):
        yield Act(day, "joint_meeting", "戊", (cast.ZONE_SECRETARY,))


def keep(tale: Tale, act: Act) -> Body:
    """Record an act with the digests of its evidence."""
    digest = hashlib.sha256(f"{act}".encode()).hexdigest()
    who = tale.ids[act.who]
    body = {
        "act": act.kind,
        "day": str(act.day),
        "capacities": [{"post_id": tale.ids[title]} for title in act.titles],
        "evidence": [
            {"kind": kind, "sha256": digest, "day": str(act.day), "place": "演练县政府网站"} for kind in EVIDENCE
        ],
        "presided_by": who,
        "led_by": who,
        "performed_by": who,
        "reviewer": "dev:inspector",  # asked only where the books of the period are closed
    }
    recorded: Body = tale.record("safety_office", "/duties/v1/performances", body)
    tale.expect("履职记录演练标记 · an act's exercise", recorded["exercise"], wanted=True)
    return recorded


def _routine_tour(tale: Tale) -> None:
    """The zone is on the list by a document and had its routine tour in September 2025 (Art. 14)."""
    tale.turn("2025-09-16T10:00")
    listing = {"region_code": cast.ZONE, "from_day": "2024-01-01", "document": "（演练）演安委〔2024〕1号"}
    tale.record("safety_office", "/inspection-tours/v1/listings", listing)
    body = {"region_code": cast.ZONE, "planned_for": "2025-09-17", "team": ["dev:inspector"]}
    tour = tale.record("safety_office", "/inspection-tours/v1/tours", body)
    tale.turn("2025-09-17T10:00")
    path = f"/inspection-tours/v1/tours/{tour['id']}"
    steps: tuple[tuple[str, Body], ...] = (
        ("open", {}),
        ("findings", {"problems": []}),
        ("result", {"result": "（演练）未发现问题", "samples": 3}),
        ("close", {}),
    )
    for step, more in steps:
        tour = tale.move("inspector", f"{path}/{step}", more, seen=tour["version"])
    tale.expect("常规巡查 · routine tour", (tour["kind"], tour["state"]), ("routine", "closed"))
    tale.ids["routine"] = tour["id"]


def _vacate_the_town(tale: Tale) -> None:
    tale.turn("2026-03-01T09:00")
    end(tale, "亥", cast.TOWN_HEAD, date(2026, 2, 28), "（演练）免去职务，岗位空缺")
    tale.ids["vacant"] = tale.ids[cast.TOWN_HEAD]


def _transfer(tale: Tale) -> None:
    """甲 goes to a city post on 2026-04-20, 乙 follows the day after."""
    tale.turn("2026-04-21T09:00")
    end(tale, "甲", cast.SECRETARY, date(2026, 4, 20), "（演练）调任市级岗位")
    appoint(tale, "甲", "演练市委常委", date(2026, 4, 21))
    appoint(tale, "乙", cast.SECRETARY, date(2026, 4, 21))
    until_duties_knows(tale, "乙", cast.SECRETARY)


def _examine_standing_duties(tale: Tale) -> None:
    """The standing duties of 丁, 庚 and 乙 were examined and found performed (Art. 26 covers them too)."""
    tale.turn("2026-05-12T10:00")
    duties = tale.read("auditor", "/duties/v1/duties")["duties"]
    examined = (
        ("丁", cast.LEAD, "2025-05-20"),
        ("丁", cast.MEMBER, "2025-05-20"),
        ("庚", cast.BUREAU_DEPUTY, "2025-05-20"),
        ("乙", cast.SECRETARY, "2026-04-21"),
    )
    for who, title, first in examined:
        for duty in duties:
            if duty["standing"] and _owes(title, duty):
                _examine(tale, who, title, duty["id"], first)


def _owes(title: str, duty: Body) -> bool:
    """Whether a county post of the cast has the duty, by the catalogue."""
    seat = next(one for one in cast.SEATS if one.title == title)
    organ = next(one for one in cast.ORGANS if one.name == seat.organ)
    role = not duty["roles"] or (organ.function is not None and "named_regulator" in duty["roles"])
    firm = duty["scope"].get("county", "off") != "off"
    return seat.kind in duty["post_kinds"] and organ.kind in duty["organ_kinds"] and role and firm


def _examine(tale: Tale, who: str, title: str, duty_id: str, first: str) -> None:
    body = {
        "official_id": tale.ids[who],
        "post_id": tale.ids[title],
        "duty_id": duty_id,
        "from_day": first,
        "to_day": "2026-05-11",
        "outcome": "performed",
        "note": "（演练）查阅台账、实地核查",
        "evidence": [hashlib.sha256(f"{who} {duty_id} {first}".encode()).hexdigest()],
        "heard_on": "2026-05-11",
        "statement": "（演练）本人已说明履职情况",
    }
    tale.record("inspector", "/duties/v1/standing-reviews", body)
