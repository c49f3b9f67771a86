"""The story's exercise as events of the registry and of duties. All people are invented."""

import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.discipline.tests.examples import uid
from shared.contracts.duties import (
    AttestationIssued,
    AttestedObligationPart,
    AttestedStandingPart,
    LapsePart,
    NonPerformanceFound,
    StatusPart,
)
from shared.contracts.registry import (
    AccidentRecorded,
    AccidentState,
    AppointmentRecorded,
    ChainPart,
    OfficialRegistered,
    OrganRegistered,
    PostRegistered,
    RegionRegistered,
    RolePart,
)
from shared.kernel.envelope import INTERNAL, Delivery, Entry, Event, headers, place

ACCIDENT = uid("accident")
PROVINCE, CITY, COUNTY, ZONE = "130000", "139900", "139901", "139901400"
PATH = (PROVINCE, CITY, COUNTY, ZONE)
TIERS = {PROVINCE: "province", CITY: "city", COUNTY: "county", ZONE: "zone"}
SINCE = date(2018, 9, 1)
START = datetime(2026, 5, 20, 8, tzinfo=UTC)
APRIL = (date(2026, 4, 1), date(2026, 4, 30))
DIGEST = "sha256:" + "a" * 64

ORGANS = (  # name, kind, region, role
    ("县委", "party_committee", COUNTY, None),
    ("县政府", "government", COUNTY, None),
    ("县纪委", "discipline_organ", COUNTY, None),
    ("县应急局", "government_department", COUNTY, "named_regulator"),
    ("县档案馆", "government_department", COUNTY, None),
    ("开发区工委", "party_working_committee", ZONE, None),
    ("开发区管委会", "management_committee", ZONE, None),
    ("市政府", "government", CITY, None),
    ("省政府", "government", PROVINCE, None),
)
SEATS = (  # post, kind, organ, holder, to_day, end_reason
    ("县委书记", "party_principal", "县委", "乙", None, None),
    ("县长", "government_principal", "县政府", "丙", date(2026, 6, 30), "retired"),
    ("县安全副县长", "government_safety_lead", "县政府", "丁", None, None),
    ("工委书记", "party_principal", "开发区工委", "戊", None, None),
    ("管委会主任", "government_principal", "开发区管委会", "戊", None, None),
    ("应急局局长", "department_principal", "县应急局", "己", None, None),
    ("应急局副局长", "department_safety_deputy", "县应急局", None, None, None),
    ("市长", "government_principal", "市政府", "癸", None, None),
    ("省长", "government_principal", "省政府", "子", None, None),
)
REGION_OF = {name: region for name, _, region, _ in ORGANS}
CHAIN = ("工委书记", "管委会主任", "县委书记", "县长", "县安全副县长", "应急局局长", "应急局副局长", "市长")


class Feed:
    """Numbers the versions of each aggregate and makes messages, an hour after one another."""

    def __init__(self) -> None:
        self.versions: dict[UUID, int] = defaultdict(int)
        self.moment = START

    def of(self, *events: Event) -> list[Delivery]:
        """The messages of events, in order."""
        return [self._one(event) for event in events]

    def _one(self, event: Event) -> Delivery:
        self.versions[event.id] += 1
        self.moment += timedelta(hours=1)
        return delivery(event, self.versions[event.id], self.moment)


def delivery(event: Event, version: int, moment: datetime) -> Delivery:
    """The internal message of an event, through the real envelope."""
    entry = Entry(
        id=uid(f"{event.id}/{version}"),
        transaction=uid("transaction"),
        caused_by=None,
        aggregate_type=event.AGGREGATE,
        aggregate_id=event.id,
        version=version,
        type=event.type(),
        place=place(PATH),
        data=event.model_dump(mode="json"),
        agency_data=None,
        public_data=None,
        actor="tester",
        on_behalf_of=None,
        reason=None,
        basis=list(event.LEGAL_BASIS),
        exercise=True,
        occurred_at=moment,
        recorded_at=moment,
        traceparent=None,
    )
    return Delivery.of(headers(entry, event.PRODUCER, INTERNAL, 1, "-"), json.loads(json.dumps(entry.data)))


def roster() -> list[Event]:
    """Regions, organs, posts, officials and appointments."""
    regions = [_region(at) for at in range(len(PATH))]
    organs = [_organ(*row) for row in ORGANS]
    posts = [
        PostRegistered(id=uid(name), organ_id=uid(organ), kind=kind, title=name, from_day=SINCE, exercise=True)
        for name, kind, organ, *_ in SEATS
    ]
    people = sorted({holder for *_, holder, _, _ in SEATS if holder is not None})
    officials = [OfficialRegistered(id=uid(one), name=one, exercise=True) for one in people]
    appointments = [
        AppointmentRecorded(
            id=uid(f"{holder}任{post}"),
            post_id=uid(post),
            official_id=uid(holder),
            from_day=date(2025, 1, 10),
            to_day=to_day,
            end_reason=reason,
            exercise=True,
        )
        for post, _, _, holder, to_day, reason in SEATS
        if holder is not None
    ]
    return [*regions, *organs, *posts, *officials, *appointments]


