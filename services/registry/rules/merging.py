"""Two records of one person: when they may become one, and when that may be undone."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from shared.roster.facts import Appointment, Official
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_ONE_PERSON = Basis("art2", BasisKind.DEFAULT, "一人一档 · one person, one record")
_ONE_SEAT = Basis("art4.p2", BasisKind.DEFAULT, "一岗一人 · one seat, one person")


@cites("art2", "art4.p2")
def check_merge(
    first: Collection[Appointment], second: Collection[Appointment], *, numbers: Collection[bytes]
) -> Decision:
    """Two records are not of one person where their numbers differ, or where both hold one seat on a day.

    `first` and `second` are all appointments of either; `numbers` the blind indexes of the citizen numbers on file.
    """
    if len(set(numbers)) > 1:
        return refuse("citizen_numbers_differ", "两人公民身份号码不同", "the citizen numbers differ", _ONE_PERSON)
    if any(_share_a_seat(one, other) for one in first for other in second):
        return refuse(
            "seat_held_by_both",
            "两条记录同期任同一岗位，请先更正任职",
            "both hold one seat at once; correct that first",
            _ONE_SEAT,
        )
    return allow("merge_allowed", "可以合并", "the records may be merged", _ONE_PERSON)


def _share_a_seat(one: Appointment, other: Appointment) -> bool:
    standing = not (one.annulled or other.annulled)
    return standing and one.post_id == other.post_id and one.span.overlaps(other.span)


@cites("art2")
def check_separation(later: Collection[UUID]) -> Decision:
    """A merge is undone while nothing rests on it; `later` was recorded of the one person since."""
    if later:
        return refuse(
            "merge_relied_upon",
            "合并后已有新的登记，不能撤销",
            "what was recorded since rests on the merge",
            _ONE_PERSON,
        )
    return allow("separation_allowed", "可以撤销合并", "the merge may be undone", _ONE_PERSON)


class Persons:
    """Which records are of one person, among merged records; whoever is not among them is a person alone."""

    def __init__(self, records: Iterable[Official]) -> None:
        """`records` hold every merged record of the people asked about."""
        self._into = {one.id: one.merged_into for one in records if one.merged_into is not None}
        together: dict[UUID, set[UUID]] = defaultdict(set)
        for one in {*self._into, *self._into.values()}:
            together[self.of(one)].add(one)
        self._together = {root: tuple(sorted(ids)) for root, ids in together.items()}

    def of(self, official_id: UUID) -> UUID:
        """The record as which the person answers."""
        while (following := self._into.get(official_id)) is not None:
            official_id = following
        return official_id

    def others(self, official_id: UUID) -> tuple[UUID, ...]:
        """The person's other ids."""
        return tuple(one for one in self._together.get(self.of(official_id), ()) if one != official_id)
