"""The statute over HTTP: public text, the same in every service that includes the router."""

from typing import Annotated

from fastapi import APIRouter, Path

from shared.kernel.problems import NotFound
from shared.statute.schemas import ArticleView, ClauseView, StatuteView
from shared.statute.text import UnknownClause, cite, load

ArticleId = Annotated[str, Path(description="条 · Article", examples=["art5"])]
ClauseId = Annotated[
    str,
    Path(
        description="章、条、项、款或履职任务编号 · Chapter, article, item, paragraph or duty id",
        examples=["art5.2", "art4.p2", "ch2", "art5.2a"],
    ),
]


def _no_such_clause() -> NotFound:
    return NotFound("clause_not_found", "没有这一条款", "no such clause")


def statute_router() -> APIRouter:
    """The statute under /v1/statute; an id it lacks is 404 `clause_not_found`."""
    router = APIRouter(prefix="/v1/statute", tags=["实施细则 · Statute"])
    router.add_api_route("", read_statute, summary="实施细则全文 · The whole statute")
    router.add_api_route("/articles/{id}", read_article, summary="读取一条 · Read an article")
    router.add_api_route("/clauses/{id}", read_clause, summary="引用一个条款 · Cite a clause")
    return router


async def read_statute() -> StatuteView:
    """七章三十一条及各项 · The 7 chapters with their 31 articles and items."""
    return StatuteView.of(load())


async def read_article(id: ArticleId) -> ArticleView:  # noqa: A002 - the path says {id}
    """一条的全文和各项 · An article's whole text and its items."""
    article = next((article for article in load().articles if article.id == id), None)
    if article is None:
        raise _no_such_clause()
    return ArticleView.of(article)


async def read_clause(id: ClauseId) -> ClauseView:  # noqa: A002 - the path says {id}
    """编号、引称和原文；职责编号指向其依据 · Id, label and text; a duty id leads to its clause."""
    try:
        return ClauseView.of(cite(id))
    except UnknownClause:
        raise _no_such_clause() from None
