"""Art. 29: who handles, who decides, by dated data; outside one's authority it can be handed over."""

from datetime import date

from services.discipline.facts import Authority, AuthorityTable, DecidingOrgan, Ground, Measure
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_TEXT = Basis("art29")


@cites("art29")
def handlers_of(ground: Ground, on: date, table: AuthorityTable) -> tuple[Authority, ...]:
    """The kinds of organ that may handle a ground on a day."""
    rows = [row for row in table.handling if row.ground is ground and _in_force(row.valid_from, row.valid_to, on)]
    return tuple(dict.fromkeys(organ for row in rows for organ in row.organs))


@cites("art29")
def may_handle(organ: Authority, grounds: tuple[Ground, ...], on: date, table: AuthorityTable) -> Decision:
    """Whether an organ may handle every ground of a case; the refusal names those to hand it over to."""
    if not grounds:
        return refuse("ground_missing", "至少写明一种问责情形", "a case names at least one ground", Basis("art21"))
    allowed = [frozenset(handlers_of(ground, on, table)) for ground in grounds]
    division = Basis("art29", BasisKind.DEFAULT, "按情形分工")
    if not all(organ in handlers for handlers in allowed):
        able = "、".join(sorted(allowed[0].intersection(*allowed)))
        return refuse(
            "outside_authority",
            f"超出该机关权限，可移交：{able}",
            f"outside this organ's authority; hand over to: {able}",
            _TEXT,
            division,
        )
    return allow("may_handle", "在权限和职责范围内", "within authority and duties", _TEXT, division)


@cites("art29")
def may_decide(organ: DecidingOrgan, measure: Measure, decided_on: date, table: AuthorityTable) -> Decision:
    """Whether an organ decides a measure: by dated table and cadre authority, at a meeting on a day."""
    if not organ.meeting.strip() or organ.met_on is None or organ.met_on > decided_on:
        return refuse("meeting_missing", "须写明作出决定的会议及日期", "the meeting and its day are recorded", _TEXT)
    rows = [
        row
        for row in table.deciding
        if measure.id in row.measures and _in_force(row.valid_from, row.valid_to, decided_on)
    ]
    if not any(organ.kind in row.organs for row in rows):
        able = "、".join(sorted({kind for row in rows for kind in row.organs}))
        return refuse(
            "outside_authority",
            f"该机关无权决定{measure.name_zh}，可移交：{able}",
            f"this organ does not decide {measure.id}; hand over to: {able}",
            _TEXT,
        )
    if not organ.cadre_authority and not any(organ.kind in row.direct for row in rows):
        return refuse("no_cadre_authority", "无干部管理权限", "the organ does not manage this official", _TEXT)
    return allow("may_decide", f"有权决定{measure.name_zh}", f"may decide {measure.id}", _TEXT)


@cites("art29")
def may_hand_over(
    holder: Authority, receiver: Authority, grounds: tuple[Ground, ...], on: date, table: AuthorityTable
) -> Decision:
    """A case goes to another kind of organ that may handle all its grounds."""
    if holder is receiver:
        return refuse("same_organ", "移交对象与现承办机关相同", "the receiver already holds the case", _TEXT)
    return may_handle(receiver, grounds, on, table)


def _in_force(valid_from: date, valid_to: date | None, on: date) -> bool:
    return valid_from <= on and (valid_to is None or on <= valid_to)
