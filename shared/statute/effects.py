"""影响期 and 一票否决 as arithmetic, once for every service that must respect them.

A period runs in calendar months from the day the decision takes effect. Days are Asia/Shanghai dates.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.statute.clauses import cites
from shared.statute.decision import Basis, Decision, allow, refuse

MAX_COMBINED_MONTHS = 48
"""政务处分法 第十五条: a combined period is at most 48 months."""

_COMBINED = Basis("政务处分法 第十五条")


class Bar(StrEnum):
    """What a period keeps from the official."""

    PROMOTION = "promotion"
    IMPORTANT_REASSIGNMENT = "important_reassignment"
    EXCELLENCE_OF_YEAR = "excellence_of_year"
    EXCELLENCE_OF_TERM = "excellence_of_term"
    ADVANCED_TITLES = "advanced_titles"
    LEADING_POST = "leading_post"
    EQUAL_POST = "equal_post"
    HIGHER_POST = "higher_post"
    PARTY_READMISSION = "party_readmission"

    @property
    def zh(self) -> str:
        """The bar in the words of the rules."""
        return _BAR_ZH[self]


_BAR_ZH = {
    Bar.PROMOTION: "晋升职务、级别",
    Bar.IMPORTANT_REASSIGNMENT: "重用任职",
    Bar.EXCELLENCE_OF_YEAR: "年度考核评优",
    Bar.EXCELLENCE_OF_TERM: "任期考核评优",
    Bar.ADVANCED_TITLES: "评选先进资格",
    Bar.LEADING_POST: "担任领导职务",
    Bar.EQUAL_POST: "担任相当职务",
    Bar.HIGHER_POST: "担任高于原职务层次的职务",
    Bar.PARTY_READMISSION: "重新入党",
}

VETO_BARS = (Bar.EXCELLENCE_OF_YEAR, Bar.ADVANCED_TITLES, Bar.PROMOTION, Bar.IMPORTANT_REASSIGNMENT)
"""第二十三条: 取消考核评优和评选各类先进资格，不得晋升职务、级别或者重用任职."""


class EffectKind(StrEnum):
    """A veto (一票否决) needs an accident; an effect period (影响期) comes with the measure itself."""

    VETO = "veto"
    EFFECT_PERIOD = "effect_period"


@dataclass(frozen=True, slots=True)
class Effect:
    """One bar from `from_day` through `last_day`, both blocked; `None` is no last day known (or for good).

    `measure` is the id of the measure it follows from; `basis` the clause that sets the period.
    """

    kind: EffectKind
    bar: Bar
    measure: str
    from_day: date
    last_day: date | None
    basis: Basis

    def blocks(self, day: date) -> bool:
        """Whether `day` is barred."""
        return self.from_day <= day and (self.last_day is None or day <= self.last_day)

    def touches_year(self, year: int) -> bool:
        """Whether the period shares a day with the calendar year."""
        return self.from_day.year <= year and (self.last_day is None or year <= self.last_day.year)


@cites("art23")
def last_blocked_day(effective_on: date, months: int) -> date:
    """The last day of a period of whole calendar months.

    The day before the same day number, or the month's last day where that number does not exist: six months
    from 31 August end with February. Raises ValueError for less than a month.
    """
    if months < 1:
        raise ValueError("a period has at least one month")
    year, month0 = divmod(effective_on.year * 12 + effective_on.month - 1 + months, 12)
    days = monthrange(year, month0 + 1)[1]
    if effective_on.day > days:
        return date(year, month0 + 1, days)
    return date(year, month0 + 1, effective_on.day) - timedelta(days=1)


def longest(effects: Iterable[Effect]) -> Effect | None:
    """The effect that ends last; one without a last day outlasts every other."""
    return max(effects, key=lambda effect: effect.last_day or date.max, default=None)


@cites("art23")
def governing(effects: Iterable[Effect], bar: Bar, day: date) -> Effect | None:
    """Of the effects that block `bar` on `day`, the longest; `None` where nothing does."""
    return longest(effect for effect in effects if effect.bar is bar and effect.blocks(day))


def standing(effects: Collection[Effect], day: date) -> tuple[Effect, ...]:
    """What blocks on `day`: for each bar the longest veto and the longest effect period."""
    found = (
        governing((effect for effect in effects if effect.kind is kind), bar, day) for bar in Bar for kind in EffectKind
    )
    return tuple(effect for effect in found if effect is not None)


@cites("art23")
def barred(effects: Collection[Effect], bar: Bar, day: date) -> Decision:
    """Allowed when nothing bars it on `day`; the refusal names each clause and the last blocked day."""
    held = [effect for effect in standing(effects, day) if effect.bar is bar]
    governs = longest(held)
    if governs is None:
        return allow("not_barred", f"当日不限制{bar.zh}", f"nothing bars {bar} on {day}")
    until_zh = f"至{governs.last_day}（含当日）" if governs.last_day else "未定截止日"
    until_en = f"through {governs.last_day}" if governs.last_day else "with no last day known"
    return refuse(
        f"{governs.kind}_bars_{bar}",
        f"不得{bar.zh}，{until_zh}",
        f"{bar} is barred {until_en}",
        *dict.fromkeys(effect.basis for effect in held),
    )


def combined_period(months: Collection[int], combined: int) -> Decision:
    """Whether a combined period lies between the longest and the sum of its parts, at most 48 months."""
    if len(months) < 2:
        return refuse("nothing_to_combine", "合并执行须有两个以上处分期", "a combined period joins two", _COMBINED)
    low, high = max(months), min(sum(months), MAX_COMBINED_MONTHS)
    if not low <= combined <= high:
        return refuse(
            "combined_period_out_of_range",
            f"合并处分期应在{low}个月以上、{high}个月以下",
            f"a combined period lies between {low} and {high} months",
            _COMBINED,
        )
    return allow("combined_period", f"合并处分期{combined}个月", f"combined period of {combined} months", _COMBINED)
