"""A Chromium and the console; without a Chromium the tests skip, unless they are required."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Request, Route, async_playwright, expect

from tests.browser.standins import console_with_standins

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE = 20_000  # milliseconds; a busy machine renders late
expect.set_options(timeout=PATIENCE)


@dataclass
class Visit:
    """One browser page with what it tried to do outside, and what its console complained about."""

    page: Page
    origin: str
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def open(self, fragment: str) -> None:
        """Go to a section of the page."""
        await self.page.goto(f"{self.origin}/#/{fragment}")


def chromium() -> str:
    """Return the path of a Chromium, or skip; with ANZE_REQUIRE_BROWSER=1 its absence is a failure."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        said = "no chromium on PATH: browser tests did not run (Debian: apt-get install chromium)"
        if os.environ.get("ANZE_REQUIRE_BROWSER") == "1":
            pytest.fail(said)
        pytest.skip(said)
    return found


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The console's origin, with stand-ins behind it."""
    chromium()
    with console_with_standins(Path(tmp_path_factory.mktemp("console"))) as url:
        yield url


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests."""
    async with async_playwright() as driver:
        yield await driver.chromium.launch(executable_path=chromium(), args=ARGUMENTS)


@pytest.fixture
async def visit(browser: Browser, origin: str) -> AsyncIterator[Visit]:
    """A fresh page in a context of its own: no login, no storage."""
    context = await browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    seen = Visit(await context.new_page(), origin)

    async def gate(route: Route, request: Request) -> None:
        if request.url.startswith((origin + "/", "data:")):
            await route.continue_()
        else:
            seen.outside.append(request.url)
            await route.abort()

    await context.route("**/*", gate)
    seen.page.on("console", lambda said: seen.complaints.append(said.text) if said.type == "error" else None)
    seen.page.on("pageerror", lambda fault: seen.complaints.append(str(fault)))
    yield seen
    await context.close()
