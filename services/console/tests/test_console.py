"""The page's answers, the development clock, the forwarding of five paths, the vendored files."""

import json
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from services.console.handlers.clock import DevelopmentClock
from services.console.handlers.proxy import HOP_BY_HOP, NOT_SENT, Proxy, end_to_end
from services.console.main import SERVICES, STATIC
from services.console.settings import ConsoleSettings
from services.console.tests.conftest import Console
from shared.kernel import clock
from tools.vendor import VENDOR, differences

MEDIA = "application/problem+json"
Maker = Callable[[ConsoleSettings], httpx.AsyncClient]


async def test_every_answer_forbids_what_is_not_ours(console: Console) -> None:
    for path in ("/", "/console.json", "/static/console.css", "/issuer/jwks"):
        response = await console.client.get(path)
        assert response.status_code == 200
        assert "default-src 'self'" in response.headers["content-security-policy"]
        assert "unsafe" not in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"


async def test_the_frame_that_may_evaluate_has_no_origin_and_no_network(console: Console) -> None:
    policy = (await console.client.get("/events")).headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts;")
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "connect-src" not in policy


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/dev/clock", 405)])
async def test_what_the_console_does_not_serve_is_a_problem_too(
    console: Console, method: str, path: str, status: int
) -> None:
    refused = await console.client.request(method, path)
    assert (refused.status_code, refused.headers["content-type"]) == (status, MEDIA)
    assert refused.json()["code"] == f"http_{status}"


async def test_a_problem_of_the_console_repeats_no_citizen_number(console: Console) -> None:
    refused = await console.client.get("/nowhere/990000199001011234")
    assert (refused.status_code, refused.json()["instance"]) == (404, "/nowhere/[number]")


async def test_the_page_lists_five_services_chinese_first(console: Console) -> None:
    told = (await console.client.get("/console.json")).json()
    assert [service["zh"] for service in told["services"]] == ["登记", "履职", "巡查", "考核", "问责"]
    assert told["issuer"] == console.settings.issuer


async def test_an_absent_event_document_is_a_problem_and_a_present_one_is_served(console: Console) -> None:
    absent = await console.client.get("/asyncapi.json")
    assert (absent.status_code, absent.headers["content-type"]) == (404, MEDIA)
    console.settings.asyncapi_file.write_text('{"asyncapi": "3.0.0"}', encoding="utf-8")
    assert (await console.client.get("/asyncapi.json")).json() == {"asyncapi": "3.0.0"}


async def test_production_has_neither_issuer_nor_clock(settings: ConsoleSettings, client_of: Maker) -> None:
    production = settings.model_copy(
        update={
            "environment": "production",
            "issuer": "https://id.example/realms/anze",
            "issuer_key_file": None,
        }
    )
    async with client_of(production) as client:
        assert (await client.get("/issuer/jwks")).status_code == 404
        assert (await client.put("/dev/clock", json={"now": "2030-01-01T00:00:00Z"})).status_code == 404
        policy = (await client.get("/")).headers["content-security-policy"]
        assert "connect-src 'self' https://id.example;" in policy


async def test_the_clock_moves_forward_for_every_process_and_never_back(console: Console) -> None:
    told = await console.client.put("/dev/clock", json={"now": "2031-05-20T14:30:00+08:00"})
    assert told.status_code == 200
    clock.follow(console.settings.clock_file)
    try:
        passed = clock.now() - datetime.fromisoformat("2031-05-20T14:30:00+08:00")
    finally:
        clock.follow(None)
    assert timedelta() <= passed < timedelta(minutes=1)
    back = await console.client.put("/dev/clock", json={"now": "2031-05-20T14:00:00+08:00"})
    assert (back.status_code, back.json()["code"], back.headers["content-type"]) == (
        409,
        "clock_backwards",
        MEDIA,
    )
    shown = (await console.client.get("/dev/clock")).json()
    assert shown["now"] >= "2031-05-20T06:30:00"


