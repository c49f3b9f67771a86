"""The catalogue as rows that SQL can join: one for each requirement and each place that its duty's scope names."""

from collections.abc import Iterator
from datetime import date
from itertools import product

from services.duties.facts import Catalogue, Duty, Firmness, Period, PeriodKind
from services.duties.facts.catalogue import ALWAYS
from services.duties.facts.projected import Rule
from services.duties.rules.obligations import DEFAULTS
from services.duties.rules.periods import periods_between
from shared.roster.facts import Tier
from shared.statute.clauses import cites

_TIERS = {tier.value for tier in Tier}


@cites("art5.2", "art5.3", "art6.2", "art6.3", "art6.5", "art9.4", "art9.6", "art10.2", "art10.3", "art11.3")
def rules_of(catalogue: Catalogue) -> tuple[Rule, ...]:
    """Every periodic requirement at every place; a region code's row goes before its tier's, as in `scope_key`."""
    periodic = [(duty, duty.period) for duty in catalogue.duties if duty.period is not None]
    return tuple(rule for duty, period in periodic for rule in _rules(duty, period, catalogue))


def _rules(duty: Duty, period: PeriodKind, catalogue: Catalogue) -> Iterator[Rule]:
    """The rows of a duty; the kinds of post that its words leave out have rows of their own, `off` everywhere."""
    of_version = "" if duty.span == ALWAYS else f"/{duty.span.from_day}"
    spoken_of = [(duty.post_kinds, False), *([(duty.off_posts, True)] if duty.off_posts else [])]
    for (place, firmness), item, (kinds, left_out) in product(duty.scope.items(), duty.requirements, spoken_of):
        yield Rule(
            id=f"{item.id}@{place}{of_version}{'/left_out' if left_out else ''}",
            duty_id=duty.id,
            requirement_id=item.id,
            clause=duty.clause,
            place=place,
            excepted=tuple(sorted(duty.scope.keys() - _TIERS)) if place in _TIERS else (),
            post_kinds=tuple(sorted(kinds)),
            organ_kinds=tuple(sorted(duty.organ_kinds)),
            roles=tuple(sorted(duty.roles)),
            period=period.value,
            count=duty.count,
            acts=tuple(sorted(duty.acts_in.get(place, item.acts))),
            manner=item.manner.value,
            firmness=(Firmness.OFF if left_out else firmness).value,
            filings=tuple(one.value for one in duty.filings),
            secretary_first=duty.secretary_first,
            note=duty.note if left_out else duty.note_in(place),
            left_out=left_out,
            from_day=duty.span.from_day,
            to_day=duty.span.to_day,
            until=_until(duty, catalogue),
            statute=duty.statute,
            governs=catalogue.governs,
            overlays=tuple(one for one in catalogue.overlays if one.duty_id == duty.id),
        )


def _until(duty: Duty, catalogue: Catalogue) -> date | None:
    """The last day until which the duty is in the catalogue without a gap, in this version or the next ones."""
    last = duty.span.to_day
    for one in sorted((one.span for one in catalogue.duties if one.id == duty.id), key=lambda one: one.from_day):
        if last is None or (one.from_day - last).days > 1:
            break
        if one.to_day is None or one.to_day > last:
            last = one.to_day
    return last


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
