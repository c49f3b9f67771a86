"""The catalogue as rows that SQL can join: one for each requirement and each place that its duty's scope names."""

from collections.abc import Iterator
from datetime import date

from services.duties.facts import Catalogue, Duty, Period, PeriodKind
from services.duties.facts.projected import Rule
from services.duties.rules.obligations import DEFAULTS
from services.duties.rules.periods import periods_between
from shared.roster.facts import Tier
from shared.statute.clauses import cites

_TIERS = {tier.value for tier in Tier}


@cites("art5.2", "art5.3", "art6.2", "art6.3", "art6.5", "art9.4", "art9.6", "art10.2", "art10.3", "art11.3")
def rules_of(catalogue: Catalogue) -> tuple[Rule, ...]:
    """Every periodic requirement at every place; a region code's row goes before its tier's, as in `scope_key`."""
    return tuple(rule for duty in catalogue.duties if duty.period is not None for rule in _rules(duty, duty.period))


def _rules(duty: Duty, period: PeriodKind) -> Iterator[Rule]:
    codes = tuple(sorted(duty.scope.keys() - _TIERS))
    for place, firmness in duty.scope.items():
        for item in duty.requirements:
            yield Rule(
                id=f"{item.id}@{place}",
                duty_id=duty.id,
                requirement_id=item.id,
                clause=duty.clause,
                place=place,
                excepted=codes if place in _TIERS else (),
                post_kinds=tuple(sorted(duty.post_kinds)),
                organ_kinds=tuple(sorted(duty.organ_kinds)),
                roles=tuple(sorted(duty.roles)),
                period=period.value,
                count=duty.count,
                acts=tuple(sorted(duty.acts_in.get(place, item.acts))),
                manner=item.manner.value,
                firmness=firmness.value,
                filings=tuple(one.value for one in duty.filings),
                secretary_first=duty.secretary_first,
                note=duty.note,
            )


@cites("art31")
def periods_of_year(year: int, effective_from: date = DEFAULTS.effective_from) -> tuple[Period, ...]:
    """Every period of a year that can be owed: none that was running already when the statute took effect."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return tuple(
        period
        for kind in PeriodKind
        for period in periods_between(kind, first, last)
        if period.from_day >= effective_from
    )


def horizon(today: date) -> tuple[int, int, int]:
    """The years that are kept ready: last year, this year, next year."""
    return today.year - 1, today.year, today.year + 1
