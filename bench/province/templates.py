"""The organs and posts of a region of each tier: enough of the real shape for rules and queries to meet everything."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.roster.facts import OrganKind, OrganRole, PostKind, Tier

SECTIONS = tuple("ABCDEFGHIJKLMNOPQRST")
FIELDS = ("消防", "特种设备", "道路交通", "燃气", "危险化学品", "建筑施工", "校园", "旅游", "森林防火", "矿山")


@dataclass(frozen=True, slots=True)
class PostPlan:
    """Seats of one kind in an organ: `concurrent` with the seat of another organ that the same person then holds."""

    kind: PostKind
    title: str
    count: int = 1
    concurrent: tuple[str, PostKind] | None = None


@dataclass(frozen=True, slots=True)
class OrganPlan:
    """An organ: its name behind the region's, what it is for work safety, its posts from the highest down."""

    name: str
    kind: OrganKind
    posts: tuple[PostPlan, ...] = ()
    roles: tuple[tuple[OrganRole, tuple[str, ...], tuple[str, ...]], ...] = ()


#: Departments of county and above: role, industries, fields. The first five are those that Art. 10 names.
_DEPARTMENTS: tuple[tuple[str, OrganRole, tuple[str, ...], tuple[str, ...]], ...] = (
    ("应急管理", OrganRole.NAMED_REGULATOR, ("B", "C25", "C26"), ("危险化学品", "矿山")),
    ("公安", OrganRole.NAMED_REGULATOR, (), ("道路交通", "民用爆炸物品")),
    ("住房和城乡建设", OrganRole.NAMED_REGULATOR, ("E", "K"), ("建筑施工", "燃气")),
    ("交通运输", OrganRole.NAMED_REGULATOR, ("G",), ("水上交通",)),
    ("市场监督管理", OrganRole.NAMED_REGULATOR, ("C38",), ("特种设备",)),
    ("消防救援", OrganRole.OTHER_REGULATOR, (), ("消防",)),
    ("自然资源和规划", OrganRole.OTHER_REGULATOR, ("M74",), ("地质灾害",)),
    ("水利", OrganRole.OTHER_REGULATOR, ("N76",), ("水利工程",)),
    ("农业农村", OrganRole.OTHER_REGULATOR, ("A",), ("农机",)),
    ("文化广电和旅游", OrganRole.OTHER_REGULATOR, ("R", "N78"), ("旅游",)),
    ("教育", OrganRole.OTHER_REGULATOR, ("P",), ("校园",)),
    ("卫生健康", OrganRole.OTHER_REGULATOR, ("Q",), ()),
    ("生态环境", OrganRole.OTHER_REGULATOR, ("N77",), ("危险废物",)),
    ("城市管理综合行政执法", OrganRole.OTHER_REGULATOR, ("O",), ()),
    ("工业和信息化", OrganRole.INDUSTRY_COMPETENT, ("C", "I"), ()),
    ("商务", OrganRole.INDUSTRY_COMPETENT, ("F", "H"), ()),
    ("发展和改革", OrganRole.INDUSTRY_COMPETENT, ("D",), ()),
    ("林业和草原", OrganRole.INDUSTRY_COMPETENT, ("A02",), ("森林防火",)),
    ("民政", OrganRole.INDUSTRY_COMPETENT, ("Q85",), ()),
    ("国有资产监督管理", OrganRole.INDUSTRY_COMPETENT, ("L",), ()),
    *((name, OrganRole.OTHER, (), ()) for name in ("财政", "人力资源和社会保障", "司法", "审计", "统计", "医疗保障")),
    *((name, OrganRole.OTHER, (), ()) for name in ("退役军人事务", "行政审批", "科学技术", "体育")),
)
_TOWN_OFFICES: tuple[tuple[str, OrganRole], ...] = (
    ("应急管理", OrganRole.OTHER_REGULATOR),
    ("综合行政执法", OrganRole.OTHER),
    ("经济发展", OrganRole.INDUSTRY_COMPETENT),
    ("社会事务", OrganRole.OTHER),
)
_BODIES = {  # tier → what party body, government body and bureaus are called
    Tier.PROVINCE: ("省委", "省政府", "厅"),
    Tier.CITY: ("市委", "市政府", "局"),
    Tier.COUNTY: ("委", "政府", "局"),
    Tier.TOWN: ("党委", "政府", "办公室"),
    Tier.SUBDISTRICT: ("党工委", "办事处", "办公室"),
    Tier.ZONE: ("党工委", "管委会", "局"),
}
_SIZES = {Tier.PROVINCE: (11, 8, 8), Tier.CITY: (9, 6, 6), Tier.COUNTY: (8, 5, 2)}  # members, leaders, bureau leaders


