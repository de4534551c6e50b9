"""What people do who have a keyboard and nothing else, in a real browser."""

import re

import httpx
from playwright.async_api import Locator, Page, expect

from tests import factories
from tests.browser.conftest import Open
from tests.browser.office import Office, signed_in

MOST_KEYS = 400
IS_FOCUSED = "(element) => element === document.activeElement"
HAS_FOCUS = "(element) => element.contains(document.activeElement)"
MOST_PLACES = 12
# Beyond the last place of a dialog is the browser itself: then the body has the focus.
IS_BEHIND = """
    () => document.activeElement === document.body || document.activeElement.closest("dialog")
        ? "" : document.activeElement.outerHTML.slice(0, 200)
"""
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
    """Press Tab until it has the focus, if it has not; whatever has that on the way can be seen."""
    await wanted.wait_for()
    for _ in range(MOST_KEYS):
        if await wanted.evaluate(IS_FOCUSED):
            return
        await page.keyboard.press("Tab")
        assert await page.evaluate(RING) == ""
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


async def held_by(page: Page, wanted: Locator) -> None:
    """See that it has the focus, in which Tab stays if it is a dialog."""
    await expect(wanted).to_be_visible()
    await page.wait_for_function(HAS_FOCUS, arg=await wanted.element_handle())


async def stays_within(page: Page, dialog: Locator) -> None:
    """Press Tab more often than there are places in a dialog; none of them leads to the page behind it."""
    await held_by(page, dialog)
    for _ in range(MOST_PLACES):
        await page.keyboard.press("Tab")
        assert await page.evaluate(IS_BEHIND) == ""


async def test_flagged_prices_are_decided_on_without_a_pointer(open_office: Open, office: Office) -> None:
    good, wrong = office.flag(20_000), office.flag(10_000)
    page = await signed_in(await open_office(), office, "/agents/reviews")
    told = page.locator("main p[role=status]").first
    approve = page.get_by_role("button", name=f"Approve the price of home {good}", exact=True)
    await tab_to(page, approve)
    await page.keyboard.press("Enter")
    await expect(told).to_have_text(f"The price of home {good} is approved.")
    await expect(approve).to_have_count(0)
    await held_by(page, told)

    reject = page.get_by_role("button", name=f"Reject the price of home {wrong}", exact=True)
    await tab_to(page, reject)
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await stays_within(page, dialog)
    await page.keyboard.press("Escape")
    await held_by(page, reject)
    await page.keyboard.press("Enter")
    await held_by(page, dialog.get_by_label("The right price in €"))
    await page.keyboard.type("101000")
    await tab_to(page, dialog.get_by_label("Reason"))
    await page.keyboard.type("a zero was missing")
    await tab_to(page, dialog.get_by_role("button", name="Correct the price"))
    await page.keyboard.press("Enter")
    await expect(told).to_have_text(f"The price of home {wrong} is corrected.")
    await expect(reject).to_have_count(0)
    await held_by(page, told)


async def test_a_key_is_made_and_revoked_without_a_pointer(open_office: Open, office: Office) -> None:
    with office.client() as client:
        account = client.post("/accounts", json={"name": "By keys", "kind": "agency"}).json()["id"]
    page = await signed_in(await open_office(), office, f"/agents/accounts/{account}")
    await tab_to(page, page.get_by_label("What is it for?"))
    await page.keyboard.type("the website")
    await tab_to(page, page.get_by_role("button", name="Make a key"))
    await page.keyboard.press("Enter")
    await held_by(page, page.get_by_role("heading", name="The new key"))
    await tab_to(page, page.get_by_role("button", name="I have it"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("What is it for?")).to_have_value("")
    await held_by(page, page.get_by_role("group", name="Make a key"))

    revoke = page.get_by_role("button", name="Revoke the key the website")
    await page.keyboard.press("Shift+Tab")
    await held_by(page, revoke)
    await page.keyboard.press("Enter")
    await stays_within(page, page.get_by_role("dialog"))
    await page.keyboard.press("Escape")
    await held_by(page, revoke)
    await page.keyboard.press("Enter")
    await tab_to(page, page.get_by_role("button", name="Revoke the key", exact=True))
    await page.keyboard.press("Enter")
    await expect(revoke).to_have_count(0)
    await held_by(page, page.get_by_text("The key the website is revoked."))


async def test_a_webhook_is_added_changed_and_deleted_without_a_pointer(open_office: Open, office: Office) -> None:
    address = "http://127.0.0.1:9/by-keys"
    page = await signed_in(await open_office(), office, "/agents/webhooks")
    await tab_to(page, page.get_by_label("Address"))
    await page.keyboard.type(address)
    await page.keyboard.press("Enter")
    await held_by(page, page.get_by_role("heading", name="The secret"))
    await tab_to(page, page.get_by_role("button", name="I have it"))
    await page.keyboard.press("Enter")
    await held_by(page, page.get_by_role("group", name="Add a webhook"))
    await page.reload()
    await tab_to(page, page.get_by_role("link", name=address))
    await page.keyboard.press("Enter")
    await held_by(page, page.get_by_role("heading", level=1, name=address))
    pause = page.get_by_role("button", name="Pause")
    await tab_to(page, pause)
    await page.keyboard.press("Enter")
    await held_by(page, page.get_by_role("button", name="Resume"))

    rotate = page.get_by_role("button", name="Make another secret…")
    await tab_to(page, rotate)
    await page.keyboard.press("Enter")
    await stays_within(page, page.get_by_role("dialog"))
    await page.keyboard.press("Escape")
    await held_by(page, rotate)
    await page.keyboard.press("Enter")
    await tab_to(page, page.get_by_role("button", name="Make another secret", exact=True))
    await page.keyboard.press("Enter")
    await held_by(page, page.get_by_role("heading", name="The secret"))
    await tab_to(page, page.get_by_role("button", name="I have it"))
    await page.keyboard.press("Enter")
    await held_by(page, rotate)

    await tab_to(page, page.get_by_role("button", name="Delete…"))
    await page.keyboard.press("Enter")
    await page.keyboard.press("Escape")
    await held_by(page, page.get_by_role("button", name="Delete…"))
    await page.keyboard.press("Enter")
    await tab_to(page, page.get_by_role("button", name="Delete the webhook"))
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{office.url}/agents/webhooks")
    await held_by(page, page.get_by_role("heading", level=1))
