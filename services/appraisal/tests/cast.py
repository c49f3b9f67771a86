"""己, 庚 and their department in the story's county, as the registry, discipline and inspection tours say them."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.appraisal.tests.examples import LAST, START, uid
from shared.contracts.discipline import BasisPart, VetoImposed, VetoState
from shared.contracts.inspection_tours import TourResultGiven, TourState
from shared.contracts.registry import (
    AppointmentRecorded,
    OfficialRegistered,
    OrganRegistered,
    PostRegistered,
    RegionRegistered,
    RolePart,
)
from shared.kernel.clock import SHANGHAI
from shared.kernel.envelope import Delivery, Event
from shared.roster.tests.messages import delivery
from shared.statute.effects import VETO_BARS

PROVINCE, CITY, COUNTY = "130000", "139900", "139901"
PATH = (PROVINCE, CITY, COUNTY)
BUREAU, ENTERPRISE = uid("县应急局"), uid("县国有企业")
JI, GENG = uid("己"), uid("庚")
SINCE = date(2018, 1, 1)
RECORDED = datetime(2026, 1, 1, tzinfo=SHANGHAI)


def _region(code: str, tier: str, path: tuple[str, ...]) -> RegionRegistered:
    parent = path[-2] if len(path) > 1 else None
    return RegionRegistered(
        id=uid(code),
        code=code,
        name=code,
        tier=tier,
        code_parent=parent,
        admin_parent=parent,
        path=path,
        from_day=SINCE,
        exercise=code != PROVINCE,
    )


def _seat(name: str, kind: str, official: UUID) -> tuple[Event, ...]:
    post = uid(f"{name}岗位")
    return (
        PostRegistered(id=post, organ_id=BUREAU, kind=kind, title=name, from_day=SINCE, exercise=True),
        OfficialRegistered(id=official, name=name, exercise=True),
        AppointmentRecorded(
            id=uid(f"{name}任"), post_id=post, official_id=official, from_day=date(2024, 1, 1), exercise=True
        ),
    )


def roster() -> list[Event]:
    """The county's emergency-management bureau (a named regulator) with 己 and 庚, and a state enterprise."""
    role = RolePart(role="named_regulator", from_day=SINCE)
    return [
        _region(PROVINCE, "province", PATH[:1]),
        _region(CITY, "city", PATH[:2]),
        _region(COUNTY, "county", PATH),
        OrganRegistered(
            id=BUREAU,
            name="县应急局",
            kind="government_department",
            region_code=COUNTY,
            from_day=SINCE,
            roles=(role,),
            exercise=True,
        ),
        OrganRegistered(
            id=ENTERPRISE,
            name="县国有企业",
            kind="state_enterprise",
            region_code=COUNTY,
            from_day=SINCE,
            exercise=True,
        ),
        *_seat("己", "department_principal", JI),
        *_seat("庚", "department_safety_deputy", GENG),
    ]


def veto(event: type[VetoState] = VetoImposed, **changed: Any) -> VetoState:
    """The veto on 己 for the 记过 of 2026-12-25, or something like it."""
    facts: dict[str, Any] = {
        "id": uid("一票否决"),
        "path": PATH,
        "exercise": True,
        "official_id": JI,
        "kind": "veto",
        "bars": tuple(bar.value for bar in VETO_BARS),
        "from_day": START,
        "through_day": LAST,
        "accident_id": uid("爆炸"),
        "case_id": uid("己案"),
        "measure": "demerit",
        "measure_name_zh": "记过",
        "basis": (BasisPart(clause="art23"),),
    }
    return event(**(facts | changed))


def effect_period() -> VetoState:
    """The effect period of the same 记过, by its own rules: it bars promotion."""
    basis = (BasisPart(clause="政务处分法 第八条、第十九条"),)
    return veto(id=uid("影响期"), kind="effect_period", bars=("promotion",), basis=basis)


def tour(event: type[TourState] = TourResultGiven, **changed: Any) -> TourState:
    """A special tour of the bureau that opened in June 2026, with its result."""
    facts: dict[str, Any] = {
        "id": uid("巡查"),
        "path": PATH,
        "exercise": True,
        "kind": "special",
        "state": "result",
        "region_code": COUNTY,
        "organ_ids": (BUREAU,),
        "opened_on": date(2026, 6, 1),
        "result": "发现一个问题",
        "official_ids": (JI,),
    }
    return event(**(facts | changed))


def deliveries(*events: Event) -> list[Delivery]:
    """The events as messages, a minute after one another; versions count per aggregate."""
    versions: dict[UUID, int] = {}
    made = []
    for minutes, event in enumerate(events):
        versions[event.id] = versions.get(event.id, 0) + 1
        made.append(delivery(event, versions[event.id], recorded=RECORDED + timedelta(minutes=minutes)))
    return made
