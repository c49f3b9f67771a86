"""The statute is readable by API, and an unknown id is a 404."""

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from shared.kernel.problems import MEDIA_TYPE, Problem
from shared.statute.routes import statute_router
from shared.statute.text import load


async def _as_problem(request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, Problem)
    view = problem.view(str(request.url.path))
    return JSONResponse(view.model_dump(mode="json"), view.status, media_type=MEDIA_TYPE)


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(statute_router())
    app.add_exception_handler(Problem, _as_problem)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://statute")


async def test_the_whole_statute_is_read_with_chapters_articles_and_items(client: httpx.AsyncClient) -> None:
    body = (await client.get("/v1/statute")).json()
    assert body["title"] == "河北省党政领导干部安全生产责任制实施细则"
    articles = [article for chapter in body["chapters"] for article in chapter["articles"]]
    assert (len(body["chapters"]), len(articles)) == (7, 31)
    assert [a["text"] for a in articles] == [a.text for a in load().articles]
    assert all(a["chapter_id"] == c["id"] for c in body["chapters"] for a in c["articles"])


async def test_an_article_is_read_whole_and_by_its_items(client: httpx.AsyncClient) -> None:
    body = (await client.get("/v1/statute/articles/art10")).json()
    assert (body["label"], body["chapter_id"], len(body["items"])) == ("第十条", "ch3", 4)
    assert "打非治违" in body["items"][1]["text"]
    assert all(item["text"] in body["text"] for item in body["items"])


@pytest.mark.parametrize("asked", ["art5.2", "art5.2a"])
async def test_a_clause_is_cited_also_by_the_id_of_a_duty_under_it(client: httpx.AsyncClient, asked: str) -> None:
    body = (await client.get(f"/v1/statute/clauses/{asked}")).json()
    assert (body["id"], body["label"]) == ("art5.2", "第五条（二）")
    assert body["text"].startswith("把安全生产纳入党委议事日程")


@pytest.mark.parametrize(
    "path", ["articles/art32", "articles/art5.2", "clauses/art5.10", "clauses/%00", "clauses/第五条"]
)
async def test_an_unknown_id_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"/v1/statute/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, MEDIA_TYPE)
    assert answer.json()["code"] == "clause_not_found"


def test_every_route_speaks_chinese_and_english() -> None:
    app = FastAPI()
    app.include_router(statute_router())
    paths = app.openapi()["paths"]
    assert set(paths) == {"/v1/statute", "/v1/statute/articles/{id}", "/v1/statute/clauses/{id}"}
    assert all(" · " in operations["get"]["summary"] for operations in paths.values())
