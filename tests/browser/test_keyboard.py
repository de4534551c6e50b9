"""What people do who have a keyboard and nothing else, in a real browser."""

import re

import httpx
from playwright.async_api import Locator, Page, expect

from tests import factories
from tests.browser.conftest import Open

MOST_KEYS = 400
IS_FOCUSED = "(element) => element === document.activeElement"
# Every place where the focus is has a ring around it that can be seen, and is on the screen.
RING = """
    () => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
        const { width, height, top, bottom } = document.activeElement.getBoundingClientRect();
        const isSeen = width > 0 && height > 0 && bottom > 0 && top < innerHeight;
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && isSeen
            ? "" : `${document.activeElement.outerHTML.slice(0, 200)} at ${top} with ${outlineStyle} ${outlineWidth}`;
    }
"""


async def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus; whatever has that on the way can be seen."""
    await wanted.wait_for()
    for _ in range(MOST_KEYS):
        await page.keyboard.press("Tab")
        assert await page.evaluate(RING) == ""
        if await wanted.evaluate(IS_FOCUSED):
            return
    raise AssertionError(f"no key leads to {wanted}")


async def test_a_home_is_found_and_its_price_changed_without_a_pointer(open_window: Open, site: str) -> None:
    where = factories.address(city="Honfleur")
    async with httpx.AsyncClient(base_url=site) as client:
        home = (await client.post("/listings", json=factories.listing(name="By keys", postal_address=where))).json()
    page = await (await open_window()).go("/")
    await tab_to(page, page.get_by_label("City"))
    await page.keyboard.type("Honfleur")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/\?city=Honfleur$"))
    await tab_to(page, page.get_by_role("link", name="Price history of By keys"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await tab_to(page, page.get_by_role("link", name="Change its price"))
    await page.keyboard.press("Enter")
    await tab_to(page, page.get_by_label("New price in €"))
    await page.keyboard.type("95000")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Now: €95,000")).to_be_visible()

    async with httpx.AsyncClient(base_url=site) as client:
        prices = (await client.get(f"/listings/{home['id']}/prices")).json()
        await client.delete(f"/listings/{home['id']}")  # other tests count those that there are
    assert [entry["price_eur"] for entry in prices] == [100_000, 95_000]


async def test_language_and_colours_are_chosen_without_a_pointer(open_window: Open) -> None:
    page = await (await open_window()).go("/sign-in")
    await tab_to(page, page.get_by_label("Language"))
    await page.keyboard.type("D")
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await tab_to(page, page.get_by_label("Farben"))
    await page.keyboard.type("D")

    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
