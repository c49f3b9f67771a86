"""Who and what the exercise is played with: organs, posts, people, terms, portfolios. Everybody is invented."""

from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric

PROVINCE, CITY, COUNTY, TOWN, ZONE = "130000", "139900", "139901", "139901100", "139901400"
SINCE = date(2018, 1, 1)
"""First day of organs and posts: before the look-back window, so that no period is cut short."""


@dataclass(frozen=True)
class Organ:
    """An organ to register; `function` makes it one of the five named regulators (Art. 10)."""

    name: str
    kind: str
    region: str
    function: str | None = None


@dataclass(frozen=True)
class Seat:
    """A post to register, in an organ named by its name."""

    title: str
    organ: str
    kind: str


@dataclass(frozen=True)
class Term:
    """Who holds which post from when; ends are recorded on the day when they became known."""

    who: str
    seat: str
    first: date


def _level(name: str, region: str) -> tuple[Organ, ...]:
    return (
        Organ(f"{name}委", "party_committee", region),
        Organ(f"{name}政府", "government", region),
        Organ(f"{name}应急管理局", "government_department", region, "应急管理"),
        Organ(f"{name}纪委监委", "discipline_organ", region),
        Organ(f"{name}委组织部", "organization_department", region),
        Organ(f"{name}安全生产委员会", "safety_committee", region),
    )


ORGANS = (
    *_level("演练省", PROVINCE),
    *_level("演练市", CITY),
    *_level("演练县", COUNTY),
    Organ("演练镇党委", "party_committee", TOWN),
    Organ("演练镇政府", "government", TOWN),
    Organ("演练经济开发区党工委", "party_working_committee", ZONE),
    Organ("演练经济开发区管委会", "management_committee", ZONE),
)


def _leaders(name: str, head: str) -> tuple[Seat, ...]:
    return (
        Seat(f"{name}委书记", f"{name}委", "party_principal"),
        Seat(f"{name}{head}", f"{name}政府", "government_principal"),
        Seat(f"{name}安全分管领导", f"{name}政府", "government_safety_lead"),
        Seat(f"{name}化工分管领导", f"{name}政府", "government_other_leader"),
        Seat(f"{name}应急管理局局长", f"{name}应急管理局", "department_principal"),
        Seat(f"{name}应急管理局安全分管副局长", f"{name}应急管理局", "department_safety_deputy"),
    )


SEATS = (
    *_leaders("演练省", "省长"),
    *_leaders("演练市", "市长"),
    *_leaders("演练县", "县长"),
    Seat("演练市委常委", "演练市委", "party_standing_member"),
    Seat("演练县委常委", "演练县委", "party_standing_member"),
    Seat("演练市应急管理局副局长", "演练市应急管理局", "department_other_leader"),
    Seat("演练镇党委书记", "演练镇党委", "party_principal"),
    Seat("演练镇长", "演练镇政府", "government_principal"),
    Seat("演练经济开发区党工委书记", "演练经济开发区党工委", "party_principal"),
    Seat("演练经济开发区管委会主任", "演练经济开发区管委会", "government_principal"),
)

SECRETARY, MAGISTRATE, LEAD, MEMBER = "演练县委书记", "演练县县长", "演练县安全分管领导", "演练县委常委"
CHEMICALS, BUREAU_HEAD, BUREAU_DEPUTY = (
    "演练县化工分管领导",
    "演练县应急管理局局长",
    "演练县应急管理局安全分管副局长",
)
ZONE_SECRETARY, ZONE_DIRECTOR, TOWN_HEAD = "演练经济开发区党工委书记", "演练经济开发区管委会主任", "演练镇长"
DISCIPLINE, CITY_DISCIPLINE, PARTY, INVESTIGATOR = "演练县纪委监委", "演练市纪委监委", "演练县委", "演练省政府"

_OFFICE = date(2024, 1, 1)
TERMS = (
    Term("甲", SECRETARY, date(2024, 3, 1)),
    Term("丙", MAGISTRATE, date(2023, 6, 1)),
    Term("丁", LEAD, date(2025, 1, 10)),
    Term("丁", MEMBER, date(2025, 1, 10)),
    Term("戊", ZONE_SECRETARY, date(2025, 2, 1)),
    Term("戊", ZONE_DIRECTOR, date(2025, 2, 1)),
    Term("己", BUREAU_HEAD, _OFFICE),
    Term("庚", BUREAU_DEPUTY, _OFFICE),
    Term("辛", CHEMICALS, date(2025, 1, 10)),
    Term("壬", "演练市委书记", _OFFICE),
    Term("癸", "演练市市长", _OFFICE),
    Term("子", "演练市安全分管领导", _OFFICE),
    Term("丑", "演练市化工分管领导", _OFFICE),
    Term("寅", "演练市应急管理局局长", _OFFICE),
    Term("卯", "演练市应急管理局安全分管副局长", _OFFICE),
    Term("辰", "演练省委书记", _OFFICE),
    Term("巳", "演练省省长", _OFFICE),
    Term("午", "演练省安全分管领导", _OFFICE),
    Term("未", "演练省化工分管领导", _OFFICE),
    Term("申", "演练省应急管理局局长", _OFFICE),
    Term("酉", "演练省应急管理局安全分管副局长", _OFFICE),
    Term("戌", "演练镇党委书记", _OFFICE),
    Term("亥", TOWN_HEAD, _OFFICE),
)
PEOPLE = (*dict.fromkeys(term.who for term in TERMS), "乙")
CHEMISTS = {CHEMICALS: date(2025, 1, 10), "演练市化工分管领导": _OFFICE, "演练省化工分管领导": _OFFICE}

_CLAUSES = {
    "party_principal": ["art4", "art5"],
    "government_principal": ["art4", "art6"],
    "government_safety_lead": ["art4", "art8"],
    "government_other_leader": ["art4", "art9"],
    "department_principal": ["art10.2"],
    "department_safety_deputy": ["art10.3"],
}


def clauses_of(title: str) -> list[str]:
    """The clauses because of which a chain lists the post."""
    return _CLAUSES[next(seat.kind for seat in SEATS if seat.title == title)]


def holders_at_accident(*regions: str) -> dict[str, str]:
    """Title → who: the posts that the chain must list in these regions, and nobody else."""
    place = {organ.name: organ.region for organ in ORGANS}
    listed = {seat.title for seat in SEATS if seat.kind in _CLAUSES and place[seat.organ] in regions}
    held = {term.seat: term.who for term in TERMS if term.seat in listed}
    return held | ({SECRETARY: "乙"} if SECRETARY in held else {})


def citizen_number(who: str) -> str:
    """An invented number: a prefix that no place has, an invented birthday, the right check digit."""
    at = PEOPLE.index(who)
    number = f"990000{1965 + at % 20}{1 + at % 12:02d}15{101 + at}"
    return f"{number}{ric.calc_check_digit(f'{number}0')}"