def organs(tier: Tier) -> Iterator[OrganPlan]:
    """The organs of a region of this tier, the leading bodies first."""
    return _upper(tier) if tier in _SIZES else _lower(tier)


def _upper(tier: Tier) -> Iterator[OrganPlan]:
    party, government, bureau = _BODIES[tier]
    members, leaders, deputies = _SIZES[tier]
    standing, lead = PostKind.PARTY_STANDING_MEMBER, PostKind.GOVERNMENT_SAFETY_LEAD
    yield OrganPlan(
        party,
        OrganKind.PARTY_COMMITTEE,
        (PostPlan(PostKind.PARTY_PRINCIPAL, "书记"), PostPlan(standing, "常委", members)),
    )
    yield OrganPlan(
        government,
        OrganKind.GOVERNMENT,
        (
            PostPlan(PostKind.GOVERNMENT_PRINCIPAL, "正职"),
            PostPlan(lead, "常务副职", concurrent=(party, standing)),
            PostPlan(PostKind.GOVERNMENT_OTHER_LEADER, "副职", leaders),
        ),
    )
    for name, kind in (("纪委监委", OrganKind.DISCIPLINE_ORGAN), ("组织部", OrganKind.ORGANIZATION_DEPARTMENT)):
        yield OrganPlan(name, kind, _department_posts(2, safety=False))
    yield OrganPlan("宣传部", OrganKind.PARTY_DEPARTMENT, _department_posts(2, safety=False))
    yield OrganPlan("安全生产委员会", OrganKind.SAFETY_COMMITTEE)
    yield OrganPlan("安委会办公室", OrganKind.SAFETY_COMMITTEE_OFFICE)
    for name, role, industries, fields in _DEPARTMENTS:
        posts = _department_posts(deputies, safety=role is not OrganRole.OTHER)
        yield OrganPlan(name + bureau, OrganKind.GOVERNMENT_DEPARTMENT, posts, ((role, industries, fields),))
    yield OrganPlan("建设投资集团", OrganKind.STATE_ENTERPRISE, _department_posts(2, safety=True))


def _department_posts(deputies: int, *, safety: bool) -> tuple[PostPlan, ...]:
    return (
        PostPlan(PostKind.DEPARTMENT_PRINCIPAL, "主要负责人"),
        *((PostPlan(PostKind.DEPARTMENT_SAFETY_DEPUTY, "分管安全负责人"),) if safety else ()),
        PostPlan(PostKind.DEPARTMENT_OTHER_LEADER, "其他负责人", deputies),
    )


def _lower(tier: Tier) -> Iterator[OrganPlan]:
    party, government, office = _BODIES[tier]
    working = tier is not Tier.TOWN
    kinds = {
        Tier.TOWN: OrganKind.GOVERNMENT,
        Tier.SUBDISTRICT: OrganKind.SUBDISTRICT_OFFICE,
        Tier.ZONE: OrganKind.MANAGEMENT_COMMITTEE,
    }
    principal = (party, PostKind.PARTY_PRINCIPAL) if tier is Tier.ZONE else None
    yield OrganPlan(
        party,
        OrganKind.PARTY_WORKING_COMMITTEE if working else OrganKind.PARTY_COMMITTEE,
        (PostPlan(PostKind.PARTY_PRINCIPAL, "书记"), PostPlan(PostKind.LEADING_BODY_MEMBER, "委员", 4)),
    )
    others = PostKind.LEADING_BODY_MEMBER if working else PostKind.GOVERNMENT_OTHER_LEADER
    yield OrganPlan(
        government,
        kinds[tier],
        (
            PostPlan(PostKind.GOVERNMENT_PRINCIPAL, "正职", concurrent=principal),
            PostPlan(PostKind.GOVERNMENT_SAFETY_LEAD, "分管安全副职"),
            PostPlan(others, "副职", 3),
        ),
    )
    yield OrganPlan("安全生产委员会", OrganKind.SAFETY_COMMITTEE)
    for name, role in _TOWN_OFFICES:
        fields = ("安全生产",) if role is OrganRole.OTHER_REGULATOR else ()
        industries = ("C", "F") if role is OrganRole.INDUSTRY_COMPETENT else ()
        deputies = _department_posts(1, safety=role is OrganRole.OTHER_REGULATOR)
        yield OrganPlan(name + office, OrganKind.GOVERNMENT_DEPARTMENT, deputies, ((role, industries, fields),))
