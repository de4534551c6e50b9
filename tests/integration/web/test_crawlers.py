"""What crawlers are told of the pages that there are."""

import re
from pathlib import Path

import httpx
import pytest

from listingapi.web import sitemaps
from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of

PLACES = re.compile("<loc>(.*?)</loc>")


async def create(client: httpx.AsyncClient) -> str:
    return str((await client.post("/listings", json=factories.listing())).raise_for_status().json()["id"])


async def test_robots_are_told_where_the_pages_are_and_which_are_not_for_them(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/robots.txt")

    assert answer.headers["content-type"].startswith("text/plain")
    assert "\nDisallow: /agents\n" in answer.text
    assert answer.text.endswith("\nSitemap: http://test/sitemap.xml\n")


async def test_all_listings_on_the_market_are_in_the_sitemaps(
    pages: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "IDS_IN_A_SITEMAP", 2)
    for _ in range(4):
        await create(pages)
    await pages.delete("/listings/3")
    index = await pages.get("/sitemap.xml")
    found = [await pages.get(place) for place in PLACES.findall(index.text)]

    assert [PLACES.findall(sitemap.text) for sitemap in found] == [
        ["http://test/1/prices"],
        ["http://test/2/prices"],
        ["http://test/4/prices"],
    ]
    assert {answer.headers["content-type"] for answer in (index, *found)} == {"application/xml"}
    assert {answer.headers["cache-control"] for answer in (index, *found)} == {"public, max-age=3600"}
    assert re.search(r"<lastmod>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ</lastmod>", found[0].text)


@pytest.mark.parametrize("name", ["x.xml", "-1.xml", "1", f"{'9' * 30}.xml"])
async def test_what_is_no_sitemap_is_not_found(pages: httpx.AsyncClient, name: str) -> None:
    assert (await pages.get(f"/sitemaps/{name}", headers={"Accept": "application/json"})).status_code == 404


async def test_where_nobody_may_read_there_are_no_sitemaps(
    small_app: Path,  # noqa: ARG001
    database: TestDatabase,
    clock: Clock,
) -> None:
    async with client_of(database.settings(anonymous_scopes=frozenset()), clock) as client:
        client.event_hooks = {}
        answers = [await client.get(path) for path in ("/robots.txt", "/sitemap.xml", "/sitemaps/0.xml")]

    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert "Sitemap" not in answers[0].text
