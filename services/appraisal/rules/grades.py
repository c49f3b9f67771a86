"""等次 (Art. 15, 16, 23): people give grades; a veto refuses 优秀 and flags what was given before."""

from collections.abc import Collection
from datetime import date

from services.appraisal.facts import Bands, GivenGrade, Grade, Reopening
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse
from shared.statute.effects import Bar, Effect, EffectKind, last_blocked_day

_ART16 = Basis("art16")
_FLAG = Basis("art23", BasisKind.READING, "期间涉及的年度由人重新考虑等次")


@cites("art15")
def band_of(score: float, bands: Bands) -> Grade:
    """The evaluation grade of a score by the configured bands; people decide. ValueError outside 0 to 100."""
    if not 0 <= score <= 100:
        raise ValueError("a score lies between 0 and 100")
    if score >= bands.excellent:
        return Grade.EXCELLENT
    if score >= bands.good:
        return Grade.GOOD
    return Grade.PASSED if score >= bands.passed else Grade.FAILED


@cites("art15")
def plan_due_on(grade: Grade, given_on: date, bands: Bands) -> date | None:
    """The last day for a rectification plan after 不合格; `None` for any other grade."""
    return last_blocked_day(given_on, bands.plan_months) if grade is Grade.FAILED else None


@cites("art16", "art23")
def grade_may_be_given(grade: Grade, year: int, effects: Collection[Effect]) -> Decision:
    """优秀 is refused while a veto, or an effect period that takes excellence away, touches the year."""
    against = [effect for effect in effects if effect.bar is Bar.EXCELLENCE_OF_YEAR and effect.touches_year(year)]
    if grade is Grade.EXCELLENT and against:
        return refuse(
            "excellence_barred",
            f"{year}年度不得评为优秀",
            f"no excellence for {year}",
            *dict.fromkeys(effect.basis for effect in against),
        )
    return allow("grade_given", f"{year}年度评定为{grade}", f"graded {grade} for {year}", _ART16)


@cites("art23")
def flag_of(given: GivenGrade, effects: Collection[Effect]) -> Decision:
    """Allowed where no veto touches the grade's year; otherwise flagged, and it stays until a person acts."""
    vetoes = [effect for effect in effects if effect.kind is EffectKind.VETO and effect.touches_year(given.year)]
    if vetoes:
        return refuse(
            "grade_flagged",
            f"一票否决涉及{given.year}年度，已评等次{given.grade}待重新考虑",
            f"a veto touches {given.year}: the grade is flagged for reopening",
            *dict.fromkeys(effect.basis for effect in vetoes),
            _FLAG,
        )
    return allow("grade_untouched", "等次不受影响", "no veto touches the grade", _ART16)


@cites("art23")
def may_reopen(flag: Decision, reopening: Reopening) -> Decision:
    """A flagged grade is reopened by a person, with a reason; one that is not flagged stays closed."""
    if flag:
        return refuse("not_flagged", "等次未被标记，不能重新评定", "the grade is not flagged", _ART16)
    if not reopening.reason.strip():
        return refuse("reason_missing", "重新评定须说明理由", "reopening needs a reason", _FLAG)
    return allow("grade_reopened", "等次已重新评定", "the grade is reopened", *flag.basis)
