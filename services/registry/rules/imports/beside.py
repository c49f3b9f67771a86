"""What a roster file says beside the roster: what departments are for work safety, what leaders answer for.

A role is recognised by organ, role, function and first day; a portfolio by post and first day.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.facts.imports import Kind, Known, Line
from services.registry.rules.appointments import check_source, check_span
from services.registry.rules.imports.draft import Draft
from shared.roster.facts import OrganRole, Span
from shared.statute.clauses import cites

BOTH = "both"
_ROLES = {BOTH: (OrganRole.OTHER_REGULATOR.value, OrganRole.INDUSTRY_COMPETENT.value)}
_TWICE = ("row_twice", "同一事项在表中出现两次", "the same thing stands twice")
_SEVERAL = ("portfolio_ambiguous", "该岗位同日有多项分管，请在系统中更正", "the post has several of that day")
_NOT_YET = UUID(int=0)


def source_refused(draft: Draft, line: Line) -> bool:
    """Note where a back-filled row lacks the moment or the witness of its source, or where that lies ahead."""
    if (line.source_recorded_at is None) is not (line.attested_by is None):
        draft.fault(
            line, "attested_by", "source_incomplete", "补录须填来源时间和证明人", "a source has moment and witness"
        )
        return True
    now = draft.register.now
    return now is not None and draft.refused(line, "source_recorded_at", check_source(line.source_recorded_at, now))


@cites("art10.3")
def plan_roles(draft: Draft, organ: Known, lines: Iterable[Line]) -> None:
    """The organ's roles after the lines: a role that is known is corrected, one that is not is added."""
    seen: set[tuple[Any, ...]] = set()
    for line in lines:
        if _role_refused(draft, line):
            continue
        roles = [dict(one) for one in organ.fields.get("roles") or ()]
        for told in _told_roles(line):
            key = _role_key(told)
            if key in seen:
                draft.fault(line, "role", *_TWICE)
                continue
            seen.add(key)
            known = next((one for one in roles if _role_key(one) == key), None)
            if known is None:
                roles.append(told)
            else:
                known.update({name: value for name, value in told.items() if value not in (None, [])})
        organ = draft.correct(Kind.ORGAN, organ, {"roles": roles}, line)


def _role_refused(draft: Draft, line: Line) -> bool:
    if line.document is None and not (line.issuer is None and line.issued_on is None):
        draft.fault(line, "document", "document_missing", "须填文号", "who decided, and when, belongs to a document")
        return True
    return line.from_day is None or draft.refused(line, "to_day", check_span(Span(line.from_day, line.to_day)))


def _role_key(role: dict[str, Any]) -> tuple[Any, ...]:
    return role["role"], role["from_day"], role.get("function")


def _told_roles(line: Line) -> list[dict[str, Any]]:
    """The line as the organ's state holds it."""
    told = {
        "from_day": _iso(line.from_day),
        "to_day": _iso(line.to_day),
        "industries": list(line.industries or ()),
        "fields": list(line.fields or ()),
        "function": line.function,
        "document": line.document,
        "issuer": line.issuer,
        "issued_on": _iso(line.issued_on),
        "side": line.side,
    }
    return [{"role": role, **told} for role in _ROLES.get(line.role or "", (line.role,))]


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


@cites("art4")
def plan_portfolios(draft: Draft, post: Known, lines: Iterable[Line]) -> None:
    """What the post answers for after the lines."""
    seen: set[date] = set()
    for line in lines:
        if line.from_day is None or source_refused(draft, line):
            continue
        if line.from_day in seen:
            draft.fault(line, "from_day", *_TWICE)
            continue
        seen.add(line.from_day)
        organs = _organs(draft, line)
        if organs is not None:
            _plan_portfolio(draft, post, line.from_day, line, _told(line, organs))


def _told(line: Line, organs: list[UUID]) -> dict[str, Any]:
    told = {
        "to_day": line.to_day,
        "industries": list(line.industries or ()),
        "fields": list(line.fields or ()),
        "organ_ids": organs,
        "source_recorded_at": line.source_recorded_at,
        "attested_by": line.attested_by,
    }
    return {name: value for name, value in told.items() if value not in (None, [])}


def _plan_portfolio(draft: Draft, post: Known, day: date, line: Line, told: dict[str, Any]) -> None:
    of_day = [one for one in draft.portfolios(post.id) if one.fields["from_day"] == day]
    standing = [one for one in of_day if not one.fields["annulled"]]
    agreeing = [one for one in standing if all(_same(one.fields[name], told[name]) for name in told)]
    if len(standing) > 1 and not agreeing:
        draft.fault(line, "from_day", *_SEVERAL)
    elif standing:
        known = (agreeing or standing)[0]
        if not agreeing:
            known = draft.correct(Kind.PORTFOLIO, known, told, line)
        draft.refused(line, "to_day", check_span(Span(day, known.fields["to_day"])))
    elif of_day:
        draft.fault(line, "from_day", "annulled", "该分管记录已撤销", "the portfolio has been annulled")
    elif draft.was((post.id, day)):
        draft.fault(
            line, "from_day", "first_day_corrected", "该分管的起始日已更正", "its first day was corrected since"
        )
    elif not draft.refused(line, "to_day", check_span(Span(day, line.to_day))):
        draft.add(Kind.PORTFOLIO, _new_portfolio(post, day, told), tuple(post.fields["path"]), line)


def _same(kept: Any, told: Any) -> bool:
    return sorted(kept) == sorted(told) if isinstance(told, list) else kept == told


def _new_portfolio(post: Known, day: date, told: dict[str, Any]) -> dict[str, Any]:
    empty: dict[str, Any] = {"to_day": None, "industries": [], "fields": [], "organ_ids": []}
    source = {"source_recorded_at": None, "attested_by": None}
    own = {"post_id": post.id, "from_day": day, "annulled": False, "exercise": post.fields["exercise"]}
    return {**empty, **source, **told, **own, "path": post.fields["path"]}


def _organs(draft: Draft, line: Line) -> list[UUID] | None:
    """The organs answered for: by id, or by name in the row's region; `None` where one is not to be found."""
    found = [_organ(draft, line, one) for one in line.organs or ()]
    return None if None in found else [one for one in found if one is not None]


def _organ(draft: Draft, line: Line, told: str) -> UUID | None:
    try:
        known = frozenset({UUID(told)}) & draft.register.organ_ids
    except ValueError:
        key = (line.region_code, told)
        known = draft.register.named.get(key, frozenset())
        if not known and key in draft.register.staged:
            return _NOT_YET
    if len(known) == 1:
        return next(iter(known))
    code, zh, en = (
        ("organ_ambiguous", "有多个同名机关，请填机关编号", "several organs have this name; give the id")
        if known
        else ("organ_unknown", "分管的机关未登记，也不在花名册中", "no such organ here or on record")
    )
    draft.fault(line, "organs", code, zh, en)
    return None
