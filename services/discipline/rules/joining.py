"""Which leads make one case (Art. 21): one official, at most one accident."""

from collections.abc import Collection
from uuid import UUID

from shared.statute.clauses import cites
from shared.statute.decision import Basis, Decision, allow, refuse

_TEXT = Basis("art21")


@cites("art21")
def leads_join(officials: Collection[UUID | None], accidents: Collection[UUID | None]) -> Decision:
    """A case is against one official; a vacant post has nobody; two accidents are two cases."""
    if None in officials:
        return refuse("nobody_held_the_post", "空缺岗位无人可以立案", "nobody held the vacant post", _TEXT)
    if len(set(officials)) != 1:
        return refuse("several_officials", "一案只针对一名领导干部", "a case is against one official", _TEXT)
    if len({one for one in accidents if one is not None}) > 1:
        return refuse("several_accidents", "一案至多涉及一起事故", "a case concerns one accident at most", _TEXT)
    return allow("leads_join", "线索可以并案", "the leads make one case", _TEXT)
