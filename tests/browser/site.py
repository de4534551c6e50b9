"""The real server with some listings, and windows of a real browser that looks at it."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.async_api import BrowserContext, Locator, Page, Request

from tests import factories

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
NOTE_BREACHES = """
    addEventListener("securitypolicyviolation", (event) => noteBreach(event.violatedDirective + event.blockedURI));
"""
RUN_AXE = "axe.run({ resultTypes: ['violations'] }).then((found) => JSON.stringify(found.violations))"
IS_QUIET = "() => document.querySelector('[aria-busy=true]') === null"
SHIFTS = """
    new Promise((tell) => new PerformanceObserver((list) => {
        tell(list.getEntries().reduce((sum, entry) => sum + entry.value, 0));
    }).observe({ type: "layout-shift", buffered: true }) ?? setTimeout(() => tell(0), 500))
"""
# Whether the line on the canvas has so many level stretches at least: rows with many pixels in its colour on end.
LEVELS = """
    (least) => {
        const canvas = document.querySelector("[role=application] canvas");
        const { width, height } = canvas;
        const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
        const wanted = getComputedStyle(document.querySelector("a[href='/']:not([class])")).color.match(/\\d+/g);
        const isLine = (x, y) => wanted.every((part, at) => Math.abs(pixels[4 * (y * width + x) + at] - part) < 8);
        const levels = [];
        for (let y = 0; y < height; y++) {
            let longest = 0;
            for (let x = 0, run = 0; x < width; x++) longest = Math.max(longest, (run = isLine(x, y) ? run + 1 : 0));
            if (longest > 20 && y - (levels.at(-1) ?? -9) > 3) levels.push(y);
        }
        return levels.length >= least;
    }
"""

PATIENT_MS = 30_000.0

LISTINGS = 60
CITIES = ("Lyon", "Paris", "Évry")
NASTY = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"


def fill(url: str) -> None:
    """Put listings in; the newest one is reduced, and the one before it tries to be a script."""
    with httpx.Client(base_url=url) as client:
        for number in range(LISTINGS - 2):
            where = factories.address(city=CITIES[number % len(CITIES)])
            body = factories.listing(name=f"Home {number}", latest_price_eur=100_000 + number, postal_address=where)
            client.post("/listings", json=body).raise_for_status()
        client.post("/listings", json=factories.listing(name=NASTY, description=NASTY)).raise_for_status()
        reduced = client.post("/listings", json=factories.listing(name="Reduced", latest_price_eur=300_000)).json()
        client.patch(f"/listings/{reduced['id']}", json={"latest_price_eur": 285_000}).raise_for_status()


def chromium_of(playwright: Any) -> Any:
    """The distribution's own, without a sandbox of its own: it shows pages of ours alone, and root can have none."""
    program = shutil.which("chromium")
    assert program, "chromium is not on the PATH: make test sees to it"
    return playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])


@dataclass
class Window:
    """A window of the browser on the site; what it should not have done is noted."""

    page: Page
    site: str
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    @classmethod
    async def of(cls, context: BrowserContext, site: str) -> "Window":
        """Open one."""
        page = await context.new_page()
        page.set_default_timeout(PATIENT_MS)
        window = cls(page, site)
        await context.expose_binding("noteBreach", lambda _source, breach: window.breaches.append(breach))
        await context.add_init_script(NOTE_BREACHES)
        page.on("request", window._note)
        page.on("pageerror", lambda error: window.errors.append(str(error)))
        return window

    def _note(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.site).netloc:
            self.foreign.append(request.url)

    async def go(self, path: str) -> Page:
        """Go to a page, and wait until its heading is there and all that it asks for has come (a stream never ends)."""
        await self.page.goto(self.site + path)
        await self.page.locator("h1").wait_for()
        await self.page.wait_for_function(IS_QUIET)
        return self.page

    async def sign_in(self, key: str, account: int) -> None:
        """Be signed in by the key of an account from the next load on, as the app keeps it."""
        kept = json.dumps({"api-key": key, "account": account})
        await self.page.context.add_init_script(f"Object.assign(sessionStorage, {kept})")

    async def violations(self) -> list[str]:
        """What its pages have tried against their Content-Security-Policy, on whichever load."""
        await self.page.evaluate("new Promise(requestAnimationFrame)")  # those that are about to be told have been then
        return self.breaches

    async def barriers(self) -> Sequence[str]:
        """What axe finds that keeps people out (WCAG 2.2 A and AA, and good practice)."""
        await self.page.evaluate(AXE.read_text())
        found = json.loads(await self.page.evaluate(RUN_AXE))
        return [f"{rule['id']}: {[node['html'] for node in rule['nodes']]}" for rule in found]


def chart_of(page: Page) -> Locator:
    """The chart of a history."""
    return page.get_by_role("application")


async def drawn(page: Page, *, steps: int) -> None:
    """Wait until that has so many steps that can be seen."""
    await chart_of(page).locator("canvas").wait_for()
    await page.wait_for_function(LEVELS, arg=steps)
