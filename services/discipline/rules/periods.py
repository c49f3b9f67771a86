"""影响期: what a measure bars, from and through which day, by the figures in force when it was decided."""

from datetime import date

from services.discipline.facts import Branch, Duration, EffectRow, FigureStatus, MeasureTaken
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, refuse
from shared.statute.effects import Bar, Effect, EffectKind, combined_period, last_blocked_day

SUPPLIED = Basis("art23", BasisKind.DEFAULT, "相关规定未定时限，由使用机关填报")
_SUPPLIED_BARS = (Bar.PROMOTION, Bar.IMPORTANT_REASSIGNMENT)
_MAX_TERM_MONTHS = 24
_OWN_PERIOD = (Duration.MONTHS, Duration.WHILE_IT_LASTS, Duration.TERM_THEN_MONTHS, Duration.FOR_GOOD)


def rows_in_force(taken: MeasureTaken) -> tuple[EffectRow, ...]:
    """The figures that govern a decision of that day; none for a decision older than every figure."""
    return tuple(row for row in taken.measure.effects if row.in_force(taken.decided_on))


@cites("art22", "art23")
def effects_of(taken: MeasureTaken) -> tuple[Effect, ...] | Decision:
    """The effect periods of a measure, or which figure somebody must supply or confirm."""
    rows = rows_in_force(taken)
    refusal = _missing(taken, rows)
    if refusal is not None:
        return refusal
    if not rows:
        return _supplied(taken)
    return tuple(
        Effect(
            EffectKind.EFFECT_PERIOD,
            bar,
            taken.measure.id,
            taken.effective_on,
            _last_day(taken, row),
            _basis(row),
        )
        for row in rows
        for bar in row.bars
    )


def own_period(taken: MeasureTaken) -> tuple[Effect, ...] | Decision:
    """The effects that make up the measure's period proper: without the excellence of a year or a term."""
    effects = effects_of(taken)
    if isinstance(effects, Decision):
        return effects
    bars = {bar for row in rows_in_force(taken) if row.duration in _OWN_PERIOD for bar in row.bars}
    return tuple(effect for effect in effects if not bars or effect.bar in bars)


def _supplied(taken: MeasureTaken) -> tuple[Effect, ...]:
    if taken.supplied_months is None:
        return ()
    last = last_blocked_day(taken.effective_on, taken.supplied_months)
    return tuple(
        Effect(EffectKind.EFFECT_PERIOD, bar, taken.measure.id, taken.effective_on, last, SUPPLIED)
        for bar in _SUPPLIED_BARS
    )


def _basis(row: EffectRow) -> Basis:
    return Basis(row.source, note=row.status)


def _last_day(taken: MeasureTaken, row: EffectRow) -> date | None:
    match row.duration:
        case Duration.MONTHS:
            return last_blocked_day(taken.effective_on, taken.combined_months or row.months or 0)
        case Duration.YEAR:
            return date(taken.effective_on.year, 12, 31)
        case Duration.TERM:
            return taken.term_ends_on
        case Duration.WHILE_IT_LASTS:
            return taken.ended_on
        case Duration.TERM_THEN_MONTHS:
            return last_blocked_day(taken.effective_on, (taken.term_months or 0) + (row.months or 0))
        case Duration.FOR_GOOD:
            return None


def _missing(taken: MeasureTaken, rows: tuple[EffectRow, ...]) -> Decision | None:
    if taken.supplied_months is not None and taken.supplied_months < 1:
        return refuse("figure_out_of_range", "时限至少一个月", "a period has at least one month", SUPPLIED)
    if not rows and taken.measure.no_effect_source is None and taken.supplied_months is None:
        return refuse(
            "figure_missing",
            f"作出决定时没有{taken.measure.name_zh}影响期的数据，须由使用机关填报",
            f"no figure governs {taken.measure.id} on {taken.decided_on}: the agency supplies it",
            SUPPLIED,
        )
    unsure = [row for row in rows if row.status is FigureStatus.UNVERIFIED and row.id not in taken.confirmed]
    if unsure:
        return refuse(
            "figure_unconfirmed",
            f"影响期数据未核实，使用前须经使用机关确认一次：{'、'.join(row.id for row in unsure)}",
            f"unverified figures must be confirmed first: {', '.join(row.id for row in unsure)}",
            *dict.fromkeys(Basis(row.source, BasisKind.DEFAULT, "unverified") for row in unsure),
        )
    # A refusal is falsy, so the first one is found by identity, not by `or`.
    wrong = (_wrong_term(taken, rows), _wrong_end(taken), _wrong_combination(taken, rows))
    return next((refusal for refusal in wrong if refusal is not None), None)


def _wrong_term(taken: MeasureTaken, rows: tuple[EffectRow, ...]) -> Decision | None:
    needs = [row for row in rows if row.duration is Duration.TERM_THEN_MONTHS]
    if not needs or (taken.term_months is not None and 1 <= taken.term_months <= _MAX_TERM_MONTHS):
        return None
    return refuse(
        "term_missing",
        f"须载明{taken.measure.name_zh}期限，最长{_MAX_TERM_MONTHS}个月",
        f"the term is stated, at most {_MAX_TERM_MONTHS} months",
        _basis(needs[0]),
    )


def _wrong_end(taken: MeasureTaken) -> Decision | None:
    if taken.ended_on is None or taken.ended_on >= taken.effective_on:
        return None
    return refuse("ends_before_it_begins", "结束日早于生效日", "the measure ends before it takes effect", SUPPLIED)


def _wrong_combination(taken: MeasureTaken, rows: tuple[EffectRow, ...]) -> Decision | None:
    if taken.combined_months is None:
        return None
    own = {row.months for row in rows if row.duration is Duration.MONTHS}
    if taken.measure.branch is not Branch.ADMINISTRATIVE or not own & set(taken.combined_from):
        return refuse(
            "nothing_to_combine",
            "合并处分期只用于政务处分，且须包含本处分期",
            "only administrative sanctions have a combined period, and it joins their own",
            Basis("政务处分法 第十五条"),
        )
    answer = combined_period(taken.combined_from, taken.combined_months)
    return None if answer else answer
