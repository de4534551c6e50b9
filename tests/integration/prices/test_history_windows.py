"""Windows and pages of a history: `from`, `to`, `order`, `limit` and `cursor`, in either view."""

import re
from itertools import chain
from typing import Any

import httpx
import pytest

from tests import factories
from tests.integration.prices.conftest import TellStory

NEXT = re.compile(r'<([^>]+)>; rel="next"')
PROBLEMS = {"Accept": "application/problem+json"}
VIEWS = ("plain", "detailed")


async def pages(client: httpx.AsyncClient, path: str | None) -> list[list[Any]]:
    """Every page of a history, from the links alone."""
    found = []
    while path:
        response = await client.get(path)
        assert response.status_code == 200, response.text
        found.append(response.json())
        link = NEXT.fullmatch(response.headers.get("link", ""))
        path = link[1] if link else None
    return found


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 8, 9, 10])
async def test_the_links_lead_through_a_history_in_either_order(
    client: httpx.AsyncClient, tell_story: TellStory, view: str, limit: int
) -> None:
    path = f"{await tell_story()}/prices?view={view}"
    whole = (await client.get(path)).json()
    forth = await pages(client, f"{path}&limit={limit}")
    back = await pages(client, f"{path}&limit={limit}&order=desc")

    assert list(chain(*forth)) == whole
    assert list(chain(*back)) == whole[::-1]
    assert [len(page) for page in forth] == [len(page) for page in back]
    assert max(len(page) for page in forth) <= limit


@pytest.mark.parametrize(
    ("window", "plain", "detailed"),
    [
        pytest.param("from=2024-01-02T12:00:00Z", [2, 8], [2, 3, 4, 5, 6, 7, 8, 8], id="from the very moment"),
        pytest.param("from=2024-01-02T12:00:01Z", [8], [3, 4, 5, 6, 7, 8, 8], id="not from before it"),
        pytest.param("to=2024-01-02T12:00:00Z", [1, 2], [1, 2], id="to the very moment"),
        pytest.param("to=2024-01-02T11:59:59.999999Z", [1], [1], id="not to after it"),
        pytest.param("from=2024-01-02T12:00:00Z&to=2024-01-02T12:00:00Z", [2], [2], id="a moment"),
        pytest.param("from=2024-01-03T00:00:00Z&to=2024-01-05T00:00:00Z", [], [3, 4], id="days without a price"),
        pytest.param("from=2025-01-01T00:00:00Z", [], [], id="after everything"),
        pytest.param("to=0001-01-01T00:00:00Z", [], [], id="before everything"),
        pytest.param("from=2024-01-02T14:00:00%2B02:00&to=2024-01-02T13:00:00%2B01:00", [2], [2], id="of any zone"),
    ],
)
@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_a_window_holds_what_came_into_force_in_it(  # noqa: PLR0913, PLR0917
    client: httpx.AsyncClient, tell_story: TellStory, window: str, plain: list[int], detailed: list[int], order: str
) -> None:
    path = f"{await tell_story()}/prices"
    told = {1: "2024-01-01T12:00:00Z", 2: "2024-01-02T12:00:00Z", 8: "2024-01-08T12:00:00Z"}
    way = -1 if order == "desc" else 1
    found = (await client.get(f"{path}?{window}&order={order}")).json()
    said = (await client.get(f"{path}?{window}&order={order}&view=detailed")).json()

    assert [entry["created_date"] for entry in found] == [told[version] for version in plain][::way]
    assert [entry["version"] for entry in said] == detailed[::way]


async def test_what_a_window_shows_of_an_entry_does_not_depend_on_the_window(
    client: httpx.AsyncClient, tell_story: TellStory
) -> None:
    path = f"{await tell_story()}/prices?view=detailed"
    whole = (await client.get(path)).json()

    assert (await client.get(f"{path}&from=2024-01-08T12:00:00Z")).json() == whole[-2:]
    assert (await client.get(f"{path}&order=desc&limit=1")).json() == whole[-1:]


async def test_a_price_that_is_appended_during_a_walk_is_on_its_last_page(
    client: httpx.AsyncClient, tell_story: TellStory
) -> None:
    address = await tell_story()
    first = await client.get(f"{address}/prices?limit=2")
    await client.post(f"{address}/prices", json={"price_eur": 1})
    link = NEXT.fullmatch(first.headers["link"])

    assert link
    assert [entry["price_eur"] for page in await pages(client, link[1]) for entry in page] == [270_000, 1]


@pytest.mark.parametrize(
    "changed",
    ["order=desc", "view=detailed", "from=2024-01-01T00:00:00Z", "to=2025-01-01T00:00:00Z"],
)
async def test_a_cursor_belongs_to_what_was_asked(
    client: httpx.AsyncClient, tell_story: TellStory, changed: str
) -> None:
    path = f"{await tell_story()}/prices"
    link = (await client.get(f"{path}?limit=1")).links["next"]["url"]
    refused = await client.get(f"{link}&{changed}", headers=PROBLEMS)

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["?cursor"]


