"""Why an appointment ends: a coded cause from an open list, and words."""

from collections.abc import Iterable, Mapping

from services.registry.facts.answers import EndCause, Ending
from shared.roster.facts import Span
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

OTHER = "other"
_RECORDED = Basis("art27", BasisKind.DEFAULT, "离任原因须可查 · why somebody left stays on record")


def end_causes(rows: Iterable[Mapping[str, str]]) -> Mapping[str, EndCause]:
    """The causes by code, in the order of the list."""
    return {row["code"]: EndCause(row["code"], row["zh"], row["en"]) for row in rows}


def ending(cause: str | None, words: str | None, known: Mapping[str, EndCause]) -> Ending:
    """Cause and words as they are kept: a cause without words gets its name, words that are a name get its cause."""
    if cause is None and words is not None:
        cause = next((code for code, one in known.items() if words in {one.zh, one.en}), OTHER)
    named = None if cause in {None, OTHER} else known.get(cause or "")
    return Ending(cause, words if named is None else words or named.zh)


@cites("art27")
def check_ending(ended: Ending, span: Span, known: Mapping[str, EndCause]) -> Decision:
    """Only what has a last day has ended; the cause is of the list; `other` says in words what it is."""
    if ended.cause is not None and ended.cause not in known:
        return refuse("unknown_end_cause", "离任原因不在目录中", "the cause is not in the list", _RECORDED)
    if ended.cause is not None and span.to_day is None:
        return refuse("end_without_day", "未填最后任职日", "a cause without a last day", _RECORDED)
    if ended.cause == OTHER and not ended.words:
        return refuse("end_reason_needed", "其他原因须说明", "another cause needs words", _RECORDED)
    return allow("ending_allowed", "离任原因完整", "the ending is complete", _RECORDED)
