"""The list of homes with a hundred thousand of them behind it, in a real browser."""

import asyncio
import re
from collections.abc import Callable, Iterator

import asyncpg
import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.conftest import TestDatabase
from tests.servers import serving

COUNT = 100_000
CITIES = 1000
PAGE_SIZE = 24
MORE_THAN = "(count) => document.querySelectorAll('article').length > count"
DEEP = 12
MORE_THAN_AT_ONCE = 60  # the API gives 1000 homes at a time

# Home 1 is the oldest and cheapest; each is a minute newer and a euro dearer than the one before it.
HOMES = f"""
    INSERT INTO listing (account_id, version, name, description, building_type, latest_price_eur, original_price_eur,
        price_version, price_changed_date, surface_area_m2, rooms_count, bedrooms_count,
        street_address, postal_code, city, country, created_date, updated_date)
    SELECT 1, 1, 'Home ' || number, 'One of many.', 'HOUSE', 100000 + number, 100000 + number,
        1, moment, 20 + number % 180, 1 + number % 7, number % 5,
        number || ' rue du Lac', '74000', 'City ' || number % {CITIES}, 'FR', moment, moment
    FROM (
        SELECT number, timestamptz '2024-01-01' + number * interval '1 minute' AS moment
        FROM generate_series(1, {COUNT}) AS number
    ) AS made_up
    ORDER BY number
"""
WORDS = """
    INSERT INTO listing_text (listing_id, words)
    SELECT listing_id, listing_words(name, description, street_address, postal_code, city) FROM listing
"""
PRICES = """
    INSERT INTO listing_price (listing_id, version, price_eur, created_date, recorded_date, source, account_id)
    SELECT listing_id, 1, latest_price_eur, created_date, created_date, 'seed', 1 FROM listing
"""


@pytest.fixture(scope="module")
def site(create_database: Callable[[], TestDatabase]) -> Iterator[str]:
    """A server with that many."""
    database = create_database()
    asyncio.run(fill(database))
    with serving(environment=database.settings().as_environment()) as server:
        yield server.url


async def fill(database: TestDatabase) -> None:
    """Put them in, a table at a time."""
    connection = await asyncpg.connect(database.migration_url)
    for statement in (HOMES, WORDS, PRICES, "ANALYZE"):
        await connection.execute(statement)
    await connection.close()


def cards_of(page: Page) -> Locator:
    return page.get_by_role("article").get_by_role("heading")


def newest(count: int, *, step: int = 1, last: int = COUNT) -> list[str]:
    """The names of so many homes, the newest first."""
    return [f"Home {number}" for number in range(last, 0, -step)][:count]


async def come_to(page: Page, count: int) -> None:
    """Scroll down until so many homes are there."""
    while await cards_of(page).count() < count:
        before = await cards_of(page).count()
        await cards_of(page).last.scroll_into_view_if_needed()
        await page.wait_for_function(MORE_THAN, arg=before)


async def test_the_newest_come_first_and_the_next_ones_by_scrolling(open_window: Open) -> None:
    page = await (await open_window()).go("/")
    await expect(cards_of(page)).to_have_text(newest(PAGE_SIZE))
    await come_to(page, DEEP * PAGE_SIZE)

    assert await cards_of(page).all_text_contents() == newest(DEEP * PAGE_SIZE)
    await expect(page).to_have_url(re.compile(rf"\?pages={DEEP}$"))


async def test_a_reload_and_a_way_back_land_deep_in_the_list(open_window: Open) -> None:
    page = await (await open_window()).go("/")
    await come_to(page, DEEP * PAGE_SIZE)
    home = newest(DEEP * PAGE_SIZE)[-PAGE_SIZE]  # so far from the end that no more are loaded
    link = page.get_by_role("link", name=f"Price history of {home}")
    await link.scroll_into_view_if_needed()
    before = await page.evaluate("scrollY")
    await page.reload()
    await expect(cards_of(page)).to_have_count(DEEP * PAGE_SIZE)
    await page.wait_for_function("(before) => Math.abs(scrollY - before) < 5", arg=before)
    await link.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(home)
    await page.go_back()

    await expect(link).to_be_in_viewport()


async def test_an_address_with_more_pages_than_come_at_once_shows_them(open_window: Open) -> None:
    window = await open_window()
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url))
    page = await window.go(f"/?pages={MORE_THAN_AT_ONCE}")

    assert await cards_of(page).all_text_contents() == newest(MORE_THAN_AT_ONCE * PAGE_SIZE)
    assert ["cursor=" in url for url in asked if "/listings?" in url] == [False, True]


async def test_filters_find_the_few_among_the_many(open_window: Open) -> None:
    page = await (await open_window()).go("/")
    await page.get_by_label("City", exact=True).fill("City 7")
    await page.get_by_role("button", name="Show homes").click()
    await expect(cards_of(page).first).to_have_text("Home 99007")
    await come_to(page, COUNT // CITIES)
    assert await cards_of(page).all_text_contents() == newest(COUNT // CITIES, step=CITIES, last=99_007)

    await page.get_by_label("Price in € from").fill("150007")
    await page.get_by_label("Price in € to").fill("153007")
    await page.get_by_role("button", name="Show homes").click()
    await expect(cards_of(page)).to_have_text(newest(4, step=CITIES, last=53_007))


async def test_the_cheapest_come_first_where_that_is_asked_for(open_window: Open) -> None:
    page = await (await open_window()).go("/")
    await page.get_by_label("Order").select_option("price")

    await expect(cards_of(page)).to_have_text([f"Home {number}" for number in range(1, PAGE_SIZE + 1)])


async def test_a_text_finds_the_one_home_that_has_it(open_window: Open) -> None:
    page = await (await open_window()).go("/")
    await page.get_by_role("searchbox").fill("54321 rue du Lac")
    await page.keyboard.press("Enter")

    await expect(cards_of(page)).to_have_text(["Home 54321"])
