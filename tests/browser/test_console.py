"""The console in a real Chromium: one origin, Chinese text, one login, documents, events, readiness."""

import re

import pytest
from playwright.async_api import Browser, expect

from services.console.main import SERVICES
from tests.browser.conftest import Visit
from tests.browser.standins import DEGRADED, DOWN

pytestmark = pytest.mark.browser

ANSWERING = [view for view in SERVICES if view.key != DOWN]


async def sign_in(visit: Visit, name: str) -> None:
    """Sign in through the issuer's page as an invented user."""
    await visit.page.locator("#login").click()
    await visit.page.get_by_role("button", name=name).click()
    await expect(visit.page.locator("#whoami")).to_have_text(name)


async def call_me(visit: Visit) -> str:
    """Execute 当前用户 in Swagger UI; return the text of the live answer."""
    block = visit.page.locator(".opblock", has_text="/v1/me")
    await block.locator(".opblock-summary-control").click()
    await block.get_by_role("button", name="试用").click()
    await block.get_by_role("button", name="执行").click()
    answer = block.locator(".live-responses-table")
    await expect(answer).to_be_visible()
    return await answer.inner_text()


async def test_no_section_asks_anything_outside_nor_breaks_the_content_policy(visit: Visit) -> None:
    for section in [*(view.path for view in ANSWERING), "events", "links"]:
        await visit.open(section)
        await expect(visit.page.locator("main h1")).to_be_visible()
        await expect(visit.page.locator("main .status")).to_have_count(0)
    assert visit.outside == []
    assert visit.complaints == []


async def test_the_page_itself_refuses_outside_requests(visit: Visit) -> None:
    await visit.open("links")
    blocked = await visit.page.evaluate(
        "fetch('http://127.0.0.1:9/').then(() => 'went out', (fault) => fault.constructor.name)"
    )
    assert blocked == "TypeError"
    assert visit.outside == []
    assert any("Content Security Policy" in said for said in visit.complaints)


async def test_labels_are_chinese_first_with_english_beside(visit: Visit) -> None:
    await visit.open("registry")
    assert await visit.page.locator("html").get_attribute("lang") == "zh-CN"
    tabs = visit.page.locator("#tabs a")
    await expect(tabs).to_have_text(
        [
            *(f"{view.zh} {view.en}" for view in SERVICES),
            "事件 Events",
            "就绪 Readiness",
            "链接 Links",
        ]
    )
    block = visit.page.locator(".opblock", has_text="/v1/notes")
    await block.locator(".opblock-summary-control").click()
    for label in ("试用 Try it out", "参数 Parameters", "响应 Responses", "请求体 Request body"):
        await expect(block.get_by_text(label, exact=False).first).to_be_visible()
    await expect(visit.page.locator(".operation-filter-input")).to_have_attribute(
        "placeholder", re.compile("按标签或路径筛选")
    )


async def test_each_tab_shows_the_document_of_its_service(visit: Visit) -> None:
    for view in ANSWERING:
        await visit.open(view.path)
        await expect(visit.page.locator(".swagger-ui .info .title")).to_contain_text(f"{view.zh}服务")
        await expect(visit.page.locator("#tabs a[aria-current=page]")).to_have_text(f"{view.zh} {view.en}")


async def test_one_login_survives_switching_documents_and_ends_with_sign_out(visit: Visit) -> None:
    await visit.open("duties")
    assert '"token": "absent"' in await call_me(visit)
    await sign_in(visit, "演练登记员")
    assert visit.page.url == f"{visit.origin}/#/duties"
    seen = []
    for view in (SERVICES[1], SERVICES[0], SERVICES[2]):
        await visit.page.locator("#tabs a", has_text=view.zh).click()
        await expect(visit.page.locator(".swagger-ui .info .title")).to_contain_text(f"{view.zh}服务")
        answer = await call_me(visit)
        assert f'"service": "{view.key}"' in answer
        seen.append(re.search(r'"token": "(ey[^"]+)"', answer))
    assert len({found.group(1) for found in seen if found}) == 1
    assert all(seen)
    await visit.page.locator("#logout").click()
    await expect(visit.page.locator("#login")).to_be_visible()
    assert '"token": "absent"' in await call_me(visit)


async def test_a_reload_keeps_the_login_and_who_am_i_lists_the_grants(visit: Visit) -> None:
    await visit.open("links")
    await sign_in(visit, "演练县查阅员")
    await visit.page.reload()
    await visit.page.locator("#whoami").click()
    card = visit.page.locator(".whoami .card")
    await expect(card).to_contain_text("dev:county_viewer")
    await expect(card).to_contain_text("viewer · 139901")


async def test_a_login_that_this_tab_did_not_begin_is_refused(visit: Visit) -> None:
    await visit.page.goto(f"{visit.origin}/?code=stolen&state=unknown#/links")
    await expect(visit.page.locator("#notice")).to_contain_text("登录未完成")
    await expect(visit.page.locator("#login")).to_be_visible()


async def test_another_name_of_this_machine_leads_to_the_address_that_can_sign_in(
    browser: Browser, origin: str
) -> None:
    page = await browser.new_page()
    try:
        await page.goto(f"{origin.replace('127.0.0.1', 'localhost')}/#/links")
        await page.wait_for_url(f"{origin}/#/links")
        await expect(page.locator("#login")).to_be_visible()
    finally:
        await page.close()


async def test_the_asyncapi_document_is_rendered_offline(visit: Visit) -> None:
    await visit.open("events")
    events = visit.page.frame_locator("iframe").locator("#asyncapi")
    await expect(events).to_contain_text("安责事件 · Anze events")
    await expect(events).to_contain_text("anze.v1.internal.registry.accident.recorded.>")
    await expect(events).to_contain_text("事故已登记")
    await expect(events.get_by_role("heading", name="操作 Operations")).to_be_visible()
    assert visit.outside == []
    assert visit.complaints == []


async def test_the_readiness_page_tells_ready_degraded_and_unreachable_apart(visit: Visit) -> None:
    await visit.open("readiness")
    for view in SERVICES:
        status = {DOWN: "unreachable", DEGRADED: "degraded"}.get(view.key, "ready")
        card = visit.page.locator(f"[data-service='{view.path}']")
        await expect(card).to_have_attribute("data-status", status)
        await expect(card.locator(".badge").first).to_contain_text(
            {"ready": "就绪", "degraded": "降级运行", "unreachable": "无响应"}[status]
        )
    await expect(visit.page.locator(".asked")).to_contain_text("3/5 个服务就绪")
    degraded = visit.page.locator(f"[data-service='{DEGRADED}'] .said")
    await expect(degraded).to_contain_text("消息服务未连接，写入照常，事件待发")


async def test_the_readiness_page_asks_again_by_itself(visit: Visit) -> None:
    await visit.open("readiness")
    await expect(visit.page.locator(".asked")).to_contain_text("个服务就绪")
    async with visit.page.expect_request("**/registry/readyz", timeout=15_000):
        await expect(visit.page.locator("#refresh")).to_be_checked()


async def test_every_control_has_a_name_and_every_section_one_heading(visit: Visit) -> None:
    for section in ("readiness", "links"):
        await visit.open(section)
        await expect(visit.page.locator("main h1")).to_have_count(1)
        nameless = await visit.page.evaluate(
            """() => [...document.querySelectorAll("a, button, input, summary")]
                .filter((node) => !(node.textContent.trim() || node.getAttribute("aria-label")
                    || node.labels?.[0]?.textContent.trim()))
                .map((node) => node.outerHTML)"""
        )
        assert nameless == []