async def test_a_cursor_belongs_to_its_listing(client: httpx.AsyncClient, tell_story: TellStory) -> None:
    link = (await client.get(f"{await tell_story()}/prices?limit=1")).links["next"]["url"]
    other = (await client.post("/listings", json=factories.listing())).json()["id"]
    query = httpx.URL(link).query.decode()

    assert (await client.get(f"/listings/{other}/prices?{query}")).status_code == 422


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("from=2024-01-02T00:00:00Z&to=2024-01-01T00:00:00Z", ["?from", "?to"]),
        ("from=2024-01-01T00:00:00Z&to=2024-01-01T00:00:00%2B01:00", ["?from", "?to"]),
        ("from=2024-01-01", ["?from"]),
        ("from=2024-01-01T00:00:00", ["?from"]),
        ("from=2024-01-01T00:00:00+01:00", ["?from"]),
        ("from=&to=", ["?from", "?to"]),
        ("to=1704067200", ["?to"]),
        ("to=2024-02-30T00:00:00Z", ["?to"]),
        ("to=0001-01-01T00:00:00%2B23:00", ["?to"]),
        ("to=9999-12-31T23:59:59-23:00", ["?to"]),
        ("from=%ED%A0%80", ["?from"]),
        ("from=%00", ["?from"]),
        ("order=ASC", ["?order"]),
        ("order=", ["?order"]),
        ("view=full&order=newest", ["?order", "?view"]),
        ("until=2024-01-01T00:00:00Z", ["?until"]),
        ("order=asc&order=desc", ["?order"]),
    ],
)
async def test_what_is_wrong_with_a_window_is_named(client: httpx.AsyncClient, query: str, pointers: list[str]) -> None:
    listing_id = (await client.post("/listings", json=factories.listing())).json()["id"]
    refused = await client.get(f"/listings/{listing_id}/prices?{query}", headers=PROBLEMS)

    assert refused.status_code == 422
    assert sorted(error["pointer"] for error in refused.json()["errors"]) == pointers


async def test_a_plus_that_arrives_as_a_space_is_explained(client: httpx.AsyncClient) -> None:
    refused = await client.get("/listings/1/prices?from=2024-01-01T00:00:00+01:00")

    assert refused.status_code == 422
    assert "the + of an offset is written %2B" in refused.json()["message"]


READS = ["", "?view=detailed", "?order=desc&limit=1", "/summary", "/at?time=2024-06-01T00:00:00Z"]


@pytest.mark.parametrize("read", READS)
async def test_a_read_is_one_statement(
    statements: list[str], client: httpx.AsyncClient, tell_story: TellStory, read: str
) -> None:
    address = await tell_story()
    statements.clear()

    assert (await client.get(f"{address}/prices{read}")).status_code == 200
    assert len(statements) == 1


@pytest.mark.parametrize("read", READS)
async def test_a_listing_that_does_not_exist_is_404_by_one_statement_and_a_look_for_what_is_ready(
    statements: list[str], client: httpx.AsyncClient, read: str
) -> None:
    await client.get("/listings")  # what is read once for all, the key of cursors, is read now
    statements.clear()

    missing = await client.get(f"/listings/9{'9' * 17}/prices{read}", headers=PROBLEMS)

    assert missing.status_code == 404
    assert missing.json()["type"] == "urn:listingapi:problem:listing-not-found"
    assert len(statements) == (1 if read else 2), "plain histories are looked for among those that are ready to send"


@pytest.mark.parametrize("read", READS)
async def test_a_withdrawn_listing_is_410_that_says_what_it_was(
    client: httpx.AsyncClient, tell_story: TellStory, read: str
) -> None:
    address = await tell_story()
    await client.delete(address)
    gone = await client.get(f"{address}/prices{read}", headers=PROBLEMS)

    assert gone.status_code == 410
    assert gone.json()["type"] == "urn:listingapi:problem:listing-withdrawn"
    assert "last at 270000 €, was withdrawn at 2024-01-08T12:00:00Z" in gone.json()["detail"]


@pytest.mark.parametrize("read", READS)
async def test_head_answers_what_get_does_without_the_body(
    client: httpx.AsyncClient, tell_story: TellStory, read: str
) -> None:
    address = await tell_story()
    named = {"X-Request-Id": "the-same"}
    head, get = [await client.request(method, f"{address}/prices{read}", headers=named) for method in ("HEAD", "GET")]

    assert head.headers == get.headers
    assert head.status_code == get.status_code == 200
