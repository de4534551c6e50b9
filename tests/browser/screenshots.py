"""Takes a picture of each page, light and dark, on a phone and on a desk: `make screenshots`."""

import asyncio
import tempfile
from base64 import b64decode
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from tests.browser.showroom import OFFICE, Showroom, showing
from tests.browser.site import Window, chromium_of
from tests.receivers import answers, receiving

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
SIZES = {"phone": ViewportSize(width=375, height=812), "desk": ViewportSize(width=1280, height=800)}
COLOURS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
IS_DRAWN = """() => [...document.querySelectorAll("figure :is([role=img], [role=application])")]
    .every((chart) => chart.querySelector("canvas"))"""
TALLEST = 1700
QUALITY = 70
MOST_BYTES = 3_000_000


async def main() -> None:
    """Take them all; the ones that were there before are gone then."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="listingapi-screenshots-") as data:
        async with receiving(answers(204)) as receiver, async_playwright() as playwright:
            browser = await chromium_of(playwright)
            with showing(Path(data), receiver.url) as showroom:
                await _take_all(browser, showroom)
            await browser.close()
    _weigh()


async def _take_all(browser: Browser, showroom: Showroom) -> None:
    for (size, viewport), colours in product(SIZES.items(), COLOURS):
        context = await browser.new_context(viewport=viewport, color_scheme=colours, locale="en-GB")
        window = await Window.of(context, showroom.url)
        await _take(window, showroom.for_all, f"{size}-{colours}")
        await window.sign_in(showroom.key, OFFICE)
        await _take(window, showroom.for_agents, f"{size}-{colours}")
        await context.close()


async def _take(window: Window, paths: Mapping[str, str], suffix: str) -> None:
    for name, path in paths.items():
        page = await window.go(path)
        await page.wait_for_function(IS_DRAWN)
        (FOLDER / f"{name}-{suffix}.webp").write_bytes(await _picture(page))


async def _picture(page: Page) -> bytes:
    """The page from its top on, as WebP."""
    size: dict[str, Any] = await page.evaluate("({ width: innerWidth, height: document.documentElement.scrollHeight })")
    clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], TALLEST), "scale": 1}
    session = await page.context.new_cdp_session(page)
    taken = await session.send(
        "Page.captureScreenshot",
        {"format": "webp", "quality": QUALITY, "captureBeyondViewport": True, "clip": clip},
    )
    return b64decode(taken["data"])


def _weigh() -> None:
    sizes = [path.stat().st_size for path in FOLDER.glob("*.webp")]
    print(f"{len(sizes)} pictures, {sum(sizes) / 1000:,.0f} kB, in {FOLDER}")
    assert sum(sizes) < MOST_BYTES, "too large for a repository"


if __name__ == "__main__":
    asyncio.run(main())
