"""The pages of those who write homes and their prices, in a real browser."""

import re
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, Route, expect

from tests import factories
from tests.browser.conftest import Open
from tests.browser.site import drawn

PHONE = {"viewport": {"width": 360, "height": 740}}
DESK = {"viewport": {"width": 1280, "height": 900}}
PARIS = {"timezone_id": "Europe/Paris"}
SUBMITS = {
    "new": "List this home",
    "edit": "Save",
    "price": "Change the price",
    "corrections": "Correct the history",
}


async def listed(site: str, **changed: Any) -> int:
    """A home that costs 300 000 €; returns its id."""
    async with httpx.AsyncClient(base_url=site) as client:
        answer = await client.post("/listings", json=factories.listing(**{"latest_price_eur": 300_000, **changed}))
        return int(answer.raise_for_status().json()["id"])


async def read(site: str, path: str) -> Any:
    """What the API answers."""
    async with httpx.AsyncClient(base_url=site) as client:
        return (await client.get(path)).json()


async def write(site: str, listing_id: int, **changed: Any) -> None:
    """Change a home behind the back of the browser."""
    async with httpx.AsyncClient(base_url=site) as client:
        (await client.patch(f"/listings/{listing_id}", json=changed)).raise_for_status()


async def prices_of(site: str, listing_id: int) -> list[int]:
    return [entry["price_eur"] for entry in await read(site, f"/listings/{listing_id}/prices")]


async def fill_in(page: Page) -> None:
    """Fill in the form of a new home."""
    await page.get_by_label("Title").fill("House by the lake")
    await page.get_by_label("Type").select_option("HOUSE")
    await page.get_by_label("Price in €").fill("300 000")
    await page.get_by_label("Surface in m²").fill("120.5")
    await page.get_by_label("Rooms", exact=True).fill("5")
    await page.get_by_label("Bedrooms").fill("3")
    await page.get_by_label("Street and number").fill("2 quai du Lac")
    await page.get_by_label("Postal code").fill("74000")
    await page.get_by_label("City").fill("Annecy")
    await page.get_by_label("Country").select_option("France")
    await page.get_by_label("Telephone").fill("+33 4 50 00 00 00")
    await page.get_by_label("Description").fill("With a boat.")


async def test_a_home_that_is_listed_and_changed_in_price_twice_has_three_steps(open_window: Open, site: str) -> None:
    page = await (await open_window()).go("/new")
    await fill_in(page)
    await page.get_by_role("button", name="List this home").click()
    await expect(page).to_have_url(re.compile(r"/\d+/prices$"))
    listing_id = int(page.url.split("/")[-2])

    await page.get_by_role("link", name="Change this home").click()
    await page.get_by_label("Price in €").fill("285000")
    await expect(page.get_by_text("From €300,000 to €285,000, -5%")).to_be_visible()
    await page.get_by_role("button", name="Save").click()
    await expect(page).to_have_url(f"{site}/{listing_id}/prices")
    await page.get_by_role("link", name="Change its price").click()
    await page.get_by_label("New price in €").fill("290000")
    await page.get_by_role("button", name="Change the price").click()
    await expect(page.get_by_text("Now: €290,000")).to_be_visible()
    await page.get_by_role("link", name="Price history").click()
    await expect(page.get_by_role("table", name="3 entries")).to_be_visible()
    await drawn(page, steps=3)

    assert await prices_of(site, listing_id) == [300_000, 285_000, 290_000]
    created = await read(site, f"/listings/{listing_id}")
    assert created["contact_phone_number"] == "+33450000000"
    assert created["postal_address"]["country"] == "FR"
    assert created["surface_area_m2"] == 120.5


async def test_what_is_wrong_stands_beside_its_field_in_plain_words(open_window: Open) -> None:
    page = await (await open_window()).go("/new")
    await fill_in(page)
    await page.get_by_label("Surface in m²").fill("9999999999999999")
    await page.get_by_role("button", name="List this home").click()

    surface = page.get_by_label("Surface in m²")
    await expect(surface).to_have_accessible_description(
        "The surface can't be taken like this. Write it in square metres."
    )
    await expect(surface).to_be_focused()


