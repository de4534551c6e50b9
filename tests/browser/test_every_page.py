"""Every page of the app as anybody may come to it: on a phone and a desk, in both sets of colours, in each language."""

from collections.abc import Iterator, Mapping

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.conftest import Open
from tests.browser.office import Office, signed_in
from tests.browser.site import IS_QUIET, Window

HOOK = "http://127.0.0.1:9/hook"
PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
WIDTHS = "[document.documentElement.scrollWidth, innerWidth]"
LANGUAGES = ("fr", "de", "nl")

# What a page says of itself, without the names of what there is; a few words are the same in two languages.
SAID = "main :is(h1, h2, label, legend, button, summary, th, article :is(a, time)):not(article h2)"
NAMES = {"Office", "default", "Flat near the station", HOOK}
SAME = {"Accounts", "Corrections", "Date", "Description", "Filters", "Name", "Per m²", "Studio", "Type", "Webhooks"}

# Has the browser draw also what is far off the screen: cards that are not drawn have no widths, words or colours.
DRAW_ALL = """
    const all = new CSSStyleSheet();
    all.replaceSync("* { content-visibility: visible !important }");
    document.adoptedStyleSheets.push(all);
"""
NOT_DRAWN = """
    [...document.querySelectorAll("main *")]
        .filter((element) => element.checkVisibility())
        .filter((element) => !element.checkVisibility({ contentVisibilityAuto: true })).length
"""

# An address of each page as the app has it.
PAGES: Mapping[str, str] = {
    "/": "/",
    "/:id/prices": "/{home}/prices",
    "/new": "/new",
    "/:id/edit": "/{home}/edit",
    "/:id/price": "/{home}/price",
    "/:id/corrections": "/{home}/corrections",
    "/markets": "/markets",
    "/markets/:country/:city/:type": "/markets/CH/Biel%2FBienne/APARTMENT",
    "/agents": "/agents",
    "/agents/accounts": "/agents/accounts",
    "/agents/accounts/:id": "/agents/accounts/{account}",
    "/agents/webhooks": "/agents/webhooks",
    "/agents/webhooks/:id": "/agents/webhooks/{webhook}",
    "/agents/reviews": "/agents/reviews",
    "/sign-in/callback": "/sign-in/callback",
    "/sign-in": "/sign-in",
}
NOWHERE: Mapping[str, str] = {
    "nothing": "/no/such/page",
    "no home": "/999999/prices",
    "no home to change": "/999999/edit",
    "no account": "/agents/accounts/999999",
    "no webhook": "/agents/webhooks/999999",
}


@pytest.fixture(scope="module")
def places(office: Office) -> Iterator[Mapping[str, object]]:
    """What the addresses of pages name: a home with a history, an account, and a webhook."""
    with office.client() as client:
        wanted = {"url": HOOK, "types": ["listing.withdrawn"]}
        webhook = client.post("/webhooks", json=wanted).raise_for_status().json()["id"]
        yield {"home": office.flag(10_000), "account": office.provider.account_id, "webhook": webhook}
        client.delete(f"/webhooks/{webhook}").raise_for_status()


async def come_to(window: Window, office: Office, name: str, places: Mapping[str, object]) -> Page:
    """Go to a page as the operator, and have all of it drawn."""
    await window.page.context.add_init_script(DRAW_ALL)
    return await signed_in(window, office, {**PAGES, **NOWHERE}[name].format_map(places))


async def words_of(page: Page) -> set[str]:
    """What the page says of itself once all has come; signs are no words."""
    await page.wait_for_function(IS_QUIET)
    assert await page.evaluate(NOT_DRAWN) == 0
    texts = {text.strip() for text in await page.locator(SAID).all_inner_texts()}
    return {text for text in texts - NAMES if any(map(str.isalpha, text))}


@pytest.mark.parametrize("name", [*PAGES, *NOWHERE])
async def test_a_page_is_as_wide_as_the_window_and_axe_finds_nothing(
    open_office: Open, office: Office, places: Mapping[str, object], name: str
) -> None:
    window = await open_office(viewport=PHONE, color_scheme="dark")
    page = await come_to(window, office, name, places)
    assert await page.evaluate(WIDTHS) == [PHONE["width"], PHONE["width"]]
    assert await page.evaluate(NOT_DRAWN) == 0
    assert await window.barriers() == []

    await page.set_viewport_size(DESK)
    await page.emulate_media(color_scheme="light")
    await page.reload()
    await page.locator("h1").wait_for()
    await page.wait_for_function(IS_QUIET)
    assert await page.evaluate(WIDTHS) == [DESK["width"], DESK["width"]]
    assert await window.barriers() == []


@pytest.mark.parametrize("name", [*PAGES, *NOWHERE])
async def test_a_page_speaks_each_language_and_stays_as_wide_as_a_phone(
    open_office: Open, office: Office, places: Mapping[str, object], name: str
) -> None:
    page = await come_to(await open_office(viewport=PHONE), office, name, places)
    in_english = await words_of(page)
    untranslated = set()
    for language in LANGUAGES:
        await page.get_by_role("banner").get_by_role("combobox").first.select_option(language)
        await expect(page.locator("html")).to_have_attribute("lang", language)

        untranslated |= (await words_of(page)) & in_english
        assert await page.evaluate(WIDTHS) == [PHONE["width"], PHONE["width"]], language

    assert untranslated <= SAME
