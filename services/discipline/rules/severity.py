"""从重、从轻 (Art. 24, 25): the order is the deciding organ's; what it cannot order needs reasons."""

from services.discipline.facts import Severity, SeverityOrder, Weighing
from shared.statute.clauses import cites
from shared.statute.decision import Basis, Decision, allow, refuse

_ART24 = Basis("art24")
_ART25 = Basis("art25")


@cites("art24")
def compare(order: SeverityOrder, one: str, other: str) -> Severity:
    """How `one` stands to `other`; incomparable where no chain holds both, or chains disagree."""
    if one == other:
        return Severity.EQUAL
    chains = [chain for chain in order.chains if one in chain and other in chain]
    heavier = {chain.index(one) > chain.index(other) for chain in chains}
    if len(heavier) != 1:
        return Severity.INCOMPARABLE
    return Severity.HEAVIER if heavier.pop() else Severity.LIGHTER


@cites("art24")
def must_be_heavier(weighing: Weighing) -> bool:
    """Main leadership responsibility, and casualties *and* loss enlarged or serious social impact.

    Where only one of the two grew, the decider's own statement counts.
    """
    if not weighing.main_leadership_responsibility:
        return False
    both_grew = weighing.casualties_enlarged and weighing.loss_enlarged
    return both_grew or weighing.serious_social_impact or (_only_one_grew(weighing) and weighing.art24_applies is True)


@cites("art24", "art25")
def weight_is_right(weighing: Weighing, measure: str, order: SeverityOrder) -> Decision:
    """Whether the weight answers Art. 24 and 25; with both found, words weigh them and neither prevails."""
    if (
        weighing.main_leadership_responsibility
        and _only_one_grew(weighing)
        and not weighing.serious_social_impact
        and (weighing.art24_applies is None or not weighing.words_24.strip())
    ):
        return refuse(
            "art24_words_missing",
            "仅人员伤亡或者仅经济损失扩大，须写明是否适用第二十四条及理由",
            "only one of casualties and loss grew: state in words whether Art. 24 applies",
            _ART24,
        )
    heavier = must_be_heavier(weighing)
    if heavier and weighing.remedied:
        return _both_weighed(weighing)
    if heavier:
        return _heavier_than_baseline(weighing, measure, order)
    if weighing.remedied:
        return allow("may_be_lighter", "可以从轻、减轻", "may be lighter, or below the range", _ART25)
    return allow("no_special_weight", "无从重、从轻情形", "neither Art. 24 nor Art. 25 is found")


def _only_one_grew(weighing: Weighing) -> bool:
    return weighing.casualties_enlarged != weighing.loss_enlarged


def _both_weighed(weighing: Weighing) -> Decision:
    if not weighing.words_24.strip() or not weighing.words_25.strip():
        return refuse(
            "weighing_words_missing",
            "同时具有从重和从轻情形，须写明如何权衡",
            "Art. 24 and Art. 25 are both found: weigh both in words",
            _ART24,
            _ART25,
        )
    return allow("both_weighed", "从重和从轻情形已一并权衡", "both are weighed in words", _ART24, _ART25)


def _heavier_than_baseline(weighing: Weighing, measure: str, order: SeverityOrder) -> Decision:
    if weighing.baseline is None:
        return refuse("baseline_missing", "从重须写明基准方式", "the baseline is stated", _ART24)
    match compare(order, measure, weighing.baseline):
        case Severity.HEAVIER:
            return allow("heavier", "已从重", "heavier than the baseline", _ART24)
        case Severity.INCOMPARABLE if weighing.incomparable_reasons.strip():
            return allow("heavier_by_reasons", "轻重无法比较，已说明理由", "incomparable, with reasons", _ART24)
        case Severity.INCOMPARABLE:
            return refuse(
                "incomparable_reasons_missing",
                "与基准方式轻重无法比较，须说明理由",
                "measures that the order cannot compare need reasons",
                _ART24,
            )
        case _:
            return refuse("not_heavier", "应当从重，不得轻于或者等于基准", "must be heavier than the baseline", _ART24)
