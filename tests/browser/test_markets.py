"""The page of a market, in a real browser."""

from urllib.parse import quote

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.conftest import Open
from tests.browser.office import Office
from tests.until import until

MARKET = "/markets/CH/Biel%2FBienne/APARTMENT"
PHONE = {"viewport": {"width": 360, "height": 740}}
IS_TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


async def counted(office: Office, path: str = MARKET) -> None:
    """Wait until the homes are in the statistics, which follow events."""
    async with httpx.AsyncClient(base_url=office.url) as client:

        async def are_there() -> bool:
            months = (await client.get(f"{path}/statistics")).json()["months"]
            return bool(months) and months[-1]["listings_count"] >= 1 and "median_price_eur" in months[-1]

        await until(are_there)


async def test_a_market_is_chosen_and_says_what_homes_cost(open_office: Open, office: Office) -> None:
    await counted(office)
    window = await open_office()
    page = await window.go("/markets")
    await page.get_by_label("Country").select_option("CH")
    await page.get_by_label("City").fill("Biel/Bienne")
    await page.get_by_role("button", name="Show the market").click()

    await expect(page.get_by_role("heading", level=1)).to_have_text("Biel/Bienne: apartments")
    await expect(page).to_have_url(office.url + MARKET)
    await expect(page.get_by_role("img", name="Chart: Median price,")).to_have_count(1)
    await expect(page.get_by_role("figure").first.locator("canvas")).to_be_visible()
    await page.get_by_text("Table: Median price", exact=True).click()
    await expect(page.get_by_role("row").nth(1)).to_contain_text("€125,000")
    assert await window.barriers() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_market_is_for_phones_and_survives_a_reload(open_office: Open, office: Office, scheme: str) -> None:
    await counted(office)
    window = await open_office(**PHONE, color_scheme=scheme)
    page = await window.go(MARKET)
    await page.reload()

    await expect(page.get_by_role("heading", level=2, name="Homes that came on the market")).to_be_visible()
    assert not await page.evaluate(IS_TOO_WIDE)
    assert await window.barriers() == []


async def test_the_head_of_a_market_says_what_the_app_says(open_office: Open, office: Office) -> None:
    await counted(office)
    page = await (await open_office(locale="fr-FR")).go(MARKET)
    async with httpx.AsyncClient(
        base_url=office.url, headers={"Accept": "text/html", "Accept-Language": "fr"}
    ) as client:
        served = (await client.get(MARKET)).text

    assert "<title>Biel/Bienne : appartements · ListingAPI</title>" in served
    assert await page.title() == "Biel/Bienne : appartements · ListingAPI"
    assert 'content="Les prix des appartements à Biel/Bienne (Suisse), mois par mois."' in served
    assert f'<link rel="canonical" href="{office.url}{MARKET}">' in served


async def test_a_market_of_which_nothing_is_known_says_so(open_office: Open) -> None:
    page = await (await open_office()).go(f"/markets/FR/{quote('Évry')}/HOUSE")

    await expect(page.get_by_role("heading", name="Nothing is known of this market")).to_be_visible()
    await expect(page.get_by_label("City")).to_have_value("Évry")


async def test_a_card_leads_to_the_market_of_its_home(open_office: Open, office: Office) -> None:
    page = await (await open_office()).go("/?city=Biel/Bienne")
    await page.get_by_role("link", name="Market prices of Biel/Bienne").first.click()

    await expect(page).to_have_url(office.url + MARKET)
