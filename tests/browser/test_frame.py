"""What is around every page, in a real browser."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from playwright.async_api import Browser, Route, expect

from tests import factories
from tests.browser.conftest import Open
from tests.browser.site import AXE

LANGUAGES = {
    "en-GB": ("en", "Homes for sale", "€285,000"),
    "fr-FR": ("fr", "Logements à vendre", "285 000 €"),
    "de-DE": ("de", "Immobilien zum Kauf", "285.000 €"),
    "nl-NL": ("nl", "Woningen te koop", "€ 285.000"),
}
MAIN_SCRIPT = "**/assets/app-*.js"
UNSTARTED = {
    "en-GB": ("en", "This page could not be started", "Load it again"),
    "fr-FR": ("fr", "Cette page n\u2019a pas pu démarrer", "Recharger la page"),
    "de-DE": ("de", "Diese Seite konnte nicht gestartet werden", "Seite neu laden"),
    "nl-NL": ("nl", "Deze pagina kon niet worden gestart", "Pagina opnieuw laden"),
}
NAMED_FILES = """
    Promise.all([...document.querySelectorAll("link[rel=modulepreload], link[rel=stylesheet], script[src]")]
        .map(async (element) => (await fetch(element.href ?? element.src)).status))
"""
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_the_app_speaks_the_language_of_the_browser(open_window: Open, locale: str) -> None:
    language, title, price = LANGUAGES[locale]
    window = await open_window(locale=locale)
    page = await window.go("/")

    await expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert await page.evaluate("document.documentElement.lang") == language
    assert (await page.title()).startswith(title)
    text = (await page.get_by_role("article").first.inner_text()).replace("\u202f", " ").replace("\xa0", " ")
    assert price in text
    assert await window.barriers() == []


async def test_all_files_that_a_page_names_are_there(open_window: Open) -> None:
    page = await (await open_window()).go("/")

    answers = await page.evaluate(NAMED_FILES)
    assert len(answers) > 4
    assert set(answers) == {200}


async def gone(route: Route) -> None:
    await route.fulfill(status=404, json={"message": "There is nothing here."})


async def cut(route: Route) -> None:
    await route.abort("connectionreset")


@pytest.mark.parametrize("locale", UNSTARTED)
@pytest.mark.parametrize("failing", [gone, cut])
async def test_who_cannot_have_the_main_script_is_told_so_and_may_try_again(
    open_window: Open, locale: str, failing: Callable[[Route], Awaitable[None]]
) -> None:
    language, sentence, again = UNSTARTED[locale]
    window = await open_window(locale=locale)
    page = window.page
    await page.route(MAIN_SCRIPT, failing)
    await page.goto(f"{window.site}/")
    await expect(page.get_by_role("alert").get_by_role("heading", level=1)).to_have_text(sentence)
    await expect(page.get_by_role("main")).to_have_attribute("lang", language)
    await expect(page.get_by_role("article")).to_have_count(0)
    assert await window.barriers() == []

    await page.unroute(MAIN_SCRIPT)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name=again)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text(LANGUAGES[locale][1])
    await expect(page.get_by_role("alert")).to_have_count(0)


async def test_who_has_no_scripts_is_told_where_the_data_are(chromium: Browser, site: str) -> None:
    page = await chromium.new_page(locale="fr-FR", java_script_enabled=False)
    await page.goto(f"{site}/")

    told = page.locator("noscript")
    await expect(told).to_be_in_viewport()
    assert "Ce site a besoin de JavaScript." in await told.inner_text()
    await expect(page.get_by_role("alert")).to_have_count(0)
    await page.close()


async def test_a_language_that_was_chosen_is_kept(open_window: Open) -> None:
    page = await (await open_window()).go("/")
    await page.get_by_label("Language").select_option("nl")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Woningen te koop")
    await page.reload()

    await expect(page.get_by_role("heading", level=1)).to_have_text("Woningen te koop")


async def test_colours_are_the_devices_unless_they_were_chosen(open_window: Open) -> None:
    page = await (await open_window(color_scheme="dark")).go("/")
    dark = await page.evaluate(BACKGROUND)
    await page.get_by_label("Colours").select_option("light")
    light = await page.evaluate(BACKGROUND)
    await page.reload(wait_until="commit")
    await page.locator("h1").wait_for()

    assert dark != light
    assert await page.evaluate(BACKGROUND) == light


async def test_axe_would_find_something(open_window: Open) -> None:
    window = await open_window()
    page = await window.go("/sign-in")
    await page.evaluate("document.querySelector('label').remove()")

    assert AXE.exists()
    assert await window.barriers() != []


async def test_a_policy_would_be_broken_by_a_script_that_was_not_built(open_window: Open) -> None:
    window = await open_window()
    page = await window.go("/")
    await page.evaluate("document.body.append(Object.assign(document.createElement('script'), { text: 'evil = 1' }))")
    assert await page.evaluate("typeof evil") == "undefined"
    await page.reload()

    assert await window.violations() == ["script-src-eleminline"]
    window.breaches.clear()


async def test_the_keyboard_alone_leads_past_the_header_and_to_a_history(open_window: Open) -> None:
    page = await (await open_window()).go("/")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main")).to_be_focused()
    await page.get_by_role("link", name="Price history of Reduced").focus()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("heading", name="Price history")).to_be_focused()
    await expect(page.get_by_role("row")).to_have_count(3)


async def test_a_key_that_is_wrong_is_told_of_and_not_kept(open_window: Open) -> None:
    page = await (await open_window()).go("/sign-in")
    await page.get_by_label("API key").fill("lst_wrong")
    await page.get_by_role("button", name="Sign in").click()

    await expect(page.get_by_text("This key is not valid, or not any more.")).to_be_visible()
    assert await page.evaluate("sessionStorage.length") == 0


async def test_a_listing_that_is_withdrawn_says_so(open_window: Open, site: str) -> None:
    async with httpx.AsyncClient(base_url=site) as client:
        gone = (await client.post("/listings", json=factories.listing())).json()["id"]
        await client.delete(f"/listings/{gone}")
    page = await (await open_window()).go(f"/{gone}/prices")

    await expect(page.get_by_role("alert")).to_contain_text("not on the market any more")
