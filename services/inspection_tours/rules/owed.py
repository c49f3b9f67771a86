"""Who owes routine tours over whom (Art. 14): own departments on the dated list, and one level down."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from uuid import UUID

from services.inspection_tours.facts import Configuration, ListedDepartment, OwedTour, RegisteredZone
from shared.roster.facts import Organ, OrganKind, Region, Roster, Span, Tier
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_BODIES = (
    OrganKind.PARTY_COMMITTEE,
    OrganKind.PARTY_WORKING_COMMITTEE,
    OrganKind.GOVERNMENT,
    OrganKind.MANAGEMENT_COMMITTEE,
    OrganKind.SUBDISTRICT_OFFICE,
)
_DEPARTMENTS = (OrganKind.PARTY_DEPARTMENT, OrganKind.GOVERNMENT_DEPARTMENT)
_LIST = Basis("art14", BasisKind.DEFAULT, "有关工作部门名录和功能区巡查决定须有文件依据")


@cites("art14")
def may_list(target: Organ | Region, span: Span, document: str) -> Decision:
    """Whether a department, or a zone, can stand on the dated list, by a document."""
    if not document.strip() or (span.to_day is not None and span.to_day < span.from_day):
        return refuse("listing_incomplete", "须写明文件和起止日期", "the document and days are stated", _LIST)
    if isinstance(target, Organ) and target.kind not in _DEPARTMENTS:
        return refuse("not_a_department", "名录只列工作部门", "only departments are listed", _LIST)
    if isinstance(target, Region) and target.tier is not Tier.ZONE:
        return refuse(
            "visited_by_the_text", "乡镇以上地区依条文巡查，无须决定", "only zones need a decision", Basis("art14")
        )
    return allow("may_list", "可以列入名录", "may be listed", _LIST)


@cites("art14")
def bodies_to_visit(organs: Iterable[Organ], on: date) -> tuple[UUID, ...]:
    """The party committee and government, or their like, among the organs of a place on a day."""
    return tuple(organ.id for organ in organs if organ.kind in _BODIES and organ.span.covers(on))


@cites("art14")
def visits_its_place(organ_ids: Collection[UUID], organs: Iterable[Organ], on: date) -> Decision:
    """Whether every named body is, on the day, an organ of the place that the tour goes to."""
    if not set(organ_ids) <= {organ.id for organ in organs if organ.span.covers(on)}:
        return refuse("body_elsewhere", "巡查对象不是该地区当日的机关", "a body is not of this place", Basis("art14"))
    return allow("bodies_of_place", "巡查对象明确", "the bodies are of this place", Basis("art14"))


@cites("art14")
def tours_owed_by(
    region: Region,
    roster: Roster,
    departments: tuple[ListedDepartment, ...],
    zones: tuple[RegisteredZone, ...],
    on: date,
    configuration: Configuration,
) -> tuple[OwedTour, ...]:
    """Every body that `region` owes a routine tour on a day, own departments first.

    Levels follow administration: the province owes 定州, 辛集 and 雄安, 雄安 its counties. Towns,
    subdistricts and zones have nothing below; a zone is visited only where a registered decision says so.
    """
    organs = {organ.id: organ for organ in roster.organs if organ.span.covers(on)}
    own = (
        _owed(
            region,
            organs[listed.organ_id],
            listed.span.from_day,
            Basis("art14", note=listed.document),
            configuration,
        )
        for listed in departments
        if listed.span.covers(on) and listed.organ_id in organs and organs[listed.organ_id].region_code == region.code
    )
    below = {target.code: (since, basis) for target, since, basis in _one_level_down(region, roster, zones, on)}
    lower = (
        _owed(region, organ, *below[organ.region_code], configuration)
        for organ in organs.values()
        if organ.region_code in below and organ.kind in _BODIES
    )
    return (*own, *lower)


def _one_level_down(
    region: Region, roster: Roster, zones: tuple[RegisteredZone, ...], on: date
) -> Iterator[tuple[Region, date, Basis]]:
    registered = {zone.region_code: zone for zone in zones if zone.span.covers(on)}
    for target in roster.regions:
        if target.admin_parent != region.code or not target.span.covers(on):
            continue
        if target.tier is not Tier.ZONE:
            yield target, _since(target, roster, on), _basis_of(target)
        elif zone := registered.get(target.code):
            yield target, zone.span.from_day, Basis("art14", BasisKind.READING, zone.document)


def _since(target: Region, roster: Roster, on: date) -> date:
    """Since when the place lies there: other changes of it from a day on begin nothing anew."""
    since = target.span.from_day
    earlier = [one for one in roster.regions if one.id == target.id and one.span.from_day < on]
    for one in sorted(earlier, key=lambda region: region.span.from_day, reverse=True):
        if one.admin_parent != target.admin_parent:
            break
        since = min(since, one.span.from_day)
    return since


def _basis_of(target: Region) -> Basis:
    if target.tier is Tier.SUBDISTRICT:
        return Basis("art14", BasisKind.READING, "街道党工委、办事处视同下级党委、政府")
    return Basis("art14")


def _owed(region: Region, organ: Organ, since: date, basis: Basis, configuration: Configuration) -> OwedTour:
    start = max(since, organ.span.from_day, configuration.rules_published_by)
    return OwedTour(region.code, organ.id, organ.region_code, start, basis)
