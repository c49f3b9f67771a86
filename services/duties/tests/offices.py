"""Regions, governments and safety committees of the real administration, as a registry registers them; no conduct."""

from datetime import date, datetime
from uuid import UUID

from services.duties.tests.builders import ALWAYS, BAODING, DINGZHOU, HEBEI, XIONGAN, XIONGXIAN, organ_kind, uid
from services.duties.tests.registry import Registry
from shared.contracts.registry import OrganRegistered, PostRegistered, RegionRegistered, RegistryEvent
from shared.kernel.clock import SHANGHAI
from shared.roster import facts_of
from shared.roster.facts import Organ, OrganKind, Post, PostKind, Region

PLACES = (HEBEI, DINGZHOU, BAODING, XIONGAN, XIONGXIAN)
HEAD = PostKind.GOVERNMENT_PRINCIPAL
REGISTERED = datetime(2023, 1, 2, 9, tzinfo=SHANGHAI)
NATIONAL = Organ(uid("national"), "国务院安委会", OrganKind.EXTERNAL_ORGAN, "000000", ALWAYS)


def government(where: Region) -> Organ:
    return Organ(uid(f"gov{where.code}"), f"{where.name}政府", organ_kind(where, HEAD), where.code, ALWAYS)


def party(where: Region) -> Organ:
    kind = organ_kind(where, PostKind.PARTY_PRINCIPAL)
    return Organ(uid(f"party{where.code}"), f"{where.name}委", kind, where.code, ALWAYS)


def committee(where: Region) -> Organ:
    return Organ(uid(f"safety{where.code}"), f"{where.name}安委会", OrganKind.SAFETY_COMMITTEE, where.code, ALWAYS)


def head(where: Region) -> UUID:
    return uid(f"head{where.code}")


def _events() -> list[RegistryEvent]:
    organs = [make(where) for where in PLACES for make in (government, party, committee)]
    posts = [Post(head(where), government(where).id, HEAD, f"{where.name}长", ALWAYS) for where in PLACES]
    return [
        *(facts_of.region_event(RegionRegistered, one) for one in PLACES),
        *(facts_of.organ_event(OrganRegistered, one) for one in (*organs, NATIONAL)),
        *(facts_of.post_event(PostRegistered, one) for one in posts),
    ]


async def open_offices(registry: Registry) -> None:
    """The registry registers them all."""
    await registry.say(*_events(), at=REGISTERED)


def day(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), datetime.min.time().replace(hour=18), SHANGHAI)
