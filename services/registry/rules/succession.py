"""机构沿革: organs renamed, merged, split, abolished; duties follow by function, each once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from services.registry.facts.regions import FunctionHolder, Inherited, Reform
from shared.roster.facts import DatedName, DatedRole, Heir, Organ, Roster, Span, Succession, SuccessionKind
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, first_refusal, refuse

_ART2 = Basis("art2")
_ONCE = Basis("art10.2", BasisKind.READING, "职能由谁承继即由谁履职，只履一次 · duties follow by function, once")
_DATED = Basis("art2", BasisKind.DEFAULT, "机构改革按日登记 · a reform is registered by its day")


@cites("art2", "art10.2")
def check_reform(reform: Reform) -> Decision:
    """Whether the parties fit the kind, stand on the day, and every function goes to one heir and no other."""
    return first_refusal(
        (_parties(reform), _standing(reform), _one_world(reform), _each_function_once(reform)),
        allow("reform_allowed", "可以登记", "it may be registered", _ART2),
    )


@cites("art2")
def check_nothing_begins(titles: Sequence[str]) -> Decision:
    """An organ that ends leaves no seat that begins afterwards; such records are for a person to annul first."""
    if titles:
        names = "、".join(titles[:5])
        return refuse(
            "seat_begins_later",
            f"{names}自改革日起另有登记，请先更正",
            f"{names} begins later; correct it first",
            _DATED,
        )
    return allow("seats_end", "岗位随机关终止", "the seats end with their organ", _DATED)


def _parties(reform: Reform) -> Decision:
    heirs, before = len(reform.heirs), len(reform.predecessors)
    everybody = len({one.id for one in (*reform.predecessors, *reform.heirs)})
    fits = {
        SuccessionKind.RENAMED: before == 1 and reform.heirs == reform.predecessors,
        SuccessionKind.MERGED: heirs == 1 and everybody > 1,
        SuccessionKind.SPLIT: before == 1 and heirs > 1,
        SuccessionKind.ABOLISHED: before == 1 and reform.predecessors[0] not in reform.heirs,
    }[reform.kind]
    if not fits:
        return refuse("parties_do_not_fit", "机关数目与改革方式不符", "these parties make no such reform", _DATED)
    return allow("parties_fit", "机关明确", "the parties are known", _DATED)


def _standing(reform: Reform) -> Decision:
    eve = reform.day - timedelta(days=1)
    new = [one for one in reform.heirs if one not in reform.predecessors]
    gone = [one for one in reform.predecessors if not (one.span.covers(eve) and one.span.covers(reform.day))]
    gone += [one for one in new if not one.span.covers(reform.day)]
    if gone:
        names = "、".join(one.name for one in gone)
        return refuse("organ_not_standing", f"{names}当日不存续", f"{names} does not stand on that day", _DATED)
    return allow("organs_stand", "机关存续", "the organs stand", _DATED)


def _one_world(reform: Reform) -> Decision:
    if len({one.exercise for one in (*reform.predecessors, *reform.heirs)}) > 1:
        return refuse("exercise_mismatch", "演练与实际不得混同", "exercise and reality do not mix", _DATED)
    return allow("same_world", "演练标识一致", "the same world", _DATED)


def _each_function_once(reform: Reform) -> Decision:
    for organ in reform.predecessors:
        for role in _living(organ, reform.day):
            takers = sum(reform.takes(heir, role) for heir in reform.heirs)
            what = role.function or role.role.value
            if takers > 1:
                return refuse(
                    "function_twice",
                    f"{what}须由一个机关承继",
                    f"{what} goes to one heir, not to several; name the functions of each",
                    _ONCE,
                )
            if takers == 0 and reform.kind is not SuccessionKind.ABOLISHED:
                return refuse("function_without_heir", f"{what}无机关承继", f"nobody takes over {what}", _ONCE)
    return allow("functions_assigned", "职能承继明确", "every function has its heir", _ONCE)


def _living(organ: Organ, day: date) -> tuple[DatedRole, ...]:
    return tuple(role for role in organ.roles if role.span.to_day is None or role.span.to_day >= day)


@cites("art10.2", "art10.3", "art11.3")
def carried_out(reform: Reform, new_name: str | None = None) -> tuple[Organ, ...]:
    """Every party as it is after the reform: predecessors first, then heirs that were none.

    A predecessor that does not go on ends on the day before. An heir has each function once, however many bring it.
    """
    heirs = {one.id: one for one in reform.heirs}
    after = {one.id: one for one in (*reform.predecessors, *reform.heirs)}
    for organ in reform.predecessors:
        after[organ.id] = _left(organ, reform)
    for heir in heirs.values():
        others = [one for one in reform.predecessors if one.id != heir.id]
        brought = [
            role for one in others for role in _living(one, reform.day) if reform.takes(heir, role)
        ]  # what it had itself stays its own
        taken = tuple(one.id for one in others if one.id not in heir.predecessor_ids)
        after[heir.id] = replace(
            after[heir.id],
            roles=_once(after[heir.id].roles, brought, reform),
            predecessor_ids=(*heir.predecessor_ids, *taken),
        )
    return tuple(_renamed(one, reform, new_name) for one in after.values())


def _left(organ: Organ, reform: Reform) -> Organ:
    """A predecessor with what remains of it, and the record of what became of it."""
    eve = reform.day - timedelta(days=1)
    went = tuple(Heir(heir.id, tuple(_functions(organ, heir, reform))) for heir in reform.heirs)
    fate = Succession(reform.kind, reform.day, went, reform.document, reform.issuer, reform.issued_on)
    stays = next((heir for heir in reform.heirs if heir.id == organ.id), None)
    roles = tuple(
        kept
        for role in organ.roles
        if (kept := role if stays and reform.takes(stays, role) else _until(role, eve)) is not None
    )
    span = organ.span if stays else Span(organ.span.from_day, eve)
    return replace(organ, span=span, roles=roles, successions=(*organ.successions, fate))


def _functions(organ: Organ, heir: Organ, reform: Reform) -> list[str]:
    living = _living(organ, reform.day)
    return sorted({role.function for role in living if role.function and reform.takes(heir, role)})


def _until(role: DatedRole, last_day: date) -> DatedRole | None:
    if role.span.from_day > last_day:
        return None
    ends = last_day if role.span.to_day is None else min(role.span.to_day, last_day)
    return replace(role, span=Span(role.span.from_day, ends))


def _once(own: Iterable[DatedRole], brought: Iterable[DatedRole], reform: Reform) -> tuple[DatedRole, ...]:
    """Own roles, and those brought; one that is there already only grows wider, from the day on."""
    roles = list(own)
    for role in brought:
        incoming = replace(
            role,
            span=Span(max(role.span.from_day, reform.day), role.span.to_day),
            document=reform.document,
            issuer=reform.issuer,
            issued_on=reform.issued_on,
        )
        same = next((one for one in roles if _same(one, incoming)), None)
        if same is None:
            roles.append(incoming)
            continue
        roles.remove(same)
        kept = _until(same, incoming.span.from_day - timedelta(days=1))
        roles += [*([kept] if kept else []), _wider(same, incoming)]
    return tuple(roles)


def _same(one: DatedRole, other: DatedRole) -> bool:
    return (one.role, one.function) == (other.role, other.function) and one.span.overlaps(other.span)


def _wider(one: DatedRole, other: DatedRole) -> DatedRole:
    """Both together: a role without any limit regulates everything and stays so."""
    unlimited = not (one.industries or one.fields) or not (other.industries or other.fields)
    ends = (one.span.to_day, other.span.to_day)
    return replace(
        other,
        span=Span(other.span.from_day, None if None in ends else max(filter(None, ends))),
        industries=() if unlimited else tuple(dict.fromkeys((*one.industries, *other.industries))),
        fields=() if unlimited else tuple(dict.fromkeys((*one.fields, *other.fields))),
    )


def _renamed(organ: Organ, reform: Reform, new_name: str | None) -> Organ:
    """The continuing heir under its new name from the day on; on earlier days it keeps the old one."""
    if new_name is None or organ.id not in {one.id for one in reform.heirs}:
        return organ
    first = organ.names or (DatedName(organ.name, organ.span.from_day),)
    named = DatedName(new_name, reform.day, reform.document, reform.issuer, reform.issued_on)
    kept = (one for one in first if one.from_day != reform.day)
    return replace(organ, names=tuple(sorted((*kept, named), key=lambda one: one.from_day)))


def with_name(organ: Organ, name: str, day: date) -> Organ:
    """The organ under a corrected name: where names are dated, the one of that day is corrected."""
    begun = [one for one in organ.names if one.from_day <= day] or list(organ.names[:1])
    names = tuple(replace(one, name=name) if one is begun[-1] else one for one in organ.names)
    return replace(organ, name=name, names=names)


@cites("art10.2", "art10.3")
def who_holds(
    function: str, region_code: str, roster: Roster, day: date, *, exercise: bool
) -> tuple[FunctionHolder, ...]:
    """The organs of a region that answered for a function on a day, each once."""
    found = []
    for organ in roster.organs:
        roles = tuple(one for one in organ.roles if one.function == function and one.span.covers(day))
        if roles and organ.region_code == region_code and organ.exercise is exercise and organ.span.covers(day):
            found.append(FunctionHolder(replace(organ, name=organ.name_on(day)), roles))
    return tuple(sorted(found, key=lambda one: (one.organ.name, one.organ.id)))


@cites("art10.2", "art11.3")
def inherited_on(organ: Organ, organs: Mapping[UUID, Organ], day: date) -> tuple[Inherited, ...]:
    """Who answers on `day` for each function that the organ had: itself before a succession, its heirs after it.

    Without any function, who stands for the organ as a whole. KeyError where an heir is not among `organs`.
    """
    functions: list[str | None] = [*sorted({role.function for role in organ.roles if role.function})] or [None]
    since = organ.span.from_day
    return tuple(one for function in functions for one in _followed(organ, function, organs, Span(since, day), ()))


def fate_within(organ: Organ, within: Span) -> Succession | None:
    """The first thing that became of the organ in these days, in whatever order reforms were recorded."""
    return min((one for one in organ.successions if within.covers(one.day)), key=lambda one: one.day, default=None)


def _followed(
    organ: Organ, function: str | None, organs: Mapping[UUID, Organ], within: Span, documents: tuple[str, ...]
) -> Iterator[Inherited]:
    """Through what became of the organ in these days, in order; `documents` are those that led here."""
    fate = fate_within(organ, within)
    if fate is None:
        yield Inherited(function, replace(organ, name=organ.name_on(within.to_day or within.from_day)), documents)
        return
    passed = (*documents, fate.document)
    heirs = [one.organ_id for one in fate.heirs if function is None or function in one.functions]
    for heir in heirs:
        since = fate.day + timedelta(days=1) if heir == organ.id else fate.day
        yield from _followed(organs[heir], function, organs, Span(since, within.to_day), passed)
    if not heirs:
        yield Inherited(function, None, passed)
