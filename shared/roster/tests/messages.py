"""Messages of the registry as they arrive, and a small exercise roster. All people are invented."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from shared.contracts.registry import (
    AppointmentAnnulled,
    AppointmentCorrected,
    AppointmentRecorded,
    DatedCompetencePart,
    DatedNamePart,
    DatedParentPart,
    DatedTierPart,
    HeirPart,
    OfficialRegistered,
    OrganRegistered,
    OrganSucceeded,
    PortfolioAssigned,
    PortfolioCorrected,
    PostChanged,
    PostRegistered,
    RegionChanged,
    RegionRegistered,
    RolePart,
    SuccessionPart,
)
from shared.kernel.envelope import INTERNAL, Delivery, Entry, Event, headers, place

NAMES = UUID("00000000-0000-5000-8000-000000000002")
START = datetime(2026, 1, 1, tzinfo=UTC)
SINCE = date(2025, 1, 10)
PATH = ("130000", "139900", "139901")
MOVED, CONFIRMED, ENDED = date(2025, 7, 1), date(2026, 1, 1), date(2026, 5, 1)


def named(name: str) -> UUID:
    """The id that a test gives to what it calls `name`."""
    return uuid5(NAMES, name)


def delivery(event: Event, version: int, *, recorded: datetime, exercise: bool = True) -> Delivery:
    """The internal message of an event, through the real envelope."""
    entry = Entry(
        id=named(f"{event.id}/{version}"),
        transaction=named("transaction"),
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
        exercise=exercise,
        occurred_at=recorded,
        recorded_at=recorded,
        traceparent=None,
    )
    message = headers(entry, event.PRODUCER, INTERNAL, 1, "-")
    return Delivery.of(message, json.loads(json.dumps(entry.data)))


def region(code: str, tier: str, path: tuple[str, ...]) -> RegionRegistered:
    """A region since long ago."""
    return RegionRegistered(
        id=named(code),
        code=code,
        name=f"演练{code}",
        tier=tier,
        code_parent=None,
        admin_parent=path[-2] if len(path) > 1 else None,
        path=path,
        from_day=date(2018, 1, 1),
        exercise=code != "130000",
    )


def organ(name: str, region_code: str) -> OrganRegistered:
    """A government with a role that this process knows and one that it does not."""
    return OrganRegistered(
        id=named(name),
        name=name,
        kind="government",
        region_code=region_code,
        from_day=date(2018, 1, 1),
        roles=(
            RolePart(role="other_regulator", from_day=date(2018, 1, 1), industries=("C26",)),
            RolePart(role="a_role_of_tomorrow", from_day=date(2026, 1, 1)),
        ),
        exercise=True,
    )


def facts() -> list[Event]:
    """Two counties of a city with one government and one post each; 辛 and 丁 hold one post after the other."""
    appointment = {"post_id": named("县化工分管"), "exercise": True}
    portfolio = {"id": named("化工"), "post_id": named("县化工分管"), "industries": ("C26",), "exercise": True}
    return [
        region("130000", "province", ("130000",)),
        region("139900", "city", ("130000", "139900")),
        region("139901", "county", PATH),
        region("139902", "county", ("130000", "139900", "139902")),
        organ("县政府", "139901"),
        organ("邻县政府", "139902"),
        PostRegistered(
            id=named("县化工分管"),
            organ_id=named("县政府"),
            kind="government_other_leader",
            title="副县长",
            from_day=SINCE,
            exercise=True,
        ),
        PostRegistered(
            id=named("邻县县长"),
            organ_id=named("邻县政府"),
            kind="government_principal",
            title="县长",
            from_day=SINCE,
            exercise=True,
        ),
        *(OfficialRegistered(id=named(one), name=one, exercise=True) for one in ("辛", "丁")),
        AppointmentRecorded(id=named("辛任"), official_id=named("辛"), from_day=SINCE, **appointment),
        AppointmentCorrected(
            id=named("辛任"), official_id=named("辛"), from_day=SINCE, to_day=date(2026, 3, 31), **appointment
        ),
        AppointmentRecorded(id=named("丁任"), official_id=named("丁"), from_day=date(2026, 4, 1), **appointment),
        AppointmentRecorded(id=named("误任"), official_id=named("丁"), from_day=date(2026, 2, 1), **appointment),
        AppointmentAnnulled(
            id=named("误任"), official_id=named("丁"), from_day=date(2026, 2, 1), annulled=True, **appointment
        ),
        PortfolioAssigned(from_day=SINCE, **portfolio),
        PortfolioCorrected(from_day=date(2025, 1, 5), **portfolio),
        PostChanged(
            id=named("邻县县长"),
            organ_id=named("邻县政府"),
            kind="government_principal",
            title="代县长",
            from_day=SINCE,
            exercise=True,
        ),
        moved(),
        succeeded(),
    ]


def succeeded() -> OrganSucceeded:
    """邻县政府 ends: 县政府 takes over."""
    return OrganSucceeded(
        **organ("邻县政府", "139902").model_dump()
        | {
            "to_day": ENDED - timedelta(days=1),
            "names": (DatedNamePart(name="邻县人民政府", from_day=date(2018, 1, 1), document="演发〔2018〕1号"),),
            "successions": (
                SuccessionPart(
                    kind="merged",
                    day=ENDED,
                    heirs=(HeirPart(organ_id=named("县政府"), functions=("消防",)),),
                    document="演发〔2026〕1号",
                    issuer="演练市委",
                    issued_on=date(2026, 4, 1),
                ),
            ),
        }
    )


def moved() -> RegionChanged:
    """邻县 comes under 县 139901 for a while, is a renamed city from then on, and investigates as one a year later."""
    own = ("139902",)
    before = region("139902", "county", ("130000", "139900", *own))
    return RegionChanged(
        **before.model_dump()
        | {
            "tiers": (
                DatedTierPart(tier="county", from_day=before.from_day),
                DatedTierPart(tier="city", from_day=MOVED, document="演政〔2025〕1号"),
            ),
            "parents": (
                DatedParentPart(admin_parent="139900", path=before.path, from_day=before.from_day),
                DatedParentPart(admin_parent="130000", path=("130000", *own), from_day=MOVED),
            ),
            "competences": (
                DatedCompetencePart(competence=None, from_day=before.from_day),
                DatedCompetencePart(competence="city", from_day=CONFIRMED, document="演政〔2026〕1号"),
            ),
            "names": (
                DatedNamePart(name=before.name, from_day=before.from_day),
                DatedNamePart(name="演练邻市", from_day=MOVED, document="演政〔2025〕1号"),
            ),
        }
    )


def deliveries() -> list[Delivery]:
    """The messages of `facts`, an hour after one another; versions count per aggregate."""
    versions: dict[UUID, int] = {}
    made = []
    for hours, event in enumerate(facts()):
        versions[event.id] = versions.get(event.id, 0) + 1
        recorded = START + timedelta(hours=hours)
        made.append(delivery(event, versions[event.id], recorded=recorded, exercise=event.id != named("130000")))
    return made


def hour_of(index: int) -> datetime:
    """When the index-th fact was recorded."""
    return START + timedelta(hours=index)
