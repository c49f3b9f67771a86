"""一票否决 (Art. 23): only for leadership because of an accident, for the measure's own period."""

from uuid import UUID

from services.discipline.facts import MeasureTaken
from services.discipline.rules.periods import SUPPLIED, effects_of, own_period
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse
from shared.statute.effects import VETO_BARS, Effect, EffectKind, longest

_TEXT = Basis("art23")
_PERIOD = Basis("art23", BasisKind.READING, "时限取该问责方式自身影响期中最长者")


@cites("art23")
def veto_applies(*, art23_applies: bool | None, accident_id: UUID | None) -> Decision:
    """Allowed when the decision states leadership responsibility because of an accident."""
    if art23_applies is None:
        return refuse(
            "art23_not_stated",
            "决定须写明是否因发生生产安全事故被追究领导责任",
            "the decision states whether Art. 23 applies",
            _TEXT,
        )
    if not art23_applies:
        return refuse("no_veto", "不属于因事故被追究领导责任", "not held responsible because of an accident", _TEXT)
    if accident_id is None:
        return refuse("no_accident", "一票否决以发生生产安全事故为前提", "a veto needs an accident", _TEXT)
    return allow("veto", "因发生生产安全事故被追究领导责任", "held responsible because of an accident", _TEXT)


@cites("art23")
def veto_of(
    taken: MeasureTaken, *, art23_applies: bool | None, accident_id: UUID | None
) -> tuple[Effect, ...] | Decision:
    """The four bars of Art. 23 for the period of the measure's own rules, or why there are none."""
    applies = veto_applies(art23_applies=art23_applies, accident_id=accident_id)
    if not applies:
        return applies
    period = own_period(taken)
    if isinstance(period, Decision):
        return period
    governs = longest(period)
    if governs is None:
        return refuse(
            "figure_missing",
            f"{taken.measure.name_zh}没有规定影响期，一票否决时限须由使用机关填报",
            f"{taken.measure.id} has no period by rule: the agency supplies it",
            SUPPLIED,
        )
    basis = Basis("art23", note=f"{governs.basis.clause}；{_PERIOD.note}")
    return tuple(
        Effect(EffectKind.VETO, bar, taken.measure.id, taken.effective_on, governs.last_day, basis) for bar in VETO_BARS
    )


@cites("art23")
def bars_of(
    taken: MeasureTaken, *, art23_applies: bool | None, accident_id: UUID | None
) -> tuple[Effect, ...] | Decision:
    """Everything a measure bars: its veto, where Art. 23 applies, and its effect periods in any case."""
    effects = effects_of(taken)
    if isinstance(effects, Decision) or art23_applies is False:
        return effects
    veto = veto_of(taken, art23_applies=art23_applies, accident_id=accident_id)
    return veto if isinstance(veto, Decision) else (*veto, *effects)
