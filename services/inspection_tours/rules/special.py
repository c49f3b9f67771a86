"""专项巡查 (Art. 14 必要时): an accident of a configured level or worse proposes one, once per accident."""

from services.inspection_tours.facts import AccidentFact, Configuration, SpecialTourProposal
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, refuse

_NECESSARY = Basis("art14", BasisKind.DEFAULT, "“必要时”的默认触发等级")


@cites("art14")
def propose_special_tour(accident: AccidentFact, configuration: Configuration) -> SpecialTourProposal | Decision:
    """A proposal for the place of the accident, or why none arises; people plan or decline it."""
    trigger = configuration.special_tour_from
    if accident.level.rank < trigger.rank:
        return refuse(
            "below_trigger",
            f"{accident.level}事故低于{trigger}，不提出专项巡查建议",
            f"an accident below {trigger} proposes no special tour",
            _NECESSARY,
        )
    return SpecialTourProposal(
        key=f"special:{accident.accident_id}",
        accident_id=accident.accident_id,
        region_code=accident.region_code,
        level=accident.level,
        basis=(Basis("art14"), _NECESSARY),
    )
