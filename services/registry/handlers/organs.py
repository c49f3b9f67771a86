"""Organs and posts: registering and changing them; what depends on them follows."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from services.registry.facts import shanghai_day
from services.registry.facts.answers import Stored
from services.registry.handlers.chains import lock_all_touched, lock_touched, revise_chains
from services.registry.handlers.saving import (
    absent,
    acting_for,
    changing,
    enter,
    in_jurisdiction,
    referred,
    region_for,
    save,
)
from services.registry.repository import rosters, states
from services.registry.rules.appointments import check_new_post, check_span, check_within_post
from services.registry.rules.credit_codes import standard_code
from services.registry.rules.industries import normalise
from services.registry.rules.regions_over_time import check_organ_days
from services.registry.rules.succession import with_name
from services.registry.rules.zones import OUTSIDE, PROVINCE, check_external, check_has_posts
from shared.contracts.registry import (
    OrganChanged,
    OrganRegistered,
    OrganState,
    PostChanged,
    PostRegistered,
    PostState,
)
from shared.kernel.envelope import Ref
from shared.kernel.problems import Refused, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import facts_of
from shared.roster.facts import DatedRole, Organ, OrganKind, Post, PostKind, Span

ORGAN, POST = ("该机关", "the organ"), ("该岗位", "the post")


def industries(codes: Sequence[str]) -> tuple[str, ...]:
    """The codes with their section letters; 422 for what is no GB/T 4754 code."""
    try:
        return tuple(normalise(code) for code in codes)
    except ValueError as error:
        raise Refused("unknown_industry", "不是 GB/T 4754 行业代码", str(error)) from error


def credit_code(text: str | None) -> str | None:
    """The code in its standard form; 422 where it fails its check."""
    try:
        return None if text is None else standard_code(text)
    except ValueError as error:
        raise Refused("credit_code_invalid", "统一社会信用代码校验不符（GB 32100）", str(error)) from error


def _roles(roles: Sequence[DatedRole]) -> tuple[DatedRole, ...]:
    for role in roles:
        obey(check_span(role.span))
    return tuple(replace(role, industries=industries(role.industries)) for role in roles)


async def register_organ(
    work: UnitOfWork,
    *,
    name: str,
    kind: OrganKind,
    region_code: str,
    span: Span,
    roles: Sequence[DatedRole] = (),
    parent_id: UUID | None = None,
    exercise: bool = False,
    code: str | None = None,
) -> Stored[OrganState]:
    """Register an organ of a region, with its credit `code` if known; in an exercise region it is an exercise."""
    await enter(work)
    obey(check_external(kind, region_code))
    region = await region_for(work, PROVINCE if region_code == OUTSIDE else region_code, span.from_day)
    if parent_id is not None:
        await referred(work, OrganState, parent_id, ORGAN)
    obey(check_span(span))
    obey(check_organ_days(span, Span(region.state.from_day, region.state.to_day)))
    marked = exercise or region.state.exercise
    organ = Organ(
        uuid4(), name, kind, region_code, span, _roles(roles), parent_id, marked, credit_code=credit_code(code)
    )
    await work.lock(Ref("organ", organ.id))
    work.act_for(organ.id, region.path)
    touched = await lock_touched(work, region_code, (span,), exercise=marked)
    saved = await save(work, facts_of.organ_event(OrganRegistered, organ), region.path)
    await revise_chains(work, touched)
    return saved


async def change_organ(
    work: UnitOfWork,
    organ_id: UUID,
    expected: int | None,
    *,
    name: str,
    span: Span,
    roles: Sequence[DatedRole],
    reason: str,
    code: str | None = None,
) -> Stored[OrganState]:
    """Correct an organ's name of today, its days, dated roles or credit `code`; a code that is not given stays."""
    await enter(work)
    found = await changing(work, OrganState, organ_id, expected)
    await acting_for(work, found)
    obey(check_span(span))
    before = facts_of.organ_of(found.state)
    region = await rosters.region_on(work.session, before.region_code, before.span.from_day)
    if region is not None:
        obey(check_organ_days(span, Span(region.state.from_day, region.state.to_day)))
    known_code = credit_code(code) or before.credit_code
    today = shanghai_day(work.recorded_at)
    organ = replace(with_name(before, name, today), span=span, roles=_roles(roles), credit_code=known_code)
    codes = {organ.region_code, *await rosters.regions_led_from(work.session, [organ_id])}
    touched = await lock_all_touched(work, dict.fromkeys(codes, (before.span, span)), exercise=organ.exercise)
    saved = await save(work, facts_of.organ_event(OrganChanged, organ), found.path, reason=reason)
    await revise_chains(work, touched)
    return saved


async def register_post(
    work: UnitOfWork, *, organ_id: UUID, kind: PostKind, title: str, span: Span
) -> Stored[PostState]:
    """Register one seat in an organ."""
    await enter(work)
    post_id = uuid4()
    await work.lock(Ref("organ", organ_id), Ref("post", post_id))
    organ = await referred(work, OrganState, organ_id, ORGAN)
    in_jurisdiction(work, organ.path)
    await acting_for(work, organ)
    post = Post(post_id, organ_id, kind, title, span, exercise=organ.state.exercise)
    obey(check_span(span))
    obey(check_has_posts(OrganKind(organ.state.kind)))
    obey(check_new_post(post, await rosters.posts_in(work.session, organ_id)))
    touched = await lock_touched(work, organ.state.region_code, (span,), exercise=post.exercise)
    saved = await save(work, facts_of.post_event(PostRegistered, post), organ.path)
    await revise_chains(work, touched)
    return saved


async def change_post(
    work: UnitOfWork, post_id: UUID, expected: int | None, *, title: str, span: Span, reason: str
) -> Stored[PostState]:
    """Change a post's title or days; it does not end over the head of somebody appointed."""
    await enter(work)
    seen = await states.one(work.session, PostState, post_id)
    if seen is None:
        raise absent()
    organ_id = seen.state.organ_id
    found = await changing(work, PostState, post_id, expected, (Ref("organ", organ_id),))
    organ = await referred(work, OrganState, organ_id, ORGAN)
    await acting_for(work, organ)
    before = facts_of.post_of(found.state)
    post = replace(before, title=title, span=span)
    obey(check_span(span))
    obey(check_new_post(post, await rosters.posts_in(work.session, organ_id)))
    for appointment in await rosters.appointments_to(work.session, post_id):
        if not appointment.annulled:
            obey(check_within_post(appointment, post))
    spans = (before.span, span)
    touched = await lock_touched(work, organ.state.region_code, spans, exercise=post.exercise)
    saved = await save(work, facts_of.post_event(PostChanged, post), found.path, reason=reason)
    await revise_chains(work, touched)
    return saved


async def referred_post(work: UnitOfWork, post_id: UUID) -> Stored[PostState]:
    """A post that a request names; 422 where it is not registered."""
    return await referred(work, PostState, post_id, POST)


async def region_of_post(work: UnitOfWork, post: Stored[PostState]) -> str:
    """The code of the region that a post's organ belongs to; 403 where the caller may not record for that organ."""
    organ = await referred(work, OrganState, post.state.organ_id, ORGAN)
    await acting_for(work, organ)
    return organ.state.region_code