async def test_two_who_change_the_same_home_see_both_versions(open_window: Open, site: str) -> None:
    listing_id = await listed(site, name="Flat")
    window = await open_window()
    page = await window.go(f"/{listing_id}/edit")
    await page.get_by_label("Price in €").fill("280000")
    await page.get_by_label("City").fill("Lyon")
    await write(site, listing_id, latest_price_eur=290_000, name="Flat, renovated")
    await page.get_by_role("button", name="Save").click()

    await expect(page.get_by_role("heading", name="Somebody else has changed this home meanwhile")).to_be_focused()
    assert await window.barriers() == []
    await expect(page.get_by_role("radio", name="Their version Flat, renovated")).to_be_checked()
    await expect(page.get_by_role("radio", name="Your version Lyon")).to_be_checked()
    await page.get_by_role("radio", name="Your version €280,000").check()
    await page.get_by_role("button", name="Save what is chosen").click()
    await expect(page).to_have_url(f"{site}/{listing_id}/prices")

    saved = await read(site, f"/listings/{listing_id}")
    assert (saved["name"], saved["postal_address"]["city"], saved["latest_price_eur"]) == (
        "Flat, renovated",
        "Lyon",
        280_000,
    )
    assert await prices_of(site, listing_id) == [300_000, 290_000, 280_000]


async def test_work_done_offline_is_kept_and_sent_once_when_there_is_a_network_again(
    open_window: Open, site: str
) -> None:
    listing_id = await listed(site)
    page = await (await open_window()).go(f"/{listing_id}/edit")
    await page.context.set_offline(True)
    await page.get_by_label("Price in €").fill("285000")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("What you have written is kept in this browser.")
    await page.context.set_offline(False)
    await expect(page).to_have_url(f"{site}/{listing_id}/prices")

    assert await prices_of(site, listing_id) == [300_000, 285_000]


async def test_a_home_whose_answer_was_lost_is_listed_once_also_from_another_tab(open_window: Open, site: str) -> None:
    page = await (await open_window()).go("/new")
    before = len(await read(site, "/listings?city=Annecy-le-Vieux"))
    await fill_in(page)
    await page.get_by_label("City").fill("Annecy-le-Vieux")

    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await page.route("**/listings", lose_the_answer)
    await page.get_by_role("button", name="List this home").click()
    await expect(page.get_by_role("alert")).to_contain_text("The server can't be reached.")
    again = await page.context.new_page()
    await again.goto(f"{site}/new")
    await expect(again.get_by_text("These are your unsaved changes of")).to_be_visible()
    await again.get_by_role("button", name="List this home").click()
    await expect(again).to_have_url(re.compile(r"/\d+/prices$"))

    assert len(await read(site, "/listings?city=Annecy-le-Vieux")) == before + 1
    assert await again.evaluate("localStorage.length") == 0


async def test_a_home_is_taken_off_the_market_and_brought_back_at_another_price(open_window: Open, site: str) -> None:
    listing_id = await listed(site, name="Comes and goes")
    window = await open_window()
    page = await window.go(f"/{listing_id}/edit")
    await page.get_by_role("button", name="Take it off the market…").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Take “Comes and goes” off the market?")
    assert await window.barriers() == []
    await page.get_by_role("button", name="Take it off", exact=True).click()
    await expect(page.get_by_role("heading", name="This home is off the market")).to_be_visible()
    assert await window.barriers() == []
    await page.get_by_role("link", name="Price history").click()
    await page.get_by_role("link", name="Bring it back to the market").click()
    await page.get_by_label("Price in € from now on").fill("280000")
    await page.get_by_role("button", name="Bring it back to the market").click()
    await expect(page.get_by_role("button", name="Save")).to_be_visible()

    history = await read(site, f"/listings/{listing_id}/prices?view=detailed")
    assert [entry["kind"] for entry in history] == ["price", "withdrawn", "relisted", "price"]
    assert await prices_of(site, listing_id) == [300_000, 280_000]


