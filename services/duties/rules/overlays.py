"""Who puts a reading into force, and for which days (art30): the interpreter; anybody else sets local defaults."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.duties.facts.catalogue import Duty, Interpreter
from services.duties.facts.overlays import Overlay, OverlayKind
from services.duties.rules.catalogue.checks import not_adoptable, same_matter
from shared.roster.facts import Organ, OrganKind, Region
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, first_refusal, refuse

_INTERPRETER = Basis("art30", BasisKind.TEXT)
_TERMS = Basis("art30", BasisKind.DEFAULT, "an overlay is a dated document on a reading that the catalogue has")


@dataclass(frozen=True, slots=True)
class Issuer:
    """The organ that issued a document, in its region on that day, and the organ that it consulted."""

    organ: Organ
    region: Region
    consulted: Organ | None = None


@cites("art30")
def may_record(
    overlay: Overlay,
    duty: Duty | None,
    issuer: Issuer,
    interpreter: Interpreter | None,
    place: Sequence[str] | None,
    *,
    today: date,
) -> Decision:
    """Whether the overlay may be recorded as what it says it is; `place`: the path of the region that it names."""
    decisions = [_documented(overlay, today), _days(overlay), _territory(overlay, place)]
    if overlay.kind is OverlayKind.INTERPRETATION:
        decisions.append(interprets(issuer, interpreter, overlay.issued_on))
    decisions.append(_adoptable(overlay, duty))
    return first_refusal(decisions, _answer(overlay))


@cites("art30")
def interprets(issuer: Issuer, interpreter: Interpreter | None, day: date) -> Decision:
    """Whether the organ interprets the statute: in Hebei the provincial emergency-management department.

    It must have consulted the provincial organization department; others set local defaults only.
    """
    organ, consulted = issuer.organ, issuer.consulted
    if interpreter is None or not (
        organ.kind is OrganKind.GOVERNMENT_DEPARTMENT
        and issuer.region.tier is interpreter.tier
        and organ.span.covers(day)
        and any(role.function in interpreter.functions and role.span.covers(day) for role in organ.roles)
    ):
        return refuse(
            "overlay.not_interpreter",
            f"{organ.name}无权解释本细则；可登记为本地默认",
            "only the interpreter may interpret; any other organ's document is recordable as a local default",
            _INTERPRETER,
        )
    if consulted is None or not (
        consulted.kind is interpreter.consulting
        and consulted.region_code == organ.region_code
        and consulted.span.covers(day)
    ):
        return refuse(
            "overlay.not_consulted",
            "解释须商同级党委组织部门",
            "an interpretation needs the organization department of the same level to be consulted",
            _INTERPRETER,
        )
    return allow("overlay.interpretation", f"{organ.name}有权解释", "the organ interprets the statute", _INTERPRETER)


@cites("art30")
def may_end(overlay: Overlay, last_day: date, document: str, issued_on: date, *, today: date) -> Decision:
    """Whether a later document ends it: once, and for no day that was past when that document was issued."""
    if overlay.ended is not None:
        return refuse("overlay.already_ended", "该解释已经终止", "it has been ended already", _TERMS)
    if not document.strip():
        return refuse("overlay.no_document", "未写明文号", "no document number is given", _TERMS)
    if issued_on > today:
        return refuse("overlay.in_future", "文件日期在未来", "the document is dated in the future", _TERMS)
    latest = overlay.span.to_day or date.max
    if not max(overlay.span.from_day, issued_on) <= last_day <= latest:
        return refuse(
            "overlay.retroactive",
            "终止日应在文件印发之日以后、原适用期间之内",
            "its last day lies within its span and not before the ending document",
            _TERMS,
        )
    return allow("overlay.may_end", "可以终止", "it may be ended", _TERMS)


def overlapping(overlay: Overlay, recorded: Iterable[Overlay]) -> Overlay | None:
    """Another overlay that says the same of the same place on some of the days."""
    return next(
        (
            one
            for one in recorded
            if one.id != overlay.id
            and (one.kind, one.exercise) == (overlay.kind, overlay.exercise)
            and same_matter(one.adoption, overlay.adoption)
        ),
        None,
    )


def _answer(overlay: Overlay) -> Decision:
    if overlay.kind is OverlayKind.INTERPRETATION:
        return allow("overlay.interpretation", "登记为解释", "recorded as an interpretation", *overlay.bases)
    return allow("overlay.local_default", "登记为本地默认", "recorded as a local default", *overlay.bases)


def _documented(overlay: Overlay, today: date) -> Decision:
    if not overlay.document.strip():
        return refuse("overlay.no_document", "未写明文号", "no document number is given", _TERMS)
    if overlay.issued_on > today:
        return refuse("overlay.in_future", "文件日期在未来", "the document is dated in the future", _TERMS)
    return allow("overlay.documented", "文件明确", "the document is named", _TERMS)


@cites("art30")
def _days(overlay: Overlay) -> Decision:
    """Past periods keep the reading in force then: nothing before the document was issued."""
    if overlay.span.from_day < overlay.issued_on:
        return refuse(
            "overlay.retroactive",
            "适用起始日早于文件印发之日",
            "it would change periods that were past when it was issued",
            _TERMS,
        )
    if overlay.span.to_day is not None and overlay.span.to_day < overlay.span.from_day:
        return refuse("overlay.days", "起止日期颠倒", "it ends before it begins", _TERMS)
    return allow("overlay.dated", "日期有序", "the days are in order", _TERMS)


def _territory(overlay: Overlay, place: Sequence[str] | None) -> Decision:
    if place is not None and overlay.territory not in place:
        return refuse(
            "overlay.outside_territory",
            "所列区划不在印发机关的辖区内",
            "the region lies outside the territory of the organ",
            _TERMS,
        )
    return allow("overlay.within", "在辖区内", "within the territory", _TERMS)


def _adoptable(overlay: Overlay, duty: Duty | None) -> Decision:
    reason = "there is no such duty on that day" if duty is None else not_adoptable(duty, overlay.adoption)
    if reason is not None:
        return refuse("overlay.nothing_to_adopt", "目录中没有可采纳的理解意见", reason, _TERMS)
    return allow("overlay.adoptable", "可以采纳", "there is a reading to adopt", _TERMS)
