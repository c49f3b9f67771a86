"""Which acts may be recorded, and what is refused."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from services.duties.facts import (
    Adoption,
    Capacity,
    Catalogue,
    EvidenceKind,
    Incumbency,
    Manner,
    Performance,
    Requirement,
)
from services.duties.rules.obligations import Seat, requirements_of_post
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, first_refusal, refuse

_SHA256 = re.compile(r"[0-9a-f]{64}")
_TERMS = Basis("art28", BasisKind.DEFAULT, "a record must be one that can be checked")
_WORDS = {
    EvidenceKind.MINUTES: "会议纪要",
    EvidenceKind.REPORT: "报告",
    EvidenceKind.RECORD: "记录",
    EvidenceKind.RESPONSIBILITY_LIST: "责任清单",
    EvidenceKind.PUBLICATION: "公示的日期和地点",
    EvidenceKind.ASSESSMENT_RESULT: "考核结果",
}


@cites("art5.2", "art5.3", "art6.2", "art6.3", "art28")
def may_record(
    act: Performance,
    seats: Sequence[Seat],
    incumbencies: Sequence[Incumbency],
    catalogue: Catalogue,
    *,
    today: date,
    adoptions: Sequence[Adoption] = (),
) -> Decision:
    """Whether an act may be recorded; `seats` are those of the capacities named.

    Refused: a future act, no capacity, an act outside the appointment or by somebody who does not hold the
    post, a kind that no duty of the capacities accepts, missing or malformed evidence. ValueError where a
    capacity names a post of which no seat was given.
    """
    if act.day > today:
        return refuse("performance.in_future", "履职日期在未来", "the act lies in the future", _TERMS)
    if not act.capacities:
        return refuse("performance.no_capacity", "未写明以何岗位履职", "no capacity is named", _TERMS)
    by_post = {seat.post.id: seat for seat in seats}
    accepted: dict[UUID, list[Requirement]] = {}
    for capacity in act.capacities:
        if (seat := by_post.get(capacity.post_id)) is None:
            raise ValueError(f"no seat given for post {capacity.post_id}")
        offered = requirements_of_post(seat, catalogue, act.day, adoptions)
        accepted[capacity.post_id] = [item for item in offered if act.act in item.acts]
    asked = [item for items in accepted.values() for item in items]
    if not asked:
        return _kind_not_accepted(act, by_post.values())
    fine = allow("performance.recordable", "可以记录", "the act may be recorded", _TERMS)
    decisions = (
        *(_held(act, one, by_post[one.post_id], accepted[one.post_id], incumbencies) for one in act.capacities),
        _evidence(act, asked),
    )
    return first_refusal(decisions, fine)


@cites("art28")
def may_withdraw(act: Performance, reason: str) -> Decision:
    """Whether a record may be withdrawn or superseded: once, with a reason; it stays readable."""
    if act.corrected is not None:
        return refuse("performance.already_withdrawn", "该记录已撤回或被替代", "it is withdrawn already", _TERMS)
    if not reason.strip():
        return refuse("performance.no_reason", "未写明撤回理由", "no reason is given", _TERMS)
    return allow("performance.withdrawable", "可以撤回", "it may be withdrawn", _TERMS)


@cites("art28")
def may_verify(act: Performance, by: str) -> Decision:
    """Whether `by` may confirm an act: not one's own entry (internal control), nor one that is withdrawn."""
    if act.corrected is not None:
        return refuse("performance.already_withdrawn", "该记录已撤回或被替代", "it is withdrawn already", _TERMS)
    if act.verified is not None:
        return refuse("performance.already_verified", "该记录已经核实", "it is verified already", _TERMS)
    if act.recorded_by == by:
        return refuse("performance.own_entry", "登记人不得核实本人登记的记录", "one's own entry", _TERMS)
    return allow("performance.verifiable", "可以核实", "it may be verified", _TERMS)


def _kind_not_accepted(act: Performance, seats: Iterable[Seat]) -> Decision:
    titles = "、".join(seat.post.title for seat in seats)
    return refuse(
        "performance.kind_not_accepted",
        f"所列岗位（{titles}）没有以此类活动履行的职责",
        f"no duty of the capacities named accepts {act.act.value}",
        _TERMS,
    )


@cites("art5.2", "art5.3", "art6.2", "art6.3")
def _held(
    act: Performance,
    capacity: Capacity,
    seat: Seat,
    accepted: Sequence[Requirement],
    incumbencies: Sequence[Incumbency],
) -> Decision:
    """Whether the capacity was really the actor's that day; a body's act needs only to be that body's."""
    manners = {item.manner for item in accepted} or set(Manner) - {Manner.BODY}
    if Manner.BODY in manners:
        if act.organ_id == seat.organ.id:
            return allow("performance.of_the_body", "由该机关召开", "the body's own act", _TERMS)
        return refuse("performance.another_body", f"应由{seat.organ.name}召开", "another body's act", _TERMS)
    actors = {actor for manner in manners if (actor := act.actor(manner)) is not None}
    if not actors:
        return refuse(
            "performance.no_actor",
            "未写明由谁主持、带队或实施",
            "it is not said who did it personally",
            _TERMS,
        )
    terms = [
        item
        for item in incumbencies
        if item.post_id == capacity.post_id
        and any(item.is_of(actor) for actor in actors)
        and capacity.appointment_id in {None, item.appointment_id}
    ]
    if any(item.span.covers(act.day) for item in terms):
        return allow("performance.held", "任职期内履职", "done while holding the post", _TERMS)
    if terms:
        return refuse(
            "performance.outside_appointment",
            f"履职日期不在“{seat.post.title}”任职期内",
            "the act lies outside the appointment",
            _TERMS,
        )
    return refuse(
        "performance.not_holder",
        f"实施人不担任“{seat.post.title}”",
        "whoever acted does not hold the post",
        _TERMS,
    )


def _evidence(act: Performance, asked: Sequence[Requirement]) -> Decision:
    """Whether what the duties ask as proof is there, each by a SHA-256; a publication says when and where."""
    for item in act.evidence:
        if not _SHA256.fullmatch(item.sha256):
            return refuse(
                "performance.digest_malformed",
                "证据摘要应为 SHA-256",
                "a digest is 64 lower-case hex digits",
                _TERMS,
            )
    there = {
        item.kind
        for item in act.evidence
        if item.kind is not EvidenceKind.PUBLICATION or (item.day is not None and item.place)
    }
    missing = sorted({kind for requirement in asked for kind in requirement.evidence} - there)
    if missing:
        words = "、".join(_WORDS[kind] for kind in missing)
        return refuse(
            "performance.evidence_missing",
            f"缺少证据：{words}",
            f"evidence missing: {', '.join(missing)}",
            _TERMS,
        )
    return allow("performance.proved", "证据齐全", "the evidence is there", _TERMS)
