"""What a catalogue must satisfy: it quotes the statute, says what the words say, and does not contradict itself."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from services.duties.facts import ActKind, Adoption, Duty, Firmness, Manner, PeriodKind
from services.duties.facts.catalogue import Governance, Interpreter
from services.duties.rules.catalogue.source import RefusedError
from shared.roster.facts import OrganKind
from shared.statute.text import Clause, Statute, UnknownClause

Clauses = Mapping[str, Clause]

_COUNT = re.compile(r"至少\D{0,8}?(\d+)次")
_PERIOD_WORDS = {
    "每月": PeriodKind.MONTH,
    "每季度": PeriodKind.QUARTER,
    "每半年": PeriodKind.HALF_YEAR,
    "每年": PeriodKind.YEAR,
    "年度": PeriodKind.YEAR,
}
_DEPARTMENT_ORGANS = {OrganKind.PARTY_DEPARTMENT, OrganKind.GOVERNMENT_DEPARTMENT}


def check_words(duty: Duty, clauses: Clauses) -> None:
    """The entry quotes its clause, and says what the quoted words say: count, period, who presides, who leads."""
    check_quote(duty.clause, duty.phrase, clauses)
    if duty.period is None:
        return
    stated = {period for word, period in _PERIOD_WORDS.items() if word in duty.phrase}
    if stated != {duty.period}:
        raise RefusedError(f"the quoted words do not say once in a {duty.period}", "period")
    figures = {int(figure) for figure in _COUNT.findall(duty.phrase)} or {1}
    if figures != {duty.count}:
        raise RefusedError(f"the quoted count is not {duty.count}", "count")
    manners = {item.manner for item in duty.requirements}
    if "主持召开" in duty.phrase and manners != {Manner.PRESIDES}:
        raise RefusedError("the quoted words say who presides (主持)", "manner")
    for item in duty.requirements:
        if ActKind.LED_INSPECTION in item.acts and (item.manner is not Manner.LEADS or "带队" not in duty.phrase):
            raise RefusedError("who leads (带队) does not agree with the quoted words", "manner")


def check_quote(clause: str, phrase: str, clauses: Clauses) -> None:
    """The clause is one of the statute's, and says exactly the phrase."""
    if clause not in clauses:
        raise RefusedError(str(UnknownClause(clause)), "id")
    if phrase not in clauses[clause].text:
        raise RefusedError(f"{clause} does not say {phrase!r}", "phrase")


def check_shape(duty: Duty) -> None:
    """What makes a duty whole, whatever the statute says."""
    if not (duty.post_kinds and duty.organ_kinds and duty.scope):
        raise RefusedError("posts, organs and scope are needed")
    if bool(duty.roles) != bool(duty.organ_kinds & _DEPARTMENT_ORGANS):
        raise RefusedError("departments have roles, and only they do", "roles")
    if duty.post_kinds & duty.off_posts:
        raise RefusedError("a kind of post has the duty or is left out of it", "off_posts")
    _check_notes(duty)
    if duty.standing:
        if duty.requirements or duty.count or duty.acts_in or duty.filings:
            raise RefusedError("a standing duty has no count, acts or filings", "count")
    else:
        _check_periodic(duty)


def _check_notes(duty: Duty) -> None:
    unread = [key for key, firmness in duty.scope.items() if firmness is not Firmness.TEXT and not duty.note_in(key)]
    if unread:
        raise RefusedError(f"a note says what is read how in {', '.join(unread)}", "scope")
    if duty.off_posts and not duty.note:
        raise RefusedError("a note says why posts are left out", "off_posts")


def _check_periodic(duty: Duty) -> None:
    if duty.count < 1 or not duty.requirements:
        raise RefusedError("a periodic duty has a count of at least 1 and its acts", "count")
    if any(not (item.acts and item.evidence) for item in duty.requirements):
        raise RefusedError("a requirement has acts and evidence", "requirements")
    if duty.acts_in and (len(duty.requirements) > 1 or duty.acts_in.keys() - duty.scope.keys()):
        raise RefusedError("acts_in speaks of the one requirement, within scope", "acts_in")
    if not all(duty.acts_in.values()):
        raise RefusedError("acts_in names an act for each place", "acts_in")
    if any(item.manner is Manner.BODY for item in duty.requirements) and len(duty.requirements) > 1:
        raise RefusedError("a body's act stands alone", "manner")


