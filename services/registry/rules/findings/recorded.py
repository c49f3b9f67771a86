"""Findings from what was recorded: barred promotions, enterprises, the safety fund, evaluations after accidents."""

from collections.abc import Iterator
from datetime import date, timedelta

from services.registry.facts.findings import Declaration, DeclarationKind, Finding, FindingKind
from services.registry.facts.proceedings import DeadlineStatus
from services.registry.rules.deadlines import evaluation_deadline
from services.registry.rules.findings.scene import Scene, since
from shared.roster.facts import PostKind
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind


@cites("art23")
def barred_promotions(scene: Scene) -> Iterator[Finding]:
    """A promotion that began while a veto or an effect period ran; a person decides what becomes of it."""
    organs = {organ.id: organ for organ in scene.organs}
    for post in scene.posts(scene.organs, *PostKind):
        for held in scene.holders(post, scene.day):
            flags = scene.flags(held)
            if held.promotion and flags:
                yield Finding(
                    FindingKind.BARRED_PROMOTION,
                    scene.region.code,
                    held.span.from_day,
                    tuple(dict.fromkeys(flag.basis for flag in flags)),
                    f"{organs[post.organ_id].name}{post.title}：影响期内晋升",
                    f"promoted while barred: {', '.join(sorted({flag.code for flag in flags}))}",
                    "由有权机关撤销或更正该任职，或解除相应措施",
                    "the competent organ annuls or corrects the appointment, or the measure is lifted",
                    organ_id=post.organ_id,
                    post_id=post.id,
                    appointment_id=held.id,
                )


@cites("art6.9")
def enterprises_without_regulator(scene: Scene) -> Iterator[Finding]:
    """A registered enterprise for which no department is named, or whose department is no more."""
    for one in scene.declared(DeclarationKind.ENTERPRISE):

        def alone(day: date, one: Declaration = one) -> bool:
            return one.span.covers(day) and not scene.stands(one.organ_id, day)

        if first := since(scene.day, scene.declared_changes((one,)), alone):
            yield Finding(
                FindingKind.ENTERPRISE_WITHOUT_REGULATOR,
                scene.region.code,
                first,
                (Basis("art6.9"),),
                f"{one.name}未明确安全生产监管部门",
                "no department is named to regulate the enterprise",
                "在该单位登记监管部门",
                "name the enterprise's regulator",
                organ_id=one.organ_id,
                declaration_id=one.id,
                matter=one.industry,
            )


@cites("art6.7")
def fund_behind_revenue(scene: Scene) -> Iterator[Finding]:
    """The newest recorded year, where the fund grew less than revenue; what nobody recorded says nothing."""
    basis = Basis("art6.7", BasisKind.READING, "同步增长：专项资金增幅不低于财政收入增幅 · grows at least as fast")
    years = {one.year: one for one in scene.declared(DeclarationKind.SAFETY_FUND) if one.span.from_day <= scene.day}
    newest = max((year for year in years if year is not None and year - 1 in years), default=None)
    if newest is None:
        return
    now, before = years[newest], years[newest - 1]
    if (now.fund_yuan or 0) * (before.revenue_yuan or 0) < (before.fund_yuan or 0) * (now.revenue_yuan or 0):
        yield Finding(
            FindingKind.FUND_BEHIND_REVENUE,
            scene.region.code,
            now.span.from_day,
            (basis,),
            f"{scene.region.name}{newest}年安全生产专项资金增幅低于财政收入增幅",
            f"in {newest} the safety fund grew less than revenue",
            "登记增幅不低于财政收入的年度，或更正数额",
            "record a year with growth in step, or correct the figures",
            declaration_id=now.id,
            matter=str(newest),
        )


@cites("art8.5")
def overdue_evaluations(scene: Scene) -> Iterator[Finding]:
    """An accident whose rectification and accountability nobody evaluated within a year of the approval."""
    for one in scene.accidents():
        due = evaluation_deadline(one.steps, scene.day)
        if due.status is DeadlineStatus.OVERDUE and due.due_on is not None:
            yield Finding(
                FindingKind.EVALUATION_OVERDUE,
                scene.region.code,
                due.due_on + timedelta(days=1),
                due.basis,
                f"{one.title}：批复满一年，整改和责任追究落实情况未评估",
                f"rectification and accountability were to be evaluated by {due.due_on}; nothing is on record",
                "组织评估并登记",
                "carry out the evaluation and record it",
                accident_id=one.id,
            )
