"""The yearly responsibility list of a government's leaders: drafted, amended, approved, published, assessed (art6.5).

Publishing and assessing are acts that art6.5 asks of the government principal. Who says that the principal had it done
gets the act recorded with it, so that nothing is asked for twice.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TypeVar
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.catalogue import load_catalogue
from services.duties.facts import ActKind, Capacity, Evidence, EvidenceKind, Performance, PeriodKind
from services.duties.facts.lists import Approval, Assessment, ListItem, Publication, ResponsibilityList
from services.duties.facts.records import Draft
from services.duties.facts.stored import Stored
from services.duties.handlers.filings import file_with_all
from services.duties.handlers.overlays import adoptions
from services.duties.handlers.performances import record_performance
from services.duties.handlers.reach import within_reach
from services.duties.handlers.seats import organ_known, path_on, seating_of_organ
from services.duties.repository import lists
from services.duties.rules.lists import (
    drafted_items,
    may_amend,
    may_approve,
    may_assess,
    may_credit,
    may_draft,
    may_publish,
)
from services.duties.rules.obligations import Seat, obligations_of_post
from services.duties.rules.periods import period_of
from shared.contracts.duties.lists import (
    ResponsibilityListAmended,
    ResponsibilityListApproved,
    ResponsibilityListAssessed,
    ResponsibilityListDrafted,
    ResponsibilityListPublished,
    ResponsibilityListState,
)
from shared.kernel import clock
from shared.kernel.envelope import Delivery, Ref
from shared.kernel.pagination import Paging
from shared.kernel.problems import Conflict, Forbidden, NotFound, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import PostKind
from shared.roster.repository import organ_by_id

L = TypeVar("L", bound=ResponsibilityListState)
_LIST = TypeAdapter(ResponsibilityList)


@dataclass(frozen=True, slots=True)
class NewItem:
    """A line as asked for: `id` where it stood before."""

    post_id: UUID
    text: str
    duty_id: str | None = None
    id: UUID | None = None


def list_id(organ_id: UUID, year: int) -> UUID:
    """One list for a government and a year."""
    return uuid5(NAMESPACE_URL, f"anze:responsibility-list:{organ_id}/{year}")


async def draft_list(work: UnitOfWork, organ_id: UUID, year: int) -> Stored[ResponsibilityList]:
    """Draft the list of a government for a year from the catalogue.

    Raises:
        NotFound: an unknown organ. Forbidden: it lies outside the caller's regions.
        Conflict: there is a list for that year. Refused: no government, or no list for that year (art6.5).
    """
    ref = Ref("responsibility_list", list_id(organ_id, year))
    await work.lock(ref)
    organ = organ_known(await organ_by_id(work.session, organ_id))
    seats = await _seats(work.session, organ_id)
    obey(may_draft(organ, year, today=clock.today()))
    path = _path(seats, year)
    if not work.may_act_in(path):
        raise Forbidden("region_outside_grant", "机关不在授权区域内", "the organ lies outside the regions granted")
    work.act_for(organ_id, path)
    if work.version(ref):
        raise Conflict("list_exists", "该年度清单已经拟定", "the list of that year has been drafted")
    items = drafted_items(ref.id, seats, load_catalogue(), year, await adoptions(work.session))
    made = ResponsibilityList(ref.id, organ_id, year, items, work.actor, exercise=organ.exercise)
    return await _save(work, ResponsibilityListDrafted, made, path)


async def amend_list(
    work: UnitOfWork, identity: UUID, expected: int | None, items: Sequence[NewItem], reason: str
) -> Stored[ResponsibilityList]:
    """Replace the items; what was approved becomes the draft of a next edition, the old one stays."""
    before = await _locked(work, identity, expected)
    posts = {seat.post.id for seat in await _seats(work.session, before.fact.organ_id)}
    made = [ListItem(one.id or uuid4(), one.post_id, one.text, one.duty_id) for one in items]
    obey(may_amend(made, posts))
    fact = before.fact
    again = replace(
        fact,
        items=tuple(made),
        drafted_by=work.actor,
        edition=fact.edition + (fact.approval is not None),
        approval=None,
        publication=None,
        assessments=(),
    )
    return await _save(work, ResponsibilityListAmended, again, before.path, reason=reason)


async def approve_list(
    work: UnitOfWork, identity: UUID, expected: int | None, *, approved_on: date, document: str
) -> Stored[ResponsibilityList]:
    """Approve a draft of somebody else."""
    before = await _locked(work, identity, expected)
    obey(may_approve(before.fact, work.actor, approved_on, today=clock.today()))
    approved = replace(before.fact, approval=Approval(work.actor, approved_on, document))
    return await _save(work, ResponsibilityListApproved, approved, before.path)


async def publish_list(
    work: UnitOfWork, identity: UUID, expected: int | None, publication: Publication, organised_by: UUID | None
) -> Stored[ResponsibilityList]:
    """Record 公示; with `organised_by` (the government principal) the act of art6.5 is recorded too."""
    before = await _locked(work, identity, expected)
    obey(may_publish(before.fact, publication, today=clock.today()))
    if organised_by is not None:
        obey(may_credit(before.fact, publication.published_on))
    evidence = [
        Evidence(EvidenceKind.RESPONSIBILITY_LIST, publication.sha256),
        Evidence(EvidenceKind.PUBLICATION, publication.sha256, publication.published_on, publication.place),
    ]
    done = await _act(work, before.fact, ActKind.LIST_PUBLISHED, publication.published_on, evidence, organised_by)
    published = replace(before.fact, publication=replace(publication, performance_id=done.id if done else None))
    return await _save(work, ResponsibilityListPublished, published, before.path)


async def assess_list(
    work: UnitOfWork, identity: UUID, expected: int | None, assessment: Assessment, organised_by: UUID | None
) -> Stored[ResponsibilityList]:
    """Record 检查考核 of a half-year; with `organised_by` the act of art6.5 is recorded too.

    The result is filed at once with each body that art6.5 names: nobody is asked for it again.
    """
    before = await _locked(work, identity, expected)
    obey(may_assess(before.fact, assessment, today=clock.today()))
    evidence = [Evidence(EvidenceKind.ASSESSMENT_RESULT, assessment.sha256)]
    done = await _act(work, before.fact, ActKind.LIST_ASSESSMENT, assessment.assessed_on, evidence, organised_by)
    made = replace(
        assessment,
        performance_id=done.id if done else None,
        filing_ids=await _filed(work, before.fact, assessment, done),
    )
    kept = (*before.fact.assessments, made)
    return await _save(work, ResponsibilityListAssessed, replace(before.fact, assessments=kept), before.path)


async def _filed(
    work: UnitOfWork, made: ResponsibilityList, assessment: Assessment, act: Performance | None
) -> tuple[UUID, ...]:
    """The filings of the result: about the half-year assessed, whichever half the assessment was made in."""
    half = period_of(PeriodKind.HALF_YEAR, date(made.year, assessment.half * 6, 1))
    adopted = await adoptions(work.session)
    for seat in await _seats(work.session, made.organ_id):
        for owed in obligations_of_post(seat, load_catalogue(), half.from_day, half.from_day, adoptions=adopted):
            if owed.period == half and ActKind.LIST_ASSESSMENT in owed.acts:
                return await file_with_all(work, seat, owed, assessment.sha256, act)
    return ()


async def read_list(
    session: AsyncSession, identity: UUID, regions: Collection[str], *, version: int | None = None
) -> Stored[ResponsibilityList]:
    """A version of a list, the newest by default; NotFound where there is none within the regions."""
    found = await lists.list_by_id(session, identity, version=version)
    return within_reach(found, regions, NotFound("list_not_found", "没有这份责任清单", "there is no such list"))


async def page_of_lists(
    session: AsyncSession,
    paging: Paging,
    *,
    regions: Collection[str],
    exercise: bool,
    organ_id: UUID | None,
    year: int | None,
) -> tuple[list[Stored[ResponsibilityList]], str | None]:
    """One page of the lists within the regions, each in its newest version."""
    return await lists.page_of_lists(session, paging, regions=regions, exercise=exercise, organ_id=organ_id, year=year)


async def adopt_list(session: AsyncSession, event: ResponsibilityListState, delivery: Delivery) -> None:
    """Put a version back after a restore."""
    made = _LIST.validate_python(event.model_dump())
    await lists.put_list(session, made, event.path, delivery.version, delivery.recorded_at)


async def _act(
    work: UnitOfWork,
    made: ResponsibilityList,
    act: ActKind,
    day: date,
    evidence: Sequence[Evidence],
    organised_by: UUID | None,
) -> Performance | None:
    """Record the principal's act where somebody says that it was theirs."""
    if organised_by is None:
        return None
    seats = await _seats(work.session, made.organ_id)
    principals = (one for one in seats if one.post.kind is PostKind.GOVERNMENT_PRINCIPAL and one.post.span.covers(day))
    principal = next(principals, None)
    if principal is None:
        raise NotFound("post_not_found", "该机关没有主要负责人岗位", "the organ has no principal's post")
    draft = Draft(act, day, (Capacity(principal.post.id),), tuple(evidence), performed_by=organised_by)
    return (await record_performance(work, draft)).fact


async def _seats(session: AsyncSession, organ_id: UUID) -> list[Seat]:
    seats = await seating_of_organ(session, organ_id)
    if not seats:
        raise NotFound("organ_without_posts", "该机关没有登记岗位", "the organ has no posts on record")
    return seats


def _path(seats: Sequence[Seat], year: int) -> tuple[str, ...]:
    return path_on(seats[0], date(year, 12, 31))


async def _locked(work: UnitOfWork, identity: UUID, expected: int | None) -> Stored[ResponsibilityList]:
    ref = Ref("responsibility_list", identity)
    await work.lock(ref)
    found = await read_list(work.session, identity, work.regions or ())
    work.act_for(found.fact.organ_id, found.path)
    await work.lock_existing(ref, expected)
    return found


async def _save(
    work: UnitOfWork, kind: type[L], made: ResponsibilityList, path: Sequence[str], *, reason: str | None = None
) -> Stored[ResponsibilityList]:
    event = kind.model_validate(asdict(made) | {"path": tuple(path)})
    version = work.emit(event, path=path, reason=reason, exercise=made.exercise)
    await lists.put_list(work.session, made, path, version, work.recorded_at)
    return Stored(made, tuple(path), version)
