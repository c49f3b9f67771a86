"""Which obligations a record serves: it is recorded once, and every duty that accepts it takes it from there."""

from collections.abc import Iterator, Sequence

from services.duties.facts import Adoption, Catalogue, Obligation, Performance
from services.duties.facts.reports import NotCounted, Served
from services.duties.rules.obligations import Seat, obligations_of_post
from services.duties.rules.status import Records, View, why_not_counted
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_LATE = Basis("art28", BasisKind.DEFAULT, "what is entered after the books closed needs a reviewer")


@cites("art5.2", "art5.3", "art6.2", "art6.3", "art9.4", "art10.2", "art10.3")
def served(
    act: Performance,
    seats: Sequence[Seat],
    records: Records,
    view: View,
    catalogue: Catalogue,
    adoptions: Sequence[Adoption] = (),
) -> tuple[Served, ...]:
    """What the act does for every obligation of the seats whose period holds its day, in order of the seats.

    Seats that the record names as capacities answer for all of their obligations; others only for those that accept
    such an act, so that whoever forgot to name a capacity sees it.
    """
    named = {one.post_id for one in act.capacities}
    return tuple(
        Served(item, why_not_counted(act, item, records, view))
        for seat in seats
        for item in _owed(act, seat, catalogue, adoptions)
        if seat.post.id in named or act.act in item.acts
    )


def _owed(act: Performance, seat: Seat, catalogue: Catalogue, adoptions: Sequence[Adoption]) -> Iterator[Obligation]:
    if seat.post.exercise is act.exercise:
        yield from obligations_of_post(seat, catalogue, act.day, act.day, adoptions=adoptions)


@cites("art28")
def may_enter(act: Performance, found: Sequence[Served]) -> Decision:
    """Whether the act may be entered now: in a closed period only with a reviewer, who is somebody else.

    Entered so, it counts once the reviewer has confirmed it.
    """
    closed = [one.obligation for one in found if one.reason is NotCounted.NEEDS_REVIEW]
    if not closed:
        return allow("performance.books_open", "账册未关闭", "the books are open", _LATE)
    labels = "、".join(dict.fromkeys(one.period.label for one in closed))
    if act.reviewer is None:
        return refuse(
            "performance.closed_period",
            f"{labels} 的账册已关闭，补登须写明核实人",
            f"the books of {labels} are closed; name who will review the entry",
            _LATE,
        )
    if act.reviewer == act.recorded_by:
        return refuse(
            "performance.own_reviewer", "登记人不得自行核实", "whoever records it cannot be the reviewer", _LATE
        )
    return allow("performance.to_be_reviewed", "待核实", "to be reviewed", _LATE)
