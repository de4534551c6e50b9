"""The pages of the web app, as the server sends them."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import factories, web
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}
PROGRAM = {"Accept": "application/json"}
TITLE = re.compile("<title>(.*?)</title>")
NOTHING = {"message": "There is nothing at this address."}


def title_of(page: httpx.Response) -> str:
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    found = TITLE.search(page.text)
    assert found
    return found[1]


def data_of(page: httpx.Response, name: str) -> Any:
    """The data of a name that a page has for the app; None if it has none."""
    _, _, rest = page.text.partition(f'<script type="application/json" id="{name}">')
    return json.loads(rest.partition("</script>")[0]) if rest else None


async def create(client: httpx.AsyncClient, name: str = "Flat") -> str:
    return str((await client.post("/listings", json=factories.listing(name=name))).json()["id"])


async def test_the_first_page_lists_the_newest_listings_for_search_engines(pages: httpx.AsyncClient) -> None:
    await create(pages, "Older")
    await create(pages, "Newer </script>")
    page = await pages.get("/", headers=BROWSER)
    facts = json.loads(page.text.partition('<script type="application/ld+json">')[2].partition("</script>")[0])

    assert page.status_code == 200
    assert title_of(page) == "Homes in en"
    assert [item["item"]["name"] for item in facts["itemListElement"]] == ["Newer </script>", "Older"]


async def test_the_page_of_a_listing_says_what_it_is(pages: httpx.AsyncClient) -> None:
    page = await pages.get(f"/{await create(pages)}/prices", headers=BROWSER)

    assert page.status_code == 200
    assert title_of(page).startswith("Flat · ")
    assert '"@type":"RealEstateListing"' in page.text
    assert 'href="http://test/1/prices"' in page.text


@pytest.mark.parametrize("listing_id", ["7", "abc", "9" * 30, "%00", "-1"])
async def test_the_page_of_a_listing_that_there_is_not_is_404(pages: httpx.AsyncClient, listing_id: str) -> None:
    page = await pages.get(f"/{listing_id}/prices", headers=BROWSER)

    assert page.status_code == 404
    assert title_of(page) == "ListingAPI"


async def test_the_page_of_a_withdrawn_listing_is_410_and_tells_nothing(pages: httpx.AsyncClient) -> None:
    listing_id = await create(pages, "Flat that is gone")
    await pages.delete(f"/listings/{listing_id}")
    page = await pages.get(f"/{listing_id}/prices", headers=BROWSER)

    assert page.status_code == 410
    assert "gone" not in page.text


@pytest.mark.usefixtures("small_app")
@pytest.mark.parametrize("path", ["/", "/1/prices"])
async def test_who_may_not_read_is_told_nothing(database: TestDatabase, clock: Clock, path: str) -> None:
    async with client_of(database.settings(), clock) as client:
        await create(client)
    async with client_of(database.settings(anonymous_scopes=frozenset()), clock) as client:
        page = await client.get(path, headers=BROWSER)

    assert page.status_code == 200
    assert title_of(page) == "ListingAPI"


async def test_a_page_is_asked_for_anew_each_time_and_sent_only_if_it_changed(pages: httpx.AsyncClient) -> None:
    first = await pages.get("/", headers=BROWSER)
    again = await pages.get("/", headers={**BROWSER, "If-None-Match": first.headers["etag"]})
    weak = await pages.get("/", headers={**BROWSER, "If-None-Match": f"W/{first.headers['etag']}"})
    await create(pages)
    changed = await pages.get("/", headers={**BROWSER, "If-None-Match": first.headers["etag"]})

    assert first.headers["cache-control"] == "no-cache"
    assert [again.status_code, weak.status_code, changed.status_code] == [304, 304, 200]
    assert again.content == b""


async def test_the_first_page_has_what_the_api_would_answer_in_the_language_of_the_browser(
    pages: httpx.AsyncClient,
) -> None:
    for number in range(25):
        await create(pages, f"Flat {number} </script>")
    page = await pages.get("/", headers={**BROWSER, "Accept-Language": "fr"})
    data = data_of(page, "newest-listings")
    answer = await pages.get("/listings", params={"view": "detailed", "limit": 24})
    rest = await pages.get("/listings", params={"limit": 24, "cursor": data["cursor"]})

    assert data["listings"] == answer.json()
    assert [listing["name"] for listing in rest.json()] == ["Flat 0 </script>"]
    assert title_of(page) == "Homes in fr"
    assert "<h1>homes in fr</h1>" in page.text
    assert "<h2>Flat 24 &lt;/script&gt;</h2>" in page.text
    assert page.headers["vary"] == "Accept, Accept-Encoding, Accept-Language"


async def test_a_page_of_a_search_leaves_what_is_found_to_the_app(pages: httpx.AsyncClient) -> None:
    await create(pages)
    page = await pages.get("/?sort=price", headers=BROWSER)

    assert "<h1>homes in en</h1>" in page.text
    assert "<h2>" not in page.text
    assert "newest-listings" not in page.text


async def test_the_page_of_a_listing_shows_its_name_before_the_app_runs(pages: httpx.AsyncClient) -> None:
    page = await pages.get(f"/{await create(pages)}/prices", headers=BROWSER)

    assert "<h1>prices in en of Flat</h1>" in page.text


async def test_pages_are_compressed_for_who_takes_it(pages: httpx.AsyncClient) -> None:
    packed = await pages.get("/", headers={**BROWSER, "Accept-Encoding": "gzip"})
    plain = await pages.get("/", headers={**BROWSER, "Accept-Encoding": "identity"})

    assert (packed.headers.get("content-encoding"), plain.headers.get("content-encoding")) == ("gzip", None)
    assert packed.text == plain.text
    assert packed.headers["content-type"] == plain.headers["content-type"] == "text/html; charset=utf-8"
    assert packed.headers["etag"] != plain.headers["etag"]


async def test_pages_have_a_policy_of_their_own(pages: httpx.AsyncClient) -> None:
    policy = (await pages.get("/", headers=BROWSER)).headers.get_list("content-security-policy")

    assert len(policy) == 1
    assert "script-src 'self' 'sha256-" in policy[0]
    assert "unsafe" not in policy[0]


async def test_an_address_that_is_nothing_is_a_page_for_people(pages: httpx.AsyncClient) -> None:
    page = await pages.get("/no/such/page", headers=BROWSER)

    assert page.status_code == 404
    assert title_of(page) == "ListingAPI"
    assert page.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/", "/1/prices", "/1/edit", "/new", "/sign-in", "/no/such/page"])
async def test_programs_are_told_of_nothing_at_the_addresses_of_pages(pages: httpx.AsyncClient, path: str) -> None:
    answer = await pages.get(path, headers=PROGRAM)

    assert (answer.status_code, answer.json()) == (404, NOTHING)


async def test_what_the_api_refuses_stays_json_in_a_browser(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/listings/7", headers=BROWSER)

    assert (answer.status_code, answer.json()) == (404, {"message": "There is no listing 7."})


async def test_only_reading_finds_pages(pages: httpx.AsyncClient) -> None:
    assert (await pages.head("/", headers=BROWSER)).status_code == 200
    assert (await pages.post("/", headers=BROWSER)).status_code == 405
    assert (await pages.post("/no/such/page", headers=BROWSER)).json() == NOTHING


async def test_files_are_kept_for_good(pages: httpx.AsyncClient) -> None:
    file = await pages.get("/assets/app-1a2b3c4d.js", headers={"Accept-Encoding": "gzip"})

    assert file.content == web.SCRIPT
    assert file.headers["content-encoding"] == "gzip"
    assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert file.headers["content-type"] == "text/javascript"


@pytest.mark.parametrize("name", ["app-1a2b3c4d.js.br", "app-00000000.js", "../index.html", "%2e%2e/index.html"])
async def test_there_are_no_other_files(pages: httpx.AsyncClient, name: str) -> None:
    assert (await pages.get(f"/assets/{name}")).status_code == 404


@pytest.mark.usefixtures("small_app")
async def test_files_are_sent_to_whoever_asks_and_counted_by_nobody(database: TestDatabase, clock: Clock) -> None:
    settings = database.settings(anonymous_scopes=frozenset(), address_reads_per_minute=1)
    async with client_of(settings, clock) as client:
        answers = [await client.get("/assets/app-1a2b3c4d.js") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "ratelimit" not in answers[0].headers


async def test_where_nothing_was_built_there_are_no_pages(
    tmp_path: Path, database: TestDatabase, clock: Clock, small_app: Path
) -> None:
    (small_app / "index.html").rename(tmp_path / "elsewhere")
    async with client_of(database.settings(), clock) as client:
        answer = await client.get("/", headers=BROWSER)

    assert (answer.status_code, answer.json()) == (404, NOTHING)
