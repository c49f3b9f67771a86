"""From lines to changes: natural keys decide what a row is about, and a row that differs is a correction.

An organ is recognised by region, name of the day and kind; a post by organ, kind and title; an official by citizen
number or id, under whichever record of the person; an appointment by post, person and first day. What was recognised
that way before and was corrected since, or is on another day, is never registered a second time.
"""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any
from uuid import UUID

from services.registry.facts.imports import Kind, Known, Line, Part, Planned, Register, TenureKey
from services.registry.rules.appointments import (
    check_appointment,
    check_new_post,
    check_promotion,
    check_same_world,
    check_span,
    check_within_post,
)
from services.registry.rules.imports.beside import plan_portfolios, plan_roles, source_refused
from services.registry.rules.imports.draft import Draft, as_appointment, as_post
from services.registry.rules.zones import OUTSIDE, PROVINCE, check_external, check_has_posts
from shared.roster.facts import Post, PostKind, Span
from shared.statute.clauses import cites

Tenure = tuple[Known, bool, Line]
_NOT_YET = UUID(int=0)
_UNIDENTIFIED = ("须填公民身份号码或人员登记号", "give the citizen number or the official's id")


@cites("art2")
def plan(lines: Iterable[Line], register: Register, new_id: Callable[[], UUID], *, exercise: bool) -> Planned:
    """What the lines change in this part of the register, and everything that is wrong with them.

    Args:
        lines: whole posts at least, so that their appointments are seen together.
        register: what of the register the lines can touch.
        new_id: gives an id to what is new.
        exercise: whether what is new is an exercise, wherever it is.
    """
    draft = Draft(register, new_id, exercise=exercise)
    ordered = sorted(lines, key=lambda one: (one.organ_key, one.post_kind or "", one.post or "", one.number))
    for _, of_organ in groupby(ordered, key=lambda one: one.organ_key):
        _plan_organ(draft, list(of_organ))
    return Planned(draft.changes, tuple(draft.faults))


def _plan_organ(draft: Draft, lines: list[Line]) -> None:
    roster = [line for line in lines if line.sheet is Part.ROSTER]
    organ = draft.organ(lines[0].organ_key) or _new_organ(draft, (roster or lines)[0])
    if organ is None:
        return
    if not organ.reachable:
        _outside(draft, lines[0])
        return
    for line in roster:
        organ = draft.correct(Kind.ORGAN, organ, {"credit_code": line.credit_code, "from_day": line.organ_from}, line)
        draft.refused(line, "organ_from", check_span(Span(organ.fields["from_day"], organ.fields["to_day"])))
    plan_roles(draft, organ, [line for line in lines if line.sheet is Part.ROLES])
    of_posts = [line for line in lines if line.sheet is not Part.ROLES]
    for (kind, title), of_post in groupby(of_posts, key=lambda one: (one.post_kind, one.post)):
        if kind is not None and title is not None:
            _plan_post(draft, organ, kind, title, list(of_post))
        else:
            _without_post(draft, of_post)


def _without_post(draft: Draft, lines: Iterable[Line]) -> None:
    for line in lines:
        missing = "post" if line.post is None else "post_kind"
        if line.names_somebody or line.post is not None or line.post_kind is not None:
            draft.fault(
                line, missing, "post_incomplete", "岗位类别与岗位名称须一并填写", "a post has a kind and a title"
            )


def _outside(draft: Draft, line: Line) -> None:
    draft.fault(line, "region_code", "region_outside_grant", "超出授权的地区范围", "the region is outside your grant")


