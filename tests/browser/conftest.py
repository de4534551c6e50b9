"""A real Chromium before a real server.

Its tests share one event loop, since the browser belongs to the loop that it was started in.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.office import Office, working
from tests.browser.site import PATIENT_MS, Window, chromium_of, fill
from tests.conftest import TestDatabase
from tests.servers import serving

Open = Callable[..., Awaitable[Window]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have all tests here share a loop."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def site(create_database: Callable[[], TestDatabase]) -> Iterator[str]:
    """Where a real `listingapi serve` is that has some listings."""
    with serving(environment=create_database().settings().as_environment()) as server:
        fill(server.url)
        yield server.url


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A real Chromium, for the whole session."""
    expect.set_options(timeout=PATIENT_MS)
    async with async_playwright() as playwright:
        browser = await chromium_of(playwright)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def office(create_database: Callable[[], TestDatabase]) -> Iterator[Office]:
    """A real server for those who write."""
    with working(create_database()) as office:
        yield office


@pytest_asyncio.fixture(loop_scope="session")
async def open_window(chromium: Browser, site: str) -> AsyncIterator[Open]:
    """Opens windows; none of them may fetch from another host, break its policy, or have an error."""
    async with watched(chromium, site) as open_one:
        yield open_one


@pytest_asyncio.fixture(loop_scope="session")
async def open_office(chromium: Browser, office: Office) -> AsyncIterator[Open]:
    """The same on the server for those who write; a `foreign` origin may be asked, too."""
    async with watched(chromium, office.url) as open_one:
        yield open_one


@asynccontextmanager
async def watched(chromium: Browser, site: str) -> AsyncIterator[Open]:
    """Opens windows, and sees at the end that they did nothing that they should not."""
    async with AsyncExitStack() as stack:
        opened: list[tuple[Window, str]] = []

        async def open_one(foreign: str = "", **options: Any) -> Window:
            context = await stack.enter_async_context(await chromium.new_context(**{"locale": "en-GB", **options}))
            window = await Window.of(context, site)
            opened.append((window, foreign))
            return window

        yield open_one
        for window, foreign in opened:
            elsewhere = [url for url in window.foreign if not (foreign and url.startswith(f"{foreign}/"))]
            assert (elsewhere, window.errors, await window.violations()) == ([], [], [])
