"""What a region's register lacks on a day: one function for each finding, each with its clause."""

from datetime import date

from services.registry.facts.findings import Finding
from services.registry.rules.findings.departments import (
    matters_without_holder,
    matters_without_regulator,
    places_without_responsible_department,
    regulators_without_safety_deputy,
)
from services.registry.rules.findings.recorded import (
    barred_promotions,
    enterprises_without_regulator,
    fund_behind_revenue,
    overdue_evaluations,
)
from services.registry.rules.findings.scene import Index, Scene
from services.registry.rules.findings.seats import (
    missing_organs,
    overlapping_principals,
    safety_leads_outside_committee,
    vacant_principals,
    vacant_safety_leads,
)
from shared.roster.facts import Region

RULES = (
    missing_organs,
    vacant_principals,
    overlapping_principals,
    vacant_safety_leads,
    safety_leads_outside_committee,
    matters_without_holder,
    matters_without_regulator,
    regulators_without_safety_deputy,
    places_without_responsible_department,
    barred_promotions,
    enterprises_without_regulator,
    fund_behind_revenue,
    overdue_evaluations,
)


def findings(region: Region, index: Index, day: date) -> tuple[Finding, ...]:
    """Everything that the region lacks on the day, in a stable order.

    A real region is looked at in the exercise world only where an exercise put an organ there.
    """
    scene = Scene(region, index, day)
    if index.exercise and not region.exercise and not scene.organs:
        return ()
    return tuple(sorted((one for rule in RULES for one in rule(scene)), key=lambda one: one.order))
