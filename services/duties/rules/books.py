"""Closing the books of a period, and reopening them: a default of the office's practice, not of the text."""

from datetime import date

from services.duties.facts.books import Books
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_PRACTICE = Basis("art28", BasisKind.DEFAULT, "records must be ones that can be checked; books are internal control")


@cites("art28")
def may_close(books: Books, today: date) -> Decision:
    """Whether the books may be closed: once the period is over, and where they are not closed."""
    if books.period.to_day >= today:
        return refuse("books.period_running", "期间尚未结束", "the period is not over", _PRACTICE)
    if books.closed:
        return refuse("books.closed_already", "该期间账册已经关闭", "they are closed already", _PRACTICE)
    return allow("books.closable", "可以关闭账册", "they may be closed", _PRACTICE)


@cites("art28")
def may_reopen(books: Books, reason: str) -> Decision:
    """Whether the books may be reopened: where they are closed, with a reason."""
    if not books.closed:
        return refuse("books.not_closed", "该期间账册未关闭", "they are not closed", _PRACTICE)
    if not reason.strip():
        return refuse("books.no_reason", "未写明重新开启的理由", "no reason is given", _PRACTICE)
    return allow("books.reopenable", "可以重新开启账册", "they may be reopened", _PRACTICE)
