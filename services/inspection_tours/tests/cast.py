"""The story's places and its accident, as the registry says them. All people are invented."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from shared.contracts.registry import (
    AccidentRecorded,
    AccidentRevised,
    AccidentState,
    AppointmentRecorded,
    OrganRegistered,
    PostRegistered,
    RegionRegistered,
)
from shared.kernel.clock import SHANGHAI
from shared.kernel.envelope import Delivery, Event
from shared.roster.tests.messages import delivery

PROVINCE, CITY, COUNTY, ZONE = "130000", "139900", "139901", "139901400"
PATH = (PROVINCE, CITY, COUNTY, ZONE)
SINCE = date(2018, 1, 1)
START = datetime(2026, 1, 1, tzinfo=SHANGHAI)


def uid(name: str) -> UUID:
    """The id of what the story calls `name`."""
    return uuid5(UUID("00000000-0000-0000-0000-000000139900"), name)


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


def _organ(name: str, kind: str, code: str) -> OrganRegistered:
    return OrganRegistered(id=uid(name), name=name, kind=kind, region_code=code, from_day=SINCE, exercise=True)


def roster() -> list[Event]:
    """City, county and zone with their bodies, one department, and 戊 as party principal of the zone."""
    return [
        _region(PROVINCE, "province", PATH[:1]),
        _region(CITY, "city", PATH[:2]),
        _region(COUNTY, "county", PATH[:3]),
        _region(ZONE, "zone", PATH),
        _organ("县委", "party_committee", COUNTY),
        _organ("县政府", "government", COUNTY),
        _organ("县应急局", "government_department", COUNTY),
        _organ("开发区党工委", "party_working_committee", ZONE),
        _organ("开发区管委会", "management_committee", ZONE),
        PostRegistered(
            id=uid("书记"),
            organ_id=uid("开发区党工委"),
            kind="party_principal",
            title="书记",
            from_day=SINCE,
            exercise=True,
        ),
        AppointmentRecorded(
            id=uid("戊任"), post_id=uid("书记"), official_id=uid("戊"), from_day=date(2025, 2, 1), exercise=True
        ),
    ]


def accident(level: str, *, revised: bool = False, name: str = "爆炸") -> AccidentState:
    """The explosion in the zone, at a level."""
    kind = AccidentRevised if revised else AccidentRecorded
    return kind(
        id=uid(name),
        title="演练爆炸事故",
        region_code=ZONE,
        path=PATH,
        occurred_at=datetime(2026, 5, 20, 14, 30, tzinfo=SHANGHAI),
        industry="C26",
        type_code=None,
        type_standard=None,
        level=level,
        decided_by=("deaths",),
        level_if_missing_dead=level,
        deaths=3,
        missing=0,
        serious_injuries=12,
        direct_loss_yuan=None,
        investigated_by="city",
        chain=(),
        chain_version=1,
        exercise=True,
    )


def deliveries(*events: Event, first: int = 1) -> list[Delivery]:
    """The events as messages, a minute after one another; versions count per aggregate from `first`."""
    versions: dict[UUID, int] = {}
    made = []
    for minutes, event in enumerate(events):
        versions[event.id] = versions.get(event.id, first - 1) + 1
        made.append(delivery(event, versions[event.id], recorded=START + timedelta(minutes=minutes)))
    return made