def _new_organ(draft: Draft, line: Line) -> Known | None:
    day = line.organ_first
    if (present := draft.renamed(line.organ_key)) is not None:
        zh, en = f"该机关已更名或将更名，今日名称为“{present}”", f"the organ is called {present} today"
        draft.fault(line, "organ", "organ_renamed", zh, en)
    elif line.sheet is not Part.ROSTER:
        draft.fault(line, "organ", "organ_unknown", "该机关未登记，也不在花名册中", "no such organ here or on record")
    elif draft.refused(line, "organ_kind", check_external(line.organ_kind, line.region_code)):
        return None
    elif day is None:
        draft.fault(line, "organ_from", "first_day_missing", "新机关须填设立日", "a new organ needs its first day")
    elif (region := draft.region(PROVINCE if line.region_code == OUTSIDE else line.region_code, day)) is None:
        draft.fault(line, "region_code", "region_unknown", "该区划代码当日未登记", "no such region on that day")
    elif draft.register.reachable.isdisjoint(region.path):
        _outside(draft, line)
    else:
        fields: dict[str, Any] = {
            "name": line.organ,
            "kind": line.organ_kind.value,
            "region_code": line.region_code,
            "from_day": day,
            "to_day": None,
            "credit_code": line.credit_code,
            "roles": [],
            "exercise": draft.exercise_in(region),
            "path": region.path,
        }
        return draft.add(Kind.ORGAN, fields, region.path, line)
    return None


def _plan_post(draft: Draft, organ: Known, kind: PostKind, title: str, lines: list[Line]) -> None:
    roster = [line for line in lines if line.sheet is Part.ROSTER]
    post = draft.post(organ.id, kind, title) or _new_post(draft, organ, kind, title, (roster or lines)[0])
    if post is None:
        return
    plan_portfolios(draft, post, [line for line in lines if line.sheet is Part.PORTFOLIOS])
    for line in roster:
        post = draft.correct(Kind.POST, post, {"from_day": line.post_from}, line)
    for held in draft.tenures(post.id):
        if roster and not held.fields["annulled"]:
            draft.refused(roster[0], "post_from", check_within_post(as_appointment(held), as_post(post)))
    tenures: dict[TenureKey, Tenure | None] = {}
    for line in roster:
        if line.names_somebody:
            _plan_tenure(draft, post, line, tenures)
        elif line.from_day or line.to_day:
            draft.fault(line, "official", "person_unidentified", *_UNIDENTIFIED)
    for tenure in tenures.values():  # after all of them: who leaves may stand below who comes
        if tenure is not None:
            _check_tenure(draft, post, *tenure)


def _new_post(draft: Draft, organ: Known, kind: PostKind, title: str, line: Line) -> Known | None:
    day = line.post_first or organ.fields["from_day"]
    if draft.was((organ.id, kind, title)):
        draft.fault(line, "post", "post_renamed", "该岗位登记后已更名", "the post has been renamed since")
        return None
    if line.sheet is not Part.ROSTER:
        draft.fault(line, "post", "post_unknown", "该岗位未登记，也不在花名册中", "no such post here or on record")
        return None
    if draft.refused(line, "organ_kind", check_has_posts(line.organ_kind)):
        return None
    fields = {
        "organ_id": organ.id,
        "kind": kind.value,
        "title": title,
        "from_day": day,
        "to_day": None,
        "exercise": organ.fields["exercise"],
        "path": organ.fields["path"],
    }
    post = Post(_NOT_YET, organ.id, kind, title, Span(day), exercise=organ.fields["exercise"])
    if draft.refused(line, "post", check_new_post(post, draft.posts_in(organ.id))):
        return None
    return draft.add(Kind.POST, fields, tuple(organ.fields["path"]), line)


def _plan_tenure(draft: Draft, post: Known, line: Line, tenures: dict[TenureKey, Tenure | None]) -> None:
    if line.from_day is None:
        draft.fault(line, "from_day", "first_day_missing", "须填任职日", "the first day is missing")
    elif source_refused(draft, line):
        return
    elif (official := _official(draft, post, line)) is not None:
        key = (post.id, official.id, line.from_day)  # the person's own record, whichever the line names
        if key in tenures:
            draft.fault(line, None, "row_twice", "同一任职在表中出现两次", "the same appointment stands twice")
        else:
            tenures[key] = _tenure(draft, post, key, line)


