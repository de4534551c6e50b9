"""The page that lists homes, in a real browser."""

import re

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import Open
from tests.browser.site import LISTINGS, NASTY, SHIFTS

PHONE = {"viewport": {"width": 360, "height": 740}}
DESK = {"viewport": {"width": 1280, "height": 900}}
MOST_BYTES_OF_SCRIPTS = 150_000
SCRIPT_BYTES = """
    performance.getEntriesByType("resource")
        .filter((entry) => new URL(entry.name).pathname.endsWith(".js"))
        .reduce((sum, entry) => sum + entry.encodedBodySize, 0)
"""

MANY = 1_234_567
# How many cards do not show all that is in them, and the heights that there are of cards, all of them drawn.
CUT_OFF = """
    [...document.querySelectorAll("article")].map((card) => {
        card.style.contentVisibility = "visible";
        return card;
    }).filter((card) => card.scrollHeight > card.clientHeight).length
"""
HEIGHTS = "[...new Set([...document.querySelectorAll('article')].map((card) => card.offsetHeight))].length"


async def test_a_card_shows_what_a_price_was_cut_to_and_from(open_window: Open) -> None:
    page = await (await open_window()).go("/")
    card = page.get_by_role("article").filter(has_text="Reduced")

    await expect(card).to_contain_text("€285,000")
    await expect(card.get_by_role("deletion")).to_contain_text("€300,000")
    await expect(card).to_contain_text("-5%")


async def test_a_text_that_would_be_a_script_is_a_text(open_window: Open) -> None:
    window = await open_window()
    page = await window.go("/")

    await expect(page.get_by_role("heading", name=NASTY)).to_be_visible()
    assert "ld+json" in await page.content()
    assert await window.violations() == []


async def test_scrolling_brings_all_and_a_reload_lands_where_one_was(open_window: Open) -> None:
    page = await (await open_window(**DESK)).go("/")
    cards = page.get_by_role("article")
    await expect(cards).to_have_count(24)
    await page.get_by_text("Home 40", exact=True).scroll_into_view_if_needed()
    await expect(cards).to_have_count(48)
    await cards.last.scroll_into_view_if_needed()
    await expect(cards).to_have_count(LISTINGS)
    await expect(page.get_by_text("These are all.")).to_be_visible()
    assert page.url.endswith("/?pages=3")

    before = await page.evaluate("scrollY")
    await page.reload()
    await expect(cards).to_have_count(LISTINGS)
    await page.wait_for_function("(before) => Math.abs(scrollY - before) < 5", arg=before)


async def test_back_from_a_history_lands_where_one_was(open_window: Open) -> None:
    page = await (await open_window(**DESK)).go("/")
    link = page.get_by_role("article").filter(has_text="Home 45").get_by_role("link", name="Price history")
    await link.scroll_into_view_if_needed()
    before = await page.evaluate("scrollY")
    await link.click()
    await expect(page.get_by_role("heading", name="Price history of Home 45")).to_be_visible()
    assert await page.evaluate("scrollY") == 0
    await page.go_back()

    await expect(link).to_be_in_viewport()
    assert before > 1000
    await page.wait_for_function("(before) => Math.abs(scrollY - before) < 5", arg=before)


async def test_filters_and_order_stand_in_the_address_and_back_undoes_them(open_window: Open) -> None:
    page = await (await open_window(**DESK)).go("/")
    await page.get_by_label("City").fill("Évry")
    await page.get_by_label("Price in € to").fill("100010")
    await page.get_by_role("button", name="Show homes").click()
    await expect(page.get_by_role("article")).to_have_count(3)
    await page.get_by_label("Order").select_option("price")
    await expect(page).to_have_url(re.compile(r"/\?city=%C3%89vry&max_price_eur=100010&sort=price$"))
    await expect(page.get_by_role("article").first).to_contain_text("Home 2")

    await page.go_back()
    await page.go_back()
    await expect(page.get_by_role("article")).to_have_count(24)
    await expect(page.get_by_label("City")).to_have_value("")


