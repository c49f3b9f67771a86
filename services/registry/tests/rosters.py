"""Rosters for tests: one builder, and the exercise of the story. All people are invented."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from services.registry import data
from services.registry.facts import SHANGHAI, Accident, Deaths
from services.registry.rules.divisions import Divisions, exercise_regions, read_divisions
from shared.roster.facts import (
    Appointment,
    DatedRole,
    Official,
    Organ,
    OrganKind,
    OrganRole,
    Portfolio,
    Post,
    PostKind,
    Region,
    Roster,
    Span,
)

NAMES = UUID("00000000-0000-5000-8000-000000000001")
LONG_AGO = date(2018, 1, 1)
ACCIDENT_DAY = date(2026, 5, 20)
ACCIDENT_AT = datetime(2026, 5, 20, 14, 30, tzinfo=SHANGHAI)
HEBEI: Divisions = read_divisions(data.rows(data.DIVISIONS), data.rows(data.CODE_HISTORY))
BY_CODE: dict[str, Region] = {region.code: region for region in (*HEBEI.regions, *exercise_regions())}


def named(name: str) -> UUID:
    """The id a test gives to what it calls `name`."""
    return uuid5(NAMES, name)


@dataclass
class Builder:
    """Collects roster facts under short names."""

    exercise: bool = True
    organs: dict[str, Organ] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    appointments: list[Appointment] = field(default_factory=list)
    portfolios: list[Portfolio] = field(default_factory=list)

    def organ(self, name: str, kind: OrganKind, region: str, *roles: DatedRole) -> None:
        """An organ since long ago."""
        self.organs[name] = Organ(named(name), name, kind, region, Span(LONG_AGO), roles, exercise=self.exercise)

    def post(
        self,
        title: str,
        organ: str,
        kind: PostKind,
        *held: tuple[str, Span],
        industries: tuple[str, ...] = (),
        fields: tuple[str, ...] = (),
        answers_for: tuple[str, ...] = (),
        acting: bool = False,
    ) -> None:
        """A post with its holders; a portfolio where industries, fields or organs are given."""
        post = Post(named(title), self.organs[organ].id, kind, title, Span(LONG_AGO), exercise=self.exercise)
        self.posts[title] = post
        self.appointments += [
            Appointment(named(f"{title}/{who}"), post.id, named(who), span, acting=acting, exercise=self.exercise)
            for who, span in held
        ]
        if industries or fields or answers_for:
            organ_ids = tuple(self.organs[name].id for name in answers_for)
            ident = named(f"{title} portfolio")
            self.portfolios.append(Portfolio(ident, post.id, Span(LONG_AGO), industries, fields, organ_ids))

    def roster(self) -> Roster:
        """Everything collected, over all of Hebei and the exercise regions."""
        return Roster(
            regions=tuple(BY_CODE.values()),
            organs=tuple(self.organs.values()),
            posts=tuple(self.posts.values()),
            officials=tuple(
                Official(official, "演练") for official in {item.official_id for item in self.appointments}
            ),
            appointments=tuple(self.appointments),
            portfolios=tuple(self.portfolios),
        )


def regulator(*industries: str, role: OrganRole = OrganRole.NAMED_REGULATOR) -> DatedRole:
    """A dated role since long ago."""
    return DatedRole(role, Span(LONG_AGO), industries)


def leading_bodies(build: Builder, region: str, name: str, since: Span, *, who: str) -> None:
    """Party, government, safety lead, C26 leader and an emergency-management department of a region."""
    build.organ(f"{name}委", OrganKind.PARTY_COMMITTEE, region)
    build.organ(f"{name}政府", OrganKind.GOVERNMENT, region)
    build.organ(f"{name}应急局", OrganKind.GOVERNMENT_DEPARTMENT, region, regulator())
    build.post(f"{name}书记", f"{name}委", PostKind.PARTY_PRINCIPAL, (f"{who}1", since))
    build.post(f"{name}长", f"{name}政府", PostKind.GOVERNMENT_PRINCIPAL, (f"{who}2", since))
    build.post(f"{name}安全分管", f"{name}政府", PostKind.GOVERNMENT_SAFETY_LEAD, (f"{who}3", since))
    c26 = (f"{who}4", since)
    build.post(f"{name}化工分管", f"{name}政府", PostKind.GOVERNMENT_OTHER_LEADER, c26, industries=("C26",))
    build.post(f"{name}应急局长", f"{name}应急局", PostKind.DEPARTMENT_PRINCIPAL, (f"{who}5", since))


def story() -> Builder:
    """The cast of the story, with a few posts that must not be listed."""
    build = Builder()
    city = Span(date(2024, 1, 1))
    leading_bodies(build, "130000", "演练省", city, who="省")
    leading_bodies(build, "139900", "演练市", city, who="市")
    build.organ("县委", OrganKind.PARTY_COMMITTEE, "139901")
    build.organ("县政府", OrganKind.GOVERNMENT, "139901")
    build.organ("县应急局", OrganKind.GOVERNMENT_DEPARTMENT, "139901", regulator())
    build.organ("县档案局", OrganKind.PARTY_DEPARTMENT, "139901", regulator(role=OrganRole.OTHER))
    build.organ("镇委", OrganKind.PARTY_COMMITTEE, "139901100")
    build.organ("镇政府", OrganKind.GOVERNMENT, "139901100")
    build.organ("区工委", OrganKind.PARTY_WORKING_COMMITTEE, "139901400")
    build.organ("区管委会", OrganKind.MANAGEMENT_COMMITTEE, "139901400")
    build.post(
        "县委书记",
        "县委",
        PostKind.PARTY_PRINCIPAL,
        ("甲", Span(date(2024, 3, 1), date(2026, 4, 20))),
        ("乙", Span(date(2026, 4, 21))),
    )
    retired = Span(date(2023, 6, 1), date(2026, 6, 30))
    build.post("县长", "县政府", PostKind.GOVERNMENT_PRINCIPAL, ("丙", retired))
    since = Span(date(2025, 1, 10))
    build.post("县安全分管", "县政府", PostKind.GOVERNMENT_SAFETY_LEAD, ("丁", since))
    build.post("县委常委", "县委", PostKind.PARTY_STANDING_MEMBER, ("丁", since))
    build.post("县化工分管", "县政府", PostKind.GOVERNMENT_OTHER_LEADER, ("辛", since), industries=("C26",))
    build.post("县农业分管", "县政府", PostKind.GOVERNMENT_OTHER_LEADER, ("寅", since), industries=("A",))
    zone = Span(date(2025, 2, 1))
    build.post("区书记", "区工委", PostKind.PARTY_PRINCIPAL, ("戊", zone))
    build.post("区主任", "区管委会", PostKind.GOVERNMENT_PRINCIPAL, ("戊", zone))
    build.post("县应急局长", "县应急局", PostKind.DEPARTMENT_PRINCIPAL, ("己", city))
    build.post("县应急副局长", "县应急局", PostKind.DEPARTMENT_SAFETY_DEPUTY, ("庚", city))
    build.post("县应急局政工", "县应急局", PostKind.DEPARTMENT_OTHER_LEADER, ("卯", city))
    build.post("县档案局长", "县档案局", PostKind.DEPARTMENT_PRINCIPAL, ("辰", city))
    build.post("镇书记", "镇委", PostKind.PARTY_PRINCIPAL, ("巳", city))
    build.post(
        "镇长",
        "镇政府",
        PostKind.GOVERNMENT_PRINCIPAL,
        ("午", Span(date(2024, 1, 1), date(2026, 2, 28))),
    )
    return build


def dead(count: int, on: date = ACCIDENT_DAY, *, concealed: bool = False) -> Deaths:
    """Deaths of one day, recorded at the end of 2026."""
    return Deaths(count, on, datetime(2026, 12, 31, tzinfo=UTC), concealed=concealed)


def accident(region: str = "139901400", **facts: object) -> Accident:
    """An accident in `region` on the story's day, in C26 where nothing else is said."""
    place = BY_CODE[region]
    known: dict[str, object] = {
        "id": named("accident"),
        "region_code": region,
        "path": place.path,
        "occurred_at": ACCIDENT_AT,
        "industry": "C26",
        "exercise": place.exercise,
        **facts,
    }
    return Accident(**known)  # type: ignore[arg-type]  # a test's keywords, checked by the dataclass
