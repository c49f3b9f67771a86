"""Annulling a record of an accident: a mistake or a duplicate, with nothing resting on it, never to conceal."""

from collections.abc import Sequence

from services.registry.facts.annulment import Annulment, AnnulmentCause, Relied
from services.registry.facts.proceedings import Proceeding
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_BASIS = (
    Basis("art21.3"),
    Basis("art21.4", BasisKind.DEFAULT, "撤销仅限误登和重复登记 · only mistakes and duplicates are annulled"),
)


@cites("art21.3", "art21.4")
def check_annulment(told: Annulment, accident: Relied, steps: Sequence[Proceeding], other: Relied | None) -> Decision:
    """Whether the record may be annulled; `other` is the one that a duplicate names, where it is registered.

    What happened and was reported stays on record under the other: a duplicate names one that stands, in the same
    world, and a record to which duplicates point is no mistake. Steps of an investigation are withdrawn first.
    """
    named = told.duplicate_of is not None
    if named is not (told.cause is AnnulmentCause.DUPLICATE):
        return refuse(
            "duplicate_unnamed",
            "重复登记须指明保留的记录，误登不指",
            "a duplicate, and only one, names the other",
            *_BASIS,
        )
    if named and (
        other is None or other.annulled or other.id == accident.id or other.exercise is not accident.exercise
    ):
        return refuse(
            "duplicate_of_nothing",
            "所指记录未登记、已撤销、即为本记录或者演练标识不同",
            "the record it duplicates is not registered, annulled, itself, or of the other world",
            *_BASIS,
        )
    if any(one.withdrawn is None for one in steps):
        return refuse(
            "proceedings_stand",
            "已有调查处理步骤，请先逐项撤回并说明理由",
            "steps of an investigation stand; withdraw each with a reason first",
            *_BASIS,
        )
    if accident.duplicates and not named:
        return refuse(
            "others_point_to_it",
            f"另有{accident.duplicates}条重复记录指向本记录，不得作为误登撤销",
            f"{accident.duplicates} duplicates point to this record; it is no mistake",
            *_BASIS,
        )
    return allow("annulment_allowed", "可以撤销，原记录仍可查", "it may be annulled and stays readable", *_BASIS)
