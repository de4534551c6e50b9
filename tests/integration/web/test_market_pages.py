"""What is said of the pages of markets, as the server sends them."""

from html import unescape
from typing import Any

import httpx
import pytest

from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.integration.web.test_pages import BROWSER, PROGRAM, title_of
from tests.settled import settled

BIEL = "/markets/FR/Biel%2FBienne/APARTMENT"


async def create(client: httpx.AsyncClient, city: str) -> None:
    body = factories.listing(postal_address=factories.address(city=city))
    (await client.post("/listings", json=body)).raise_for_status()


def says(page: httpx.Response, element: str) -> bool:
    return element in page.text


async def test_a_market_is_said_in_the_language_of_the_reader(pages: httpx.AsyncClient, superuser: Any) -> None:
    await create(pages, "Biel/Bienne")
    await settled(superuser)
    page = await pages.get(BIEL, headers={**BROWSER, "Accept-Language": "fr"})

    assert (page.status_code, title_of(page)) == (200, "APARTMENT of Biel/Bienne in fr")
    assert says(page, '<html lang="fr">')
    assert says(page, '<meta name="description" content="Biel/Bienne (France in fr)">')
    assert says(page, f'<link rel="canonical" href="http://test{BIEL}">')
    assert says(page, f'<meta property="og:url" content="http://test{BIEL}">')
    assert says(page, '<link rel="modulepreload" crossorigin href="/assets/page-1a2b3c4d.js">')


async def test_a_market_has_one_address_however_its_city_is_written(pages: httpx.AsyncClient, superuser: Any) -> None:
    for city in ("Évry", "ÉVRY", "évry"):
        await create(pages, city)
    await settled(superuser)
    page = await pages.get("/markets/FR/%C3%A9VRY/APARTMENT", headers=BROWSER)

    assert title_of(page) == "APARTMENT of Évry in en"
    assert says(page, '<link rel="canonical" href="http://test/markets/FR/%C3%89vry/APARTMENT">')


async def test_the_name_of_a_city_is_a_text_whatever_it_holds(pages: httpx.AsyncClient, superuser: Any) -> None:
    await create(pages, '</title><script>"{{country}}')
    await settled(superuser)
    path = "/markets/FR/%3C%2Ftitle%3E%3Cscript%3E%22%7B%7Bcountry%7D%7D/APARTMENT"
    page = await pages.get(path, headers=BROWSER)

    assert unescape(title_of(page)) == 'APARTMENT of </title><script>"{{country}} in en'
    assert says(page, f'<link rel="canonical" href="http://test{path}">')


@pytest.mark.parametrize(
    "path",
    ["/markets/FR/Paris/HOUSE", "/markets/XX/Paris/HOUSE", "/markets/FR/%00/HOUSE", "/markets/FR/%FF/HOUSE"],
)
async def test_nothing_is_said_of_a_market_of_which_nothing_is_known(pages: httpx.AsyncClient, path: str) -> None:
    page = await pages.get(path, headers=BROWSER)

    assert (page.status_code, title_of(page)) == (200, "ListingAPI")
    assert not says(page, "canonical")


@pytest.mark.usefixtures("small_app")
async def test_who_may_not_read_is_told_of_no_market(database: TestDatabase, clock: Clock, superuser: Any) -> None:
    async with client_of(database.settings(), clock) as client:
        await create(client, "Paris")
        await settled(superuser)
    async with client_of(database.settings(anonymous_scopes=frozenset()), clock) as client:
        page = await client.get("/markets/FR/Paris/APARTMENT", headers=BROWSER)

    assert (page.status_code, title_of(page)) == (200, "ListingAPI")


async def test_where_one_chooses_a_market_has_a_place_of_its_own(pages: httpx.AsyncClient) -> None:
    page = await pages.get("/markets", headers={**BROWSER, "Accept-Language": "fr"})
    answer = await pages.get("/markets", headers=PROGRAM)

    assert title_of(page) == "Markets in fr"
    assert says(page, '<link rel="canonical" href="http://test/markets">')
    assert answer.status_code == 404