async def test_a_price_is_scheduled_in_the_time_of_the_browser_and_cancelled(open_window: Open, site: str) -> None:
    listing_id = await listed(site)
    window = await open_window(**PARIS)
    page = await window.go(f"/{listing_id}/price")
    await page.get_by_label("New price in €").fill("270000")
    await page.get_by_label("From a date on").check()
    await page.get_by_label("Date and time").fill("2998-07-01T00:00")
    await page.get_by_role("button", name="Schedule the price").click()
    await expect(page.get_by_role("cell", name="to come")).to_be_visible()
    [scheduled] = await read(site, f"/listings/{listing_id}/prices/scheduled")
    assert (scheduled["price_eur"], scheduled["effective_date"]) == (270_000, "2998-06-30T22:00:00Z")
    assert await window.barriers() == []

    await page.get_by_role("button", name="Cancel €270,000").click()
    await expect(page.get_by_role("cell", name="cancelled")).to_be_visible()
    [cancelled] = await read(site, f"/listings/{listing_id}/prices/scheduled")
    assert cancelled["state"] == "cancelled"


async def test_an_entry_of_a_history_is_corrected(open_window: Open, site: str) -> None:
    listing_id = await listed(site)
    await write(site, listing_id, latest_price_eur=258_000)
    window = await open_window()
    page = await window.go(f"/{listing_id}/corrections")
    await page.get_by_label("Which entry is wrong").select_option(index=1)
    await page.get_by_label("Right price in €").fill("285000")
    await expect(page.get_by_text("From €258,000 to €285,000, +10.47%")).to_be_visible()
    await page.get_by_label("Reason").fill("Digits were swapped")
    await page.get_by_role("button", name="Correct the history").click()
    await expect(page.get_by_role("status").filter(has_text="The history is corrected.")).to_be_attached()

    assert await prices_of(site, listing_id) == [300_000, 285_000]
    assert await window.barriers() == []


async def test_a_price_that_a_rule_asks_about_is_confirmed(open_window: Open, site: str) -> None:
    listing_id = await listed(site)
    rule = {"kind": "largest-change", "action": "confirm", "max_change_percent": 50}
    async with httpx.AsyncClient(base_url=site) as client:
        rule_id = (await client.post("/pricing-rules", json=rule)).raise_for_status().json()["id"]
        window = await open_window()
        page = await window.go(f"/{listing_id}/edit")
        await page.get_by_label("Price in €").fill("30000")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("dialog", name="Is this price meant?")).to_contain_text("more than 50%")
        assert await window.barriers() == []
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        assert await prices_of(site, listing_id) == [300_000]
        await page.get_by_role("button", name="Save").click()
        await page.get_by_role("button", name="Yes, save this price").click()
        await expect(page).to_have_url(f"{site}/{listing_id}/prices")
        await client.delete(f"/pricing-rules/{rule_id}")

    assert await prices_of(site, listing_id) == [300_000, 30_000]


async def test_the_keyboard_alone_changes_a_home_and_stays_where_work_is_not_saved(
    open_window: Open, site: str
) -> None:
    listing_id = await listed(site, name="By keyboard")
    page = await (await open_window()).go(f"/{listing_id}/edit")
    await page.get_by_label("Title").focus()
    await page.keyboard.type(" alone")
    await page.get_by_role("link", name="Homes").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Leave this page?")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("link", name="Homes")).to_be_focused()
    await page.get_by_label("Title").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()

    assert (await read(site, f"/listings/{listing_id}"))["name"].endswith("alone")
    assert page.url == f"{site}/{listing_id}/prices"


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["360 px", "a desk"])
async def test_axe_finds_nothing_where_one_writes(open_window: Open, site: str, size: Any, colours: str) -> None:
    listing_id = await listed(site, name="A rather long name of a home, for a narrow page")
    window = await open_window(**size, color_scheme=colours)
    for path in ("/new", f"/{listing_id}/edit", f"/{listing_id}/price", f"/{listing_id}/corrections"):
        page = await window.go(path)
        await page.get_by_role("textbox").first.fill("")
        await page.get_by_role("button", name=SUBMITS[path.split("/")[-1]]).click()
        await expect(page.locator("[aria-invalid=true]").first).to_be_visible()

        assert await window.barriers() == [], path
        assert await page.evaluate("document.documentElement.scrollWidth") == size["viewport"]["width"], path
