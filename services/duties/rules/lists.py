"""The yearly responsibility list: drafted from the catalogue, approved, published, assessed each half-year (art6.5)."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID, uuid5

from services.duties.facts import Adoption, Catalogue
from services.duties.facts.lists import Assessment, ListItem, ListStage, Publication, ResponsibilityList
from services.duties.rules.obligations import Seat, duties_between
from shared.roster.facts import Organ, OrganKind, Span
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_GOVERNMENTS = {OrganKind.GOVERNMENT, OrganKind.MANAGEMENT_COMMITTEE, OrganKind.SUBDISTRICT_OFFICE}
_TEXT = Basis("art6.5", BasisKind.TEXT)
_ORDER = Basis(
    "art6.5", BasisKind.DEFAULT, "拟定、批准、公示、考核的次序 · the order of drafting, approval, publication"
)
_YEAR = Basis("art6.5", BasisKind.DEFAULT, "年度按公历年计 · a year is a calendar year")
_TWO = Basis("art6.5", BasisKind.DEFAULT, "拟定人与批准人分开 · who drafts does not approve")


@cites("art6.5")
def may_draft(organ: Organ, year: int, *, today: date) -> Decision:
    """Whether the organ has such a list: a government, for a year that has begun or is the next one."""
    if organ.kind not in _GOVERNMENTS:
        return refuse("list.not_a_government", f"{organ.name}不是政府", "the organ is no government", _TEXT)
    if not organ.span.overlaps(Span(date(year, 1, 1), date(year, 12, 31))) or year > today.year + 1:
        return refuse("list.year", "该机关在该年度没有清单", "the organ has no list for that year", _ORDER)
    return allow("list.draftable", "可以拟定", "the list may be drafted", _TEXT)


@cites("art6.5")
def drafted_items(
    list_id: UUID, seats: Sequence[Seat], catalogue: Catalogue, year: int, adoptions: Sequence[Adoption] = ()
) -> tuple[ListItem, ...]:
    """One item for every duty that a leader's post has on a day of the year, in the statute's own words."""
    whole = Span(date(year, 1, 1), date(year, 12, 31))
    return tuple(
        ListItem(uuid5(list_id, f"{seat.post.id}/{duty.id}"), seat.post.id, duty.phrase, duty.id)
        for seat in sorted(seats, key=lambda one: (one.post.kind.value, one.post.title))
        for duty, _ in duties_between(seat, catalogue, whole, adoptions)
    )


@cites("art6.5")
def may_amend(items: Sequence[ListItem], posts: Collection[UUID]) -> Decision:
    """Whether these may be the items: some, each of a leader of this organ, none named twice."""
    if not items or any(not item.text.strip() for item in items):
        return refuse("list.empty", "清单及各项内容不得为空", "a list has items, and each has words", _TEXT)
    if len({item.id for item in items}) < len(items):
        return refuse("list.item_twice", "清单事项重复", "an item stands twice", _ORDER)
    if not {item.post_id for item in items} <= set(posts):
        return refuse("list.not_its_leader", "所列岗位不是本政府领导", "an item names a post of another organ", _TEXT)
    return allow("list.amendable", "可以修订", "these may be the items", _TEXT)


@cites("art6.5")
def may_approve(found: ResponsibilityList, by: str, approved_on: date, *, today: date) -> Decision:
    """Whether somebody may approve: a draft that is not their own, not in the future."""
    if found.stage is not ListStage.DRAFTED:
        return refuse("list.approved_already", "清单已经批准", "it has been approved already", _ORDER)
    if by == found.drafted_by:
        return refuse("list.own_draft", "不得批准自己拟定的清单", "one does not approve one's own draft", _TWO)
    if approved_on > today:
        return refuse("list.in_future", "日期在未来", "the day lies in the future", _ORDER)
    return allow("list.approvable", "可以批准", "it may be approved", _TEXT)


@cites("art6.5")
def may_publish(found: ResponsibilityList, publication: Publication, *, today: date) -> Decision:
    """Whether it may be published: approved, with channel, place and what was published, not before approval."""
    if found.stage is not ListStage.APPROVED or found.approval is None:
        return refuse("list.not_approved", "须先批准且尚未公示", "it is not approved, or published already", _ORDER)
    if not found.approval.approved_on <= publication.published_on <= today:
        return refuse("list.day", "公示日期应在批准之后、今日以前", "before approval, or in the future", _ORDER)
    if not (publication.channel.strip() and publication.place.strip()):
        return refuse("list.no_channel", "公示须有渠道和位置", "a publication has a channel and a place", _TEXT)
    return allow("list.publishable", "可以公示", "it may be published", _TEXT)


@cites("art6.5")
def may_credit(found: ResponsibilityList, published_on: date) -> Decision:
    """Whether the publication is what the principal owes for the year in which it was: the list is that year's.

    Last year's list, published late, or the next one, published early, would fulfil another year's obligation.
    """
    if published_on.year != found.year:
        return refuse(
            "list.of_another_year",
            f"{found.year} 年度清单的公示不能计为 {published_on.year} 年的履职",
            f"the list of {found.year} does not fulfil what was owed for {published_on.year}: publish without the act",
            _YEAR,
        )
    return allow("list.of_the_year", "属于当年清单", "the list is that year's", _YEAR)


@cites("art6.5")
def may_assess(found: ResponsibilityList, made: Assessment, *, today: date) -> Decision:
    """Whether the half-year may be assessed: a published list, every item once, when the half-year has begun."""
    if found.stage is not ListStage.PUBLISHED:
        return refuse("list.not_published", "清单尚未公示", "the list is not published", _ORDER)
    begun = date(found.year, 1 if made.half == 1 else 7, 1)
    if not begun <= made.assessed_on <= today:
        return refuse(
            "list.half_not_begun", "考核日期不在该半年开始之后、今日以前", "before the half-year, or later", _TEXT
        )
    if any(one.half == made.half for one in found.assessments):
        return refuse("list.assessed_already", "该半年已经考核", "that half-year has been assessed", _ORDER)
    named = [result.item_id for result in made.results]
    if sorted(named) != sorted(item.id for item in found.items):
        return refuse("list.items_missing", "须逐项考核，不得遗漏或重复", "each item is assessed, once", _TEXT)
    return allow("list.assessable", "可以考核", "it may be assessed", _TEXT)