def conflict(duties: Sequence[Duty]) -> tuple[int, str] | None:
    """The position of the first entry that repeats or contradicts an earlier one of the same days, and why."""
    for (_, one), (position, other) in combinations(enumerate(duties), 2):
        if not one.span.overlaps(other.span):
            continue
        if one.id == other.id:
            return position, "stands twice for the same days"
        if _same_words(one, other) or _contradict(one, other):
            return position, f"contradicts {one.id}"
    return None


def missing_items(statute: Statute, chapters: Iterable[int], duties: Iterable[Duty]) -> list[str]:
    """The items of those chapters, and articles without items, that have no entry."""
    there = {duty.clause for duty in duties}
    asked = [one for chapter in statute.chapters if chapter.number in chapters for one in chapter.articles]
    items = [item.id for article in asked for item in (article.items or (article,))]
    return [item for item in items if item not in there]


def check_overlay(overlay: Adoption, duties: Iterable[Duty], before: Iterable[Adoption]) -> None:
    """An overlay adopts a reading that the catalogue has, for a place in its scope, and only once for the same days."""
    duty = next((one for one in duties if one.id == overlay.duty_id and one.span.overlaps(overlay.span)), None)
    if duty is None:
        raise RefusedError("there is no such duty on those days", "duty")
    if (reason := not_adoptable(duty, overlay)) is not None:
        raise RefusedError(reason, "scope")
    if any(same_matter(one, overlay) for one in before):
        raise RefusedError("two overlays adopt the same reading for the same days", "from")


def not_adoptable(duty: Duty, overlay: Adoption) -> str | None:
    """Why the duty has no reading that the overlay could adopt, or `None` where it has one."""
    if overlay.post_kind is not None:
        return None if overlay.post_kind in duty.off_posts else f"{overlay.post_kind} is not left out of {duty.id}"
    if overlay.scope.isdigit():
        firmness = duty.scope.get(overlay.scope)
        open_somewhere = any(one is not Firmness.TEXT for one in duty.scope.values())
        return None if firmness not in {None, Firmness.TEXT} or (firmness is None and open_somewhere) else _TEXT
    if overlay.scope not in duty.scope:
        return f"{duty.id} says nothing of {overlay.scope}"
    return _TEXT if duty.scope[overlay.scope] is Firmness.TEXT else None


_TEXT = "the text says it already: there is no reading to adopt"


def same_matter(one: Adoption, other: Adoption) -> bool:
    """Whether two overlays say the same of the same place on some day."""
    same = (one.duty_id, one.scope, one.post_kind, one.within) == (
        other.duty_id,
        other.scope,
        other.post_kind,
        other.within,
    )
    return same and one.span.overlaps(other.span)


def check_interpreter(interpreter: Interpreter, clauses: Clauses) -> None:
    """The clause that names the interpreter is quoted."""
    check_quote(interpreter.clause, interpreter.phrase, clauses)


def governed_twice(governs: Sequence[Governance]) -> int | None:
    """The position of the first that puts a region under a statute on a day on which it is under one already."""
    for (_, one), (position, other) in combinations(enumerate(governs), 2):
        if one.region == other.region and one.span.overlaps(other.span):
            return position
    return None


def _same_words(one: Duty, other: Duty) -> bool:
    return one.clause == other.clause and one.phrase == other.phrase


def _contradict(one: Duty, other: Duty) -> bool:
    """Whether one clause asks the same act of the same post in the same place at two different rhythms."""
    if one.clause != other.clause or one.standing or other.standing:
        return False
    same_post = one.post_kinds & other.post_kinds and (not one.roles or one.roles & other.roles)
    same_place = one.scope.keys() & other.scope.keys()
    same_act = any(_acts(one, place) & _acts(other, place) for place in same_place)
    return bool(same_post and same_act)


def _acts(duty: Duty, place: str) -> frozenset[ActKind]:
    return duty.acts_in.get(place) or frozenset(act for item in duty.requirements for act in item.acts)