def _region(at: int) -> RegionRegistered:
    code = PATH[at]
    return RegionRegistered(
        id=uid(code),
        code=code,
        name=f"演练{code}",
        tier=TIERS[code],
        code_parent=None,
        admin_parent=PATH[at - 1] if at else None,
        path=PATH[: at + 1],
        from_day=SINCE,
        exercise=at > 0,
    )


def _organ(name: str, kind: str, region: str, role: str | None) -> OrganRegistered:
    roles = () if role is None else (RolePart(role=role, from_day=SINCE, industries=("C26",)),)
    return OrganRegistered(
        id=uid(name), name=name, kind=kind, region_code=region, from_day=SINCE, roles=roles, exercise=True
    )


def entry(post: str, *, earlier: str | None = None) -> ChainPart:
    """A listed post as of the accident, or an earlier holder of it."""
    name, kind, organ, holder, *_ = next(row for row in SEATS if row[0] == post)
    official = earlier or holder
    return ChainPart(
        post_id=uid(name),
        post_kind=kind,
        organ_id=uid(organ),
        region_code=REGION_OF[organ],
        tier=TIERS[REGION_OF[organ]],
        appointment_id=None,
        official_id=uid(official) if official else None,
        acting=False,
        vacant=official is None,
        earlier_holder=earlier is not None,
        basis=("art4",),
        reason_zh=f"（演练）{name}",
        reason_en="listed",
    )


def accident(
    kind: type[AccidentState] = AccidentRecorded,
    chain: tuple[str, ...] = CHAIN,
    *,
    version: int = 1,
    **changes: Any,
) -> AccidentState:
    """The accident in the zone; 甲 was county party principal before 乙 and is listed apart."""
    state: dict[str, Any] = {
        "id": ACCIDENT,
        "title": "演练爆炸",
        "region_code": ZONE,
        "path": PATH,
        "occurred_at": datetime(2026, 5, 20, 6, 30, tzinfo=UTC),
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
        "chain": (*(entry(one) for one in chain), entry("县委书记", earlier="甲")),
        "chain_version": version,
        "exercise": True,
    }
    return kind(**(state | changes))


def obligation(duty: str, period: tuple[date, date], status: str, *differences: str) -> AttestedObligationPart:
    """An obligation as attested."""
    return AttestedObligationPart(
        obligation_id=uid(f"{duty}:{period[0]}"),
        requirement_id=f"{duty}#1",
        duty_id=duty,
        clause=duty,
        basis="text",
        founds=True,
        period_start=period[0],
        period_end=period[1],
        days_in_post=30,
        then=StatusPart(status="lapsed" if differences else status),
        now=StatusPart(status=status),
        differences=differences,
    )


def standing(duty: str, outcome: str | None = "performed") -> AttestedStandingPart:
    """A standing duty, examined with an outcome or not at all."""
    return AttestedStandingPart(
        duty_id=duty, clause=duty, founds=True, examined=outcome is not None, outcome=outcome, review_id=None
    )


def attestation(
    official: str,
    post: str,
    *rows: AttestedObligationPart | AttestedStandingPart,
    kind: type[AttestationIssued] = AttestationIssued,
) -> AttestationIssued:
    """What duties attests of an official in a post."""
    obligations = tuple(row for row in rows if isinstance(row, AttestedObligationPart))
    duties = tuple(row for row in rows if isinstance(row, AttestedStandingPart))
    lapsed = tuple(
        LapsePart(**row.model_dump(include=set(LapsePart.model_fields)))
        for row in obligations
        if row.now.status == "lapsed"
    )
    unexamined = tuple(row.duty_id for row in duties if row.outcome != "performed")
    return kind(
        id=uid(f"attestation:{official}:{post}"),
        path=PATH[:3],
        exercise=True,
        accident_id=ACCIDENT,
        accident_at=datetime(2026, 5, 20, 6, 30, tzinfo=UTC),
        official_id=uid(official),
        post_id=uid(post),
        appointment_ids=(),
        window_from=date(2025, 5, 20),
        window_to=date(2026, 5, 20),
        look_back_months=12,
        whole=not (lapsed or unexamined),
        lapses=lapsed,
        unexamined=unexamined,
        findings=(),
        obligations=obligations,
        standing=duties,
        known_at=START,
        catalogue_version="1",
        digest="d" * 64,
    )


def found(
    official: str, post: str, duty: str, period: tuple[date, date] = APRIL, *, performed: bool = False
) -> NonPerformanceFound:
    """What a competent organ found about an official, after hearing the person."""
    return NonPerformanceFound(
        id=uid(f"finding:{official}:{duty}:{performed}"),
        path=PATH[:3],
        exercise=True,
        official_id=uid(official),
        post_id=uid(post),
        obligation_id=uid(f"{duty}:{period[0]}"),
        duty_id=duty,
        clause=duty,
        accident_id=ACCIDENT,
        organ_id=uid("县纪委"),
        reasons="（演练）经查台账并听取本人意见",
        heard_on=date(2026, 9, 1),
        statement="（演练）本人陈述",
        decided_on=date(2026, 9, 10),
        period_start=period[0],
        period_end=period[1],
        outcome="performed" if performed else "not_performed",
        recorded_at=START,
    )