async def test_enter_in_a_filter_leaves_the_focus_there(open_window: Open) -> None:
    page = await (await open_window(**DESK)).go("/")
    await page.get_by_label("City").fill("Lyon")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("city=Lyon$"))

    await expect(page.get_by_label("City")).to_be_focused()


async def test_enter_in_a_filter_on_a_phone_shows_what_is_found_and_leaves_the_focus_on_the_filters(
    open_window: Open,
) -> None:
    page = await (await open_window(**PHONE)).go("/")
    filters = page.get_by_text("Filters", exact=True)
    await filters.click()
    await page.get_by_label("City").fill("Lyon")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("city=Lyon$"))

    await expect(page.locator("summary").first).to_be_focused()
    await expect(page.get_by_label("City")).to_be_hidden()


async def test_where_nothing_is_found_one_can_begin_anew(open_window: Open) -> None:
    page = await (await open_window()).go("/?city=Atlantis")
    await expect(page.get_by_role("heading", name="No home is like that")).to_be_visible()
    await page.get_by_role("button", name="Clear all filters").last.click()

    await expect(page.get_by_role("article")).to_have_count(24)


async def test_a_server_that_is_away_is_told_of_and_asked_again(open_window: Open) -> None:
    window = await open_window()
    await window.page.route("**/listings?**", lambda route: route.abort())
    await window.page.goto(f"{window.site}/?sort=price")
    await expect(window.page.get_by_role("alert")).to_contain_text("The server can't be reached.")
    await window.page.unroute("**/listings?**")
    await window.page.get_by_role("button", name="Try again").click()

    await expect(window.page.get_by_role("article")).to_have_count(24)


async def with_much_to_say(route: Route) -> None:
    """Have listings with long names and texts, and as many as a large portal has."""
    answer = await route.fetch()
    listings = await answer.json()
    for number, listing in enumerate(listings):
        lines = 1 + number % 2
        listing |= {
            "id": MANY + number,
            "name": "Appartement lumineux " * 2 * lines,
            "description": "Balcon. " * 20 * lines,
        }
    await route.fulfill(response=answer, json=listings)


async def as_their_own(route: Route) -> None:
    """Have all homes be those of whoever looks at them."""
    answer = await route.fetch()
    await route.fulfill(response=answer, json={**await answer.json(), "own_listings": [*range(MANY, MANY + LISTINGS)]})


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR", "de-DE", "nl-NL"])
async def test_cards_have_room_for_all_that_is_in_them(open_window: Open, locale: str) -> None:
    window = await open_window(locale=locale, viewport={"width": 1280, "height": 900})
    await window.page.route("**/listings?**", with_much_to_say)
    await window.page.route("**/access?**", as_their_own)
    page = await window.go("/?sort=price")
    await expect(page.locator(f"a[href='/{MANY}/edit']")).to_be_visible()

    assert await page.evaluate(CUT_OFF) == 0
    assert await page.evaluate(HEIGHTS) == 1


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["360 px", "a desk"])
async def test_axe_finds_nothing(open_window: Open, size: dict[str, dict[str, int]], colours: str) -> None:
    window = await open_window(**size, color_scheme=colours)
    page = await window.go("/")
    await expect(page.get_by_role("article")).to_have_count(24)

    assert await window.barriers() == []
    assert await page.evaluate("document.documentElement.scrollWidth") == size["viewport"]["width"]


async def test_the_first_page_loads_few_scripts_and_nothing_jumps(open_window: Open) -> None:
    page = await (await open_window(**DESK)).go("/")
    await expect(page.get_by_role("article")).to_have_count(24)

    assert 50_000 < await page.evaluate(SCRIPT_BYTES) < MOST_BYTES_OF_SCRIPTS
    assert await page.evaluate(SHIFTS) < 0.05
