"""ETags of listings: a reader that has the newest version is told so, a writer that has an older one is stopped."""

import httpx
import pytest

from tests import factories


@pytest.fixture
async def created(client: httpx.AsyncClient) -> httpx.Response:
    """The answer to the creation of a listing."""
    return await client.post("/listings", json=factories.listing())


async def test_a_listing_is_read_where_its_creation_says(client: httpx.AsyncClient, created: httpx.Response) -> None:
    read = await client.get(created.headers["location"])

    assert read.status_code == 200
    assert read.json() == created.json()
    assert read.headers["etag"] == created.headers["etag"]


async def test_a_listing_that_does_not_exist_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/listings/1")).status_code == 404


async def test_every_write_changes_the_etag(client: httpx.AsyncClient, created: httpx.Response) -> None:
    path = created.headers["location"]
    replaced = await client.put(path, json=factories.listing())
    patched = await client.patch(path, json={"name": "Another name"})

    etags = [answer.headers["etag"] for answer in (created, replaced, patched)]
    assert len(set(etags)) == 3
    assert (await client.get(path)).headers["etag"] == etags[-1]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
async def test_who_has_the_newest_version_is_told_so(
    client: httpx.AsyncClient, created: httpx.Response, form: str
) -> None:
    known = form.format(created.headers["etag"])
    answer = await client.get(created.headers["location"], headers={"If-None-Match": known})

    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["etag"] == created.headers["etag"]


async def test_who_has_an_older_version_gets_the_newest(client: httpx.AsyncClient, created: httpx.Response) -> None:
    path = created.headers["location"]
    await client.patch(path, json={"name": "Newer"})
    answer = await client.get(path, headers={"If-None-Match": created.headers["etag"]})

    assert answer.json()["name"] == "Newer"


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_write_on_the_newest_version_goes_through(
    client: httpx.AsyncClient, created: httpx.Response, method: str
) -> None:
    answer = await client.request(
        method,
        created.headers["location"],
        json=factories.listing(latest_price_eur=90_000),
        headers={"If-Match": f'"77", {created.headers["etag"]}'},
    )

    assert answer.json()["latest_price_eur"] == 90_000


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("form", ["{}", "W/{}", '"nonsense"', "nonsense", '""'])
async def test_a_write_on_an_older_version_is_stopped(
    client: httpx.AsyncClient, created: httpx.Response, method: str, form: str
) -> None:
    path = created.headers["location"]
    newest = await client.patch(path, json={"latest_price_eur": 95_000})
    answer = await client.request(
        method,
        path,
        json=factories.listing(latest_price_eur=90_000),
        headers={"If-Match": form.format(created.headers["etag"])},
    )

    assert answer.status_code == 412
    assert (await client.get(path)).json() == newest.json()
    assert len((await client.get(f"{path}/prices")).json()) == 2


async def test_a_write_on_any_version_needs_a_listing(client: httpx.AsyncClient) -> None:
    headers = {"If-Match": '"1"'}

    assert (await client.put("/listings/1", json=factories.listing(), headers=headers)).status_code == 404
    assert (await client.patch("/listings/1", json={"name": "x"}, headers=headers)).status_code == 404