@pytest.mark.parametrize("body", [{}, {"now": "2031-05-20T14:30:00"}, {"now": "soon"}, {"now": 1, "x": 2}])
async def test_a_clock_without_a_full_instant_is_refused(console: Console, body: dict[str, object]) -> None:
    response = await console.client.put("/dev/clock", json=body)
    assert (response.status_code, response.headers["content-type"]) == (400, MEDIA)
    assert not console.settings.clock_file.exists()  # type: ignore[union-attr]


def test_the_clock_file_holds_the_offset_and_leaves_nothing_beside(tmp_path: Path) -> None:
    shared = DevelopmentClock(tmp_path / "clock.json")
    shared.move(clock.wall() + timedelta(days=3))
    held = json.loads((tmp_path / "clock.json").read_text(encoding="utf-8"))
    assert held["offset_seconds"] == pytest.approx(3 * 86_400, abs=5)
    assert [path.name for path in tmp_path.iterdir()] == ["clock.json"]


def test_hop_by_hop_headers_and_those_named_by_connection_stay_here() -> None:
    given = [(b"Connection", b"close, X-Hop"), (b"X-Hop", b"1"), (b"TE", b"trailers"), (b"X-Kept", b"2")]
    assert end_to_end(given, HOP_BY_HOP) == [(b"X-Kept", b"2")]
    assert b"host" in NOT_SENT


@pytest.fixture
async def upstream() -> AsyncIterator[tuple[Proxy, list[httpx.Request]]]:
    """A proxy before a transport that records what reaches the services."""
    seen: list[httpx.Request] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=await request.aread(), headers={"x-service": request.url.host})

    proxy = Proxy({view.key: f"http://{view.path}.test:81/" for view in SERVICES}, httpx.MockTransport(answer))
    yield proxy, seen
    await proxy.close()


async def test_a_request_reaches_its_service_with_the_encoding_it_came_with(
    upstream: tuple[Proxy, list[httpx.Request]],
) -> None:
    proxy, seen = upstream
    response = await proxy.forward(
        "inspection_tours", method="GET", target=b"/v1/a%2Fb?q=%E5%AE%9A", headers=[], body=None
    )
    assert response.headers["x-service"] == "inspection-tours.test"
    assert seen[0].url.raw_path == b"/v1/a%2Fb?q=%E5%AE%9A"
    await response.aclose()


async def test_a_service_that_is_down_is_a_problem_in_two_languages(
    settings: ConsoleSettings, client_of: Maker
) -> None:
    down = settings.model_copy(update={"services": {"registry": "http://127.0.0.1:1"}})
    async with client_of(down) as client:
        refused = await client.get("/registry/v1/regions")
        assert (refused.status_code, refused.headers["content-type"]) == (502, MEDIA)
        assert refused.json()["title"] == "服务无响应 · Service does not answer"
        assert refused.json()["instance"] == "/registry/v1/regions"
        absent = await client.get("/duties/v1/catalogue")
        assert (absent.status_code, absent.json()["code"]) == (404, "service_not_configured")


def test_the_vendored_files_are_the_published_ones() -> None:
    assert differences() == []


def test_a_changed_a_missing_and_an_unlisted_vendored_file_are_each_found(tmp_path: Path) -> None:
    copy = tmp_path / "vendor"
    shutil.copytree(VENDOR, copy)
    with (copy / "asyncapi" / "asyncapi.css").open("a", encoding="utf-8") as file:
        file.write(" ")
    (copy / "swagger-ui" / "LICENSE").unlink()
    (copy / "extra.js").write_text("", encoding="utf-8")
    assert differences(copy) == [
        "asyncapi/asyncapi.css: changed",
        "extra.js: not listed",
        "swagger-ui/LICENSE: missing",
    ]


def test_no_served_file_refers_to_a_source_map() -> None:
    served = [path for path in STATIC.rglob("*") if path.suffix in {".js", ".css"}]
    assert len(served) > 8
    assert [path for path in served if b"sourceMappingURL" in path.read_bytes()] == []
