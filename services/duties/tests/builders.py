"""A small invented Hebei for the tests: seats, incumbents, acts, in as few words as possible."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import NAMESPACE_DNS, UUID, uuid5

from services.duties.catalogue import load_catalogue
from services.duties.facts import (
    ActKind,
    Adoption,
    Capacity,
    Evidence,
    EvidenceKind,
    Incumbency,
    Obligation,
    Performance,
)
from services.duties.facts.reports import ObligationReport
from services.duties.rules.obligations import Seat, obligations_of_post
from services.duties.rules.periods import SHANGHAI
from services.duties.rules.status import Records, View, report
from shared.roster.facts import DatedRole, Organ, OrganKind, OrganRole, Post, PostKind, Region, Span, Tier

CATALOGUE = load_catalogue()
ALWAYS = Span(date(2010, 1, 1))
DIGEST = "0f" * 32


def uid(name: str) -> UUID:
    return uuid5(NAMESPACE_DNS, name)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), SHANGHAI)


def region(code: str, tier: Tier, admin_parent: str | None, name: str, *above: str) -> Region:
    by_code = {"130682": "130600", "130181": "130100", "130638": "130600"}.get(code, admin_parent)
    return Region(uid(code), code, name, tier, by_code, admin_parent, (*above, code), ALWAYS)


HEBEI = region("130000", Tier.PROVINCE, "000000", "河北省")
DINGZHOU = region("130682", Tier.CITY, "130000", "定州市", "130000")
XINJI = region("130181", Tier.CITY, "130000", "辛集市", "130000")
BAODING = region("130600", Tier.CITY, "130000", "保定市", "130000")
XIONGAN = region("133100", Tier.CITY, "130000", "雄安新区", "130000")
XIONGXIAN = region("130638", Tier.COUNTY, "133100", "雄县", "130000", "133100")
COUNTY = region("130623", Tier.COUNTY, "130600", "涞水县", "130000", "130600")
TOWN = region("130623100", Tier.TOWN, "130623", "涞水镇", "130000", "130600", "130623")
STREET = region("130623001", Tier.SUBDISTRICT, "130623", "城区街道", "130000", "130600", "130623")
ZONE = region("130623400", Tier.ZONE, "130623", "经济开发区", "130000", "130600", "130623")
REGIONS = (HEBEI, DINGZHOU, XINJI, BAODING, XIONGAN, XIONGXIAN, COUNTY, TOWN, STREET, ZONE)

_PARTY = {PostKind.PARTY_PRINCIPAL, PostKind.PARTY_STANDING_MEMBER}
_WORKING = {Tier.ZONE, Tier.SUBDISTRICT}
_DEPARTMENT = {
    PostKind.DEPARTMENT_PRINCIPAL,
    PostKind.DEPARTMENT_SAFETY_DEPUTY,
    PostKind.DEPARTMENT_OTHER_LEADER,
}


def organ_kind(where: Region, kind: PostKind) -> OrganKind:
    working = where.tier in _WORKING or where is XIONGAN
    if kind in _DEPARTMENT:
        return OrganKind.GOVERNMENT_DEPARTMENT
    if kind in _PARTY:
        return OrganKind.PARTY_WORKING_COMMITTEE if working else OrganKind.PARTY_COMMITTEE
    if where.tier is Tier.SUBDISTRICT:
        return OrganKind.SUBDISTRICT_OFFICE
    return OrganKind.MANAGEMENT_COMMITTEE if working else OrganKind.GOVERNMENT


def seat(where: Region, kind: PostKind, *roles: OrganRole, title: str = "", span: Span = ALWAYS) -> Seat:
    kind_of_organ = organ_kind(where, kind)
    name = f"{where.name}{kind_of_organ.value}"
    dated = tuple(DatedRole(role, ALWAYS, function=role.value) for role in roles)
    organ = Organ(uid(name), name, kind_of_organ, where.code, ALWAYS, dated)
    post = Post(uid(f"{name}{kind.value}{title}"), organ.id, kind, title or kind.value, span)
    return Seat(post, organ, (where,))


def owed(where: Seat, first: date, last: date, *duty_ids: str, adoptions: Iterable[Adoption] = ()) -> list[Obligation]:
    found = obligations_of_post(where, CATALOGUE, first, last, adoptions=tuple(adoptions))
    return [item for item in found if not duty_ids or item.duty_id in duty_ids]


def holds(official: str, where: Seat, first: date, last: date | None = None) -> Incumbency:
    return Incumbency(uid(official), where.post.id, uid(f"{official}{where.post.id}{first}"), Span(first, last))


@dataclass(frozen=True)
class By:
    """Who did an act: the official and the seats named as capacities."""

    official: str
    seats: tuple[Seat, ...]


def act(kind: ActKind, day: date, by: By, *, organ: Seat | None = None, recorded: date | None = None) -> Performance:
    """An act that `by` presided over, led and did, recorded at noon of its day unless said otherwise."""
    body = organ or by.seats[0]
    official = uid(by.official)
    return Performance(
        id=uid(f"{kind}{day}{by.official}{[one.post.id for one in by.seats]}{recorded}{body.organ.id}"),
        act=kind,
        day=day,
        organ_id=body.organ.id,
        region_code=body.regions[0].code,
        recorded_at=noon(recorded or day),
        presided_by=official,
        led_by=official,
        performed_by=official,
        capacities=tuple(Capacity(one.post.id) for one in by.seats),
        evidence=tuple(Evidence(item, DIGEST, day, "政府网站") for item in EvidenceKind),
    )


def seen(item: Obligation, records: Records, day: date, known: date | None = None) -> ObligationReport:
    return report(item, records, View(day, noon(known or date(2030, 1, 1))))