def _tenure(draft: Draft, post: Known, key: TenureKey, line: Line) -> Tenure | None:
    matched = [
        one
        for one in draft.tenures(post.id)
        if (draft.person_of(one.fields["official_id"]), one.fields["from_day"]) == key[1:]
    ]
    standing = next((one for one in matched if not one.fields["annulled"]), None)
    if standing is not None:
        changed = draft.correct(Kind.APPOINTMENT, standing, _told(line), line)
        promoted = changed.fields["promotion"] and not standing.fields["promotion"]
        return None if changed is standing else (changed, promoted, line)
    if matched:
        draft.fault(line, "from_day", "annulled", "该任职记录已撤销", "the appointment has been annulled")
    elif draft.was(key):
        draft.fault(
            line, "from_day", "first_day_corrected", "该任职的任职日已更正", "its first day was corrected since"
        )
    else:
        return draft.add(Kind.APPOINTMENT, _new_tenure(post, key, line), tuple(post.fields["path"]), line), True, line
    return None


def _told(line: Line) -> dict[str, Any]:
    return {
        "to_day": line.to_day,
        "acting": line.acting,
        "promotion": line.promotion,
        "end_reason": line.end_reason,
        "source_recorded_at": line.source_recorded_at,
        "attested_by": line.attested_by,
    }


def _new_tenure(post: Known, key: TenureKey, line: Line) -> dict[str, Any]:
    told = _told(line)
    return {
        **told,
        "acting": bool(told["acting"]),
        "promotion": bool(told["promotion"]),
        "post_id": key[0],
        "official_id": key[1],
        "from_day": key[2],
        "annulled": False,
        "exercise": post.fields["exercise"],
        "path": post.fields["path"],
    }


def _check_tenure(draft: Draft, post: Known, known: Known, promoted: bool, line: Line) -> None:
    appointment = draft.appointment(known)
    others = [draft.appointment(one) for one in draft.tenures(post.id)]
    draft.refused(line, "to_day" if line.to_day else "from_day", check_appointment(appointment, as_post(post), others))
    if promoted:
        draft.refused(
            line, "promotion", check_promotion(appointment, draft.register.bars.get(appointment.official_id, ()))
        )


def _official(draft: Draft, post: Known, line: Line) -> Known | None:
    by_number = None if line.person is None else draft.person(line.person)
    by_id = None if line.official_id is None else draft.official(line.official_id)
    if line.official_id is not None and by_id is None:
        draft.fault(line, "official_id", "official_unknown", "没有这个人员登记号", "no official has this id")
        return None
    persons = {draft.person_of(one.id) for one in (by_number, by_id) if one is not None}
    if len(persons) > 1:
        draft.fault(
            line, "citizen_number", "official_mismatch", "号码与登记号不是同一人", "number and id are of two officials"
        )
        return None
    found = next((draft.official(one) for one in persons), None)
    if found is None:
        return _new_official(draft, post, line)
    if draft.refused(line, "official", check_same_world(post.fields["exercise"], found.fields["exercise"])):
        return None
    if line.person is not None and by_number is None and not _number_fits(draft, found, line):
        return None
    return _named(draft, found, line)


def _number_fits(draft: Draft, found: Known, line: Line) -> bool:
    if found.id in draft.register.numbered or not found.reachable:
        draft.fault(
            line, "citizen_number", "official_mismatch", "号码与登记号不是同一人", "number and id are of two officials"
        )
        return False
    draft.touch(found, line)
    return True


def _named(draft: Draft, found: Known, line: Line) -> Known | None:
    name = None if line.official in draft.register.aliases.get(found.id, ()) else line.official
    told = {"name": name, "reading": line.reading}
    if not found.reachable and any(value not in {None, found.fields[name]} for name, value in told.items()):
        draft.fault(
            line,
            "official",
            "name_differs",
            "与登记的姓名不一致，且不由本地区登记",
            "registered elsewhere under another name",
        )
        return None
    return draft.correct(Kind.OFFICIAL, found, told, line)


def _new_official(draft: Draft, post: Known, line: Line) -> Known | None:
    if line.person is None:
        draft.fault(line, "citizen_number", "person_unidentified", *_UNIDENTIFIED)
        return None
    if line.official is None:
        draft.fault(line, "official", "name_missing", "须填姓名", "the name is missing")
        return None
    path = tuple(post.fields["path"])
    fields = {"name": line.official, "reading": line.reading, "exercise": post.fields["exercise"], "path": path}
    return draft.add(Kind.OFFICIAL, fields, path, line)
